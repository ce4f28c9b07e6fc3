package org.calc.unit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.calc.number.Rational;
import org.junit.jupiter.api.Test;

class QuantityTest {

    private final UnitRegistry registry = UnitRegistry.standard();

    private Quantity quantity(String magnitude, String unit) {
        return new Quantity(Rational.parse(magnitude), registry.require(unit));
    }

    @Test
    void convertsTemperaturesWithOffset() {
        assertEquals(quantity("212", "degF"), quantity("100", "degC").to(registry.require("degF")));
        assertEquals(quantity("-40", "degC"), quantity("-40", "degF").to(registry.require("degC")));
    }

    @Test
    void conversionAcrossDimensionsIsRejected() {
        UnitException exception = assertThrows(UnitException.class,
                () -> quantity("1", "kg").to(registry.require("m")));
        assertEquals("cannot convert kg to m", exception.getMessage());
    }

    @Test
    void differenceHasTheUnitOfTheFirstOperand() {
        assertEquals(quantity("30", "min"), quantity("90", "min").minus(quantity("1", "h")));
    }

    @Test
    void productWithANumberKeepsTheUnit() {
        assertEquals(quantity("6", "ft"), Quantity.of(3).times(quantity("2", "ft")));
        assertEquals(quantity("6", "ft"), quantity("2", "ft").times(Quantity.of(3)));
    }

    @Test
    void productOfTwoUnitsIsCoherent() {
        Quantity area = quantity("2", "km").times(quantity("3", "m"));
        assertEquals("6000 m^2", area.toString());
    }

    @Test
    void quotientOfTheSameDimensionIsAPlainNumber() {
        assertEquals(Quantity.of(1000), quantity("2", "km").dividedBy(quantity("2", "m")));
    }

    @Test
    void powerIsCoherent() {
        assertEquals("1/3600 1/s", quantity("1", "h").pow(-1).toString());
        assertEquals(quantity("3", "h"), quantity("3", "h").pow(1));
    }

    @Test
    void powerZeroIsThePlainNumberOne() {
        assertEquals(Quantity.of(1), quantity("3", "h").pow(0));
    }

    @Test
    void comparesAcrossUnits() {
        assertTrue(quantity("1", "mi").compareTo(quantity("1.6", "km")) > 0);
        assertEquals(0, quantity("1", "ft").compareTo(quantity("12", "in")));
    }
}
