package dev.textkit.diff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.textkit.text.Lines;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class DiffTest {
    private static List<String> lines(String letters) {
        return letters.chars().mapToObj(c -> String.valueOf((char) c)).toList();
    }

    private static String diff(String before, String after) {
        return LineDiff.edits(lines(before), lines(after)).stream()
                .map(Edit::toString)
                .collect(Collectors.joining());
    }

    private static Patch patch(String before, String after, int context) {
        return Patch.between(lines(before), lines(after), context);
    }

    @Test
    void equalTextsAreKept() {
        assertEquals(" a b", diff("ab", "ab"));
        assertEquals("", diff("", ""));
        assertTrue(patch("abc", "abc", 3).hunks().isEmpty());
    }

    @Test
    void deletionsStandInFrontOfInsertions() {
        assertEquals(" a-b-c+x+y d", diff("abcd", "axyd"));
    }

    @Test
    void keepsAsManyLinesAsPossible() {
        assertEquals("+x a-b c+y d", diff("abcd", "xacyd"));
    }

    @Test
    void findsChangesAmongRepeatedLines() {
        assertEquals(" a a+a", diff("aa", "aaa"));
        assertEquals(" a b+a+b", diff("ab", "abab"));
        assertEquals(" a-a", diff("aa", "a"));
    }

    @Test
    void emptySidesAreAllChange() {
        assertEquals("+a+b", diff("", "ab"));
        assertEquals("-a-b", diff("ab", ""));
    }

    @Test
    void hunkHasContext() {
        assertEquals(
                "@@ -3,5 +3,5 @@\n c\n d\n-e\n+X\n f\n g\n",
                patch("abcdefghi", "abcdXfghi", 2).format());
    }

    @Test
    void contextEndsWithTheText() {
        assertEquals("@@ -1,2 +1,3 @@\n+x\n a\n b\n", patch("ab", "xab", 3).format());
    }

    @Test
    void farChangesHaveHunksOfTheirOwn() {
        assertEquals(
                "@@ -1,2 +1 @@\n-a\n b\n@@ -4,2 +3,3 @@\n d\n+X\n e\n",
                patch("abcde", "bcdXe", 1).format());
    }

    @Test
    void changesWhoseContextTouchesShareAHunk() {
        assertEquals(1, patch("abcd", "XbcY", 1).hunks().size());
        assertEquals(2, patch("abcde", "XbcdY", 1).hunks().size());
    }

    @Test
    void changesWhoseContextOverlapsShareAHunk() {
        assertEquals(
                "@@ -1,5 +1,5 @@\n-a\n+X\n b\n c\n d\n-e\n+Y\n", patch("abcde", "XbcdY", 2).format());
    }

    @Test
    void withoutContextOnlyChangesAreListed() {
        assertEquals(
                "@@ -2 +1,0 @@\n-b\n@@ -3,0 +3 @@\n+X\n", patch("abcd", "acXd", 0).format());
    }

    @Test
    void startsOfEmptySidesAreTheLineInFront() {
        assertEquals("@@ -0,0 +1,2 @@\n+a\n+b\n", patch("", "ab", 3).format());
    }

    @Test
    void parsesWhatItFormats() {
        Patch patch = patch("abcdefghij", "aXcdefgYhj", 1);
        assertEquals(patch, Patch.parse(patch.format()));
        Patch insertion = patch("abc", "abXc", 0);
        assertEquals(insertion, Patch.parse(insertion.format()));
    }

    @Test
    void parsePassesOverFileNamesAndNotes() {
        String text = "--- a\n+++ b\n@@ -1 +1 @@ main\n-x\n\\ No newline\n+y\n";
        Hunk hunk = Patch.parse(text).hunks().get(0);
        assertEquals(List.of("x"), hunk.oldLines());
        assertEquals(List.of("y"), hunk.newLines());
    }

    @Test
    void parseTakesEmptyLinesAsKept() {
        Hunk hunk = Patch.parse("@@ -5,2 +5 @@\n\n-x\n").hunks().get(0);
        assertEquals(new Edit(Edit.Kind.KEEP, ""), hunk.edits().get(0));
        assertEquals(4, hunk.oldStart());
    }

    @Test
    void parseRefusesWrongCounts() {
        var failure = assertThrows(
                PatchException.class, () -> Patch.parse("x\n@@ -1,2 +1 @@\n-x\n+y\n"));
        assertEquals("line 2: the hunk has another number of lines", failure.getMessage());
    }

    @Test
    void parseRefusesOtherLines() {
        var failure =
                assertThrows(PatchException.class, () -> Patch.parse("@@ -1 +1 @@\n-x\n*y\n"));
        assertEquals("line 3: expected ' ', '-' or '+'", failure.getMessage());
    }

    @Test
    void trimmedDropsKeptLinesAtBothEnds() {
        Hunk hunk = patch("abcde", "abXde", 2).hunks().get(0).trimmed(1);
        assertEquals(lines("bcd"), hunk.oldLines());
        assertEquals(1, hunk.oldStart());
    }

    @Test
    void trimmedKeepsChanges() {
        Hunk hunk = patch("ab", "Xb", 1).hunks().get(0).trimmed(3);
        assertEquals(lines("a"), hunk.oldLines());
        assertEquals(0, hunk.oldStart());
    }

    @Test
    void reversedPatchLeadsBack() {
        List<String> before = lines("abcdefg");
        List<String> after = lines("aXdefgY");
        Patch back = Patch.between(before, after, 1).reversed();
        assertEquals(before, new Patcher(0).apply(back, after).lines());
    }

    @Test
    void appliesToTheTextItWasMadeFrom() {
        Patch patch = patch("abcdefghij", "Xbcdeghiij", 1);
        Patcher.Result result = new Patcher(0).apply(patch, lines("abcdefghij"));
        assertTrue(result.complete());
        assertEquals(lines("Xbcdeghiij"), result.lines());
    }

    @Test
    void findsHunksThatHaveMoved() {
        Patch patch = patch("abcd", "abXd", 1);
        assertEquals(lines("12abXd"), new Patcher(0).apply(patch, lines("12abcd")).lines());
        Patch late = patch("12abcd", "12abXd", 1);
        assertEquals(lines("abXd"), new Patcher(0).apply(late, lines("abcd")).lines());
    }

    @Test
    void laterHunksAreLookedForWhereEarlierOnesMovedTo() {
        Patch patch = patch("kh.abc.v-w", "kH.abc.v+w", 1);
        assertEquals(
                lines("123456kH.v-w.v+w"),
                new Patcher(0).apply(patch, lines("123456kh.v-w.v-w")).lines());
    }

    @Test
    void ofTwoPlacesEquallyNearTheLowerIsTaken() {
        Patch patch = patch("..a", "..X", 0);
        assertEquals(lines("aa.X"), new Patcher(0).apply(patch, lines("aa.a")).lines());
    }

    @Test
    void rejectsHunksThatAreNotFound() {
        Patch patch = patch("abcdefgh", "Xbcdefgh", 1);
        Patcher.Result result = new Patcher(0).apply(patch, lines("qbcdefgh"));
        assertEquals(lines("qbcdefgh"), result.lines());
        assertEquals(patch.hunks(), result.rejected());
    }

    @Test
    void otherHunksAreAppliedNextToRejectedOnes() {
        Patch patch = patch("abcdefgh", "XbcdefgY", 1);
        Patcher.Result result = new Patcher(0).apply(patch, lines("qbcdefgh"));
        assertEquals(lines("qbcdefgY"), result.lines());
        assertEquals(1, result.rejected().size());
    }

    @Test
    void fuzzDisregardsChangedContext() {
        Patch patch = patch("abcde", "abXde", 2);
        assertEquals(1, new Patcher(0).apply(patch, lines("1bcd2")).rejected().size());
        assertEquals(lines("1bXd2"), new Patcher(1).apply(patch, lines("1bcd2")).lines());
    }

    @Test
    void fuzzKeepsTheChangedContext() {
        Patch patch = patch("abcde", "abXde", 1);
        assertEquals(lines("a1X2e"), new Patcher(1).apply(patch, lines("a1c2e")).lines());
    }

    private static String merge(String base, String ours, String theirs) {
        return String.join(
                "", ThreeWayMerge.merge(lines(base), lines(ours), lines(theirs)).lines());
    }

    @Test
    void mergeTakesChangesOfBothSides() {
        assertEquals("XbcdY", merge("abcde", "Xbcde", "abcdY"));
    }

    @Test
    void mergeTakesDeletionsAndInsertions() {
        assertEquals("acdXe", merge("abcde", "acde", "abcdXe"));
    }

    @Test
    void sameChangesAreTakenOnce() {
        assertEquals("aXc", merge("abc", "aXc", "aXc"));
    }

    @Test
    void differentChangesAreAConflict() {
        var result = ThreeWayMerge.merge(lines("abc"), lines("aXc"), lines("aYc"));
        assertEquals(1, result.conflicts());
        assertEquals(
                "a\n<<<<<<< ours\nX\n=======\nY\n>>>>>>> theirs\nc\n",
                Lines.join(result.lines()));
    }

    @Test
    void changesThatTouchAreAConflict() {
        assertEquals(1, ThreeWayMerge.merge(lines("abcd"), lines("aXcd"), lines("abYd")).conflicts());
    }

    @Test
    void insertionsAtTheSamePlaceAreAConflict() {
        assertEquals(1, ThreeWayMerge.merge(lines("ab"), lines("aXb"), lines("aYb")).conflicts());
    }

    @Test
    void largeChangeAroundASmallOneIsOneConflict() {
        var result = ThreeWayMerge.merge(lines("abcdefg"), lines("aXg"), lines("abcYefg"));
        assertEquals(
                "a\n<<<<<<< ours\nX\n=======\nb\nc\nY\ne\nf\n>>>>>>> theirs\ng\n",
                Lines.join(result.lines()));
    }
}
