package org.planner.recur;

import java.time.DayOfWeek;
import java.time.LocalDate;

/**
 * A weekday, or the nth such weekday of a month.
 *
 * @param ordinal 1 to 5 from the start of the month, -1 to -5 from its end, 0 for every one
 */
public record OrdinalDay(int ordinal, DayOfWeek weekday) {

    public OrdinalDay {
        if (Math.abs(ordinal) > 5) {
            throw new IllegalArgumentException("ordinal out of range: " + ordinal);
        }
    }

    public static OrdinalDay every(DayOfWeek weekday) {
        return new OrdinalDay(0, weekday);
    }

    /** Returns whether a date is such a day of its month. */
    public boolean matches(LocalDate date) {
        if (date.getDayOfWeek() != weekday) {
            return false;
        }
        if (ordinal >= 0) {
            return ordinal == 0 || (date.getDayOfMonth() - 1) / 7 + 1 == ordinal;
        }
        int fromEnd = date.lengthOfMonth() - date.getDayOfMonth();
        return fromEnd / 7 + 1 == -ordinal;
    }
}
