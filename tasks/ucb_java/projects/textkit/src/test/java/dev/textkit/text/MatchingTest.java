package dev.textkit.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MatchingTest {
    private static boolean glob(String pattern, String path) {
        return Glob.of(pattern).matches(path);
    }

    @Test
    void starStaysWithinAFolder() {
        assertTrue(glob("src/*.java", "src/A.java"));
        assertFalse(glob("src/*.java", "src/a/B.java"));
    }

    @Test
    void twoStarsCrossFolders() {
        assertTrue(glob("src/**", "src/a/b.txt"));
        assertTrue(glob("**.txt", "src/a/b.txt"));
    }

    @Test
    void twoStarsWithASlashMayStandForNoFolder() {
        assertTrue(glob("src/**/A.java", "src/A.java"));
        assertTrue(glob("**/A.java", "A.java"));
        assertTrue(glob("**/A.java", "x/y/A.java"));
        assertFalse(glob("**/A.java", "xA.java"));
    }

    @Test
    void questionMarkIsOneCharacterButNoSlash() {
        assertTrue(glob("a?c", "abc"));
        assertFalse(glob("a?c", "a/c"));
        assertFalse(glob("a?c", "ac"));
    }

    @Test
    void bracketsListOrExcludeCharacters() {
        assertTrue(glob("v[0-9a]", "v7"));
        assertFalse(glob("v[0-9a]", "vb"));
        assertTrue(glob("v[!0-9]", "vb"));
        assertFalse(glob("v[!0-9]", "v3"));
        assertFalse(glob("v[!0-9]", "v/"));
    }

    @Test
    void bracesListPatterns() {
        Glob glob = Glob.of("*.{jpg,p{n,s}g}");
        assertEquals(
                List.of("a.jpg", "b.png", "c.psg"),
                glob.filter(List.of("a.jpg", "b.png", "c.psg", "d.pg", "e.jpg,png")));
    }

    @Test
    void backslashTakesTheMeaningAway() {
        assertTrue(glob("\\*.\\{x\\}", "*.{x}"));
        assertFalse(glob("\\*", "a"));
    }

    @Test
    void signsOfExpressionsArePlain() {
        assertTrue(glob("a+(b).$^|", "a+(b).$^|"));
        assertFalse(glob("a.c", "abc"));
        assertTrue(glob("a,b", "a,b"));
    }

    @Test
    void caseCountsUnlessDisregarded() {
        assertFalse(glob("*.TXT", "a.txt"));
        assertTrue(Glob.of("*.TXT", true).matches("a.txt"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[abc", "{a,b", "a}", "a\\"})
    void refusesOpenPatterns(String pattern) {
        assertThrows(IllegalArgumentException.class, () -> Glob.of(pattern));
    }

    @Test
    void laterPatternsHavePrecedence() {
        List<String> paths = List.of("a.log", "keep.log", "a.txt");
        assertEquals(List.of("a.log"), Glob.select(List.of("*.log", "!keep.*"), paths));
        assertEquals(
                List.of("a.log", "keep.log"),
                Glob.select(List.of("!keep.*", "*.log"), paths));
    }

    @Test
    void unmatchedPathsAreLeftOut() {
        assertEquals(List.of(), Glob.select(List.of("!a"), List.of("a", "b")));
    }

    @ParameterizedTest
    @CsvSource({"a*c,abbc", "*,x", "a*,a", "?b*,abc", "*ab*ab,abxabab", "a**,a"})
    void wildcardsMatch(String pattern, String text) {
        assertTrue(Wildcard.matches(pattern, text));
    }

    @ParameterizedTest
    @CsvSource({"a*c,abb", "?,ab", "a?,a", "*ab,abc", "a,A", "a.c,abc"})
    void wildcardsDoNotMatch(String pattern, String text) {
        assertFalse(Wildcard.matches(pattern, text));
    }

    @Test
    void onlyStarsMatchTheEmptyText() {
        assertTrue(Wildcard.matches("", ""));
        assertTrue(Wildcard.matches("**", ""));
        assertFalse(Wildcard.matches("?", ""));
    }

    @ParameterizedTest
    @CsvSource({"kitten,sitting,3", "abc,abc,0", "abc,'',3", "'',ab,2", "flaw,lawn,2"})
    void countsChanges(String from, String to, int distance) {
        assertEquals(distance, EditDistance.between(from, to));
    }

    @Test
    void exchangeOfNeighboursIsOneChange() {
        assertEquals(1, EditDistance.between("form", "from"));
        assertEquals(2, EditDistance.between("abcd", "badc"));
    }

    @Test
    void exchangedPartsAreNotChangedAgain() {
        assertEquals(3, EditDistance.between("ca", "abc"));
    }

    @Test
    void similarityRelatesToTheLongerWord() {
        assertEquals(0.75, EditDistance.similarity("abc", "abcd"));
        assertEquals(1, EditDistance.similarity("", ""));
    }

    @Test
    void suggestsCloserWordsFirst() {
        assertEquals(
                List.of("length", "lengths"),
                Suggestions.of("lenght", List.of("strength", "lengths", "width", "length"), 9));
    }

    @Test
    void suggestsTheClosestWithinTheLimit() {
        assertEquals(
                List.of("charset"),
                Suggestions.of("charst", List.of("chart", "charsets", "charset"), 1));
    }

    @Test
    void equallyCloseWordsAreInAlphabeticalOrder() {
        assertEquals(
                List.of("bat", "cat", "rat"), Suggestions.of("hat", List.of("rat", "cat", "bat"), 3));
    }

    @Test
    void suggestionsDisregardCase() {
        assertEquals(List.of("UserName"), Suggestions.of("username", List.of("UserName"), 3));
    }

    @Test
    void farWordsAreNotSuggested() {
        assertEquals(List.of(), Suggestions.of("abc", List.of("axx", "abcde"), 3));
    }

    @Test
    void questionNamesTheSuggestions() {
        assertEquals("did you mean 'cat'?", Suggestions.question("cta", List.of("cat")).get());
        assertEquals(
                "did you mean 'bat', 'cat' or 'rat'?",
                Suggestions.question("hat", List.of("rat", "cat", "bat", "sat")).get());
    }
}
