package org.planner.calendar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.Month;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HolidayTest {

    private static final Holiday NEW_YEAR = new Holiday.Fixed("New Year", Month.JANUARY, 1);
    private static final Holiday CHRISTMAS = new Holiday.Fixed("Christmas", Month.DECEMBER, 25);

    private static LocalDate date(String text) {
        return LocalDate.parse(text);
    }

    @Test
    void leapDayOccursInLeapYearsOnly() {
        Holiday leapDay = new Holiday.Fixed("Leap Day", Month.FEBRUARY, 29);
        assertEquals(Optional.of(date("2024-02-29")), leapDay.in(2024));
        assertEquals(Optional.empty(), leapDay.in(2023));
    }

    @Test
    void nthWeekdayCountsFromTheEnd() {
        Holiday last = new Holiday.NthWeekday("Last", Month.MAY, DayOfWeek.MONDAY, -1);
        assertEquals(Optional.of(date("2024-05-27")), last.in(2024));
    }

    @Test
    void missingFifthWeekdayIsEmpty() {
        Holiday fifth = new Holiday.NthWeekday("Fifth", Month.FEBRUARY, DayOfWeek.FRIDAY, 5);
        assertEquals(Optional.empty(), fifth.in(2023));
    }

    @Test
    void easterIsASundayOfSpring() {
        assertEquals(date("2024-03-31"), Holiday.easter(2024));
        assertEquals(date("2025-04-20"), Holiday.easter(2025));
        assertEquals(date("2000-04-23"), Holiday.easter(2000));
    }

    @Test
    void easterHandlesTheLatestMoons() {
        assertEquals(date("1981-04-19"), Holiday.easter(1981));
        assertEquals(date("1954-04-18"), Holiday.easter(1954));
    }

    @Test
    void easterBasedHolidaysAreShifted() {
        assertEquals(Optional.of(date("2024-03-29")), new Holiday.EasterBased("GF", -2).in(2024));
    }

    @Test
    void sundayIsObservedOnMonday() {
        HolidayCalendar calendar =
                new HolidayCalendar(List.of(CHRISTMAS), Observance.NEAREST_WEEKDAY);
        assertTrue(calendar.isHoliday(date("2022-12-26")));
        assertFalse(calendar.isHoliday(date("2022-12-25")));
    }

    @Test
    void saturdayIsObservedBeforeOrAfter() {
        LocalDate saturday = date("2021-12-25");
        assertEquals(date("2021-12-24"), Observance.NEAREST_WEEKDAY.observed(saturday));
        assertEquals(date("2021-12-27"), Observance.MONDAY_AFTER.observed(saturday));
        assertEquals(saturday, Observance.SAME_DAY.observed(saturday));
    }

    @Test
    void newYearMayBeObservedInDecember() {
        HolidayCalendar calendar =
                new HolidayCalendar(List.of(NEW_YEAR), Observance.NEAREST_WEEKDAY);
        assertEquals(Optional.of("New Year"), calendar.holidayOn(date("2021-12-31")));
        assertFalse(calendar.isHoliday(date("2022-01-01")));
    }

    @Test
    void newYearsEveMayBeObservedInJanuary() {
        Holiday eve = new Holiday.Fixed("Eve", Month.DECEMBER, 31);
        HolidayCalendar calendar = new HolidayCalendar(List.of(eve), Observance.MONDAY_AFTER);
        assertTrue(calendar.isHoliday(date("2023-01-02")));
    }

    @Test
    void holidaysOnTheSameDateAreJoined() {
        Holiday party = new Holiday.Fixed("Party", Month.DECEMBER, 25);
        HolidayCalendar calendar =
                new HolidayCalendar(List.of(CHRISTMAS, party), Observance.SAME_DAY);
        assertEquals(Map.of(date("2024-12-25"), "Christmas / Party"), calendar.of(2024));
    }
}
