package dev.textkit.diff;

import java.util.ArrayList;
import java.util.List;

/** Merges two texts that were made from the same base. */
public final class ThreeWayMerge {
    private static final String OURS = "<<<<<<< ours";
    private static final String MIDDLE = "=======";
    private static final String THEIRS = ">>>>>>> theirs";

    private ThreeWayMerge() {}

    /**
     * A merged text.
     *
     * @param lines its lines, with markers around conflicts
     * @param conflicts the number of conflicts
     */
    public record Result(List<String> lines, int conflicts) {}

    /** Lines of the base, from one position to another, and what takes their place. */
    private record Region(int from, int to, List<String> lines) {}

    /**
     * Merges two texts. A change of one side only is taken over. Changes of both sides that overlap
     * or touch belong together: when both sides come to the same lines, these are taken once;
     * otherwise they are a conflict, written as {@code <<<<<<< ours}, our lines, {@code =======},
     * their lines and {@code >>>>>>> theirs}.
     *
     * @param base lines of the common base
     * @param ours lines of our text
     * @param theirs lines of their text
     * @return the merged text
     */
    public static Result merge(List<String> base, List<String> ours, List<String> theirs) {
        List<Region> our = regions(base, ours);
        List<Region> their = regions(base, theirs);
        List<String> merged = new ArrayList<>();
        int conflicts = 0;
        int done = 0;
        int i = 0;
        int j = 0;
        while (i < our.size() || j < their.size()) {
            int from = Math.min(startOf(our, i), startOf(their, j));
            int to = from;
            int firstOurs = i;
            int firstTheirs = j;
            while (startOf(our, i) <= to || startOf(their, j) <= to) {
                Region next = startOf(our, i) <= to ? our.get(i++) : their.get(j++);
                to = Math.max(to, next.to());
            }
            merged.addAll(base.subList(done, from));
            List<String> mine = applied(base, from, to, our.subList(firstOurs, i));
            List<String> other = applied(base, from, to, their.subList(firstTheirs, j));
            if (firstTheirs == j || mine.equals(other)) {
                merged.addAll(mine);
            } else if (firstOurs == i) {
                merged.addAll(other);
            } else {
                addConflict(mine, other, merged);
                conflicts++;
            }
            done = to;
        }
        merged.addAll(base.subList(done, base.size()));
        return new Result(merged, conflicts);
    }

    private static int startOf(List<Region> regions, int place) {
        return place < regions.size() ? regions.get(place).from() : Integer.MAX_VALUE;
    }

    private static List<Region> regions(List<String> base, List<String> changed) {
        return Hunk.cut(LineDiff.edits(base, changed), 0).stream()
                .map(hunk -> new Region(
                        hunk.oldStart(),
                        hunk.oldStart() + hunk.oldLines().size(),
                        hunk.newLines()))
                .toList();
    }

    private static List<String> applied(
            List<String> base, int from, int to, List<Region> regions) {
        List<String> lines = new ArrayList<>();
        int done = from;
        for (Region region : regions) {
            lines.addAll(base.subList(done, region.from()));
            lines.addAll(region.lines());
            done = region.to();
        }
        lines.addAll(base.subList(done, to));
        return lines;
    }

    private static void addConflict(
            List<String> mine, List<String> other, List<String> merged) {
        merged.add(OURS);
        merged.addAll(mine);
        merged.add(MIDDLE);
        merged.addAll(other);
        merged.add(THEIRS);
    }
}
