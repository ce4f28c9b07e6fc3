package org.calc.number;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;

/**
 * The decimal expansion of a rational number, split into its parts.
 *
 * @param negative whether the number is less than zero
 * @param whole the digits before the decimal point, at least one
 * @param prefix the decimals before the repeating part, possibly none
 * @param cycle the repeating decimals, empty if the expansion ends
 */
public record RepeatingDecimal(boolean negative, String whole, String prefix, String cycle) {

    /**
     * Expands a number by long division. The prefix is as short as possible and so is the cycle:
     * 1/12 has the prefix {@code "08"} and the cycle {@code "3"}.
     */
    public static RepeatingDecimal of(Rational number) {
        BigInteger denominator = number.denominator();
        BigInteger[] parts = number.numerator().abs().divideAndRemainder(denominator);
        StringBuilder decimals = new StringBuilder();
        Map<BigInteger, Integer> positions = new HashMap<>();
        BigInteger remainder = parts[1];
        while (remainder.signum() != 0 && !positions.containsKey(remainder)) {
            positions.put(remainder, decimals.length());
            BigInteger[] step = remainder.multiply(BigInteger.TEN).divideAndRemainder(denominator);
            decimals.append(step[0]);
            remainder = step[1];
        }
        int start = remainder.signum() == 0 ? decimals.length() : positions.get(remainder);
        return new RepeatingDecimal(
                number.signum() < 0,
                parts[0].toString(),
                decimals.substring(0, start),
                decimals.substring(start));
    }

    /** Returns whether the expansion ends. */
    public boolean terminates() {
        return cycle.isEmpty();
    }

    /** Returns the number that this expansion stands for; the inverse of {@link #of}. */
    public Rational toRational() {
        Rational shift = Rational.TEN.pow(prefix.length());
        Rational value = Rational.parse(whole + prefix);
        if (!terminates()) {
            Rational nines = Rational.TEN.pow(cycle.length()).subtract(Rational.ONE);
            value = value.add(Rational.parse(cycle).divide(nines));
        }
        Rational magnitude = value.divide(shift);
        return negative ? magnitude.negate() : magnitude;
    }

    /**
     * Writes the expansion with its cycle in parentheses: {@code -0.08(3)}, {@code 2.5}, {@code 7}.
     */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(negative ? "-" : "").append(whole);
        if (!prefix.isEmpty() || !terminates()) {
            text.append('.').append(prefix);
        }
        if (!terminates()) {
            text.append('(').append(cycle).append(')');
        }
        return text.toString();
    }
}
