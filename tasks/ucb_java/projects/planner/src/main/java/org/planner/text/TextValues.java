package org.planner.text;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The escaping of text values and lists of them. */
public final class TextValues {

    private TextValues() {}

    /**
     * Puts a backslash before backslashes, semicolons and commas and writes a line feed as a
     * backslash and {@code n}. Carriage returns are left out.
     */
    public static String escape(String text) {
        StringBuilder escaped = new StringBuilder();
        for (char character : text.toCharArray()) {
            switch (character) {
                case '\\', ';', ',' -> escaped.append('\\').append(character);
                case '\n' -> escaped.append("\\n");
                case '\r' -> { }
                default -> escaped.append(character);
            }
        }
        return escaped.toString();
    }

    /**
     * Undoes {@link #escape}: a backslash and {@code n} or {@code N} become a line feed, a
     * backslash before any other character vanishes, and one at the end of the text stays.
     */
    public static String unescape(String text) {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            if (character == '\\' && i + 1 < text.length()) {
                i++;
                char escaped = text.charAt(i);
                plain.append(escaped == 'n' || escaped == 'N' ? '\n' : escaped);
            } else {
                plain.append(character);
            }
        }
        return plain.toString();
    }

    /**
     * Splits a list at the commas that are not escaped and unescapes its items. The empty text is
     * the empty list; otherwise items may be empty, also the first and the last one.
     */
    public static List<String> splitList(String text) {
        List<String> items = new ArrayList<>();
        if (text.isEmpty()) {
            return items;
        }
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            if (character == '\\') {
                i++;
            } else if (character == ',') {
                items.add(unescape(text.substring(start, i)));
                start = i + 1;
            }
        }
        items.add(unescape(text.substring(start)));
        return items;
    }

    /** Escapes items and joins them with commas, the inverse of {@link #splitList}. */
    public static String joinList(List<String> items) {
        return items.stream().map(TextValues::escape).collect(Collectors.joining(","));
    }
}
