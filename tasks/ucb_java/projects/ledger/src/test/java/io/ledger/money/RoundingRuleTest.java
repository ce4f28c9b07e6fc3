package io.ledger.money;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RoundingRuleTest {

    private static long round(RoundingRule rule, String value) {
        return rule.divide(new BigDecimal(value), BigDecimal.ONE);
    }

    @ParameterizedTest
    @CsvSource({"2.4, 2", "2.5, 3", "3.5, 4", "-2.4, -2", "-2.5, -3"})
    void halfUpGoesAwayFromZeroInTheMiddle(String value, long expected) {
        assertEquals(expected, round(RoundingRule.HALF_UP, value));
    }

    @ParameterizedTest
    @CsvSource({"2.5, 2", "3.5, 4", "2.51, 3", "-2.5, -2", "-3.5, -4"})
    void halfEvenGoesToTheEvenNumberInTheMiddle(String value, long expected) {
        assertEquals(expected, round(RoundingRule.HALF_EVEN, value));
    }

    @ParameterizedTest
    @CsvSource({"2.99, 2", "-2.99, -2", "0.99, 0"})
    void towardZeroDropsTheFraction(String value, long expected) {
        assertEquals(expected, round(RoundingRule.TOWARD_ZERO, value));
    }

    @ParameterizedTest
    @CsvSource({"2.01, 3", "-2.01, -3", "2, 2"})
    void awayFromZeroRoundsEveryFractionUp(String value, long expected) {
        assertEquals(expected, round(RoundingRule.AWAY_FROM_ZERO, value));
    }

    @ParameterizedTest
    @CsvSource({"HALF_UP, 0.5, 1", "HALF_UP, -0.6, -1", "AWAY_FROM_ZERO, 0.1, 1"})
    void roundsFractionsOfASingleUnit(RoundingRule rule, String value, long expected) {
        assertEquals(expected, round(rule, value));
    }

    @ParameterizedTest
    @EnumSource
    void leavesWholeNumbersAlone(RoundingRule rule) {
        assertEquals(-7, rule.divide(new BigDecimal("-21"), new BigDecimal("3")));
    }

    @Test
    void refusesDivisorZero() {
        assertThrows(IllegalArgumentException.class,
                () -> RoundingRule.HALF_UP.divide(BigDecimal.ONE, BigDecimal.ZERO));
    }
}
