package dev.tables.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TypeTest {
    @Test
    void integerTakesSignedDigits() {
        assertEquals(Optional.of(-42L), Type.INTEGER.parse("-42"));
        assertEquals(Optional.of(42L), Type.INTEGER.parse("+42"));
        assertEquals(Optional.of(Long.MIN_VALUE), Type.INTEGER.parse("-9223372036854775808"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-", "1.0", "0x1f", "1 000", " 1", "9223372036854775808"})
    void integerRefusesOtherText(String text) {
        assertTrue(Type.INTEGER.parse(text).isEmpty());
    }

    @Test
    void integerRefusesLeadingZeros() {
        assertTrue(Type.INTEGER.parse("007").isEmpty());
        assertEquals(Optional.of(0L), Type.INTEGER.parse("0"));
    }

    @Test
    void decimalKeepsItsScaleAndExponent() {
        assertEquals(Optional.of(new BigDecimal("2.50")), Type.DECIMAL.parse("2.50"));
        assertEquals(Optional.of(new BigDecimal("1.5e3")), Type.DECIMAL.parse("1.5E3"));
    }

    @ParameterizedTest
    @ValueSource(strings = {".5", "5.", "1e", "NaN", "01.5", "1,5"})
    void decimalRefusesOtherText(String text) {
        assertTrue(Type.DECIMAL.parse(text).isEmpty());
    }

    @Test
    void booleanDisregardsCase() {
        assertEquals(Optional.of(true), Type.BOOLEAN.parse("TRUE"));
        assertEquals(Optional.of(false), Type.BOOLEAN.parse("False"));
    }

    @Test
    void dateTakesALeapDay() {
        assertEquals(Optional.of(LocalDate.of(2024, 2, 29)), Type.DATE.parse("2024-02-29"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"2023-02-29", "2024-2-9", "29.02.2024", "+12024-02-01"})
    void dateRefusesOtherText(String text) {
        assertTrue(Type.DATE.parse(text).isEmpty());
    }

    @Test
    void formatWritesDecimalsWithoutExponent() {
        assertEquals("1500", Type.format(new BigDecimal("1.5e3")));
        assertEquals("0.10", Type.format(new BigDecimal("0.10")));
    }

    @Test
    void commonTypeHoldsBoth() {
        assertEquals(Type.DECIMAL, Type.common(Type.INTEGER, Type.DECIMAL));
        assertEquals(Type.DECIMAL, Type.common(Type.DECIMAL, Type.INTEGER));
        assertEquals(Type.TEXT, Type.common(Type.DATE, Type.INTEGER));
    }

    @Test
    void convertReadsKeepsAndWidens() {
        assertEquals(12L, Type.INTEGER.convert(" 12 "));
        assertEquals(" x ", Type.TEXT.convert(" x "));
        assertNull(Type.DATE.convert(null));
        assertEquals(new BigDecimal("3"), Type.DECIMAL.convert(3L));
        assertEquals("true", Type.TEXT.convert(true));
    }

    @Test
    void convertNamesWhatItCannotRead() {
        var failure = assertThrows(TableException.class, () -> Type.INTEGER.convert("ten"));
        assertEquals("cannot convert 'ten' to INTEGER", failure.getMessage());
    }

    @Test
    void acceptsChecksTheJavaType() {
        assertTrue(Type.INTEGER.accepts(5L));
        assertTrue(Type.INTEGER.accepts(null));
        assertFalse(Type.INTEGER.accepts("5"));
    }
}
