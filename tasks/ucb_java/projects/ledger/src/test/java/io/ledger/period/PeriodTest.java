package io.ledger.period;

import static io.ledger.Books.day;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.YearMonth;
import org.junit.jupiter.api.Test;

class PeriodTest {

    private static Period period(String start, String end) {
        return new Period(day(start), day(end));
    }

    @Test
    void containsBothEnds() {
        Period march = Period.of(YearMonth.of(2024, 3));
        assertTrue(march.contains(day("2024-03-01")) && march.contains(day("2024-03-31")));
        assertFalse(march.contains(day("2024-04-01")));
    }

    @Test
    void countsBothEnds() {
        assertEquals(29, Period.of(YearMonth.of(2024, 2)).days());
    }

    @Test
    void overlapsOnSharedDay() {
        assertTrue(period("2024-01-01", "2024-01-10").overlaps(period("2024-01-10", "2024-02-01")));
    }

    @Test
    void splitsAtMonthEnds() {
        assertEquals("[2023-12-15..2023-12-31, 2024-01-01..2024-01-31, 2024-02-01..2024-02-20]",
                period("2023-12-15", "2024-02-20").byMonth().toString());
    }

    @Test
    void splitKeepsSingleDayOfLastMonth() {
        assertEquals("[2024-01-20..2024-01-31, 2024-02-01..2024-02-01]",
                period("2024-01-20", "2024-02-01").byMonth().toString());
    }
}
