package org.calc.format;

/** How numbers are written. */
public enum NumberStyle {
    /** {@code 7/4}. */
    FRACTION,
    /** {@code 1 3/4}. */
    MIXED,
    /** {@code 1.75}, rounded to a number of decimals. */
    DECIMAL,
    /** {@code 1.75}, {@code 0.(3)}. */
    REPEATING
}
