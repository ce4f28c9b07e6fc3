package org.planner.recur;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.planner.interval.Interval;

class RecurrenceTest {

    private static LocalDate date(String text) {
        return LocalDate.parse(text);
    }

    private static List<LocalDate> dates(String... texts) {
        return Arrays.stream(texts).map(LocalDate::parse).toList();
    }

    private static Recurrence recurrence(String rule, String start) {
        return new Recurrence(RuleText.parse(rule), date(start));
    }

    @Test
    void dailyRuleMayBeRestrictedToWeekdays() {
        assertEquals(dates("2024-05-03", "2024-05-06"),
                recurrence("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", "2024-05-03").first(2));
    }

    @Test
    void weeklyRuleListsDaysInOrder() {
        assertEquals(dates("2024-05-01", "2024-05-03", "2024-05-06"),
                recurrence("FREQ=WEEKLY;BYDAY=FR,MO,WE", "2024-05-01").first(3));
    }

    @Test
    void weeksStartOnMondayByDefault() {
        assertEquals(dates("2024-05-07", "2024-05-12", "2024-05-21", "2024-05-26"),
                recurrence("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU", "2024-05-07").first(4));
    }

    @Test
    void weekThatBeginsWithTheStartIsTheFirstOne() {
        assertEquals(dates("2024-05-06", "2024-05-08", "2024-05-20"),
                recurrence("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE", "2024-05-06").first(3));
    }

    @Test
    void weekStartDecidesWhichWeekASundayBelongsTo() {
        assertEquals(dates("2024-05-07", "2024-05-19", "2024-05-21"),
                recurrence("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU", "2024-05-07").first(3));
    }

    @Test
    void monthlyRuleSkipsShortMonths() {
        assertEquals(dates("2024-01-31", "2024-03-31", "2024-05-31"),
                recurrence("FREQ=MONTHLY", "2024-01-31").first(3));
    }

    @Test
    void monthDaysCountFromTheEnd() {
        assertEquals(dates("2024-01-31", "2024-02-29", "2024-03-31"),
                recurrence("FREQ=MONTHLY;BYMONTHDAY=-1", "2024-01-10").first(3));
        assertEquals(dates("2023-02-27"),
                recurrence("FREQ=MONTHLY;BYMONTHDAY=-2", "2023-02-01").first(1));
    }

    @Test
    void ordinalWeekdaysCountFromBothEnds() {
        assertEquals(dates("2024-05-14", "2024-05-31", "2024-06-11"),
                recurrence("FREQ=MONTHLY;BYDAY=2TU,-1FR", "2024-05-01").first(3));
    }

    @Test
    void secondLastWeekdayIsSevenDaysBeforeTheLast() {
        assertEquals(dates("2024-05-24"),
                recurrence("FREQ=MONTHLY;BYDAY=-2FR", "2024-05-01").first(1));
    }

    @Test
    void fridayTheThirteenthNeedsBothRestrictions() {
        assertEquals(dates("2024-09-13", "2024-12-13", "2025-06-13"),
                recurrence("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "2024-01-01").first(3));
    }

    @Test
    void lastPositionIsTheLastDateOfThePeriod() {
        assertEquals(dates("2024-06-28", "2024-07-31"),
                recurrence("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2024-06-01").first(2));
    }

    @Test
    void positionsAreOrderedAndDistinct() {
        assertEquals(dates("2024-06-04", "2024-06-25", "2024-07-02"),
                recurrence("FREQ=MONTHLY;BYDAY=TU;BYSETPOS=-1,1,4", "2024-06-01").first(3));
    }

    @Test
    void positionsBeyondThePeriodAreIgnored() {
        assertEquals(dates("2024-07-30", "2024-10-29"),
                recurrence("FREQ=MONTHLY;BYDAY=TU;BYSETPOS=5", "2024-06-01").first(2));
    }

    @Test
    void yearlyRuleTakesMonthAndDayOfTheStart() {
        assertEquals(dates("2024-02-29", "2028-02-29"),
                recurrence("FREQ=YEARLY", "2024-02-29").first(2));
    }

    @Test
    void yearlyRuleInSeveralMonthsTakesTheDayOfTheStart() {
        assertEquals(dates("2024-03-10", "2024-09-10", "2025-03-10"),
                recurrence("FREQ=YEARLY;BYMONTH=9,3", "2024-01-10").first(3));
    }

    @Test
    void datesBeforeTheStartDoNotCount() {
        assertEquals(dates("2024-05-15", "2024-06-01"),
                recurrence("FREQ=MONTHLY;BYMONTHDAY=1,15;COUNT=2", "2024-05-10").first(10));
    }

    @Test
    void countIsCountedFromTheStartNotFromTheWindow() {
        Interval<LocalDate> window = Interval.of(date("2024-05-03"), date("2024-06-01"));
        assertEquals(dates("2024-05-03", "2024-05-04"),
                recurrence("FREQ=DAILY;COUNT=4", "2024-05-01").in(window));
    }

    @Test
    void untilIsIncluded() {
        assertEquals(dates("2024-05-01", "2024-05-08", "2024-05-15"),
                recurrence("FREQ=WEEKLY;UNTIL=20240515", "2024-05-01").first(10));
    }

    @Test
    void afterFindsTheNextDate() {
        Recurrence recurrence = recurrence("FREQ=WEEKLY;COUNT=3", "2024-05-01");
        assertEquals(Optional.of(date("2024-05-08")), recurrence.after(date("2024-05-01")));
        assertEquals(Optional.empty(), recurrence.after(date("2024-05-15")));
    }

    @Test
    void sparseRuleGoesOnForDecades() {
        Interval<LocalDate> window = Interval.of(date("2044-01-01"), date("2044-01-15"));
        assertEquals(dates("2044-01-03", "2044-01-10"),
                recurrence("FREQ=DAILY;BYDAY=SU", "2014-01-01").in(window));
    }

    @Test
    void impossibleRuleHasNoDates() {
        assertTrue(recurrence("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30", "2024-01-01")
                .first(1).isEmpty());
    }

    @Test
    void limitMayBeZeroButNotNegative() {
        assertTrue(recurrence("FREQ=DAILY", "2024-05-01").first(0).isEmpty());
        assertThrows(IllegalArgumentException.class,
                () -> recurrence("FREQ=DAILY", "2024-05-01").first(-1));
    }
}
