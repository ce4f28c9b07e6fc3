package dev.tables.print;

import dev.tables.core.Type;

/** Where the text of a cell stands in its column. */
public enum Alignment {
    /** At the left edge. */
    LEFT,
    /** At the right edge. */
    RIGHT,
    /** In the middle. */
    CENTER;

    /** Returns how values of a type are aligned: numbers right, truth values centred, others left. */
    public static Alignment of(Type type) {
        return switch (type) {
            case INTEGER, DECIMAL -> RIGHT;
            case BOOLEAN -> CENTER;
            case TEXT, DATE -> LEFT;
        };
    }

    /**
     * Fills a text with spaces up to a width. When it is centred and the number of spaces is odd,
     * the right side gets one more. A text that is as long as the width or longer stays as it is.
     *
     * @param text the text
     * @param width the number of characters to reach
     * @return the filled text
     */
    public String pad(String text, int width) {
        int spaces = Math.max(0, width - text.length());
        int before = switch (this) {
            case LEFT -> 0;
            case RIGHT -> spaces;
            case CENTER -> spaces / 2;
        };
        return " ".repeat(before) + text + " ".repeat(spaces - before);
    }
}
