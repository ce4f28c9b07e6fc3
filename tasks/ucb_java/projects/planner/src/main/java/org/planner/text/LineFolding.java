package org.planner.text;

import java.util.ArrayList;
import java.util.List;

/** The splitting of long lines into several, all but the first of which start with a blank. */
public final class LineFolding {

    /** The greatest length of a line, in characters. */
    public static final int WIDTH = 75;

    private LineFolding() {}

    /**
     * Splits a line into pieces of at most {@link #WIDTH} characters, all but the first of which
     * start with a blank that is not part of the line. Pieces are as long as possible, except that
     * a surrogate pair is never separated. The empty line is one empty piece.
     */
    public static List<String> fold(String line) {
        List<String> pieces = new ArrayList<>();
        int start = 0;
        do {
            int room = start == 0 ? WIDTH : WIDTH - 1;
            int end = Math.min(start + room, line.length());
            if (end < line.length() && Character.isHighSurrogate(line.charAt(end - 1))) {
                end--;
            }
            pieces.add((start == 0 ? "" : " ") + line.substring(start, end));
            start = end;
        } while (start < line.length());
        return pieces;
    }

    /**
     * Returns the lines of a text, which end with line feeds or carriage returns and line feeds,
     * with folded lines put together again: a line that starts with a blank or tab continues the
     * one before it, without that character. Empty lines are left out.
     *
     * @throws FormatException if the first line that is not empty continues nothing
     */
    public static List<String> unfold(String text) {
        List<String> lines = new ArrayList<>();
        for (String line : text.lines().toList()) {
            if (line.isEmpty()) {
                continue;
            }
            if (line.charAt(0) == ' ' || line.charAt(0) == '\t') {
                if (lines.isEmpty()) {
                    throw new FormatException("text starts with a continued line");
                }
                int last = lines.size() - 1;
                lines.set(last, lines.get(last) + line.substring(1));
            } else {
                lines.add(line);
            }
        }
        return lines;
    }
}
