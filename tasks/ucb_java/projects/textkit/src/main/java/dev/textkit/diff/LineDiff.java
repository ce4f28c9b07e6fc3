package dev.textkit.diff;

import dev.textkit.diff.Edit.Kind;
import java.util.ArrayList;
import java.util.List;

/** Compares texts line by line. */
public final class LineDiff {
    private LineDiff() {}

    /**
     * Compares two texts. The result keeps as many lines as possible; where lines are replaced, the
     * old ones stand in front of the new ones. The lines it keeps or deletes are the old text, those
     * it keeps or inserts the new one.
     *
     * @param before lines of the old text
     * @param after lines of the new text
     * @return the edits, in the order of the texts
     */
    public static List<Edit> edits(List<String> before, List<String> after) {
        int shorter = Math.min(before.size(), after.size());
        int head = 0;
        while (head < shorter && before.get(head).equals(after.get(head))) {
            head++;
        }
        int tail = 0;
        while (tail < shorter - head && fromEnd(before, tail).equals(fromEnd(after, tail))) {
            tail++;
        }
        List<Edit> edits = new ArrayList<>();
        before.subList(0, head).forEach(line -> edits.add(new Edit(Kind.KEEP, line)));
        addMiddle(
                before.subList(head, before.size() - tail),
                after.subList(head, after.size() - tail),
                edits);
        before.subList(before.size() - tail, before.size())
                .forEach(line -> edits.add(new Edit(Kind.KEEP, line)));
        return edits;
    }

    private static String fromEnd(List<String> lines, int distance) {
        return lines.get(lines.size() - 1 - distance);
    }

    private static void addMiddle(List<String> before, List<String> after, List<Edit> edits) {
        int[][] common = commonLengths(before, after);
        int i = 0;
        int j = 0;
        while (i < before.size() || j < after.size()) {
            boolean both = i < before.size() && j < after.size();
            if (both && before.get(i).equals(after.get(j))) {
                edits.add(new Edit(Kind.KEEP, before.get(i)));
                i++;
                j++;
            } else if (j == after.size() || (both && common[i + 1][j] >= common[i][j + 1])) {
                edits.add(new Edit(Kind.DELETE, before.get(i++)));
            } else {
                edits.add(new Edit(Kind.INSERT, after.get(j++)));
            }
        }
    }

    /** Finds how many lines can be kept from line i of the old and line j of the new text on. */
    private static int[][] commonLengths(List<String> before, List<String> after) {
        int[][] common = new int[before.size() + 1][after.size() + 1];
        for (int i = before.size() - 1; i >= 0; i--) {
            for (int j = after.size() - 1; j >= 0; j--) {
                common[i][j] = before.get(i).equals(after.get(j))
                        ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        return common;
    }
}
