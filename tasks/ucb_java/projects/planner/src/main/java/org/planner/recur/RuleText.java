package org.planner.recur;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.Month;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads and writes rules as text such as {@code FREQ=MONTHLY;COUNT=3;BYDAY=-1FR}. */
public final class RuleText {

    private static final DateTimeFormatter DATE = DateTimeFormatter.BASIC_ISO_DATE;
    private static final Set<String> KEYS = Set.of("FREQ", "INTERVAL", "COUNT", "UNTIL", "BYMONTH",
            "BYMONTHDAY", "BYDAY", "BYSETPOS", "WKST");

    private RuleText() {}

    /**
     * Reads a rule. Its parts are separated by semicolons and stand in any order; upper and lower
     * case are the same. FREQ is required; INTERVAL is 1 and WKST is MO if missing.
     *
     * @throws IllegalArgumentException if a part is unknown, occurs twice or has a wrong value, if
     *     FREQ is missing, or if there are both COUNT and UNTIL
     */
    public static RecurrenceRule parse(String text) {
        Map<String, String> parts = new LinkedHashMap<>();
        for (String part : text.toUpperCase(Locale.ROOT).split(";")) {
            int equals = part.indexOf('=');
            String key = equals < 0 ? part : part.substring(0, equals);
            if (equals < 0 || !KEYS.contains(key)) {
                throw new IllegalArgumentException("unknown part of a rule: " + part);
            }
            if (parts.put(key, part.substring(equals + 1)) != null) {
                throw new IllegalArgumentException("part occurs twice: " + key);
            }
        }
        if (!parts.containsKey("FREQ")) {
            throw new IllegalArgumentException("no FREQ: " + text);
        }
        if (parts.containsKey("COUNT") && parts.containsKey("UNTIL")) {
            throw new IllegalArgumentException("both COUNT and UNTIL: " + text);
        }
        return new RecurrenceRule(
                Frequency.valueOf(parts.get("FREQ")),
                Integer.parseInt(parts.getOrDefault("INTERVAL", "1")),
                Optional.ofNullable(parts.get("COUNT")).map(Integer::valueOf),
                Optional.ofNullable(parts.get("UNTIL")).map(date -> LocalDate.parse(date, DATE)),
                Set.copyOf(list(parts.get("BYMONTH"), month -> Month.of(Integer.parseInt(month)))),
                list(parts.get("BYMONTHDAY"), Integer::valueOf),
                list(parts.get("BYDAY"), RuleText::parseDay),
                list(parts.get("BYSETPOS"), Integer::valueOf),
                weekday(parts.getOrDefault("WKST", "MO")));
    }

    /**
     * Writes a rule in a form that {@link #parse} reads: FREQ first, then INTERVAL, COUNT, UNTIL,
     * BYMONTH, BYMONTHDAY, BYDAY, BYSETPOS and WKST. Parts that have their default are left out,
     * and months are in the order of the year.
     */
    public static String format(RecurrenceRule rule) {
        List<String> parts = new ArrayList<>();
        parts.add("FREQ=" + rule.frequency());
        if (rule.interval() != 1) {
            parts.add("INTERVAL=" + rule.interval());
        }
        rule.count().ifPresent(count -> parts.add("COUNT=" + count));
        rule.until().ifPresent(until -> parts.add("UNTIL=" + DATE.format(until)));
        addList(parts, "BYMONTH", rule.months().stream().map(Month::getValue).sorted().toList());
        addList(parts, "BYMONTHDAY", rule.monthDays());
        addList(parts, "BYDAY", rule.days().stream().map(RuleText::formatDay).toList());
        addList(parts, "BYSETPOS", rule.positions());
        if (rule.weekStart() != DayOfWeek.MONDAY) {
            parts.add("WKST=" + code(rule.weekStart()));
        }
        return String.join(";", parts);
    }

    private static void addList(List<String> parts, String key, Collection<?> values) {
        if (!values.isEmpty()) {
            parts.add(values.stream().map(String::valueOf)
                    .collect(Collectors.joining(",", key + "=", "")));
        }
    }

    private static <V> List<V> list(String values, Function<String, V> parser) {
        return values == null
                ? List.of()
                : Arrays.stream(values.split(",")).map(parser).toList();
    }

    /** Reads a weekday with an optional ordinal and sign: {@code MO}, {@code 2TU}, {@code -1FR}. */
    private static OrdinalDay parseDay(String text) {
        int split = Math.max(0, text.length() - 2);
        String ordinal = text.substring(0, split);
        return new OrdinalDay(
                ordinal.isEmpty() ? 0 : Integer.parseInt(ordinal), weekday(text.substring(split)));
    }

    private static String formatDay(OrdinalDay day) {
        String ordinal = day.ordinal() == 0 ? "" : String.valueOf(day.ordinal());
        return ordinal + code(day.weekday());
    }

    private static DayOfWeek weekday(String code) {
        return Arrays.stream(DayOfWeek.values())
                .filter(day -> code(day).equals(code))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no weekday: " + code));
    }

    private static String code(DayOfWeek day) {
        return day.name().substring(0, 2);
    }
}
