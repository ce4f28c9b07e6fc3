package dev.textkit.diff;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Applies patches to texts that may have changed since the patch was made.
 *
 * @param fuzz how many of the kept lines at each end of a hunk may be disregarded at most
 */
public record Patcher(int fuzz) {
    /**
     * What came of applying a patch.
     *
     * @param lines the new text
     * @param rejected the hunks that could not be applied
     */
    public record Result(List<String> lines, List<Hunk> rejected) {
        /** Tells whether all hunks were applied. */
        public boolean complete() {
            return rejected.isEmpty();
        }
    }

    /**
     * Applies a patch. Each hunk is looked for at the place where it should be, given how far the
     * hunks before it moved the text, and then ever further away, at the same distance first below
     * and then above; never above the end of the hunk applied before. When it is nowhere to be found,
     * this is tried again with one more kept line disregarded at each end, up to the fuzz. A hunk
     * that is not found at all is rejected and changes nothing.
     *
     * @param patch the patch
     * @param text lines of the text, which does not change
     * @return the new text and the rejected hunks
     */
    public Result apply(Patch patch, List<String> text) {
        List<String> lines = new ArrayList<>(text);
        List<Hunk> rejected = new ArrayList<>();
        int shift = 0;
        int done = 0;
        for (Hunk whole : patch.hunks()) {
            boolean applied = false;
            for (int dropped = 0; dropped <= fuzz && !applied; dropped++) {
                Hunk hunk = whole.trimmed(dropped);
                OptionalInt place = find(lines, hunk.oldLines(), hunk.oldStart() + shift, done);
                if (place.isPresent()) {
                    int start = place.getAsInt();
                    List<String> old = lines.subList(start, start + hunk.oldLines().size());
                    old.clear();
                    lines.addAll(start, hunk.newLines());
                    done = start + hunk.newLines().size();
                    shift = done - (hunk.oldStart() + hunk.oldLines().size());
                    applied = true;
                }
            }
            if (!applied) {
                rejected.add(whole);
            }
        }
        return new Result(List.copyOf(lines), List.copyOf(rejected));
    }

    /**
     * Finds the place nearest to the wanted one where the lines stand, not before {@code least}; of
     * two places equally near the lower one in the text.
     */
    private static OptionalInt find(
            List<String> text, List<String> wanted, int place, int least) {
        int most = text.size() - wanted.size();
        int reach = Math.max(Math.abs(most - place), Math.abs(place - least));
        for (int distance = 0; distance <= reach; distance++) {
            for (int candidate : new int[] {place + distance, place - distance}) {
                if (candidate >= least && candidate <= most && standsAt(text, wanted, candidate)) {
                    return OptionalInt.of(candidate);
                }
            }
        }
        return OptionalInt.empty();
    }

    private static boolean standsAt(List<String> text, List<String> wanted, int place) {
        return text.subList(place, place + wanted.size()).equals(wanted);
    }
}
