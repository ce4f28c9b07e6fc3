package org.planner.text;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.planner.interval.Interval;
import org.planner.recur.RecurrenceRule;
import org.planner.recur.RuleText;

/** Reads events from text. */
public final class EventReader {

    static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss");
    static final DateTimeFormatter DATE = DateTimeFormatter.BASIC_ISO_DATE;

    private String uid;
    private String summary = "";
    private LocalDateTime start;
    private LocalDateTime end;
    private RecurrenceRule rule;
    private final Set<LocalDate> except = new HashSet<>();
    private final List<String> categories = new ArrayList<>();

    private EventReader() {}

    /**
     * Returns the events between lines {@code BEGIN:VEVENT} and {@code END:VEVENT}. Lines outside
     * of events and lines with other names are ignored. UID, DTSTART and DTEND are required; the
     * summary is empty if there is none. EXDATE and CATEGORIES hold comma-separated lists and may
     * occur several times, which adds up.
     *
     * @throws FormatException if an event is not finished or begins inside another one, lacks a
     *     required line or has a wrong value
     */
    public static List<Event> read(String text) {
        List<Event> events = new ArrayList<>();
        EventReader current = null;
        for (String line : LineFolding.unfold(text)) {
            ContentLine content = ContentLine.parse(line);
            boolean mark = content.value().equalsIgnoreCase("VEVENT");
            if (mark && content.name().equals("BEGIN")) {
                if (current != null) {
                    throw new FormatException("event begins inside another one");
                }
                current = new EventReader();
            } else if (mark && content.name().equals("END") && current != null) {
                events.add(current.finish());
                current = null;
            } else if (current != null) {
                current.accept(content);
            }
        }
        if (current != null) {
            throw new FormatException("event is not finished");
        }
        return events;
    }

    private void accept(ContentLine line) {
        try {
            switch (line.name()) {
                case "UID" -> uid = TextValues.unescape(line.value());
                case "SUMMARY" -> summary = TextValues.unescape(line.value());
                case "DTSTART" -> start = time(line);
                case "DTEND" -> end = time(line);
                case "RRULE" -> rule = RuleText.parse(line.value());
                case "EXDATE" -> TextValues.splitList(line.value())
                        .forEach(date -> except.add(LocalDate.parse(date, DATE)));
                case "CATEGORIES" -> categories.addAll(TextValues.splitList(line.value()));
                default -> { }
            }
        } catch (DateTimeParseException | IllegalArgumentException exception) {
            throw new FormatException("wrong value: " + line);
        }
    }

    /** Reads a time, or, if the line has the parameter VALUE=DATE, a date as its midnight. */
    private static LocalDateTime time(ContentLine line) {
        boolean dateOnly = line.parameter("VALUE").filter("DATE"::equalsIgnoreCase).isPresent();
        return dateOnly
                ? LocalDate.parse(line.value(), DATE).atStartOfDay()
                : LocalDateTime.parse(line.value(), TIME);
    }

    private Event finish() {
        if (uid == null || start == null || end == null) {
            throw new FormatException("event lacks UID, DTSTART or DTEND");
        }
        if (!start.isBefore(end)) {
            throw new FormatException("event " + uid + " does not end after its start");
        }
        return new Event(uid, summary, Interval.of(start, end), Optional.ofNullable(rule),
                except, categories);
    }
}
