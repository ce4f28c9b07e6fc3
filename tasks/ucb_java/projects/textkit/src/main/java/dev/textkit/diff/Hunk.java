package dev.textkit.diff;

import java.util.ArrayList;
import java.util.List;

/**
 * A stretch of edits and where it stands.
 *
 * @param oldStart number of lines in front of it in the old text
 * @param newStart number of lines in front of it in the new text
 * @param edits the edits, with kept lines around the changes
 */
public record Hunk(int oldStart, int newStart, List<Edit> edits) {
    /** Copies the edits. */
    public Hunk {
        edits = List.copyOf(edits);
    }

    /** Returns the lines of the hunk in the old text. */
    public List<String> oldLines() {
        return edits.stream().filter(Edit::inOld).map(Edit::line).toList();
    }

    /** Returns the lines of the hunk in the new text. */
    public List<String> newLines() {
        return edits.stream().filter(Edit::inNew).map(Edit::line).toList();
    }

    /** Returns the hunk that takes this one back. */
    public Hunk reversed() {
        return new Hunk(newStart, oldStart, edits.stream().map(Edit::reversed).toList());
    }

    /**
     * Returns the hunk without some of the kept lines at its ends: at each end as many as there are,
     * but at most the given number. The starts move behind the lines dropped at the front.
     *
     * @param lines how many lines to drop at each end
     * @return the shorter hunk
     */
    public Hunk trimmed(int lines) {
        int from = 0;
        while (from < Math.min(lines, edits.size()) && isKept(from)) {
            from++;
        }
        int to = edits.size();
        while (to > from && edits.size() - to < lines && isKept(to - 1)) {
            to--;
        }
        return new Hunk(oldStart + from, newStart + from, edits.subList(from, to));
    }

    private boolean isKept(int place) {
        return edits.get(place).kind() == Edit.Kind.KEEP;
    }

    /**
     * Cuts edits into hunks. Each change has as many kept lines around it as there are, but at most
     * the given number at each side; changes whose surroundings overlap or touch share a hunk.
     *
     * @param edits the edits of two whole texts
     * @param context the greatest number of kept lines at each side
     * @return the hunks, none when nothing was changed
     */
    public static List<Hunk> cut(List<Edit> edits, int context) {
        List<Hunk> hunks = new ArrayList<>();
        int oldLine = 0;
        int newLine = 0;
        int done = 0;
        int i = 0;
        while (i < edits.size()) {
            if (edits.get(i).kind() == Edit.Kind.KEEP) {
                i++;
                continue;
            }
            int from = Math.max(done, i - context);
            int to = i;
            for (; i < edits.size() && i <= to + 2 * context; i++) {
                if (edits.get(i).kind() != Edit.Kind.KEEP) {
                    to = i + 1;
                }
            }
            to = Math.min(edits.size(), to + context);
            for (Edit skipped : edits.subList(done, from)) {
                oldLine += skipped.inOld() ? 1 : 0;
                newLine += skipped.inNew() ? 1 : 0;
            }
            Hunk hunk = new Hunk(oldLine, newLine, edits.subList(from, to));
            hunks.add(hunk);
            oldLine += hunk.oldLines().size();
            newLine += hunk.newLines().size();
            done = to;
            i = Math.max(i, to);
        }
        return hunks;
    }
}
