package dev.tables.query;

import dev.tables.core.Row;
import dev.tables.core.Values;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * One column to sort by.
 *
 * @param column name of the column
 * @param descending whether greater values come first
 * @param nullsFirst whether missing values come first; whichever the direction is
 * @param ignoreCase whether texts that differ in case only are the same
 */
public record SortKey(String column, boolean descending, boolean nullsFirst, boolean ignoreCase) {
    /** Sorts by a column from the least value to the greatest, missing values last. */
    public static SortKey ascending(String column) {
        return new SortKey(column, false, false, false);
    }

    /** Sorts by a column from the greatest value to the least, missing values last. */
    public static SortKey descending(String column) {
        return new SortKey(column, true, false, false);
    }

    /** Returns the key with missing values first. */
    public SortKey withNullsFirst() {
        return new SortKey(column, descending, true, ignoreCase);
    }

    /** Returns the key with texts compared without regard to case. */
    public SortKey withIgnoreCase() {
        return new SortKey(column, descending, nullsFirst, true);
    }

    /**
     * Returns the order of rows that a list of keys asks for: the first key decides, the second one
     * where the first finds no difference, and so on.
     *
     * @param keys the keys; with none all rows are alike
     * @return the order
     */
    public static Comparator<Row> order(List<SortKey> keys) {
        return (left, right) -> {
            for (SortKey key : keys) {
                int order = key.compare(left, right);
                if (order != 0) {
                    return order;
                }
            }
            return 0;
        };
    }

    /**
     * Compares two rows by this key. Missing values are alike and come where the key puts them; the
     * direction of the key applies to all other values.
     *
     * @param left one row
     * @param right the other row
     * @return a negative number, zero or a positive number as the left row comes before, is like or
     *     comes after the right row
     */
    public int compare(Row left, Row right) {
        Object a = left.get(column);
        Object b = right.get(column);
        if (a == null || b == null) {
            if (a == b) {
                return 0;
            }
            return (a == null) == nullsFirst ? -1 : 1;
        }
        int order = Values.compare(folded(a), folded(b));
        return descending ? -order : order;
    }

    private Object folded(Object value) {
        return ignoreCase && value instanceof String text ? text.toLowerCase(Locale.ROOT) : value;
    }
}
