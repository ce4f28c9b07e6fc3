package dev.tables.query;

import dev.tables.core.TableException;
import dev.tables.core.Type;
import dev.tables.core.Values;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * The aggregates there are. Missing values are left out of all of them; unless something else is
 * said, the result for no values at all is {@code null}.
 */
public final class Aggregates {
    /** The number of digits behind the point of a result that is not exact. */
    static final int SCALE = 6;

    private Aggregates() {}

    /** Returns the number of values; 0 for none. */
    public static Aggregate count() {
        return of("count", type -> Type.INTEGER, values -> (long) values.size());
    }

    /**
     * Returns the sum of numbers: of whole numbers as a whole number, of decimals as a decimal with
     * the greatest scale of the values. The sum of no values is {@code null}. A sum of whole numbers
     * outside the range of {@code long} fails with a {@link TableException}.
     */
    public static Aggregate sum() {
        return of("sum", Aggregates::numeric, Aggregates::sumOf);
    }

    /** Returns the mean of numbers as a decimal, rounded by {@link #rounded}. */
    public static Aggregate mean() {
        return of("mean", Aggregates::decimal, Aggregates::meanOf);
    }

    /** Returns the least value; the first of several that are the same. */
    public static Aggregate min() {
        return of("min", UnaryOperator.identity(), values -> extreme(values, -1));
    }

    /** Returns the greatest value; the first of several that are the same. */
    public static Aggregate max() {
        return of("max", UnaryOperator.identity(), values -> extreme(values, 1));
    }

    /** Returns the median of numbers: the {@linkplain #percentile percentile} of 50. */
    public static Aggregate median() {
        return of("median", Aggregates::decimal, values -> percentileOf(values, 50));
    }

    /**
     * Returns a percentile of numbers, interpolated between neighbours: with the n values sorted,
     * counted from 0, the percentile p stands at the position p / 100 * (n - 1). At a position
     * between two values the result lies between them in proportion. It is a decimal, rounded by
     * {@link #rounded}.
     *
     * @param percent from 0 to 100
     * @return the aggregate, called {@code p} and the percentage
     * @throws TableException when the percentage is outside that range
     */
    public static Aggregate percentile(int percent) {
        if (percent < 0 || percent > 100) {
            throw new TableException("no percentile " + percent);
        }
        return of("p" + percent, Aggregates::decimal, values -> percentileOf(values, percent));
    }

    /**
     * Rounds a result half up to {@value #SCALE} digits behind the point and removes zeros at its
     * end, but never zeros in front of the point.
     *
     * @param exact the number to round
     * @return the rounded number
     */
    public static BigDecimal rounded(BigDecimal exact) {
        BigDecimal shorter = exact.setScale(SCALE, RoundingMode.HALF_UP).stripTrailingZeros();
        return shorter.scale() < 0 ? shorter.setScale(0) : shorter;
    }

    private static Aggregate of(
            String name, UnaryOperator<Type> type, Function<List<Object>, Object> function) {
        return new Aggregate(name, type, values ->
                function.apply(values.stream().filter(Objects::nonNull).toList()));
    }

    private static Type numeric(Type type) {
        if (!type.isNumeric()) {
            throw new TableException("needs a column of numbers, not " + type);
        }
        return type;
    }

    private static Type decimal(Type type) {
        numeric(type);
        return Type.DECIMAL;
    }

    private static Object sumOf(List<Object> values) {
        if (values.isEmpty()) {
            return null;
        }
        BigDecimal sum = BigDecimal.ZERO;
        boolean whole = true;
        for (Object value : values) {
            sum = sum.add(Values.decimal(value));
            whole &= value instanceof Long;
        }
        if (!whole) {
            return sum;
        }
        try {
            return sum.longValueExact();
        } catch (ArithmeticException tooLarge) {
            throw new TableException("the sum " + sum + " is too large for a whole number");
        }
    }

    private static Object meanOf(List<Object> values) {
        if (values.isEmpty()) {
            return null;
        }
        BigDecimal total = BigDecimal.ZERO;
        for (Object value : values) {
            total = total.add(Values.decimal(value));
        }
        BigDecimal count = BigDecimal.valueOf(values.size());
        return rounded(total.divide(count, MathContext.DECIMAL128));
    }

    private static Object extreme(List<Object> values, int sign) {
        Object best = null;
        for (Object value : values) {
            if (best == null || Integer.signum(Values.compare(value, best)) == sign) {
                best = value;
            }
        }
        return best;
    }

    private static Object percentileOf(List<Object> values, int percent) {
        if (values.isEmpty()) {
            return null;
        }
        List<BigDecimal> sorted = values.stream().map(Values::decimal).sorted().toList();
        int scaled = percent * (sorted.size() - 1);
        int below = scaled / 100;
        BigDecimal low = sorted.get(below);
        if (scaled % 100 == 0) {
            return rounded(low);
        }
        BigDecimal part = BigDecimal.valueOf(scaled % 100, 2);
        return rounded(low.add(sorted.get(below + 1).subtract(low).multiply(part)));
    }
}
