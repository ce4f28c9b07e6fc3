package org.planner.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.planner.interval.Interval;
import org.planner.interval.IntervalSet;
import org.planner.recur.RuleText;

class EventTest {

    private static Interval<LocalDateTime> time(String start, String end) {
        return Interval.of(LocalDateTime.parse(start), LocalDateTime.parse(end));
    }

    private static Event recurring(Interval<LocalDateTime> time, String rule, String... except) {
        Set<LocalDate> dates = Set.copyOf(Arrays.stream(except).map(LocalDate::parse).toList());
        return new Event(
                "r", "", time, Optional.of(RuleText.parse(rule)), dates, List.of());
    }

    private static String event(String... lines) {
        return "BEGIN:VEVENT\n" + String.join("\n", lines) + "\nEND:VEVENT\n";
    }

    @Test
    void singleEventOccursInItsWindow() {
        Event event = Event.once("e", "", time("2024-05-01T09:00", "2024-05-01T10:00"));
        assertEquals(List.of(event.time()),
                event.occurrences(time("2024-05-01T09:30", "2024-05-02T00:00")));
        assertTrue(event.occurrences(time("2024-05-01T10:00", "2024-05-02T00:00")).isEmpty());
    }

    @Test
    void recurringEventKeepsTimeOfDayAndLength() {
        Event event = recurring(time("2024-05-01T09:00", "2024-05-01T09:45"), "FREQ=WEEKLY");
        assertEquals(
                List.of(time("2024-05-08T09:00", "2024-05-08T09:45"),
                        time("2024-05-15T09:00", "2024-05-15T09:45")),
                event.occurrences(time("2024-05-02T00:00", "2024-05-16T00:00")));
    }

    @Test
    void exceptedDatesAreLeftOut() {
        Event event = recurring(
                time("2024-05-01T09:00", "2024-05-01T10:00"), "FREQ=DAILY;COUNT=3", "2024-05-02");
        assertEquals(
                List.of(time("2024-05-01T09:00", "2024-05-01T10:00"),
                        time("2024-05-03T09:00", "2024-05-03T10:00")),
                event.occurrences(time("2024-05-01T00:00", "2024-06-01T00:00")));
    }

    @Test
    void occurrenceReachingIntoTheWindowCounts() {
        Event event = recurring(time("2024-05-01T22:00", "2024-05-02T06:00"), "FREQ=DAILY");
        assertEquals(
                List.of(time("2024-05-03T22:00", "2024-05-04T06:00")),
                event.occurrences(time("2024-05-04T00:00", "2024-05-04T12:00")));
    }

    @Test
    void multiDayOccurrenceReachingIntoTheWindowCounts() {
        Event event = recurring(time("2024-05-01T00:00", "2024-05-04T00:00"), "FREQ=WEEKLY");
        assertEquals(1, event.occurrences(time("2024-05-10T12:00", "2024-05-10T13:00")).size());
    }

    @Test
    void eventIsRead() {
        List<Event> events = EventReader.read(event(
                "UID:1", "SUMMARY:Lunch\\, outside", "DTSTART:20240501T120000",
                "DTEND:20240501T130000", "X-OTHER:ignored"));
        assertEquals(
                List.of(Event.once("1", "Lunch, outside",
                        time("2024-05-01T12:00", "2024-05-01T13:00"))),
                events);
    }

    @Test
    void dateStandsForMidnight() {
        Event event = EventReader.read(event(
                "UID:1", "DTSTART;VALUE=DATE:20240501", "DTEND;VALUE=date:20240502")).get(0);
        assertEquals(time("2024-05-01T00:00", "2024-05-02T00:00"), event.time());
        assertEquals("", event.summary());
    }

    @Test
    void listsOfSeveralLinesAddUp() {
        Event event = EventReader.read(event(
                "UID:1", "DTSTART:20240501T120000", "DTEND:20240501T130000", "RRULE:FREQ=DAILY",
                "EXDATE:20240502,20240503", "EXDATE:20240505", "CATEGORIES:a,b", "CATEGORIES:c"))
                .get(0);
        assertEquals(3, event.except().size());
        assertEquals(List.of("a", "b", "c"), event.categories());
    }

