package dev.tables.core;

/** Thrown when a table, a schema or a query is used in a way that its definition does not allow. */
public class TableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception with a message for the user.
     *
     * @param message what was wrong
     */
    public TableException(String message) {
        super(message);
    }
}
