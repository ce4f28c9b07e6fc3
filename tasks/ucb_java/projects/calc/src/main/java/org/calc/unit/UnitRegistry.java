package org.calc.unit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.calc.number.Rational;

/** The units known by their symbols and other names. Names are case-sensitive. */
public final class UnitRegistry {

    private final Map<String, Unit> units = new HashMap<>();

    /** Returns a new registry with the common units of length, mass, time, temperature and data. */
    public static UnitRegistry standard() {
        UnitRegistry registry = new UnitRegistry();
        Dimension length = Dimension.of(BaseQuantity.LENGTH);
        registry.defineMetric("m", length, Rational.ONE, "meter", "metre");
        registry.define(Unit.scaled("in", length, Rational.of(254, 10_000)), "inch");
        registry.define(Unit.scaled("ft", length, Rational.of(3048, 10_000)), "foot");
        registry.define(Unit.scaled("mi", length, Rational.of(1_609_344, 1000)), "mile");
        Dimension mass = Dimension.of(BaseQuantity.MASS);
        registry.defineMetric("g", mass, Rational.of(1, 1000), "gram");
        registry.defineMetric("t", mass, Rational.of(1000), "tonne");
        registry.define(Unit.scaled("lb", mass, Rational.parse("0.45359237")), "pound");
        Dimension time = Dimension.of(BaseQuantity.TIME);
        registry.defineMetric("s", time, Rational.ONE, "second");
        registry.define(Unit.scaled("min", time, Rational.of(60)), "minute");
        registry.define(Unit.scaled("h", time, Rational.of(3600)), "hour");
        registry.define(Unit.scaled("d", time, Rational.of(86_400)), "day");
        Dimension temperature = Dimension.of(BaseQuantity.TEMPERATURE);
        registry.defineMetric("K", temperature, Rational.ONE, "kelvin");
        registry.define(new Unit(
                "degC", temperature, Rational.ONE, Rational.parse("273.15"), false), "celsius");
        registry.define(new Unit(
                "degF", temperature, Rational.of(5, 9), Rational.parse("459.67"), false),
                "fahrenheit");
        Dimension data = Dimension.of(BaseQuantity.DATA);
        registry.defineMetric("bit", data, Rational.ONE);
        registry.defineMetric("B", data, Rational.of(8), "byte");
        return registry;
    }

    private void defineMetric(
            String symbol, Dimension dimension, Rational factor, String... aliases) {
        define(new Unit(symbol, dimension, factor, Rational.ZERO, true), aliases);
    }

    /**
     * Adds a unit under its symbol and under each alias. Either all of the names are added or, if
     * one of them is taken already, none.
     *
     * @throws UnitException if the symbol or an alias is already defined
     */
    public void define(Unit unit, String... aliases) {
        List<String> names = new ArrayList<>(List.of(aliases));
        names.add(0, unit.symbol());
        for (String name : names) {
            if (units.containsKey(name)) {
                throw new UnitException("unit is already defined: " + name);
            }
        }
        names.forEach(name -> units.put(name, unit));
    }

    /**
     * Finds a unit by name. A defined name goes before any reading with a prefix, so that
     * {@code "min"} is the minute and not the milli-inch; otherwise the name is split into the
     * symbol of a prefix and a name that is defined for a unit that takes prefixes.
     */
    public Optional<Unit> find(String name) {
        Unit exact = units.get(name);
        if (exact != null) {
            return Optional.of(exact);
        }
        for (Prefix prefix : Prefix.values()) {
            if (name.startsWith(prefix.symbol())) {
                Unit base = units.get(name.substring(prefix.symbol().length()));
                if (base != null && base.prefixable()) {
                    return Optional.of(base.withPrefix(prefix));
                }
            }
        }
        return Optional.empty();
    }

    /**
     * Finds a unit by name, as {@link #find} does.
     *
     * @throws UnitException if there is none
     */
    public Unit require(String name) {
        return find(name).orElseThrow(() -> new UnitException("unknown unit: " + name));
    }

    /**
     * Returns the reading of a quantity with the prefix that makes its magnitude easiest to read:
     * the unit without its prefix or with one of the prefixes, except centi, such that the absolute
     * magnitude is at least 1 and as small as possible. If there is none (the magnitude is zero or
     * below one nano-unit), or if {@code base} takes no prefix, the quantity is returned in {@code
     * base} itself.
     *
     * @throws UnitException if the quantity cannot be converted to {@code base}
     */
    public Quantity rescale(Quantity quantity, Unit base) {
        Quantity best = quantity.to(base);
        if (!base.prefixable()) {
            return best;
        }
        boolean found = best.magnitude().abs().compareTo(Rational.ONE) >= 0;
        for (Prefix prefix : Prefix.values()) {
            if (prefix == Prefix.CENTI) {
                continue;
            }
            Quantity candidate = quantity.to(base.withPrefix(prefix));
            Rational size = candidate.magnitude().abs();
            boolean better = !found || size.compareTo(best.magnitude().abs()) < 0;
            if (size.compareTo(Rational.ONE) >= 0 && better) {
                best = candidate;
                found = true;
            }
        }
        return best;
    }
}
