package io.ledger.money;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ledger.LedgerException;
import java.util.List;
import org.junit.jupiter.api.Test;

class MoneyTest {

    private static Money eur(long minor) {
        return Money.ofMinor(minor, Currency.EUR);
    }

    private static List<Long> minors(List<Money> amounts) {
        return amounts.stream().map(Money::minor).toList();
    }

    @Test
    void refusesMoreDigitsThanTheCurrencyHas() {
        assertThrows(IllegalArgumentException.class, () -> Money.of("1.5", Currency.JPY));
    }

    @Test
    void refusesToMixCurrencies() {
        assertThrows(LedgerException.class, () -> eur(1).plus(Money.ofMinor(1, Currency.USD)));
    }

    @Test
    void reportsOverflowOfSum() {
        assertThrows(ArithmeticException.class, () -> eur(Long.MAX_VALUE).plus(eur(1)));
    }

    @Test
    void ordersByAmount() {
        assertTrue(eur(Long.MIN_VALUE).compareTo(eur(Long.MAX_VALUE)) < 0);
    }

    @Test
    void takesShareOfLargeAmount() {
        Money large = eur(Long.MAX_VALUE - 1);
        assertEquals(large, large.share(1_000_000, 1_000_000, RoundingRule.HALF_UP));
    }

    @Test
    void roundsShare() {
        assertEquals(eur(190), eur(999).share(19, 100, RoundingRule.HALF_UP));
    }

    @Test
    void allocatesLeftoverUnitsFromTheFirstPartOn() {
        assertEquals(List.of(34L, 33L, 33L), minors(eur(100).allocate(1, 1, 1)));
    }

    @Test
    void allocatesNothingToWeightZero() {
        assertEquals(List.of(0L, 3L, 2L), minors(eur(5).allocate(0, 1, 1)));
    }

    @Test
    void allocatesByWeight() {
        assertEquals(List.of(70L, 30L), minors(eur(100).allocate(7, 3)));
    }

    @Test
    void allocatesNegativeAmountCompletely() {
        assertEquals(List.of(-4L, -3L, -3L), minors(eur(-10).allocate(1, 1, 1)));
    }

    @Test
    void refusesWeightsThatAreAllZero() {
        assertThrows(IllegalArgumentException.class, () -> eur(1).allocate(0, 0));
    }
}
