package org.calc.unit;

import org.calc.number.Rational;

/**
 * A unit of measure. A magnitude {@code x} in this unit is {@code (x + offset) * factor} in the
 * coherent unit of its dimension.
 *
 * @param symbol how the unit is written
 * @param dimension what it measures
 * @param factor the size of one unit in coherent units, greater than zero
 * @param offset what is added to a magnitude before scaling; zero for all but temperature scales
 * @param prefixable whether a metric prefix may be put before the symbol
 */
public record Unit(
        String symbol, Dimension dimension, Rational factor, Rational offset, boolean prefixable) {

    public static final Unit ONE = coherent(Dimension.NONE);

    public Unit {
        if (factor.signum() <= 0) {
            throw new IllegalArgumentException("factor of " + symbol + " is not positive");
        }
    }

    /** Returns the unit with factor 1 and offset 0 of a dimension, named after the dimension. */
    public static Unit coherent(Dimension dimension) {
        return new Unit(dimension.toString(), dimension, Rational.ONE, Rational.ZERO, false);
    }

    /** Returns a unit of {@code factor} coherent units that starts at zero and takes no prefix. */
    public static Unit scaled(String symbol, Dimension dimension, Rational factor) {
        return new Unit(symbol, dimension, factor, Rational.ZERO, false);
    }

    /**
     * Returns this unit with a metric prefix before its symbol and its factor scaled accordingly.
     * The result takes no further prefix.
     *
     * @throws UnitException if this unit takes no prefix
     */
    public Unit withPrefix(Prefix prefix) {
        if (!prefixable) {
            throw new UnitException("unit " + symbol + " takes no prefix");
        }
        Rational scaled = prefix.factor().multiply(factor);
        return new Unit(prefix.symbol() + symbol, dimension, scaled, offset, false);
    }

    public boolean isCompatibleWith(Unit other) {
        return dimension.equals(other.dimension);
    }

    /** Returns the magnitude in coherent units of {@code magnitude} of this unit. */
    public Rational toCoherent(Rational magnitude) {
        return magnitude.add(offset).multiply(factor);
    }

    /** Returns the magnitude in this unit of a magnitude in coherent units. */
    public Rational fromCoherent(Rational magnitude) {
        return magnitude.divide(factor).subtract(offset);
    }
}
