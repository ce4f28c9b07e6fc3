package dev.tables.csv;

import java.io.IOException;
import java.io.PushbackReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Splits delimited text into records of fields. Lines end with LF, CR LF or CR; within quotes each of
 * them is read as LF.
 */
public final class RecordReader {
    private static final int END = -1;

    private final PushbackReader input;
    private final Dialect dialect;
    private int line = 1;
    private int recordLine = 1;

    /**
     * Creates a reader.
     *
     * @param input the text
     * @param dialect how it is written
     */
    public RecordReader(Reader input, Dialect dialect) {
        this.input = new PushbackReader(input, 2);
        this.dialect = dialect;
    }

    /** Returns the line, counted from 1, on which the last record that was returned starts. */
    public int recordLine() {
        return recordLine;
    }

    /**
     * Reads the next record. Empty lines and comment lines are passed over. A delimiter at the end
     * of a line is followed by one more, empty, field. The last record need not have a line end.
     *
     * @return the fields, at least one, or empty at the end of the text
     * @throws CsvException when a quote is not closed or is followed by other text
     */
    public Optional<List<Field>> next() {
        int first = skipBlankLines();
        if (first == END) {
            return Optional.empty();
        }
        recordLine = line;
        unread(first);
        List<Field> fields = new ArrayList<>();
        int after;
        do {
            fields.add(readField());
            after = read();
        } while (after == dialect.delimiter());
        return Optional.of(fields);
    }

    /** Reads all records that are left; see {@link #next}. */
    public List<List<Field>> readAll() {
        List<List<Field>> records = new ArrayList<>();
        for (var found = next(); found.isPresent(); found = next()) {
            records.add(found.get());
        }
        return records;
    }

    private int skipBlankLines() {
        int c = read();
        while (c == '\n' || (c == dialect.comment() && c != '\0')) {
            while (c != '\n' && c != END) {
                c = read();
            }
            c = c == END ? END : read();
        }
        return c;
    }

    /**
     * Reads one field and leaves the delimiter, the line end or the end of the text behind it
     * unread.
     */
    private Field readField() {
        int c = read();
        while (dialect.trim() && isBlank(c)) {
            c = read();
        }
        if (c == dialect.quote()) {
            return new Field(readQuoted(), true);
        }
        StringBuilder text = new StringBuilder();
        while (c != dialect.delimiter() && c != '\n' && c != END) {
            text.append((char) c);
            c = read();
        }
        unread(c);
        return new Field(dialect.trim() ? text.toString().strip() : text.toString(), false);
    }

    /**
     * Reads the rest of a quoted field, whose opening quote has been read. Two quotes in a row stand
     * for one quote in the text. When white space is trimmed, it may follow the closing quote.
     */
    private String readQuoted() {
        int openedOn = line;
        StringBuilder text = new StringBuilder();
        int c = read();
        while (true) {
            if (c == END) {
                throw new CsvException(openedOn, "quote is not closed");
            }
            if (c == dialect.quote()) {
                c = read();
                if (c != dialect.quote()) {
                    break;
                }
            }
            text.append((char) c);
            c = read();
        }
        while (dialect.trim() && isBlank(c)) {
            c = read();
        }
        if (c != dialect.delimiter() && c != '\n' && c != END) {
            throw new CsvException(line, "text after a closing quote");
        }
        unread(c);
        return text.toString();
    }

    private boolean isBlank(int c) {
        return c != END && c != '\n' && c != dialect.delimiter() && Character.isWhitespace(c);
    }

    /** Reads one character; every kind of line end is read as one LF and counted. */
    private int read() {
        try {
            int c = input.read();
            if (c == '\r') {
                int following = input.read();
                if (following != '\n' && following != END) {
                    input.unread(following);
                }
                c = '\n';
            }
            if (c == '\n') {
                line++;
            }
            return c;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void unread(int c) {
        if (c == END) {
            return;
        }
        if (c == '\n') {
            line--;
        }
        try {
            input.unread(c);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
