package org.planner.calendar;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.planner.interval.Interval;

/** Tells business days from weekends and holidays and counts in them. */
public final class BusinessCalendar {

    private final Set<DayOfWeek> weekend;
    private final HolidayCalendar holidays;

    /**
     * Creates a calendar.
     *
     * @throws IllegalArgumentException if all seven days are weekend
     */
    public BusinessCalendar(Set<DayOfWeek> weekend, HolidayCalendar holidays) {
        if (weekend.size() == DayOfWeek.values().length) {
            throw new IllegalArgumentException("no day of the week is a business day");
        }
        this.weekend = Set.copyOf(weekend);
        this.holidays = holidays;
    }

    /** Returns a calendar whose weekend is Saturday and Sunday. */
    public static BusinessCalendar weekdays(HolidayCalendar holidays) {
        return new BusinessCalendar(EnumSet.of(DayOfWeek.SATURDAY, DayOfWeek.SUNDAY), holidays);
    }

    public boolean isBusinessDay(LocalDate date) {
        return !weekend.contains(date.getDayOfWeek()) && !holidays.isHoliday(date);
    }

    /** Returns the first business day on or after a date. */
    public LocalDate onOrAfter(LocalDate date) {
        LocalDate day = date;
        while (!isBusinessDay(day)) {
            day = day.plusDays(1);
        }
        return day;
    }

    /** Returns the last business day on or before a date. */
    public LocalDate onOrBefore(LocalDate date) {
        LocalDate day = date;
        while (!isBusinessDay(day)) {
            day = day.minusDays(1);
        }
        return day;
    }

    /**
     * Returns the business day {@code count} business days after a date, or before it if the count
     * is negative. The date itself need not be a business day: one business day after a Saturday is
     * the Monday after, one before it the Friday. A count of 0 is {@link #onOrAfter}.
     */
    public LocalDate plus(LocalDate date, int count) {
        if (count == 0) {
            return onOrAfter(date);
        }
        int step = Integer.signum(count);
        LocalDate day = date;
        for (int remaining = Math.abs(count); remaining > 0; remaining--) {
            day = day.plusDays(step);
            day = step > 0 ? onOrAfter(day) : onOrBefore(day);
        }
        return day;
    }

    /**
     * Returns the number of business days from {@code from} (included) to {@code to} (excluded). If
     * {@code to} is before {@code from}, the result is minus the number of business days from
     * {@code to} (included) to {@code from} (excluded).
     */
    public int between(LocalDate from, LocalDate to) {
        if (to.isBefore(from)) {
            return -between(to, from);
        }
        return (int) from.datesUntil(to).filter(this::isBusinessDay).count();
    }

    /** Returns the business days of an interval in increasing order. */
    public List<LocalDate> in(Interval<LocalDate> interval) {
        return interval.start().datesUntil(interval.end()).filter(this::isBusinessDay).toList();
    }

    /** Moves a date to a business day by a convention; a business day stays. */
    public LocalDate adjust(LocalDate date, Convention convention) {
        switch (convention) {
            case FOLLOWING:
                return onOrAfter(date);
            case PRECEDING:
                return onOrBefore(date);
            case MODIFIED_FOLLOWING:
                LocalDate following = onOrAfter(date);
                boolean sameMonth = YearMonth.from(following).equals(YearMonth.from(date));
                return sameMonth ? following : onOrBefore(date);
            default:
                return date;
        }
    }

    /**
     * Returns the nth business day of a month; -1 is the last one, -2 the last but one.
     *
     * @throws IllegalArgumentException if n is 0 or the month has fewer business days
     */
    public LocalDate nthOfMonth(YearMonth month, int n) {
        List<LocalDate> days =
                in(Interval.of(month.atDay(1), month.plusMonths(1).atDay(1)));
        if (n == 0 || Math.abs(n) > days.size()) {
            throw new IllegalArgumentException("no business day " + n + " in " + month);
        }
        return days.get(n > 0 ? n - 1 : days.size() + n);
    }
}
