package io.ledger.money;

import io.ledger.LedgerException;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;

/**
 * An immutable amount of money, held as a whole number of minor units of its currency.
 *
 * <p>Arithmetic is exact: a result that does not fit a {@code long} of minor units raises an
 * {@link ArithmeticException}, and mixing two currencies raises a {@link LedgerException}.
 */
public final class Money implements Comparable<Money> {

    private final long minor;
    private final Currency currency;

    private Money(long minor, Currency currency) {
        this.minor = minor;
        this.currency = Objects.requireNonNull(currency, "currency");
    }

    public static Money ofMinor(long minor, Currency currency) {
        return new Money(minor, currency);
    }

    public static Money zero(Currency currency) {
        return new Money(0, currency);
    }

    /** Returns an amount of major units, rounded by {@code rule} to a whole minor unit. */
    public static Money of(BigDecimal amount, Currency currency, RoundingRule rule) {
        BigDecimal units = amount.movePointRight(currency.digits());
        return new Money(rule.divide(units, BigDecimal.ONE), currency);
    }

    /**
     * Returns an amount written in plain decimal notation, such as {@code "-12.5"}.
     *
     * @throws IllegalArgumentException if the text is not a number or has more non-zero decimal
     *     digits than the currency
     */
    public static Money of(String amount, Currency currency) {
        BigDecimal units = new BigDecimal(amount).movePointRight(currency.digits());
        try {
            return new Money(units.longValueExact(), currency);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(amount + " is no amount of " + currency, e);
        }
    }

    /** Returns the sum of the amounts, all of which must be in {@code currency}. */
    public static Money sum(Collection<Money> amounts, Currency currency) {
        Money total = zero(currency);
        for (Money amount : amounts) {
            total = total.plus(amount);
        }
        return total;
    }

    public long minor() {
        return minor;
    }

    public Currency currency() {
        return currency;
    }

    public Money plus(Money other) {
        return new Money(Math.addExact(minor, sameCurrency(other).minor), currency);
    }

    public Money minus(Money other) {
        return new Money(Math.subtractExact(minor, sameCurrency(other).minor), currency);
    }

    public Money negated() {
        return new Money(Math.negateExact(minor), currency);
    }

    public Money abs() {
        return isNegative() ? negated() : this;
    }

    public boolean isZero() {
        return minor == 0;
    }

    public boolean isNegative() {
        return minor < 0;
    }

    public boolean isPositive() {
        return minor > 0;
    }

    /**
     * Returns the part {@code numerator / denominator} of this amount, rounded by {@code rule}.
     * The product is taken exactly before it is divided, so only the result has to fit.
     *
     * @throws IllegalArgumentException if the denominator is not positive
     */
    public Money share(long numerator, long denominator, RoundingRule rule) {
        BigDecimal product = BigDecimal.valueOf(minor).multiply(BigDecimal.valueOf(numerator));
        return new Money(rule.divide(product, BigDecimal.valueOf(denominator)), currency);
    }

    /**
     * Divides this amount in proportion to the weights, without losing a minor unit.
     *
     * <p>Each part is first rounded toward zero. The units that are then left over, positive or
     * negative, are given out one at a time to the parts with a weight above zero, from the first
     * part on. The parts therefore always add up to this amount, and a part of weight zero is
     * always zero.
     *
     * @throws IllegalArgumentException if a weight is negative or all of them are zero
     */
    public List<Money> allocate(long... weights) {
        long total = LongStream.of(weights).sum();
        if (total <= 0 || LongStream.of(weights).anyMatch(weight -> weight < 0)) {
            throw new IllegalArgumentException("bad weights: " + Arrays.toString(weights));
        }
        long[] parts = new long[weights.length];
        long left = minor;
        for (int i = 0; i < parts.length; i++) {
            parts[i] = share(weights[i], total, RoundingRule.TOWARD_ZERO).minor;
            left -= parts[i];
        }
        int unit = Long.signum(left);
        for (int i = 0; left != 0; i++) {
            if (weights[i] > 0) {
                parts[i] += unit;
                left -= unit;
            }
        }
        return LongStream.of(parts).mapToObj(part -> ofMinor(part, currency)).toList();
    }

    /** Compares two amounts of one currency. */
    @Override
    public int compareTo(Money other) {
        return Long.compare(minor, sameCurrency(other).minor);
    }

    @Override
    public boolean equals(Object object) {
        return object instanceof Money other
                && minor == other.minor
                && currency.equals(other.currency);
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(minor) + currency.hashCode();
    }

    /** Returns the amount in English notation and the currency code: {@code 1,234.50 EUR}. */
    @Override
    public String toString() {
        return MoneyFormat.ENGLISH.format(this) + " " + currency;
    }

    private Money sameCurrency(Money other) {
        if (!currency.equals(other.currency)) {
            throw new LedgerException("cannot mix " + currency + " and " + other.currency);
        }
        return other;
    }
}