    @Test
    void eventsDoNotInheritFromEachOther() {
        String first = event("UID:1", "SUMMARY:x", "DTSTART:20240501T120000",
                "DTEND:20240501T130000", "RRULE:FREQ=DAILY", "CATEGORIES:a");
        String second = event("UID:2", "DTSTART:20240502T120000", "DTEND:20240502T130000");
        Event event = EventReader.read(first + second).get(1);
        assertEquals(
                Event.once("2", "", time("2024-05-02T12:00", "2024-05-02T13:00")), event);
    }

    @Test
    void requiredLinesMustBeThere() {
        assertThrows(FormatException.class, () -> EventReader.read(
                event("UID:1", "DTSTART:20240501T120000")));
        assertThrows(FormatException.class, () -> EventReader.read(
                event("DTSTART:20240501T120000", "DTEND:20240501T130000")));
    }

    @Test
    void wrongValuesAreReported() {
        FormatException exception = assertThrows(FormatException.class, () -> EventReader.read(
                event("UID:1", "RRULE:FREQ=SOMETIMES")));
        assertEquals("wrong value: RRULE:FREQ=SOMETIMES", exception.getMessage());
    }

    @Test
    void eventsAreNeitherNestedNorOpen() {
        assertThrows(FormatException.class,
                () -> EventReader.read("BEGIN:VEVENT\nBEGIN:VEVENT\n"));
        assertThrows(FormatException.class, () -> EventReader.read("BEGIN:VEVENT\nUID:1\n"));
    }

    @Test
    void writtenEventsAreReadBack() {
        Event plain = Event.once("1", "Long, ".repeat(40) + "\nend",
                time("2024-05-01T12:00", "2024-05-01T13:00"));
        Event full = new Event("2", "Stand-up", time("2024-05-01T09:00", "2024-05-01T09:15"),
                Optional.of(RuleText.parse("FREQ=WEEKLY;BYDAY=MO,FR")),
                Set.of(LocalDate.of(2024, 5, 6), LocalDate.of(2024, 5, 3)),
                List.of("work", "a,b"));
        List<Event> events = List.of(plain, full);
        assertEquals(events, EventReader.read(EventWriter.write(events)));
    }

    @Test
    void busyTimesAreMergedAndCut() {
        Agenda agenda = new Agenda(List.of(
                Event.once("1", "", time("2024-05-01T08:00", "2024-05-01T10:00")),
                Event.once("2", "", time("2024-05-01T09:30", "2024-05-01T11:00"))));
        assertEquals(
                IntervalSet.of(time("2024-05-01T09:00", "2024-05-01T11:00")),
                agenda.busy(time("2024-05-01T09:00", "2024-05-01T17:00")));
    }

    @Test
    void conflictsAreTimesOfTwoEvents() {
        Agenda agenda = new Agenda(List.of(
                Event.once("1", "", time("2024-05-01T08:00", "2024-05-01T10:00")),
                recurring(time("2024-04-30T09:30", "2024-04-30T11:00"), "FREQ=DAILY")));
        assertEquals(
                IntervalSet.of(time("2024-05-01T09:30", "2024-05-01T10:00")),
                agenda.conflicts(time("2024-05-01T00:00", "2024-05-02T00:00")));
    }

    @Test
    void firstFreeTimeFitsExactly() {
        Agenda agenda = new Agenda(List.of(
                Event.once("1", "", time("2024-05-01T09:30", "2024-05-01T10:00")),
                Event.once("2", "", time("2024-05-01T11:00", "2024-05-01T12:00"))));
        Interval<LocalDateTime> window = time("2024-05-01T09:00", "2024-05-01T17:00");
        assertEquals(Optional.of(time("2024-05-01T10:00", "2024-05-01T11:00")),
                agenda.firstFree(window, Duration.ofHours(1)));
        assertEquals(Optional.of(time("2024-05-01T09:00", "2024-05-01T09:20")),
                agenda.firstFree(window, Duration.ofMinutes(20)));
        assertEquals(Optional.empty(), agenda.firstFree(window, Duration.ofHours(6)));
    }

    @Test
    void freeTimeMustHaveALength() {
        Agenda agenda = new Agenda(List.of());
        assertThrows(IllegalArgumentException.class, () -> agenda.firstFree(
                time("2024-05-01T09:00", "2024-05-01T17:00"), Duration.ZERO));
    }
}
