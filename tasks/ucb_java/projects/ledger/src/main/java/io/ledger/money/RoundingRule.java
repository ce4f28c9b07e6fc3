package io.ledger.money;

import java.math.BigDecimal;
import java.math.BigInteger;

/** How an amount that falls between two minor units becomes one of them. */
public enum RoundingRule {
    /** To the nearer unit; from the middle, away from zero. */
    HALF_UP,
    /** To the nearer unit; from the middle, to the even one. */
    HALF_EVEN,
    /** To the unit that is nearer to zero. */
    TOWARD_ZERO,
    /** To the unit that is farther from zero. */
    AWAY_FROM_ZERO;

    /**
     * Divides exactly and rounds the quotient to a whole number by this rule. The rule is
     * symmetric: a negative dividend gives the negated result of the positive one.
     *
     * @throws IllegalArgumentException if the divisor is not positive
     * @throws ArithmeticException if the rounded quotient does not fit a {@code long}
     */
    public long divide(BigDecimal dividend, BigDecimal divisor) {
        if (divisor.signum() <= 0) {
            throw new IllegalArgumentException("divisor must be positive: " + divisor);
        }
        int scale = Math.max(0, Math.max(dividend.scale(), divisor.scale()));
        BigInteger whole = divisor.setScale(scale).unscaledValue();
        BigInteger[] parts = dividend.setScale(scale).unscaledValue().divideAndRemainder(whole);
        BigInteger quotient = parts[0];
        int middle = parts[1].abs().shiftLeft(1).compareTo(whole);
        boolean away = switch (this) {
            case HALF_UP -> middle >= 0;
            case HALF_EVEN -> middle > 0 || middle == 0 && quotient.testBit(0);
            case TOWARD_ZERO -> false;
            case AWAY_FROM_ZERO -> parts[1].signum() != 0;
        };
        if (away) {
            quotient = quotient.add(BigInteger.valueOf(dividend.signum()));
        }
        return quotient.longValueExact();
    }
}
