package org.calc.unit;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;

/** A product of powers of base quantities, such as length per time squared. */
public final class Dimension {

    public static final Dimension NONE = new Dimension(new EnumMap<>(BaseQuantity.class));

    private final Map<BaseQuantity, Integer> exponents;

    private Dimension(Map<BaseQuantity, Integer> exponents) {
        this.exponents = exponents;
    }

    /** Returns the dimension that is the given base quantity to the power 1. */
    public static Dimension of(BaseQuantity quantity) {
        Map<BaseQuantity, Integer> exponents = new EnumMap<>(BaseQuantity.class);
        exponents.put(quantity, 1);
        return new Dimension(exponents);
    }

    /** Returns the exponent of a base quantity, 0 if it does not occur. */
    public int exponent(BaseQuantity quantity) {
        return exponents.getOrDefault(quantity, 0);
    }

    public boolean isNone() {
        return exponents.isEmpty();
    }

    /**
     * Returns the product of two dimensions. Base quantities whose exponents cancel out do not
     * occur in the result, so that length times its inverse equals {@link #NONE}.
     */
    public Dimension times(Dimension other) {
        Map<BaseQuantity, Integer> product = new EnumMap<>(BaseQuantity.class);
        product.putAll(exponents);
        other.exponents.forEach((quantity, exponent) ->
                product.merge(quantity, exponent, (a, b) -> a + b == 0 ? null : a + b));
        return new Dimension(product);
    }

    /** Returns this dimension divided by another one. */
    public Dimension per(Dimension other) {
        return times(other.pow(-1));
    }

    /** Returns this dimension to an integer power; the power 0 is {@link #NONE}. */
    public Dimension pow(int power) {
        if (power == 0) {
            return NONE;
        }
        Map<BaseQuantity, Integer> result = new EnumMap<>(BaseQuantity.class);
        exponents.forEach((quantity, exponent) ->
                result.put(quantity, Math.multiplyExact(exponent, power)));
        return new Dimension(result);
    }

    @Override
    public boolean equals(Object object) {
        return object instanceof Dimension other && exponents.equals(other.exponents);
    }

    @Override
    public int hashCode() {
        return exponents.hashCode();
    }

    /**
     * Returns the coherent unit of this dimension: factors in the order of {@link BaseQuantity}
     * joined by blanks, those with negative exponents after one slash, in parentheses if there are
     * several: {@code "m/s^2"}, {@code "kg m"}, {@code "1/s"}, {@code "m/(kg s)"}. {@link #NONE} is
     * the empty string.
     */
    @Override
    public String toString() {
        if (isNone()) {
            return "";
        }
        String above = factors(exponent -> exponent > 0);
        String below = factors(exponent -> exponent < 0);
        if (below.isEmpty()) {
            return above;
        }
        String divisor = below.contains(" ") ? "(" + below + ")" : below;
        return (above.isEmpty() ? "1" : above) + "/" + divisor;
    }

    private String factors(IntPredicate wanted) {
        return exponents.entrySet().stream()
                .filter(entry -> wanted.test(entry.getValue()))
                .map(entry -> {
                    int power = Math.abs(entry.getValue());
                    String symbol = entry.getKey().symbol();
                    return power == 1 ? symbol : symbol + "^" + power;
                })
                .collect(Collectors.joining(" "));
    }
}
