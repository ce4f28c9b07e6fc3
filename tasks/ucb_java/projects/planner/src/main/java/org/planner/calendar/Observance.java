package org.planner.calendar;

import java.time.LocalDate;

/** On which day a holiday that falls on a weekend is observed. */
public enum Observance {
    /** On the day itself. */
    SAME_DAY,
    /** On the following Monday. */
    MONDAY_AFTER,
    /** A Saturday on the Friday before, a Sunday on the Monday after. */
    NEAREST_WEEKDAY;

    /** Returns the date on which a holiday with the given date is observed. */
    public LocalDate observed(LocalDate date) {
        return switch (date.getDayOfWeek()) {
            case SATURDAY -> switch (this) {
                case SAME_DAY -> date;
                case MONDAY_AFTER -> date.plusDays(2);
                case NEAREST_WEEKDAY -> date.minusDays(1);
            };
            case SUNDAY -> this == SAME_DAY ? date : date.plusDays(1);
            default -> date;
        };
    }
}
