package org.calc.number;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class RepeatingDecimalTest {

    private static RepeatingDecimal expand(long numerator, long denominator) {
        return RepeatingDecimal.of(Rational.of(numerator, denominator));
    }

    @Test
    void prefixHoldsTheDecimalsBeforeTheCycle() {
        assertEquals(new RepeatingDecimal(false, "0", "08", "3"), expand(1, 12));
    }

    @Test
    void integersHaveNoDecimals() {
        assertEquals("-42", expand(-42, 1).toString());
        assertTrue(expand(-42, 1).terminates());
    }

    @Test
    void cycleIsWrittenInParentheses() {
        assertEquals("-1.1(6)", expand(-7, 6).toString());
        assertEquals("0.(01)", expand(1, 99).toString());
    }

    @Test
    void pureCycleIsReadBack() {
        assertEquals(Rational.of(22, 7), expand(22, 7).toRational());
    }

    @Test
    void cycleBehindAPrefixIsReadBack() {
        assertEquals(Rational.of(-7, 6), expand(-7, 6).toRational());
        assertEquals(Rational.of(211, 990), expand(211, 990).toRational());
    }

    @Test
    void terminatingExpansionIsReadBack() {
        assertEquals(Rational.of(-17, 8), expand(-17, 8).toRational());
    }
}
