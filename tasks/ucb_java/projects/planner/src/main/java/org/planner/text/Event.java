package org.planner.text;

import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.planner.interval.Interval;
import org.planner.recur.Recurrence;
import org.planner.recur.RecurrenceRule;

/**
 * An entry of a calendar.
 *
 * @param uid its unique name
 * @param summary what it is about
 * @param time when it takes place, the first time if it recurs
 * @param rule how it recurs, if it does
 * @param except the dates on which a recurring event does not take place
 * @param categories what it is filed under
 */
public record Event(
        String uid,
        String summary,
        Interval<LocalDateTime> time,
        Optional<RecurrenceRule> rule,
        Set<LocalDate> except,
        List<String> categories) {

    public Event {
        except = Set.copyOf(except);
        categories = List.copyOf(categories);
    }

    /** Returns an event that takes place once. */
    public static Event once(String uid, String summary, Interval<LocalDateTime> time) {
        return new Event(uid, summary, time, Optional.empty(), Set.of(), List.of());
    }

    /**
     * Returns the times at which the event takes place and that overlap a window, in order; an
     * occurrence that starts before the window but reaches into it is among them. All occurrences
     * start at the same time of day and have the length of the first one.
     */
    public List<Interval<LocalDateTime>> occurrences(Interval<LocalDateTime> window) {
        if (rule.isEmpty()) {
            return time.overlaps(window) ? List.of(time) : List.of();
        }
        Duration length = Duration.between(time.start(), time.end());
        LocalDate from = window.start().minus(length).toLocalDate();
        LocalDate to = window.end().toLocalDate().plusDays(1);
        List<Interval<LocalDateTime>> found = new ArrayList<>();
        Recurrence recurrence = new Recurrence(rule.get(), time.start().toLocalDate());
        for (LocalDate date : recurrence.in(Interval.of(from, to))) {
            LocalDateTime start = date.atTime(time.start().toLocalTime());
            Interval<LocalDateTime> occurrence = Interval.of(start, start.plus(length));
            if (!except.contains(date) && occurrence.overlaps(window)) {
                found.add(occurrence);
            }
        }
        return found;
    }
}
