package dev.tables.core;

import java.math.BigDecimal;

/** Comparison and arithmetic views of cell values, alike for whole and decimal numbers. */
public final class Values {
    private Values() {}

    /**
     * Compares two values of a column. Numbers are compared by their numeric value, whatever their
     * types are; other values are compared by their natural order and must be of the same class.
     *
     * @param left a value other than {@code null}
     * @param right a value other than {@code null}
     * @return a negative number, zero or a positive number as {@code left} comes before, is the same
     *     as or comes after {@code right}
     * @throws TableException when the values cannot be compared
     */
    @SuppressWarnings("unchecked")
    public static int compare(Object left, Object right) {
        if (left instanceof Long a && right instanceof Long b) {
            return Long.compare(a, b);
        }
        if (isNumber(left) && isNumber(right)) {
            return decimal(left).compareTo(decimal(right));
        }
        if (left.getClass() != right.getClass() || !(left instanceof Comparable)) {
            throw new TableException("cannot compare '" + left + "' with '" + right + "'");
        }
        return ((Comparable<Object>) left).compareTo(right);
    }

    /**
     * Tells whether two values are the same. {@code null} is the same as {@code null} only; numbers
     * are the same when their numeric values are ({@code 2}, {@code 2.0} and {@code 2.00} are);
     * other values by {@link Object#equals}. Values of different kinds are never the same.
     */
    public static boolean same(Object left, Object right) {
        if (left == null || right == null) {
            return left == right;
        }
        return isNumber(left) && isNumber(right) ? compare(left, right) == 0 : left.equals(right);
    }

    /**
     * Computes a hash code that goes with {@link #same}: values that are the same have the same
     * hash code. The hash code of {@code null} is 0.
     *
     * @param value the value, or {@code null}
     * @return its hash code
     */
    public static int hash(Object value) {
        if (value == null) {
            return 0;
        }
        if (isNumber(value)) {
            BigDecimal number = decimal(value);
            return number.signum() == 0 ? 0 : number.stripTrailingZeros().hashCode();
        }
        return value.hashCode();
    }

    /** Tells whether a value is a whole or decimal number. */
    public static boolean isNumber(Object value) {
        return value instanceof Long || value instanceof BigDecimal;
    }

    /**
     * Returns a number as a decimal.
     *
     * @param value a whole or decimal number
     * @return the same number
     * @throws TableException when the value is not a number
     */
    public static BigDecimal decimal(Object value) {
        if (value instanceof Long whole) {
            return BigDecimal.valueOf(whole);
        }
        if (value instanceof BigDecimal number) {
            return number;
        }
        throw new TableException("not a number: " + value);
    }
}
