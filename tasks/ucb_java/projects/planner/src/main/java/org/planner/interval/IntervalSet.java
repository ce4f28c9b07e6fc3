package org.planner.interval;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** An immutable set of values, held as sorted intervals that neither overlap nor touch. */
public final class IntervalSet<T extends Comparable<? super T>> {

    private final List<Interval<T>> intervals;

    private IntervalSet(List<Interval<T>> intervals) {
        this.intervals = List.copyOf(intervals);
    }

    /** Returns the set of all values in the given intervals, see {@link #ofAll}. */
    @SafeVarargs
    @SuppressWarnings("varargs")
    public static <T extends Comparable<? super T>> IntervalSet<T> of(Interval<T>... intervals) {
        return ofAll(List.of(intervals));
    }

    /**
     * Returns the set of all values in the given intervals, which may come in any order and may
     * overlap. Intervals that overlap or touch become one.
     */
    public static <T extends Comparable<? super T>> IntervalSet<T> ofAll(
            Collection<Interval<T>> intervals) {
        List<Interval<T>> sorted = new ArrayList<>(intervals);
        sorted.sort(Comparator.comparing(Interval::start));
        List<Interval<T>> merged = new ArrayList<>();
        for (Interval<T> next : sorted) {
            int last = merged.size() - 1;
            if (last < 0 || merged.get(last).end().compareTo(next.start()) < 0) {
                merged.add(next);
            } else if (merged.get(last).end().compareTo(next.end()) < 0) {
                merged.set(last, Interval.of(merged.get(last).start(), next.end()));
            }
        }
        return new IntervalSet<>(merged);
    }

    /**
     * Returns the set of values that lie in at least {@code depth} of the given intervals.
     *
     * @throws IllegalArgumentException if the depth is less than 1
     */
    public static <T extends Comparable<? super T>> IntervalSet<T> overlapping(
            Collection<Interval<T>> intervals, int depth) {
        if (depth < 1) {
            throw new IllegalArgumentException("depth is less than 1: " + depth);
        }
        List<T> starts = intervals.stream().map(Interval::start).sorted().toList();
        List<T> ends = intervals.stream().map(Interval::end).sorted().toList();
        List<Interval<T>> found = new ArrayList<>();
        int opened = 0;
        int closed = 0;
        T start = null;
        while (closed < ends.size()) {
            T end = ends.get(closed);
            if (opened < starts.size() && starts.get(opened).compareTo(end) < 0) {
                opened++;
                if (opened - closed == depth) {
                    start = starts.get(opened - 1);
                }
            } else {
                if (opened - closed == depth) {
                    found.add(Interval.of(start, end));
                }
                closed++;
            }
        }
        return ofAll(found);
    }

    /** Returns the intervals in increasing order. */
    public List<Interval<T>> intervals() {
        return intervals;
    }

    public boolean isEmpty() {
        return intervals.isEmpty();
    }

    /** Returns whether a value is in this set, by binary search. */
    public boolean contains(T value) {
        int low = 0;
        int high = intervals.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            Interval<T> interval = intervals.get(middle);
            if (interval.contains(value)) {
                return true;
            }
            if (value.compareTo(interval.start()) < 0) {
                high = middle - 1;
            } else {
                low = middle + 1;
            }
        }
        return false;
    }

    /** Returns the values that are in this set, in the other one or in both. */
    public IntervalSet<T> union(IntervalSet<T> other) {
        List<Interval<T>> all = new ArrayList<>(intervals);
        all.addAll(other.intervals);
        return ofAll(all);
    }

    /** Returns the values that are in both sets. */
    public IntervalSet<T> intersect(IntervalSet<T> other) {
        List<Interval<T>> common = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < intervals.size() && j < other.intervals.size()) {
            Interval<T> mine = intervals.get(i);
            Interval<T> theirs = other.intervals.get(j);
            mine.intersection(theirs).ifPresent(common::add);
            if (mine.end().compareTo(theirs.end()) < 0) {
                i++;
            } else {
                j++;
            }
        }
        return new IntervalSet<>(common);
    }

    /** Returns the values of this set that are not in the other one. */
    public IntervalSet<T> subtract(IntervalSet<T> other) {
        List<Interval<T>> rest = new ArrayList<>();
        for (Interval<T> interval : intervals) {
            T from = interval.start();
            for (Interval<T> cut : other.intervals) {
                if (!cut.overlaps(interval)) {
                    continue;
                }
                if (from.compareTo(cut.start()) < 0) {
                    rest.add(Interval.of(from, cut.start()));
                }
                from = cut.end();
            }
            if (from.compareTo(interval.end()) < 0) {
                rest.add(Interval.of(from, interval.end()));
            }
        }
        return new IntervalSet<>(rest);
    }

    /** Returns the values of the window that are not in this set. */
    public IntervalSet<T> gaps(Interval<T> window) {
        return of(window).subtract(this);
    }

    /** Returns the smallest interval that covers this set, or empty if the set is. */
    public Optional<Interval<T>> span() {
        if (isEmpty()) {
            return Optional.empty();
        }
        T end = intervals.get(intervals.size() - 1).end();
        return Optional.of(Interval.of(intervals.get(0).start(), end));
    }

    @Override
    public boolean equals(Object object) {
        return object instanceof IntervalSet<?> other && intervals.equals(other.intervals);
    }

    @Override
    public int hashCode() {
        return intervals.hashCode();
    }

    @Override
    public String toString() {
        return intervals.toString();
    }
}
