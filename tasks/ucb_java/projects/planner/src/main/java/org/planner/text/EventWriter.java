package org.planner.text;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.planner.recur.RuleText;

/** Writes events as text that {@link EventReader} reads. */
public final class EventWriter {

    private EventWriter() {}

    /**
     * Returns the text of a calendar: the line {@code BEGIN:VCALENDAR}, the events in the given
     * order, and {@code END:VCALENDAR}. All lines are folded and end with a carriage return and a
     * line feed.
     */
    public static String write(Collection<Event> events) {
        List<ContentLine> lines = new ArrayList<>();
        lines.add(ContentLine.of("BEGIN", "VCALENDAR"));
        events.forEach(event -> lines.addAll(lines(event)));
        lines.add(ContentLine.of("END", "VCALENDAR"));
        return lines.stream()
                .flatMap(line -> LineFolding.fold(line.toString()).stream())
                .map(line -> line + "\r\n")
                .collect(Collectors.joining());
    }

    /**
     * Returns the lines of an event: UID, SUMMARY, DTSTART and DTEND, then RRULE, EXDATE (one line,
     * dates in order) and CATEGORIES if the event has them.
     */
    private static List<ContentLine> lines(Event event) {
        List<ContentLine> lines = new ArrayList<>();
        lines.add(ContentLine.of("BEGIN", "VEVENT"));
        lines.add(ContentLine.of("UID", TextValues.escape(event.uid())));
        lines.add(ContentLine.of("SUMMARY", TextValues.escape(event.summary())));
        lines.add(ContentLine.of("DTSTART", EventReader.TIME.format(event.time().start())));
        lines.add(ContentLine.of("DTEND", EventReader.TIME.format(event.time().end())));
        event.rule().ifPresent(rule ->
                lines.add(ContentLine.of("RRULE", RuleText.format(rule))));
        if (!event.except().isEmpty()) {
            String dates = event.except().stream().sorted()
                    .map(EventReader.DATE::format)
                    .collect(Collectors.joining(","));
            lines.add(ContentLine.of("EXDATE", dates));
        }
        if (!event.categories().isEmpty()) {
            lines.add(ContentLine.of("CATEGORIES", TextValues.joinList(event.categories())));
        }
        lines.add(ContentLine.of("END", "VEVENT"));
        return lines;
    }
}
