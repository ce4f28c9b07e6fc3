package dev.tables.query;

import dev.tables.core.Row;
import dev.tables.core.Type;
import dev.tables.core.Values;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.IntPredicate;

/**
 * Decides which rows to keep. A comparison with a missing value, or with {@code null}, never holds;
 * only {@link #isNull} finds missing values. Numbers are compared by their numeric value.
 */
@FunctionalInterface
public interface Condition {
    /** Tells whether the row is kept. */
    boolean test(Row row);

    /** Returns a condition that holds when both this and the other do. */
    default Condition and(Condition other) {
        return row -> test(row) && other.test(row);
    }

    /** Returns a condition that holds when this or the other does, or both. */
    default Condition or(Condition other) {
        return row -> test(row) || other.test(row);
    }

    /** Returns a condition that holds when this one does not. */
    default Condition not() {
        return row -> !test(row);
    }

    /** Holds when the column's value is the same as the given one. */
    static Condition equal(String column, Object value) {
        return comparing(column, value, order -> order == 0);
    }

    /** Holds when the column's value comes before the given one. */
    static Condition less(String column, Object value) {
        return comparing(column, value, order -> order < 0);
    }

    /** Holds when the column's value does not come after the given one. */
    static Condition atMost(String column, Object value) {
        return comparing(column, value, order -> order <= 0);
    }

    /** Holds when the column's value comes after the given one. */
    static Condition greater(String column, Object value) {
        return comparing(column, value, order -> order > 0);
    }

    /** Holds when the column's value does not come before the given one. */
    static Condition atLeast(String column, Object value) {
        return comparing(column, value, order -> order >= 0);
    }

    /** Holds when the column's value lies between two others, both included. */
    static Condition between(String column, Object low, Object high) {
        return atLeast(column, low).and(atMost(column, high));
    }

    /** Holds when the column's value is missing. */
    static Condition isNull(String column) {
        return row -> row.get(column) == null;
    }

    /**
     * Holds when the written form of the column's value matches a pattern as a whole. In the pattern
     * {@code %} stands for any number of characters, none included, and {@code _} for exactly one;
     * all other characters stand for themselves. Case does not count.
     *
     * @param column name of the column
     * @param pattern the pattern
     * @return the condition
     */
    static Condition like(String column, String pattern) {
        String folded = pattern.toLowerCase(Locale.ROOT);
        return row -> {
            Object value = row.get(column);
            return value != null && matches(folded, Type.format(value).toLowerCase(Locale.ROOT));
        };
    }

    private static boolean matches(String pattern, String text) {
        boolean[] reached = new boolean[text.length() + 1];
        reached[0] = true;
        for (char symbol : pattern.toCharArray()) {
            boolean[] next = new boolean[text.length() + 1];
            for (int i = 0; i <= text.length(); i++) {
                if (!reached[i]) {
                    continue;
                }
                if (symbol == '%') {
                    Arrays.fill(next, i, next.length, true);
                    break;
                }
                if (i < text.length() && (symbol == '_' || symbol == text.charAt(i))) {
                    next[i + 1] = true;
                }
            }
            reached = next;
        }
        return reached[text.length()];
    }

    private static Condition comparing(String column, Object value, IntPredicate holds) {
        Object wanted = widened(value);
        return row -> {
            Object found = row.get(column);
            return found != null && wanted != null && holds.test(Values.compare(found, wanted));
        };
    }

    private static Object widened(Object value) {
        return value instanceof Integer small ? Long.valueOf(small) : value;
    }
}
