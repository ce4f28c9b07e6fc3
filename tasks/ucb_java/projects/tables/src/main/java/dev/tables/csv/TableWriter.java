package dev.tables.csv;

import dev.tables.core.Row;
import dev.tables.core.Table;
import dev.tables.core.Type;
import dev.tables.core.Values;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** Writes tables as delimited text that {@link TableReader} of the same dialect reads back. */
public final class TableWriter {
    /** Which values are quoted. */
    public enum Quoting {
        /** Only those that need it. */
        MINIMAL,
        /** Those that need it and all that are not numbers. */
        NON_NUMERIC,
        /** All values. */
        ALL
    }

    private final Dialect dialect;
    private final Quoting quoting;
    private final boolean header;

    /** Creates a writer that writes a header and quotes what needs quotes. */
    public TableWriter(Dialect dialect) {
        this(dialect, Quoting.MINIMAL, true);
    }

    private TableWriter(Dialect dialect, Quoting quoting, boolean header) {
        this.dialect = dialect;
        this.quoting = quoting;
        this.header = header;
    }

    /** Returns a writer with another rule of quoting. */
    public TableWriter withQuoting(Quoting rule) {
        return new TableWriter(dialect, rule, header);
    }

    /** Returns a writer that does not write the names of the columns. */
    public TableWriter withoutHeader() {
        return new TableWriter(dialect, quoting, false);
    }

    /** Writes a table to a string; see {@link #write(Table, Appendable)}. */
    public String write(Table table) {
        StringBuilder text = new StringBuilder();
        write(table, text);
        return text.toString();
    }

    /**
     * Writes a table: the names of its columns unless switched off, then its rows, each followed by
     * the line end of the dialect. A missing value is written as the null text, never in quotes. A
     * row whose only value is written as nothing at all would be read as an empty line; a pair of
     * quotes is written instead.
     *
     * @param table the table
     * @param target where to write
     * @throws UncheckedIOException when the target fails
     */
    public void write(Table table, Appendable target) {
        try {
            if (header) {
                writeRecord(table.schema().names(), target);
            }
            for (Row row : table.rows()) {
                writeRecord(row.values(), target);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void writeRecord(List<?> values, Appendable target) throws IOException {
        StringBuilder record = new StringBuilder();
        for (int i = 0; i < values.size(); i++) {
            if (i > 0) {
                record.append(dialect.delimiter());
            }
            record.append(field(values.get(i)));
        }
        if (record.isEmpty()) {
            record.append(dialect.quote()).append(dialect.quote());
        }
        target.append(record).append(dialect.lineEnd());
    }

    /**
     * Writes one value: the null text for {@code null}, otherwise its text, in quotes when the rule
     * of quoting or the dialect asks for them, with every quote in the text doubled.
     */
    String field(Object value) {
        if (value == null) {
            return dialect.nullText();
        }
        String text = Type.format(value);
        boolean quoted = switch (quoting) {
            case ALL -> true;
            case NON_NUMERIC -> !Values.isNumber(value) || dialect.needsQuotes(text);
            case MINIMAL -> dialect.needsQuotes(text);
        };
        if (!quoted) {
            return text;
        }
        String quote = String.valueOf(dialect.quote());
        return quote + text.replace(quote, quote + quote) + quote;
    }
}
