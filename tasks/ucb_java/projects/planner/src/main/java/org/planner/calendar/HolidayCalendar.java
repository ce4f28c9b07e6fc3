package org.planner.calendar;

import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** A set of holidays and the rule by which they are observed. */
public final class HolidayCalendar {

    private final List<Holiday> holidays;
    private final Observance observance;

    public HolidayCalendar(Collection<? extends Holiday> holidays, Observance observance) {
        this.holidays = List.copyOf(holidays);
        this.observance = observance;
    }

    /** Returns a calendar without holidays. */
    public static HolidayCalendar none() {
        return new HolidayCalendar(List.of(), Observance.SAME_DAY);
    }

    /**
     * Returns the name of the holiday observed on a date. A holiday may be observed in the year
     * before or after its own, as when New Year's Day is a Saturday and observed on December 31.
     * If there are several, the one that was given first to the constructor counts.
     */
    public Optional<String> holidayOn(LocalDate date) {
        for (Holiday holiday : holidays) {
            for (int year = date.getYear() - 1; year <= date.getYear() + 1; year++) {
                Optional<LocalDate> observed = holiday.in(year).map(observance::observed);
                if (observed.isPresent() && observed.get().equals(date)) {
                    return Optional.of(holiday.name());
                }
            }
        }
        return Optional.empty();
    }

    public boolean isHoliday(LocalDate date) {
        return holidayOn(date).isPresent();
    }

    /**
     * Returns the holidays whose own dates (not those on which they are observed) lie in a year,
     * by the dates on which they are observed and in their order. Names of holidays observed on
     * the same date are joined by {@code " / "} in the order of the constructor.
     */
    public SortedMap<LocalDate, String> of(int year) {
        SortedMap<LocalDate, String> dates = new TreeMap<>();
        for (Holiday holiday : holidays) {
            holiday.in(year).map(observance::observed).ifPresent(date ->
                    dates.merge(date, holiday.name(), (first, second) -> first + " / " + second));
        }
        return dates;
    }
}
