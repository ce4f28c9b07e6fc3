package io.ledger.money;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.ledger.LedgerException;
import org.junit.jupiter.api.Test;

class ExchangeRatesTest {

    private final ExchangeRates rates = new ExchangeRates(Currency.EUR)
            .quote(Currency.USD, "1.25")
            .quote(Currency.GBP, "0.8")
            .quote(Currency.JPY, "160");

    private Money convert(String amount, Currency from, Currency to) {
        return rates.convert(Money.of(amount, from), to, RoundingRule.HALF_UP);
    }

    @Test
    void convertsByWayOfBase() {
        assertEquals(Money.of("6.40", Currency.GBP), convert("10", Currency.USD, Currency.GBP));
    }

    @Test
    void convertsToCurrencyWithoutFraction() {
        assertEquals(Money.of("1680", Currency.JPY), convert("10.5", Currency.EUR, Currency.JPY));
    }

    @Test
    void convertsFromCurrencyWithoutFraction() {
        assertEquals(Money.of("6.25", Currency.EUR), convert("1000", Currency.JPY, Currency.EUR));
    }

    @Test
    void roundsOnce() {
        assertEquals(Money.of("0.01", Currency.EUR), convert("0.01", Currency.USD, Currency.EUR));
    }

    @Test
    void keepsAmountInSameCurrency() {
        Money dinars = Money.of("1.234", Currency.KWD);
        assertSame(dinars, rates.convert(dinars, Currency.KWD, RoundingRule.HALF_UP));
    }

    @Test
    void needsQuote() {
        assertThrows(LedgerException.class, () -> convert("1", Currency.EUR, Currency.KWD));
    }
}
