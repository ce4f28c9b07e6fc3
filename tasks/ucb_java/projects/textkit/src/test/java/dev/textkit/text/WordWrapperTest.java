package dev.textkit.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class WordWrapperTest {
    @Test
    void breaksBetweenWords() {
        assertEquals(
                List.of("the quick", "brown fox", "jumps"),
                new WordWrapper(10).wrap("the quick brown fox jumps"));
    }

    @Test
    void wordsMayFillALineExactly() {
        assertEquals(List.of("abc defg", "h"), new WordWrapper(8).wrap("abc defg h"));
    }

    @Test
    void wordThatIsOneTooLongGoesToTheNextLine() {
        assertEquals(List.of("abc", "defg"), new WordWrapper(7).wrap("abc defg"));
    }

    @Test
    void joinsLinesOfAParagraph() {
        assertEquals(List.of("a b c d"), new WordWrapper(20).wrap("a  b\n  c\td"));
    }

    @Test
    void keepsParagraphsApart() {
        assertEquals(
                List.of("one", "", "two"), new WordWrapper(20).wrap("\n\none\n\n \n\ntwo\n\n"));
    }

    @Test
    void indentsTheFirstLineOfEachParagraph() {
        assertEquals(
                List.of("  ab", "cd ef", "", "  gh"),
                new WordWrapper(5, 2, 0).wrap("ab cd ef\n\ngh"));
    }

    @Test
    void hangsTheOtherLines() {
        assertEquals(List.of("ab cd", "   ef", "   gh"), new WordWrapper(5, 0, 3).wrap("ab cd ef gh"));
    }

    @Test
    void cutsLongWords() {
        assertEquals(
                List.of("a", "12345", "67890", "12 b"),
                new WordWrapper(5).wrap("a 123456789012 b"));
    }

    @Test
    void piecesOfLongWordsAreIndented() {
        assertEquals(List.of("1234", "  56", "  7"), new WordWrapper(4, 0, 2).wrap("1234567"));
    }

    @Test
    void refusesWidthsWithoutRoom() {
        assertThrows(IllegalArgumentException.class, () -> new WordWrapper(0));
        assertThrows(IllegalArgumentException.class, () -> new WordWrapper(4, 0, 4));
    }

    @Test
    void justifySpreadsSpacesFromTheLeft() {
        assertEquals("a   b   c  d", new WordWrapper(12).justify("a b c d"));
        assertEquals("ab  cd", new WordWrapper(6).justify("ab cd"));
    }

    @Test
    void justifyLeavesSingleWordsAndFullLines() {
        assertEquals("abc", new WordWrapper(8).justify("abc"));
        assertEquals("ab cd", new WordWrapper(5).justify("ab cd"));
    }
}
