package dev.tables.print;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The lines between and around the cells of a printed table. */
public enum Border {
    /** Two spaces between columns and a line of dashes under the header. */
    PLAIN("", "  ", "", "", "  ", "", false),
    /** A frame of {@code +}, {@code -} and {@code |} around everything. */
    GRID("| ", " | ", " |", "+-", "-+-", "-+", true),
    /** The table syntax of Markdown. */
    MARKDOWN("| ", " | ", " |", "| ", " | ", " |", false);

    private final String left;
    private final String between;
    private final String right;
    private final String ruleLeft;
    private final String ruleBetween;
    private final String ruleRight;
    private final boolean framed;

    Border(String left, String between, String right,
            String ruleLeft, String ruleBetween, String ruleRight, boolean framed) {
        this.left = left;
        this.between = between;
        this.right = right;
        this.ruleLeft = ruleLeft;
        this.ruleBetween = ruleBetween;
        this.ruleRight = ruleRight;
        this.framed = framed;
    }

    /** Tells whether there is a line above the header and below the last row. */
    public boolean framed() {
        return framed;
    }

    /** Returns a line of cells, without white space at its end. */
    public String line(List<String> cells) {
        return (left + String.join(between, cells) + right).stripTrailing();
    }

    /**
     * Returns the line under the header: dashes over the width of each column. In Markdown the last
     * dash of a column aligned right is a colon, and both the first and the last one of a centred
     * column are.
     *
     * @param widths the widths of the columns
     * @param alignments their alignments
     * @return the line
     */
    public String rule(List<Integer> widths, List<Alignment> alignments) {
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < widths.size(); i++) {
            StringBuilder dashes = new StringBuilder("-".repeat(widths.get(i)));
            if (this == MARKDOWN && alignments.get(i) != Alignment.LEFT) {
                dashes.setCharAt(dashes.length() - 1, ':');
                if (alignments.get(i) == Alignment.CENTER) {
                    dashes.setCharAt(0, ':');
                }
            }
            parts.add(dashes.toString());
        }
        return parts.stream().collect(Collectors.joining(ruleBetween, ruleLeft, ruleRight));
    }
}
