package org.planner.calendar;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.Month;
import java.time.YearMonth;
import java.time.temporal.TemporalAdjusters;
import java.util.Optional;

/** A holiday that comes back every year or in some years. */
public sealed interface Holiday {

    String name();

    /** Returns the date of the holiday in a year, or empty if the year does not have it. */
    Optional<LocalDate> in(int year);

    /** The same day of the same month; February 29 occurs in leap years only. */
    record Fixed(String name, Month month, int day) implements Holiday {
        @Override
        public Optional<LocalDate> in(int year) {
            return YearMonth.of(year, month).isValidDay(day)
                    ? Optional.of(LocalDate.of(year, month, day))
                    : Optional.empty();
        }
    }

    /**
     * The nth given weekday of a month: 1 is the first one, -1 the last, -2 the last but one.
     */
    record NthWeekday(String name, Month month, DayOfWeek weekday, int nth) implements Holiday {

        /** Returns the date; a fifth weekday that the month does not have is empty. */
        @Override
        public Optional<LocalDate> in(int year) {
            LocalDate date = LocalDate.of(year, month, 1)
                    .with(TemporalAdjusters.dayOfWeekInMonth(nth, weekday));
            return date.getMonth() == month ? Optional.of(date) : Optional.empty();
        }
    }

    /** A number of days after Easter Sunday of the Gregorian calendar, negative for before. */
    record EasterBased(String name, int days) implements Holiday {
        @Override
        public Optional<LocalDate> in(int year) {
            return Optional.of(easter(year).plusDays(days));
        }
    }

    /**
     * Returns Easter Sunday: the first Sunday after the first ecclesiastical full moon on or after
     * March 21. The age of the moon follows from the golden number of the year, corrected for the
     * centuries.
     */
    static LocalDate easter(int year) {
        int golden = year % 19;
        int century = year / 100;
        int correction = century - century / 4 - (8 * century + 13) / 25;
        int epact = (correction + 19 * golden + 15) % 30;
        int moon = epact - epact / 28 * (1 - 29 / (epact + 1) * ((21 - golden) / 11));
        LocalDate fullMoon = LocalDate.of(year, Month.MARCH, 21).plusDays(moon);
        return fullMoon.with(TemporalAdjusters.next(DayOfWeek.SUNDAY));
    }
}
