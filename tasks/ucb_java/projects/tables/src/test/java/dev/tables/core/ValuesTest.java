package dev.tables.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ValuesTest {
    private static final Schema PAIR =
            Schema.of(new Column("n", Type.DECIMAL), new Column("t", Type.TEXT));

    private static Key key(String number, String text) {
        BigDecimal value = number == null ? null : new BigDecimal(number);
        return Key.of(Row.of(PAIR, Arrays.asList(value, text)), List.of("n", "t"));
    }

    @Test
    void comparesWholeWithDecimal() {
        assertEquals(0, Values.compare(2L, new BigDecimal("2.00")));
        assertTrue(Values.compare(new BigDecimal("2.5"), 2L) > 0);
    }

    @Test
    void refusesToCompareUnlikeValues() {
        assertThrows(TableException.class, () -> Values.compare("2", 2L));
    }

    @Test
    void sameTellsLargeNumbersByValue() {
        assertTrue(Values.same(Long.valueOf(100_000), Long.valueOf(100_000)));
        assertTrue(Values.same(new BigDecimal("1.0"), new BigDecimal("1.00")));
        assertTrue(Values.same(null, null));
        assertFalse(Values.same(null, 0L));
    }

    @Test
    void sameValuesHaveTheSameHash() {
        assertEquals(Values.hash(1000L), Values.hash(new BigDecimal("1000.00")));
        assertEquals(Values.hash(0L), Values.hash(new BigDecimal("0.000")));
    }

    @Test
    void keysAreEqualWhenAllTheirValuesAreTheSame() {
        assertEquals(key("1.50", "a"), key("1.5", "a"));
        assertEquals(key("1.50", "a").hashCode(), key("1.5", "a").hashCode());
        assertNotEquals(key("1", "a"), key("1", "b"));
        assertNotEquals(key("1", "a"), key("2", "a"));
    }

    @Test
    void keyTellsMissingValues() {
        assertTrue(key("1", null).hasNull());
        assertFalse(key("1", "x").hasNull());
    }
}
