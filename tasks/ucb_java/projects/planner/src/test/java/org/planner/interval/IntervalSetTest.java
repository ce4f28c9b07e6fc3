package org.planner.interval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class IntervalSetTest {

    private static Interval<Integer> span(int start, int end) {
        return Interval.of(start, end);
    }

    @SafeVarargs
    @SuppressWarnings("varargs")
    private static IntervalSet<Integer> set(Interval<Integer>... intervals) {
        return IntervalSet.of(intervals);
    }

    @Test
    void endIsNotPartOfTheInterval() {
        assertTrue(span(1, 3).contains(1));
        assertFalse(span(1, 3).contains(3));
    }

    @Test
    void adjacentIntervalsDoNotOverlap() {
        assertFalse(span(1, 3).overlaps(span(3, 5)));
        assertEquals(Optional.empty(), span(1, 3).intersection(span(3, 5)));
    }

    @Test
    void intersectionIsTheCommonPart() {
        assertEquals(Optional.of(span(3, 5)), span(1, 5).intersection(span(3, 8)));
        assertEquals(Optional.of(span(2, 4)), span(1, 5).intersection(span(2, 4)));
    }

    @Test
    void adjacentIntervalsMerge() {
        assertEquals(List.of(span(1, 8)), set(span(1, 5), span(5, 8)).intervals());
    }

    @Test
    void containedIntervalChangesNothing() {
        assertEquals(List.of(span(1, 9)), set(span(1, 9), span(2, 4)).intervals());
        assertEquals(List.of(span(1, 9)), set(span(1, 9), span(1, 4), span(5, 6)).intervals());
    }

    @Test
    void setsOfTheSameValuesAreEqual() {
        assertEquals(set(span(1, 5)), set(span(1, 3), span(3, 5)));
        assertEquals(set(span(1, 5)).hashCode(), set(span(1, 3), span(3, 5)).hashCode());
    }

    @Test
    void containsLooksAtAllIntervals() {
        IntervalSet<Integer> set = set(span(1, 3), span(5, 7), span(9, 11));
        List<Integer> inside = List.of(1, 2, 5, 6, 9, 10);
        for (int value = 0; value < 13; value++) {
            assertEquals(inside.contains(value), set.contains(value));
        }
    }

    @Test
    void unionJoinsBothSets() {
        assertEquals(set(span(1, 6), span(8, 9)),
                set(span(1, 4), span(8, 9)).union(set(span(3, 6))));
    }

    @Test
    void intersectFindsAllCommonParts() {
        assertEquals(set(span(2, 3), span(5, 7), span(9, 10)),
                set(span(1, 3), span(5, 10)).intersect(set(span(2, 7), span(9, 12))));
    }

    @Test
    void subtractCutsSeveralHoles() {
        assertEquals(set(span(0, 2), span(3, 5), span(7, 10)),
                set(span(0, 10)).subtract(set(span(2, 3), span(5, 7))));
    }

    @Test
    void subtractCutsBothEnds() {
        assertEquals(set(span(3, 7)), set(span(1, 9)).subtract(set(span(0, 3), span(7, 12))));
    }

    @Test
    void oneCutMayReachSeveralIntervals() {
        assertEquals(set(span(1, 2), span(8, 9)),
                set(span(1, 4), span(6, 9)).subtract(set(span(2, 8))));
    }

    @Test
    void gapsAreLimitedToTheWindow() {
        assertEquals(set(span(4, 6), span(8, 10)),
                set(span(1, 4), span(6, 8), span(12, 20)).gaps(span(2, 10)));
    }

    @Test
    void spanReachesFromFirstToLast() {
        assertEquals(Optional.of(span(1, 9)), set(span(7, 9), span(1, 2)).span());
    }

    @Test
    void overlappingCountsIntervals() {
        List<Interval<Integer>> intervals = List.of(span(0, 5), span(2, 8), span(4, 6));
        assertEquals(set(span(2, 6)), IntervalSet.overlapping(intervals, 2));
        assertEquals(set(span(4, 5)), IntervalSet.overlapping(intervals, 3));
        assertTrue(IntervalSet.overlapping(intervals, 4).isEmpty());
    }

    @Test
    void intervalsThatMeetDoNotOverlapTwice() {
        assertTrue(IntervalSet.overlapping(List.of(span(0, 3), span(3, 5)), 2).isEmpty());
        assertEquals(set(span(0, 5)), IntervalSet.overlapping(List.of(span(0, 3), span(3, 5)), 1));
    }
}
