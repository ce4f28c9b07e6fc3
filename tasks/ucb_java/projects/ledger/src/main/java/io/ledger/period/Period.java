package io.ledger.period;

import java.time.LocalDate;
import java.time.YearMonth;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * A span of days.
 *
 * @param start its first day
 * @param end its last day, which belongs to it and is not before the first
 */
public record Period(LocalDate start, LocalDate end) {

    public Period {
        if (end.isBefore(start)) {
            throw new IllegalArgumentException(end + " is before " + start);
        }
    }

    public static Period of(YearMonth month) {
        return new Period(month.atDay(1), month.atEndOfMonth());
    }

    public boolean contains(LocalDate date) {
        return !date.isBefore(start) && !date.isAfter(end);
    }

    public boolean overlaps(Period other) {
        return !other.end.isBefore(start) && !other.start.isAfter(end);
    }

    /** Returns the number of days, both ends included. */
    public long days() {
        return ChronoUnit.DAYS.between(start, end) + 1;
    }

    /**
     * Splits this period at the ends of months, in order. The first and the last part may be
     * incomplete months; together the parts cover exactly the days of this period.
     */
    public List<Period> byMonth() {
        List<Period> parts = new ArrayList<>();
        LocalDate from = start;
        while (!from.isAfter(end)) {
            LocalDate monthEnd = YearMonth.from(from).atEndOfMonth();
            LocalDate to = monthEnd.isBefore(end) ? monthEnd : end;
            parts.add(new Period(from, to));
            from = to.plusDays(1);
        }
        return parts;
    }

    @Override
    public String toString() {
        return start + ".." + end;
    }
}
