package org.calc.unit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.calc.number.Rational;
import org.junit.jupiter.api.Test;

class UnitRegistryTest {

    private static final Dimension LENGTH = Dimension.of(BaseQuantity.LENGTH);

    private final UnitRegistry registry = UnitRegistry.standard();

    private Quantity quantity(String magnitude, String unit) {
        return new Quantity(Rational.parse(magnitude), registry.require(unit));
    }

    @Test
    void prefixScalesTheUnit() {
        Unit kilometre = registry.require("km");
        assertEquals("km", kilometre.symbol());
        assertEquals(Rational.of(1000), kilometre.factor());
    }

    @Test
    void exactNameGoesBeforePrefix() {
        assertEquals(Rational.of(60), registry.require("min").factor());
    }

    @Test
    void unitsWithoutPrefixTakeNone() {
        assertEquals(Optional.empty(), registry.find("kft"));
    }

    @Test
    void prefixesDoNotStack() {
        assertEquals(Optional.empty(), registry.find("kkm"));
        assertThrows(UnitException.class, () -> registry.require("km").withPrefix(Prefix.KILO));
    }

    @Test
    void namesAreCaseSensitive() {
        assertTrue(registry.find("KM").isEmpty());
        assertEquals("unknown unit: KM",
                assertThrows(UnitException.class, () -> registry.require("KM")).getMessage());
    }

    @Test
    void definedUnitIsFoundByAllItsNames() {
        Unit yard = Unit.scaled("yd", LENGTH, Rational.parse("0.9144"));
        registry.define(yard, "yard", "yards");
        assertEquals(Optional.of(yard), registry.find("yd"));
        assertEquals(Optional.of(yard), registry.find("yards"));
    }

    @Test
    void symbolCannotBeDefinedTwice() {
        Unit other = Unit.scaled("ft", LENGTH, Rational.ONE);
        assertThrows(UnitException.class, () -> registry.define(other));
        assertEquals(Rational.parse("0.3048"), registry.require("ft").factor());
    }

    @Test
    void rejectedDefinitionAddsNoName() {
        Unit other = Unit.scaled("pace", LENGTH, Rational.of(3, 4));
        assertThrows(UnitException.class, () -> registry.define(other, "step", "foot"));
        assertEquals(Optional.empty(), registry.find("pace"));
        assertEquals(Optional.empty(), registry.find("step"));
    }

    @Test
    void rescaleChoosesTheGreatestFittingPrefix() {
        Unit metre = registry.require("m");
        assertEquals(quantity("42", "km"), registry.rescale(quantity("42000", "m"), metre));
        assertEquals(quantity("999", "m"), registry.rescale(quantity("0.999", "km"), metre));
    }

    @Test
    void rescaleGoesBelowTheBaseUnit() {
        Unit metre = registry.require("m");
        assertEquals(quantity("25.4", "mm"), registry.rescale(quantity("1", "in"), metre));
        assertEquals(quantity("7", "um"), registry.rescale(quantity("0.000007", "m"), metre));
    }

    @Test
    void rescaleUsesTheAbsoluteMagnitude() {
        assertEquals(quantity("-1.5", "km"),
                registry.rescale(quantity("-1500", "m"), registry.require("m")));
    }

    @Test
    void rescaleOfZeroStaysInTheBaseUnit() {
        assertEquals(quantity("0", "m"),
                registry.rescale(quantity("0", "km"), registry.require("m")));
    }
}
