package dev.textkit.template;

import dev.textkit.text.Lines;
import dev.textkit.text.WordWrapper;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The filters that every template knows. */
final class Filters {
    /** A text that is written without escaping. */
    record Raw(String text) {
        @Override
        public String toString() {
            return text;
        }
    }

    private static final Set<String> NAMES = new TreeSet<>(Set.of(
            "capitalize", "default", "indent", "join", "lower", "raw", "trim", "truncate", "upper",
            "wrap"));

    private Filters() {}

    /** Returns the names of all filters. */
    static Set<String> names() {
        return NAMES;
    }

    /**
     * Applies a filter. {@code default} replaces a value that is {@code null} or an empty text by its
     * argument; every other filter leaves {@code null} as it is. {@code join} puts the items of a
     * list together, with its argument, or nothing, in between. {@code raw} keeps a value from being
     * escaped. The others work on the text of a value: {@code upper}, {@code lower}, {@code trim};
     * {@code capitalize} turns the first letter to upper and the rest to lower case; {@code
     * truncate} cuts a text to as many characters as its argument says, the last of which is then
     * {@code …}; {@code wrap} breaks lines at that width; {@code indent} puts that many spaces in
     * front of every line but the first.
     *
     * @param value the value
     * @param call the filter and its argument
     * @param line the line, for messages
     * @return the new value
     * @throws TemplateException when an argument is missing or is not a positive number
     */
    static Object apply(Object value, Expression.Call call, int line) {
        if (call.name().equals("default")) {
            boolean missing = value == null || value.equals("");
            return missing ? text(call, line) : value;
        }
        if (value == null) {
            return null;
        }
        String text = textOf(value);
        return switch (call.name()) {
            case "join" -> join(value, call.argument() == null ? "" : call.argument());
            case "raw" -> new Raw(text);
            case "upper" -> text.toUpperCase(Locale.ROOT);
            case "lower" -> text.toLowerCase(Locale.ROOT);
            case "trim" -> text.strip();
            case "capitalize" -> capitalize(text);
            case "truncate" -> truncate(text, number(call, line));
            case "wrap" -> String.join("\n", new WordWrapper(number(call, line)).wrap(text));
            case "indent" -> indent(text, number(call, line));
            default -> throw new TemplateException(line, "unknown filter '" + call.name() + "'");
        };
    }

    /** Returns the text of a value; of a list its items with a comma and a space in between. */
    static String textOf(Object value) {
        return value instanceof Collection<?> items ? join(items, ", ") : String.valueOf(value);
    }

    private static String join(Object value, String separator) {
        return value instanceof Collection<?> items
                ? items.stream().map(Filters::textOf).collect(Collectors.joining(separator))
                : textOf(value);
    }

    private static String capitalize(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int first = text.offsetByCodePoints(0, 1);
        return text.substring(0, first).toUpperCase(Locale.ROOT)
                + text.substring(first).toLowerCase(Locale.ROOT);
    }

    private static String truncate(String text, int length) {
        if (text.length() <= length) {
            return text;
        }
        return text.substring(0, length - 1) + "…";
    }

    private static String indent(String text, int spaces) {
        int end = text.indexOf('\n');
        return end < 0
                ? text
                : text.substring(0, end + 1) + Lines.indent(text.substring(end + 1), spaces);
    }

    private static String text(Expression.Call call, int line) {
        if (call.argument() == null) {
            throw new TemplateException(line, "filter '" + call.name() + "' needs an argument");
        }
        return call.argument();
    }

    private static int number(Expression.Call call, int line) {
        String digits = text(call, line);
        if (!digits.matches("[1-9]\\d{0,5}")) {
            throw new TemplateException(
                    line, "filter '" + call.name() + "' needs a number, not '" + digits + "'");
        }
        return Integer.parseInt(digits);
    }
}
