package org.calc.unit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class DimensionTest {

    private static final Dimension LENGTH = Dimension.of(BaseQuantity.LENGTH);
    private static final Dimension MASS = Dimension.of(BaseQuantity.MASS);
    private static final Dimension TIME = Dimension.of(BaseQuantity.TIME);

    @Test
    void exponentsThatCancelDisappear() {
        assertEquals(Dimension.NONE, LENGTH.per(LENGTH));
        assertEquals(TIME, LENGTH.times(TIME).per(LENGTH));
    }

    @Test
    void powerMultipliesExponents() {
        assertEquals(LENGTH.times(LENGTH).per(TIME).per(TIME), LENGTH.per(TIME).pow(2));
    }

    @Test
    void powerZeroIsNone() {
        assertTrue(LENGTH.per(TIME).pow(0).isNone());
        assertEquals(Dimension.NONE.hashCode(), MASS.pow(0).hashCode());
    }

    @Test
    void symbolsFollowTheOrderOfBaseQuantities() {
        assertEquals("m kg/s^2", MASS.times(LENGTH).per(TIME.pow(2)).toString());
    }

    @Test
    void severalDivisorsAreInParentheses() {
        assertEquals("m/(kg s)", LENGTH.per(TIME).per(MASS).toString());
    }

    @Test
    void onlyDivisorsFollowAOne() {
        assertEquals("1/s", TIME.pow(-1).toString());
        assertEquals("", Dimension.NONE.toString());
    }
}
