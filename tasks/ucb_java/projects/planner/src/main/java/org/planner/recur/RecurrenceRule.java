package org.planner.recur;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.Month;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A rule by which dates recur. An empty collection does not restrict the dates.
 *
 * @param frequency the length of the periods
 * @param interval every how many periods dates occur, at least 1
 * @param count the greatest number of dates, if limited
 * @param until the last possible date, if limited
 * @param months the months in which dates occur
 * @param monthDays the days of the month; -1 is the last day, -2 the last but one
 * @param days the weekdays
 * @param positions which of the dates of a period occur: 1 is the first one, -1 the last
 * @param weekStart the first day of the weeks of {@link Frequency#WEEKLY}
 */
public record RecurrenceRule(
        Frequency frequency,
        int interval,
        Optional<Integer> count,
        Optional<LocalDate> until,
        Set<Month> months,
        List<Integer> monthDays,
        List<OrdinalDay> days,
        List<Integer> positions,
        DayOfWeek weekStart) {

    public RecurrenceRule {
        if (interval < 1) {
            throw new IllegalArgumentException("interval is less than 1: " + interval);
        }
        months = Set.copyOf(months);
        monthDays = List.copyOf(monthDays);
        days = List.copyOf(days);
        positions = List.copyOf(positions);
    }

    /** Returns the rule of every period, without limits and restrictions; weeks start on Monday. */
    public static RecurrenceRule every(Frequency frequency) {
        return new RecurrenceRule(frequency, 1, Optional.empty(), Optional.empty(), Set.of(),
                List.of(), List.of(), List.of(), DayOfWeek.MONDAY);
    }

    /**
     * Returns whether a date satisfies the restrictions to months, days of the month and weekdays,
     * all of which must hold. Nothing else of the rule is looked at.
     */
    public boolean allows(LocalDate date) {
        if (!months.isEmpty() && !months.contains(date.getMonth())) {
            return false;
        }
        int fromStart = date.getDayOfMonth();
        int fromEnd = fromStart - date.lengthOfMonth() - 1;
        if (!monthDays.isEmpty() && !monthDays.contains(fromStart)
                && !monthDays.contains(fromEnd)) {
            return false;
        }
        return days.isEmpty() || days.stream().anyMatch(day -> day.matches(date));
    }
}
