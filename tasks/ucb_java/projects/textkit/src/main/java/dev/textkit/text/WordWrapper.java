package dev.textkit.text;

import java.util.ArrayList;
import java.util.List;

/**
 * Breaks text into lines of limited width.
 *
 * @param width the greatest number of characters of a line, indent included
 * @param firstIndent spaces in front of the first line of a paragraph
 * @param indent spaces in front of its other lines
 */
public record WordWrapper(int width, int firstIndent, int indent) {
    /** Checks that every line has room for a character. */
    public WordWrapper {
        if (firstIndent < 0 || indent < 0 || width <= Math.max(firstIndent, indent)) {
            throw new IllegalArgumentException("no room for text in width " + width);
        }
    }

    /** Creates a wrapper without indents. */
    public WordWrapper(int width) {
        this(width, 0, 0);
    }

    /**
     * Wraps a text. Paragraphs are separated by one or more blank lines; between their results
     * stands one empty line. Blank lines at both ends of the text are dropped.
     *
     * @param text the text
     * @return the wrapped lines
     */
    public List<String> wrap(String text) {
        List<String> wrapped = new ArrayList<>();
        List<String> words = new ArrayList<>();
        for (String line : Lines.split(text)) {
            if (line.isBlank()) {
                flush(words, wrapped);
            } else {
                words.addAll(List.of(line.strip().split("\\s+")));
            }
        }
        flush(words, wrapped);
        return wrapped;
    }

    private void flush(List<String> words, List<String> wrapped) {
        if (words.isEmpty()) {
            return;
        }
        if (!wrapped.isEmpty()) {
            wrapped.add("");
        }
        wrapped.addAll(fill(words));
        words.clear();
    }

    /**
     * Sets the words of one paragraph, as many on each line as fit, with one space between them. A
     * word that is longer than a line without other words starts on a new line and is cut into
     * pieces that fill their lines; the words behind it follow its last piece on the same line.
     *
     * @param words the words, not empty and without white space
     * @return the lines
     */
    public List<String> fill(List<String> words) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder(" ".repeat(firstIndent));
        boolean fresh = true;
        for (String word : words) {
            if (!fresh && line.length() + 1 + word.length() > width) {
                lines.add(line.toString());
                line = new StringBuilder(" ".repeat(indent));
                fresh = true;
            }
            if (!fresh) {
                line.append(' ');
            }
            String rest = word;
            while (line.length() + rest.length() > width) {
                int room = width - line.length();
                lines.add(line + rest.substring(0, room));
                rest = rest.substring(room);
                line = new StringBuilder(" ".repeat(indent));
            }
            line.append(rest);
            fresh = false;
        }
        if (!fresh) {
            lines.add(line.toString());
        }
        return lines;
    }

    /**
     * Stretches a line to the width by widening the gaps between its words. The spaces are spread
     * evenly; when they do not come out even, gaps further left get one more. A line of one word, or
     * one that is not shorter than the width, is returned as it is.
     *
     * @param line words with one space between them, without an indent
     * @return the stretched line
     */
    public String justify(String line) {
        String[] words = line.split(" ");
        int gaps = words.length - 1;
        int missing = width - line.length();
        if (gaps == 0 || missing <= 0) {
            return line;
        }
        StringBuilder result = new StringBuilder(words[0]);
        for (int i = 0; i < gaps; i++) {
            int extra = missing / gaps + (i < missing % gaps ? 1 : 0);
            result.append(" ".repeat(1 + extra)).append(words[i + 1]);
        }
        return result.toString();
    }
}
