package org.calc.syntax;

/** Input that is not a statement. */
public class SyntaxException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int position;

    public SyntaxException(String message, int position) {
        super(message + " at position " + position);
        this.position = position;
    }

    /** Returns the index in the input at which the error was found. */
    public int position() {
        return position;
    }
}
