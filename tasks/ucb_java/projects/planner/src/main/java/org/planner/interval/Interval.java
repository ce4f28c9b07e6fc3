package org.planner.interval;

import java.util.Optional;

/**
 * A non-empty range of values from {@code start} (included) to {@code end} (excluded).
 *
 * @param start the first value
 * @param end the first value behind the interval, greater than {@code start}
 */
public record Interval<T extends Comparable<? super T>>(T start, T end) {

    public Interval {
        if (start.compareTo(end) >= 0) {
            throw new IllegalArgumentException("interval is empty: " + start + " to " + end);
        }
    }

    public static <T extends Comparable<? super T>> Interval<T> of(T start, T end) {
        return new Interval<>(start, end);
    }

    public boolean contains(T value) {
        return start.compareTo(value) <= 0 && value.compareTo(end) < 0;
    }

    /** Returns whether every value of the other interval lies in this one. */
    public boolean covers(Interval<T> other) {
        return start.compareTo(other.start) <= 0 && other.end.compareTo(end) <= 0;
    }

    /** Returns whether the intervals have a value in common; adjacent intervals have none. */
    public boolean overlaps(Interval<T> other) {
        return start.compareTo(other.end) < 0 && other.start.compareTo(end) < 0;
    }

    /** Returns the values that both intervals have, if there are any. */
    public Optional<Interval<T>> intersection(Interval<T> other) {
        if (!overlaps(other)) {
            return Optional.empty();
        }
        T from = start.compareTo(other.start) >= 0 ? start : other.start;
        T to = end.compareTo(other.end) <= 0 ? end : other.end;
        return Optional.of(new Interval<>(from, to));
    }

    @Override
    public String toString() {
        return "[" + start + ", " + end + ")";
    }
}
