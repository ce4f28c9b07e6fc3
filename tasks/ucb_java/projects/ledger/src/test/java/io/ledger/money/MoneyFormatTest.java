package io.ledger.money;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MoneyFormatTest {

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "0; 0.00", "5; 0.05", "99999; 999.99", "100000; 1,000.00", "123456789; 1,234,567.89"})
    void formatsWithGroups(long minor, String expected) {
        assertEquals(expected, MoneyFormat.ENGLISH.format(Money.ofMinor(minor, Currency.EUR)));
    }

    @Test
    void formatsNegativeAmountBelowOneUnit() {
        assertEquals("-0,07", MoneyFormat.GERMAN.format(Money.of("-0.07", Currency.EUR)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "1; 100", "1.5; 150", "+2.05; 205", "-0.30; -30", "(7.25); -725", "1,000,000.00; 100000000",
        ".5; 50", "12.; 1200"})
    void parsesAmounts(String text, long expected) {
        assertEquals(expected, MoneyFormat.ENGLISH.parse(text, Currency.EUR).minor());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-", ".", "1.234", "12,34.00", "1,00", "--1", "ten", "1 000"})
    void refusesOtherText(String text) {
        assertThrows(IllegalArgumentException.class,
                () -> MoneyFormat.ENGLISH.parse(text, Currency.EUR));
    }

    @Test
    void parsesGermanNotation() {
        assertEquals(-123456, MoneyFormat.GERMAN.parse(" -1.234,56 ", Currency.EUR).minor());
    }
}
