package dev.tables.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tables.core.TableException;
import dev.tables.core.Type;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class AggregatesTest {
    private static List<Object> decimals(String... numbers) {
        return Arrays.stream(numbers).<Object>map(BigDecimal::new).toList();
    }

    private static BigDecimal decimal(String number) {
        return new BigDecimal(number);
    }

    @Test
    void countsValuesThatAreThere() {
        assertEquals(2L, Aggregates.count().of(Arrays.asList("a", null, "a")));
        assertEquals(0L, Aggregates.count().of(List.of()));
    }

    @Test
    void sumHasTheTypeOfItsValues() {
        assertEquals(6L, Aggregates.sum().of(Arrays.asList(1L, null, 5L)));
        assertEquals(decimal("3.50"), Aggregates.sum().of(decimals("1.25", "2.25")));
        assertEquals(decimal("3.0"), Aggregates.sum().of(decimals("1", "2.0")));
        assertNull(Aggregates.sum().of(Arrays.asList(null, null)));
    }

    @Test
    void sumOutsideTheRangeFails() {
        assertThrows(TableException.class,
                () -> Aggregates.sum().of(List.of(Long.MAX_VALUE, 1L)));
        assertEquals(
                Long.MAX_VALUE, Aggregates.sum().of(List.of(Long.MAX_VALUE, 5L, -5L)));
    }

    @Test
    void sumNeedsNumbers() {
        assertThrows(TableException.class, () -> Aggregates.sum().resultType().apply(Type.TEXT));
    }

    @Test
    void meanIsRoundedHalfUp() {
        assertEquals(decimal("0.666667"), Aggregates.mean().of(List.of(0L, 1L, 1L)));
        assertEquals(decimal("2.5"), Aggregates.mean().of(decimals("2.00", "3.00")));
        assertEquals(decimal("200"), Aggregates.mean().of(List.of(100L, 300L)));
        assertEquals(decimal("4"), Aggregates.mean().of(Arrays.asList(3L, null, 5L)));
    }

    @Test
    void extremesUseTheNaturalOrder() {
        assertEquals("apple", Aggregates.min().of(List.of("fig", "apple", "pear")));
        assertEquals("pear", Aggregates.max().of(List.of("fig", "apple", "pear")));
    }

    @Test
    void extremesReturnTheFirstOfSameValues() {
        assertEquals(decimal("1.0"), Aggregates.min().of(decimals("2", "1.0", "1.00")));
        assertEquals(decimal("2.0"), Aggregates.max().of(decimals("2.0", "1", "2.00")));
    }

    @Test
    void medianOfAnEvenNumberLiesBetween() {
        assertEquals(decimal("2.5"), Aggregates.median().of(List.of(4L, 1L, 3L, 2L)));
    }

    @Test
    void percentilesAtTheEndsAreExtremes() {
        List<Object> values = List.of(7L, 3L, 5L);
        assertEquals(decimal("3"), Aggregates.percentile(0).of(values));
        assertEquals(decimal("7"), Aggregates.percentile(100).of(values));
        assertEquals(decimal("8"), Aggregates.percentile(33).of(List.of(8L)));
    }

    @Test
    void percentilesAreInterpolated() {
        assertEquals(decimal("37"), Aggregates.percentile(90).of(List.of(20L, 10L, 40L, 30L)));
        assertEquals(decimal("17.5"), Aggregates.percentile(25).of(List.of(10L, 20L, 30L, 40L)));
    }

    @Test
    void refusesPercentilesOutsideTheRange() {
        assertThrows(TableException.class, () -> Aggregates.percentile(101));
        assertThrows(TableException.class, () -> Aggregates.percentile(-1));
    }
}
