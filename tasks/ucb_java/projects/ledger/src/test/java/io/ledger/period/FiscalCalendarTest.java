package io.ledger.period;

import static io.ledger.Books.day;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiscalCalendarTest {

    private final FiscalCalendar april = new FiscalCalendar(4);

    @ParameterizedTest
    @CsvSource({"2024-03-31, 2024", "2024-04-01, 2025", "2024-12-31, 2025", "2025-01-01, 2025"})
    void yearIsNamedForItsEnd(String date, int expected) {
        assertEquals(expected, april.yearOf(day(date)));
    }

    @Test
    void calendarYearKeepsItsNumber() {
        assertEquals(2024, new FiscalCalendar(1).yearOf(day("2024-12-31")));
    }

    @ParameterizedTest
    @CsvSource({"2024-04-01, 1", "2024-07-01, 2", "2024-12-31, 3", "2024-03-31, 4"})
    void quartersCountFromFirstMonth(String date, int expected) {
        assertEquals(expected, april.quarterOf(day(date)));
    }

    @Test
    void yearHasTwelveMonths() {
        assertEquals("2024-04-01..2025-03-31", april.year(2025).toString());
    }

    @Test
    void yearFromJanuaryIsCalendarYear() {
        assertEquals("2024-01-01..2024-12-31", new FiscalCalendar(1).year(2024).toString());
    }

    @Test
    void lastQuarterEndsWithYear() {
        assertEquals("2025-01-01..2025-03-31", april.quarter(2025, 4).toString());
    }
}
