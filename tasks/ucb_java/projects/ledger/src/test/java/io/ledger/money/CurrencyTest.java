package io.ledger.money;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class CurrencyTest {

    @Test
    void findsPredefinedCurrencyWhateverTheCase() {
        assertEquals(Currency.KWD, Currency.of(" kwd "));
    }

    @Test
    void refusesUnknownCode() {
        assertThrows(IllegalArgumentException.class, () -> Currency.of("XXX"));
    }
}
