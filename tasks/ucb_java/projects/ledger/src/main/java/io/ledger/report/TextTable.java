package io.ledger.report;

import java.util.ArrayList;
import java.util.List;

/** Lays out rows of text in columns of equal width. */
public final class TextTable {

    private final String alignment;
    private final List<List<String>> rows = new ArrayList<>();

    /**
     * Creates an empty table.
     *
     * @param alignment one character per column: {@code <} for left, {@code >} for right
     */
    public TextTable(String alignment) {
        if (!alignment.matches("[<>]+")) {
            throw new IllegalArgumentException("bad alignment: " + alignment);
        }
        this.alignment = alignment;
    }

    /**
     * Adds a row and returns this table. Cells that are missing at the end are empty.
     *
     * @throws IllegalArgumentException if there are more cells than columns
     */
    public TextTable row(String... cells) {
        if (cells.length > alignment.length()) {
            throw new IllegalArgumentException("too many cells: " + cells.length);
        }
        List<String> row = new ArrayList<>(List.of(cells));
        while (row.size() < alignment.length()) {
            row.add("");
        }
        rows.add(row);
        return this;
    }

    /**
     * Returns the rows as lines, each with a line feed at its end. Every column is as wide as its
     * longest cell, two spaces stand between columns, and no line ends with a space.
     */
    public String render() {
        int[] widths = new int[alignment.length()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(i == 0 ? "" : "  ").append(cell(row.get(i), i, widths[i]));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    private String cell(String content, int column, int width) {
        String padding = " ".repeat(width - content.length());
        return alignment.charAt(column) == '>' ? padding + content : content + padding;
    }
}
