package io.ledger.statement;

import io.ledger.LedgerException;
import java.util.ArrayList;
import java.util.List;

/**
 * Splits delimited text into rows of fields.
 *
 * <p>Rows end with a line feed, which a carriage return may precede; the last one may lack it. A
 * field that begins with a double quote extends to the next single double quote and may contain
 * delimiters and line ends; two double quotes stand for one in it. White space is kept.
 */
public final class DelimitedReader {

    /**
     * One row.
     *
     * @param line the number of the line on which it begins, from 1 on
     * @param fields its fields, at least one
     */
    public record Row(int line, List<String> fields) {

        public Row {
            fields = List.copyOf(fields);
        }
    }

    private final char delimiter;

    public DelimitedReader(char delimiter) {
        if (delimiter == '"' || delimiter == '\n' || delimiter == '\r') {
            throw new IllegalArgumentException("not a delimiter");
        }
        this.delimiter = delimiter;
    }

    /**
     * Returns the rows of a text. A line that is blank and has no delimiter is no row, but counts
     * as a line.
     *
     * @throws LedgerException if a quoted field does not end
     */
    public List<Row> read(String text) {
        List<Row> rows = new ArrayList<>();
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        int line = 1;
        int first = 1;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                line++;
            }
            if (quoted) {
                if (c != '"') {
                    field.append(c);
                } else if (text.startsWith("\"", i + 1)) {
                    field.append(text.charAt(++i));
                } else {
                    quoted = false;
                }
            } else if (c == '"' && field.isEmpty()) {
                quoted = true;
            } else if (c == delimiter) {
                endField(fields, field);
            } else if (c == '\n') {
                endRow(rows, first, fields, field);
                first = line;
            } else if (c != '\r') {
                field.append(c);
            }
        }
        if (quoted) {
            throw new LedgerException("line " + first + ": a quoted field does not end");
        }
        endRow(rows, first, fields, field);
        return rows;
    }

    private static void endField(List<String> fields, StringBuilder field) {
        fields.add(field.toString());
        field.setLength(0);
    }

    /** Moves the fields so far into a new row, unless there is nothing but white space. */
    private static void endRow(
            List<Row> rows, int line, List<String> fields, StringBuilder field) {
        boolean blank = fields.isEmpty() && field.toString().isBlank();
        endField(fields, field);
        if (!blank) {
            rows.add(new Row(line, fields));
        }
        fields.clear();
    }
}
