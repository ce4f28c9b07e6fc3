package org.calc.number;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An exact rational number, always in lowest terms and with a positive denominator. */
public final class Rational implements Comparable<Rational> {

    public static final Rational ZERO = new Rational(BigInteger.ZERO, BigInteger.ONE);
    public static final Rational ONE = new Rational(BigInteger.ONE, BigInteger.ONE);
    public static final Rational TEN = new Rational(BigInteger.TEN, BigInteger.ONE);

    private static final Pattern FRACTION = Pattern.compile("([+-]?\\d+)/(\\d+)");
    private static final Pattern DECIMAL =
            Pattern.compile("([+-]?)(\\d*)(?:\\.(\\d*))?(?:[eE]([+-]?\\d{1,4}))?");

    private final BigInteger numerator;
    private final BigInteger denominator;

    private Rational(BigInteger numerator, BigInteger denominator) {
        this.numerator = numerator;
        this.denominator = denominator;
    }

    /** Returns the integer {@code value} as a rational number. */
    public static Rational of(long value) {
        return new Rational(BigInteger.valueOf(value), BigInteger.ONE);
    }

    /**
     * Returns {@code numerator / denominator} in lowest terms.
     *
     * @throws ArithmeticException if the denominator is zero
     */
    public static Rational of(long numerator, long denominator) {
        return of(BigInteger.valueOf(numerator), BigInteger.valueOf(denominator));
    }

    /**
     * Returns {@code numerator / denominator} in lowest terms; the sign of the result is carried by
     * its numerator, and zero is always {@code 0/1}.
     *
     * @throws ArithmeticException if the denominator is zero
     */
    public static Rational of(BigInteger numerator, BigInteger denominator) {
        if (denominator.signum() == 0) {
            throw new ArithmeticException("denominator is zero");
        }
        BigInteger divisor = numerator.gcd(denominator);
        if (denominator.signum() < 0) {
            divisor = divisor.negate();
        }
        return new Rational(numerator.divide(divisor), denominator.divide(divisor));
    }

    /**
     * Reads a number written as a fraction ({@code "-3/4"}) or as a decimal with an optional
     * exponent ({@code "12"}, {@code "-0.5"}, {@code ".25"}, {@code "5."}, {@code "1.2e-3"}). A
     * leading sign is allowed in both forms; blanks are not. A decimal has at least one digit
     * before the exponent.
     *
     * @throws NumberFormatException if the text has neither form
     * @throws ArithmeticException if the denominator of a fraction is zero
     */
    public static Rational parse(String text) {
        Matcher fraction = FRACTION.matcher(text);
        if (fraction.matches()) {
            return of(new BigInteger(fraction.group(1)), new BigInteger(fraction.group(2)));
        }
        Matcher decimal = DECIMAL.matcher(text);
        if (!decimal.matches()) {
            throw new NumberFormatException("not a number: " + text);
        }
        String decimals = Objects.requireNonNullElse(decimal.group(3), "");
        String digits = decimal.group(2) + decimals;
        if (digits.isEmpty()) {
            throw new NumberFormatException("no digits: " + text);
        }
        int exponent = decimal.group(4) == null ? 0 : Integer.parseInt(decimal.group(4));
        Rational magnitude = of(new BigInteger(digits), BigInteger.ONE)
                .multiply(TEN.pow(exponent - decimals.length()));
        return decimal.group(1).equals("-") ? magnitude.negate() : magnitude;
    }

    public BigInteger numerator() {
        return numerator;
    }

    public BigInteger denominator() {
        return denominator;
    }

    public int signum() {
        return numerator.signum();
    }

    public boolean isZero() {
        return numerator.signum() == 0;
    }

    public boolean isInteger() {
        return denominator.equals(BigInteger.ONE);
    }

    public Rational add(Rational other) {
        return of(
                numerator.multiply(other.denominator).add(other.numerator.multiply(denominator)),
                denominator.multiply(other.denominator));
    }

    public Rational subtract(Rational other) {
        return add(other.negate());
    }

    public Rational multiply(Rational other) {
        return of(numerator.multiply(other.numerator), denominator.multiply(other.denominator));
    }

