package dev.textkit.template;

/** Thrown when a template cannot be read or rendered. */
public final class TemplateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param line number of the line in the template, counted from 1
     * @param message what is wrong there
     */
    public TemplateException(int line, String message) {
        super("line " + line + ": " + message);
    }
}
