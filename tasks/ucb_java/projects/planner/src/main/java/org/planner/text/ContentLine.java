package org.planner.text;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A line {@code NAME;PARAM=VALUE;PARAM="VALUE":value}.
 *
 * @param name the name in upper case
 * @param parameters the parameters by their names in upper case
 * @param value everything behind the colon, as it stands
 */
public record ContentLine(String name, Map<String, String> parameters, String value) {

    public ContentLine {
        name = name.toUpperCase(Locale.ROOT);
        Map<String, String> upper = new TreeMap<>();
        parameters.forEach((key, text) -> upper.put(key.toUpperCase(Locale.ROOT), text));
        parameters = upper;
    }

    /** Returns a line without parameters. */
    public static ContentLine of(String name, String value) {
        return new ContentLine(name, Map.of(), value);
    }

    /**
     * Reads a line. Colons and semicolons between double quotes belong to the value of a parameter;
     * the quotes themselves do not. Names are case-insensitive.
     *
     * @throws FormatException if there is no colon outside of quotes, no name, or a parameter
     *     without an equals sign
     */
    public static ContentLine parse(String line) {
        int colon = indexOutsideQuotes(line, ':', 0);
        if (colon < 0) {
            throw new FormatException("no colon: " + line);
        }
        int end = indexOutsideQuotes(line.substring(0, colon), ';', 0);
        String name = line.substring(0, end < 0 ? colon : end);
        if (name.isBlank()) {
            throw new FormatException("no name: " + line);
        }
        Map<String, String> parameters = new LinkedHashMap<>();
        int start = name.length() + 1;
        while (start <= colon) {
            int semicolon = indexOutsideQuotes(line.substring(0, colon), ';', start);
            int stop = semicolon < 0 ? colon : semicolon;
            String parameter = line.substring(start, stop);
            int equals = parameter.indexOf('=');
            if (equals < 0) {
                throw new FormatException("parameter without a value: " + parameter);
            }
            parameters.put(
                    parameter.substring(0, equals),
                    parameter.substring(equals + 1).replace("\"", ""));
            start = stop + 1;
        }
        return new ContentLine(name, parameters, line.substring(colon + 1));
    }

    private static int indexOutsideQuotes(String text, char wanted, int from) {
        boolean quoted = false;
        for (int i = from; i < text.length(); i++) {
            char character = text.charAt(i);
            if (character == '"') {
                quoted = !quoted;
            } else if (character == wanted && !quoted) {
                return i;
            }
        }
        return -1;
    }

    /** Returns the value of a parameter; its name is case-insensitive. */
    public Optional<String> parameter(String key) {
        return Optional.ofNullable(parameters.get(key.toUpperCase(Locale.ROOT)));
    }

    /**
     * Writes the line with its parameters sorted by name. The value of a parameter is put in double
     * quotes if it holds a colon, a semicolon or a comma.
     */
    @Override
    public String toString() {
        StringBuilder line = new StringBuilder(name);
        parameters.forEach((key, text) -> {
            boolean quoted = text.chars().anyMatch(character -> ":;,".indexOf(character) >= 0);
            String mark = quoted ? "\"" : "";
            line.append(';').append(key).append('=').append(mark).append(text).append(mark);
        });
        return line.append(':').append(value).toString();
    }
}
