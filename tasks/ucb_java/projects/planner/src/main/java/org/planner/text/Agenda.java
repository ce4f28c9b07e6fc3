package org.planner.text;

import java.time.Duration;
import java.time.LocalDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.planner.interval.Interval;
import org.planner.interval.IntervalSet;

/** The times taken by a collection of events. */
public final class Agenda {

    private final List<Event> events;

    public Agenda(Collection<Event> events) {
        this.events = List.copyOf(events);
    }

    private List<Interval<LocalDateTime>> occurrences(Interval<LocalDateTime> window) {
        return events.stream().flatMap(event -> event.occurrences(window).stream()).toList();
    }

    /** Returns the times of a window at which at least one event takes place. */
    public IntervalSet<LocalDateTime> busy(Interval<LocalDateTime> window) {
        return IntervalSet.ofAll(occurrences(window)).intersect(IntervalSet.of(window));
    }

    /** Returns the times of a window at which at least two events take place at the same time. */
    public IntervalSet<LocalDateTime> conflicts(Interval<LocalDateTime> window) {
        return IntervalSet.overlapping(occurrences(window), 2)
                .intersect(IntervalSet.of(window));
    }

    /**
     * Returns the first time in a window of exactly the given length at which no event takes place,
     * or empty if there is none.
     *
     * @throws IllegalArgumentException if the length is not positive
     */
    public Optional<Interval<LocalDateTime>> firstFree(
            Interval<LocalDateTime> window, Duration length) {
        if (length.isNegative() || length.isZero()) {
            throw new IllegalArgumentException("length is not positive: " + length);
        }
        for (Interval<LocalDateTime> gap : busy(window).gaps(window).intervals()) {
            LocalDateTime end = gap.start().plus(length);
            if (!end.isAfter(gap.end())) {
                return Optional.of(Interval.of(gap.start(), end));
            }
        }
        return Optional.empty();
    }
}