    /**
     * Returns this number divided by {@code other}.
     *
     * @throws ArithmeticException if {@code other} is zero
     */
    public Rational divide(Rational other) {
        return multiply(other.reciprocal());
    }

    public Rational negate() {
        return new Rational(numerator.negate(), denominator);
    }

    public Rational abs() {
        return signum() < 0 ? negate() : this;
    }

    /**
     * Returns {@code 1 / this}.
     *
     * @throws ArithmeticException if this number is zero
     */
    public Rational reciprocal() {
        if (isZero()) {
            throw new ArithmeticException("division by zero");
        }
        return of(denominator, numerator);
    }

    /**
     * Returns this number raised to an integer power. Anything to the power 0 is 1, zero included;
     * a negative exponent yields the reciprocal of the positive power.
     *
     * @throws ArithmeticException if this number is zero and the exponent is negative
     */
    public Rational pow(int exponent) {
        if (exponent < 0) {
            return reciprocal().pow(-exponent);
        }
        return new Rational(numerator.pow(exponent), denominator.pow(exponent));
    }

    /** Returns the greatest integer that is not greater than this number. */
    public BigInteger floor() {
        BigInteger[] parts = numerator.divideAndRemainder(denominator);
        return parts[1].signum() < 0 ? parts[0].subtract(BigInteger.ONE) : parts[0];
    }

    /** Returns the least integer that is not less than this number. */
    public BigInteger ceiling() {
        return negate().floor().negate();
    }

    /**
     * Returns the remainder of the floored division of this number by {@code divisor}: the result
     * is zero or has the sign of the divisor, and {@code this - result} is a whole multiple of the
     * divisor. For example, {@code -7 mod 3} is 2 and {@code 7 mod -3} is -2.
     *
     * @throws ArithmeticException if the divisor is zero
     */
    public Rational mod(Rational divisor) {
        BigInteger quotient = divide(divisor).floor();
        return subtract(divisor.multiply(of(quotient, BigInteger.ONE)));
    }

    /**
     * Rounds to the nearest multiple of {@code 10^-places}; a number half way between two of them
     * goes to the one farther from zero. {@code places} may be negative: 1250 rounded to -2 places
     * is 1300, and -1250 becomes -1300.
     */
    public Rational round(int places) {
        Rational unit = TEN.pow(-places);
        Rational scaled = abs().divide(unit);
        BigInteger rounded = scaled.add(of(1, 2)).floor();
        Rational result = of(rounded, BigInteger.ONE).multiply(unit);
        return signum() < 0 ? result.negate() : result;
    }

    /**
     * Returns the exact square root, or empty if this number is negative or its root is not
     * rational.
     */
    public Optional<Rational> sqrt() {
        if (signum() < 0) {
            return Optional.empty();
        }
        BigInteger top = numerator.sqrt();
        BigInteger bottom = denominator.sqrt();
        boolean exact = top.pow(2).equals(numerator) && bottom.pow(2).equals(denominator);
        return exact ? Optional.of(new Rational(top, bottom)) : Optional.empty();
    }

    /**
     * Returns this number as an {@code int}.
     *
     * @throws ArithmeticException if it is not an integer or lies outside the range of {@code int}
     */
    public int intValueExact() {
        if (!isInteger()) {
            throw new ArithmeticException("not an integer: " + this);
        }
        return numerator.intValueExact();
    }

    /** Returns the decimal with exactly {@code places} decimals, rounded as by {@link #round}. */
    public BigDecimal toDecimal(int places) {
        return new BigDecimal(numerator).divide(
                new BigDecimal(denominator), places, RoundingMode.HALF_UP);
    }

    @Override
    public int compareTo(Rational other) {
        return numerator.multiply(other.denominator)
                .compareTo(other.numerator.multiply(denominator));
    }

    @Override
    public boolean equals(Object object) {
        return object instanceof Rational other
                && numerator.equals(other.numerator)
                && denominator.equals(other.denominator);
    }

    @Override
    public int hashCode() {
        return Objects.hash(numerator, denominator);
    }

    /** Returns {@code "n/d"}, or just {@code "n"} for an integer. */
    @Override
    public String toString() {
        return isInteger() ? numerator.toString() : numerator + "/" + denominator;
    }
}
