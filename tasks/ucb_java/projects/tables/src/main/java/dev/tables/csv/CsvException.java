package dev.tables.csv;

import dev.tables.core.TableException;

/** Thrown when delimited text breaks the rules of its dialect. */
public final class CsvException extends TableException {
    private static final long serialVersionUID = 1L;

    private final int line;

    /**
     * Creates an exception for a line.
     *
     * @param line number of the line, counted from 1
     * @param message what is wrong there
     */
    public CsvException(int line, String message) {
        super("line " + line + ": " + message);
        this.line = line;
    }

    /** Returns the number of the line, counted from 1. */
    public int line() {
        return line;
    }
}
