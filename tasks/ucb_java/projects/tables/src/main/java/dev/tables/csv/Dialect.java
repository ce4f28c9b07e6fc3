package dev.tables.csv;

import dev.tables.core.TableException;
import java.util.Objects;

/**
 * How a delimited text is written.
 *
 * @param delimiter what separates the fields of a record
 * @param quote what encloses a field with special characters
 * @param comment what starts a line that is not a record, or {@code '\0'} for none
 * @param nullText what stands, unquoted, for a missing value
 * @param trim whether white space around fields is not part of them
 * @param lineEnd what the writer puts behind a record
 */
public record Dialect(
        char delimiter, char quote, char comment, String nullText, boolean trim, String lineEnd) {
    /** Comma, double quote, no comments, an empty field for null, white space kept. */
    public static final Dialect CSV = new Dialect(',', '"', '\0', "", false, "\n");

    /** As {@link #CSV} but separated by tabs and with {@code \N} for null. */
    public static final Dialect TSV = new Dialect('\t', '"', '\0', "\\N", false, "\n");

    /** Checks that the special characters differ from each other and from line ends. */
    public Dialect {
        Objects.requireNonNull(nullText, "nullText");
        if (delimiter == quote || delimiter == comment || quote == comment) {
            throw new TableException("delimiter, quote and comment must differ");
        }
        if ("\r\n".indexOf(delimiter) >= 0 || "\r\n".indexOf(quote) >= 0) {
            throw new TableException("a line end cannot be a delimiter or quote");
        }
    }

    /** Returns the dialect with another delimiter. */
    public Dialect withDelimiter(char other) {
        return new Dialect(other, quote, comment, nullText, trim, lineEnd);
    }

    /** Returns the dialect with comment lines that start with the given character. */
    public Dialect withComment(char other) {
        return new Dialect(delimiter, quote, other, nullText, trim, lineEnd);
    }

    /** Returns the dialect with another text for missing values. */
    public Dialect withNullText(String other) {
        return new Dialect(delimiter, quote, comment, other, trim, lineEnd);
    }

    /** Returns the dialect with white space around fields trimmed or kept. */
    public Dialect withTrim(boolean other) {
        return new Dialect(delimiter, quote, comment, nullText, other, lineEnd);
    }

    /**
     * Tells whether a field stands for a missing value: it is not quoted and its text is the null
     * text.
     */
    public boolean isNull(Field field) {
        return !field.quoted() && field.text().equals(nullText);
    }

    /**
     * Tells whether a text must be quoted to be read back as it is: when it contains the delimiter,
     * the quote or a line end, starts or ends with white space, is the null text, or starts with the
     * comment character.
     *
     * @param text the text of a value, not of a missing one
     * @return whether it needs quotes
     */
    public boolean needsQuotes(String text) {
        if (text.equals(nullText)) {
            return true;
        }
        if (text.isEmpty()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == delimiter || c == quote || c == '\n' || c == '\r') {
                return true;
            }
        }
        return text.charAt(0) == comment
                || Character.isWhitespace(text.charAt(0))
                || Character.isWhitespace(text.charAt(text.length() - 1));
    }
}
