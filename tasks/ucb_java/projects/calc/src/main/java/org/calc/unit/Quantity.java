package org.calc.unit;

import org.calc.number.Rational;

/**
 * A magnitude in a unit. Two quantities are equal if both parts are; use {@link #compareTo} to
 * compare across units.
 */
public record Quantity(Rational magnitude, Unit unit) implements Comparable<Quantity> {

    /** Returns a plain number, a quantity without a dimension. */
    public static Quantity of(Rational number) {
        return new Quantity(number, Unit.ONE);
    }

    public static Quantity of(long number) {
        return of(Rational.of(number));
    }

    public boolean isNumber() {
        return unit.equals(Unit.ONE);
    }

    public Dimension dimension() {
        return unit.dimension();
    }

    /**
     * Returns the same quantity expressed in another unit.
     *
     * @throws UnitException if the units measure different dimensions
     */
    public Quantity to(Unit target) {
        if (!unit.isCompatibleWith(target)) {
            throw new UnitException(
                    "cannot convert " + describe(unit) + " to " + describe(target));
        }
        if (unit.equals(target)) {
            return this;
        }
        return new Quantity(target.fromCoherent(unit.toCoherent(magnitude)), target);
    }

    /** Returns this quantity in the coherent unit of its dimension. */
    public Quantity toCoherent() {
        return to(Unit.coherent(dimension()));
    }

    /**
     * Returns the plain number that a quantity without a dimension stands for.
     *
     * @throws UnitException if this quantity has a dimension
     */
    public Rational toNumber() {
        if (!dimension().isNone()) {
            throw new UnitException("not a plain number: " + this);
        }
        return unit.toCoherent(magnitude);
    }

    /**
     * Adds the magnitude of another quantity, expressed in the unit of this one, to the magnitude
     * of this one. The result has the unit of this quantity.
     *
     * @throws UnitException if the dimensions differ
     */
    public Quantity plus(Quantity other) {
        return new Quantity(magnitude.add(other.to(unit).magnitude), unit);
    }

    /**
     * Subtracts the magnitude of another quantity, expressed in the unit of this one. The result
     * has the unit of this quantity.
     *
     * @throws UnitException if the dimensions differ
     */
    public Quantity minus(Quantity other) {
        return plus(other.to(unit).negate());
    }

    public Quantity negate() {
        return new Quantity(magnitude.negate(), unit);
    }

    /**
     * Multiplies two quantities. If one of them is a plain number, the result keeps the unit of
     * the other one; otherwise it has the coherent unit of the product.
     */
    public Quantity times(Quantity other) {
        if (isNumber()) {
            return new Quantity(magnitude.multiply(other.magnitude), other.unit);
        }
        if (other.isNumber()) {
            return new Quantity(magnitude.multiply(other.magnitude), unit);
        }
        return new Quantity(
                toCoherent().magnitude.multiply(other.toCoherent().magnitude),
                Unit.coherent(dimension().times(other.dimension())));
    }

    /**
     * Divides this quantity by another one. If the divisor is a plain number, the result keeps the
     * unit of this quantity; otherwise it has the coherent unit of the quotient.
     *
     * @throws ArithmeticException if the divisor is zero
     */
    public Quantity dividedBy(Quantity other) {
        if (other.isNumber()) {
            return new Quantity(magnitude.divide(other.magnitude), unit);
        }
        return new Quantity(
                toCoherent().magnitude.divide(other.toCoherent().magnitude),
                Unit.coherent(dimension().per(other.dimension())));
    }

    /**
     * Raises this quantity to an integer power. The power 1 is this quantity unchanged; any other
     * power is in coherent units.
     *
     * @throws ArithmeticException if this quantity is zero and the exponent negative
     */
    public Quantity pow(int exponent) {
        if (exponent == 1) {
            return this;
        }
        return new Quantity(
                toCoherent().magnitude.pow(exponent), Unit.coherent(dimension().pow(exponent)));
    }

    /**
     * Compares the sizes of two quantities of the same dimension, whatever their units.
     *
     * @throws UnitException if the dimensions differ
     */
    @Override
    public int compareTo(Quantity other) {
        return magnitude.compareTo(other.to(unit).magnitude);
    }

    @Override
    public String toString() {
        return unit.symbol().isEmpty() ? magnitude.toString() : magnitude + " " + unit.symbol();
    }

    private static String describe(Unit unit) {
        return unit.symbol().isEmpty() ? "a plain number" : unit.symbol();
    }
}
