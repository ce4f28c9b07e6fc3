package dev.textkit.text;

import java.util.ArrayList;
import java.util.List;

/** Splits text into lines and puts lines together. */
public final class Lines {
    private Lines() {}

    /**
     * Splits a text into its lines, without their ends. Lines end with LF, CR LF or CR. A line end
     * at the end of the text does not start another line, so the empty text has no lines and {@code
     * "\n"} has one, which is empty.
     *
     * @param text the text
     * @return its lines
     */
    public static List<String> split(String text) {
        List<String> lines = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n' || c == '\r') {
                lines.add(text.substring(start, i));
                if (c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n') {
                    i++;
                }
                start = i + 1;
            }
        }
        if (start < text.length()) {
            lines.add(text.substring(start));
        }
        return lines;
    }

    /** Puts lines together; each of them ends with LF. */
    public static String join(List<String> lines) {
        StringBuilder text = new StringBuilder();
        lines.forEach(line -> text.append(line).append('\n'));
        return text.toString();
    }

    /**
     * Puts spaces in front of every line that is not blank. Lines end with LF in the result; the
     * last one does only when it did in the text.
     *
     * @param text the text
     * @param spaces how many spaces
     * @return the indented text
     */
    public static String indent(String text, int spaces) {
        StringBuilder result = new StringBuilder();
        for (String line : split(text)) {
            if (!line.isBlank()) {
                result.append(" ".repeat(spaces));
            }
            result.append(line).append('\n');
        }
        if (!text.endsWith("\n") && !text.endsWith("\r") && !result.isEmpty()) {
            result.setLength(result.length() - 1);
        }
        return result.toString();
    }
}
