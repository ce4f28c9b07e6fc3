package org.calc.format;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.calc.number.Rational;
import org.calc.unit.Quantity;
import org.calc.unit.Unit;
import org.calc.unit.UnitRegistry;

/** Writes quantities: a number, a blank and the symbol of the unit. */
public final class QuantityFormatter {

    private final NumberFormatter numbers;
    private final UnitRegistry units;

    public QuantityFormatter(NumberFormatter numbers, UnitRegistry units) {
        this.numbers = numbers;
        this.units = units;
    }

    /**
     * Returns the text of a quantity in its own unit. A unit with an empty symbol is left out; a
     * symbol that starts with a digit or a slash, such as {@code 1/s}, is put in parentheses.
     */
    public String format(Quantity quantity) {
        String number = numbers.format(quantity.magnitude());
        String symbol = quantity.unit().symbol();
        if (symbol.isEmpty()) {
            return number;
        }
        boolean plain = !Character.isDigit(symbol.charAt(0)) && symbol.charAt(0) != '/';
        return number + " " + (plain ? symbol : "(" + symbol + ")");
    }

    /** Returns the text of a quantity with the prefix that reads best, see {@link UnitRegistry}. */
    public String formatScaled(Quantity quantity, String unit) {
        return format(units.rescale(quantity, units.require(unit)));
    }

    /**
     * Returns the text of a quantity as a sum of decreasing units, such as {@code "1 h 2 min 3 s"}:
     * whole numbers of all units but the last one, which takes the rest. Parts that are zero are
     * left out, except that a quantity of zero is written with the last unit. A negative quantity
     * is written with one minus sign in front of the parts of its absolute value.
     *
     * @param names the units, from the greatest to the smallest
     * @throws IllegalArgumentException if there are no units
     * @throws org.calc.unit.UnitException if a unit is unknown or does not fit the quantity
     */
    public String formatMixed(Quantity quantity, List<String> names) {
        if (names.isEmpty()) {
            throw new IllegalArgumentException("no units");
        }
        boolean negative = quantity.magnitude().signum() < 0;
        Quantity rest = negative ? quantity.negate() : quantity;
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            Unit unit = units.require(names.get(i));
            boolean last = i == names.size() - 1;
            Rational size = rest.to(unit).magnitude();
            Rational count = last ? size : Rational.of(size.floor(), BigInteger.ONE);
            if (!count.isZero() || last && parts.isEmpty()) {
                parts.add(format(new Quantity(count, unit)));
            }
            rest = rest.minus(new Quantity(count, unit));
        }
        return (negative ? "-" : "") + String.join(" ", parts);
    }
}
