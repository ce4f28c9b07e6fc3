package org.calc.unit;

import org.calc.number.Rational;

/** Metric prefixes, from the greatest to the smallest. */
public enum Prefix {
    TERA("T", 12),
    GIGA("G", 9),
    MEGA("M", 6),
    KILO("k", 3),
    CENTI("c", -2),
    MILLI("m", -3),
    MICRO("u", -6),
    NANO("n", -9);

    private final String symbol;
    private final int exponent;

    Prefix(String symbol, int exponent) {
        this.symbol = symbol;
        this.exponent = exponent;
    }

    public String symbol() {
        return symbol;
    }

    public int exponent() {
        return exponent;
    }

    /** Returns the power of ten that the prefix stands for. */
    public Rational factor() {
        return Rational.TEN.pow(exponent);
    }
}
