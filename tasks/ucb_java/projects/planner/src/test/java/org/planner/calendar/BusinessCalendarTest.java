package org.planner.calendar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.LocalDate;
import java.time.Month;
import java.time.YearMonth;
import java.util.List;
import org.junit.jupiter.api.Test;

class BusinessCalendarTest {

    private final BusinessCalendar calendar = BusinessCalendar.weekdays(new HolidayCalendar(
            List.of(
                    new Holiday.Fixed("New Year", Month.JANUARY, 1),
                    new Holiday.Fixed("Labour Day", Month.MAY, 1)),
            Observance.SAME_DAY));

    private static LocalDate date(String text) {
        return LocalDate.parse(text);
    }

    @Test
    void weekendsAndHolidaysAreNoBusinessDays() {
        assertTrue(calendar.isBusinessDay(date("2024-05-02")));
        assertFalse(calendar.isBusinessDay(date("2024-05-01")));
        assertFalse(calendar.isBusinessDay(date("2024-05-04")));
    }

    @Test
    void plusSkipsWeekendsAndHolidays() {
        assertEquals(date("2024-05-02"), calendar.plus(date("2024-04-30"), 1));
        assertEquals(date("2024-05-07"), calendar.plus(date("2024-04-30"), 4));
    }

    @Test
    void plusGoesBackwards() {
        assertEquals(date("2024-04-29"), calendar.plus(date("2024-05-02"), -2));
    }

    @Test
    void plusCountsFromAWeekend() {
        assertEquals(date("2024-05-06"), calendar.plus(date("2024-05-04"), 1));
        assertEquals(date("2024-05-03"), calendar.plus(date("2024-05-05"), -1));
    }

    @Test
    void plusZeroIsTheDayOrTheNextBusinessDay() {
        assertEquals(date("2024-05-06"), calendar.plus(date("2024-05-04"), 0));
        assertEquals(date("2024-05-06"), calendar.plus(date("2024-05-06"), 0));
    }

    @Test
    void betweenCountsTheFirstDayAndNotTheLast() {
        assertEquals(4, calendar.between(date("2024-04-29"), date("2024-05-06")));
        assertEquals(0, calendar.between(date("2024-05-06"), date("2024-05-06")));
    }

    @Test
    void betweenIsNegativeBackwards() {
        assertEquals(-4, calendar.between(date("2024-05-06"), date("2024-04-29")));
        assertEquals(-1, calendar.between(date("2024-05-04"), date("2024-05-03")));
    }

    @Test
    void followingAndPrecedingAdjust() {
        assertEquals(date("2024-05-02"), calendar.adjust(date("2024-05-01"), Convention.FOLLOWING));
        assertEquals(date("2024-04-30"), calendar.adjust(date("2024-05-01"), Convention.PRECEDING));
        assertEquals(date("2024-05-01"),
                calendar.adjust(date("2024-05-01"), Convention.UNADJUSTED));
    }

    @Test
    void modifiedFollowingStaysInTheMonth() {
        assertEquals(date("2024-05-06"),
                calendar.adjust(date("2024-05-04"), Convention.MODIFIED_FOLLOWING));
        assertEquals(date("2024-08-30"),
                calendar.adjust(date("2024-08-31"), Convention.MODIFIED_FOLLOWING));
    }

    @Test
    void modifiedFollowingStaysInTheYear() {
        assertEquals(date("2023-12-29"),
                calendar.adjust(date("2023-12-30"), Convention.MODIFIED_FOLLOWING));
    }

    @Test
    void nthBusinessDayCountsFromBothEnds() {
        YearMonth may = YearMonth.of(2024, 5);
        assertEquals(date("2024-05-02"), calendar.nthOfMonth(may, 1));
        assertEquals(date("2024-05-06"), calendar.nthOfMonth(may, 3));
        assertEquals(date("2024-05-31"), calendar.nthOfMonth(may, -1));
        assertEquals(date("2024-05-30"), calendar.nthOfMonth(may, -2));
    }

    @Test
    void nthBusinessDayMustExist() {
        YearMonth may = YearMonth.of(2024, 5);
        assertThrows(IllegalArgumentException.class, () -> calendar.nthOfMonth(may, 0));
        assertThrows(IllegalArgumentException.class, () -> calendar.nthOfMonth(may, 23));
        assertEquals(date("2024-05-02"), calendar.nthOfMonth(may, -22));
    }
}
