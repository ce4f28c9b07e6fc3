package org.planner.recur;

import java.time.LocalDate;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.planner.interval.Interval;

/**
 * The dates of a rule from a start date on. The start date itself is one of them only if it
 * satisfies the rule. A rule that does not say on which days of its periods dates occur takes them
 * from the start date; months too short for the day of the start date have none.
 */
public final class Recurrence {

    private static final int MAX_EMPTY_PERIODS = 1000;

    private final RecurrenceRule rule;
    private final LocalDate start;

    public Recurrence(RecurrenceRule rule, LocalDate start) {
        this.rule = rule;
        this.start = start;
    }

    /**
     * Returns the first dates, at most {@code limit}; fewer if the rule ends before.
     *
     * @throws IllegalArgumentException if the limit is negative
     */
    public List<LocalDate> first(int limit) {
        if (limit < 0) {
            throw new IllegalArgumentException("negative limit: " + limit);
        }
        List<LocalDate> dates = new ArrayList<>();
        visit(date -> {
            if (dates.size() < limit) {
                dates.add(date);
            }
            return dates.size() < limit;
        });
        return dates;
    }

    /** Returns the dates that lie in a window. */
    public List<LocalDate> in(Interval<LocalDate> window) {
        List<LocalDate> dates = new ArrayList<>();
        visit(date -> {
            if (window.contains(date)) {
                dates.add(date);
            }
            return date.isBefore(window.end());
        });
        return dates;
    }

    /** Returns the first date after the given one, if there is any. */
    public Optional<LocalDate> after(LocalDate date) {
        List<LocalDate> found = new ArrayList<>();
        visit(next -> {
            if (next.isAfter(date)) {
                found.add(next);
            }
            return found.isEmpty();
        });
        return found.stream().findFirst();
    }

    /**
     * Passes the dates in increasing order to {@code visitor} until it returns false, the count or
     * the last possible date of the rule is reached, or 1000 periods in a row had no date. Dates
     * before the start do not count.
     */
    private void visit(Predicate<LocalDate> visitor) {
        int remaining = rule.count().orElse(Integer.MAX_VALUE);
        int empty = 0;
        for (int index = 0; empty < MAX_EMPTY_PERIODS; index++) {
            empty++;
            for (LocalDate date : datesOf(period(index))) {
                if (date.isBefore(start)) {
                    continue;
                }
                boolean late = rule.until().isPresent() && date.isAfter(rule.until().get());
                if (late || remaining == 0 || !visitor.test(date)) {
                    return;
                }
                remaining--;
                empty = 0;
            }
        }
    }

    /**
     * Returns the period with the given index: the one that holds the start date has index 0, and
     * {@code interval - 1} periods are left out between one index and the next. A week starts on
     * the day that the rule says.
     */
    private Interval<LocalDate> period(int index) {
        long steps = (long) index * rule.interval();
        switch (rule.frequency()) {
            case DAILY:
                LocalDate day = start.plusDays(steps);
                return Interval.of(day, day.plusDays(1));
            case WEEKLY:
                LocalDate week = start
                        .with(TemporalAdjusters.previousOrSame(rule.weekStart()))
                        .plusWeeks(steps);
                return Interval.of(week, week.plusWeeks(1));
            case MONTHLY:
                LocalDate month = start.withDayOfMonth(1).plusMonths(steps);
                return Interval.of(month, month.plusMonths(1));
            default:
                LocalDate year = start.withDayOfYear(1).plusYears(steps);
                return Interval.of(year, year.plusYears(1));
        }
    }

    private List<LocalDate> datesOf(Interval<LocalDate> period) {
        Stream<LocalDate> dates = period.start().datesUntil(period.end())
                .filter(rule::allows)
                .filter(this::fitsStart);
        return atPositions(dates.toList());
    }

    /** Returns whether a date agrees with the start date in what the rule does not say. */
    private boolean fitsStart(LocalDate date) {
        boolean open = rule.days().isEmpty() && rule.monthDays().isEmpty();
        return switch (rule.frequency()) {
            case DAILY -> true;
            case WEEKLY -> !open || date.getDayOfWeek() == start.getDayOfWeek();
            case MONTHLY -> !open || date.getDayOfMonth() == start.getDayOfMonth();
            case YEARLY -> !open || date.getDayOfMonth() == start.getDayOfMonth()
                    && (!rule.months().isEmpty() || date.getMonth() == start.getMonth());
        };
    }

    /**
     * Returns the dates at the positions of the rule, in increasing order and each once, or all of
     * them if the rule has no positions. Positions that the list does not have are ignored.
     */
    private List<LocalDate> atPositions(List<LocalDate> dates) {
        if (rule.positions().isEmpty()) {
            return dates;
        }
        return rule.positions().stream()
                .map(position -> position > 0 ? position - 1 : dates.size() + position)
                .filter(index -> index >= 0 && index < dates.size())
                .distinct()
                .sorted()
                .map(dates::get)
                .toList();
    }
}
