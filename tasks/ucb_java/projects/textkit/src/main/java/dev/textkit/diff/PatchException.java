package dev.textkit.diff;

/** Thrown when the text of a patch cannot be read. */
public final class PatchException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param line number of the line in the patch, counted from 1
     * @param message what is wrong there
     */
    public PatchException(int line, String message) {
        super("line " + line + ": " + message);
    }
}
