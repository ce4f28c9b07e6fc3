package org.planner.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TextTest {

    @Test
    void specialCharactersAreEscaped() {
        assertEquals("a\\, b\\; c\\\\d\\ne", TextValues.escape("a, b; c\\d\r\ne"));
    }

    @Test
    void escapesAreUndone() {
        assertEquals("a, b; c\nd\ne", TextValues.unescape("a\\, b\\; c\\nd\\Ne"));
    }

    @Test
    void escapedBackslashBeforeNIsNotALineFeed() {
        assertEquals("C:\\new", TextValues.unescape("C:\\\\new"));
    }

    @Test
    void escapedTextIsReadBack() {
        String text = "one\\two\\\\n, three;\nfour\\";
        assertEquals(text, TextValues.unescape(TextValues.escape(text)));
    }

    @Test
    void backslashAtTheEndStays() {
        assertEquals("end\\", TextValues.unescape("end\\"));
    }

    @Test
    void listIsSplitAtPlainCommas() {
        assertEquals(List.of("a", "b,c", "d"), TextValues.splitList("a,b\\,c,d"));
    }

    @Test
    void escapedBackslashBeforeACommaEndsAnItem() {
        assertEquals(List.of("a\\", "b"), TextValues.splitList("a\\\\,b"));
    }

    @Test
    void listItemsMayBeEmpty() {
        assertEquals(List.of("", "a", ""), TextValues.splitList(",a,"));
        assertEquals(List.of(), TextValues.splitList(""));
    }

    @Test
    void joinedListIsReadBack() {
        List<String> items = List.of("x,y", "", "z;", "\\");
        assertEquals(items, TextValues.splitList(TextValues.joinList(items)));
    }

    @Test
    void longLinesAreFoldedToTheWidth() {
        List<String> pieces = LineFolding.fold("x".repeat(75 + 74 + 3));
        assertEquals(List.of("x".repeat(75), " " + "x".repeat(74), " xxx"), pieces);
    }

    @Test
    void lineOfExactlyTwoPiecesHasNoThird() {
        assertEquals(2, LineFolding.fold("x".repeat(75 + 74)).size());
    }

    @Test
    void surrogatePairsAreNotSeparated() {
        String smile = "\uD83D\uDE00";
        List<String> pieces = LineFolding.fold("x".repeat(74) + smile + "y");
        assertEquals(List.of("x".repeat(74), " " + smile + "y"), pieces);
    }

    @Test
    void foldedLinesAreUnfolded() {
        String line = "word ".repeat(50).strip();
        assertEquals(List.of(line),
                LineFolding.unfold(String.join("\r\n", LineFolding.fold(line))));
    }

    @Test
    void unfoldLeavesOutEmptyLines() {
        assertEquals(List.of("ab", "c"), LineFolding.unfold("\na\n\tb\n\nc\n"));
    }

    @Test
    void lineHasNameParametersAndValue() {
        ContentLine line = ContentLine.parse("DTSTART;VALUE=DATE;X=1:20240501");
        assertEquals("DTSTART", line.name());
        assertEquals(Map.of("VALUE", "DATE", "X", "1"), line.parameters());
        assertEquals("20240501", line.value());
    }

    @Test
    void valueMayHoldColonsAndBeEmpty() {
        assertEquals("a:b;c", ContentLine.parse("X:a:b;c").value());
        assertEquals("", ContentLine.parse("X:").value());
    }

    @Test
    void quotedParametersMayHoldColonsAndSemicolons() {
        ContentLine line = ContentLine.parse("ATTENDEE;CN=\"Lee; Ann: QA\";ROLE=CHAIR:mailto:a@b");
        assertEquals(Optional.of("Lee; Ann: QA"), line.parameter("CN"));
        assertEquals(Optional.of("CHAIR"), line.parameter("ROLE"));
        assertEquals("mailto:a@b", line.value());
    }

    @Test
    void namesAreCaseInsensitive() {
        ContentLine line = ContentLine.parse("dtstart;Value=Date:1");
        assertEquals("DTSTART", line.name());
        assertEquals(Optional.of("Date"), line.parameter("value"));
    }

    @Test
    void malformedLinesAreRejected() {
        assertThrows(FormatException.class, () -> ContentLine.parse("no colon"));
        assertThrows(FormatException.class, () -> ContentLine.parse(":value"));
        assertThrows(FormatException.class, () -> ContentLine.parse("X;FLAG:1"));
        assertThrows(FormatException.class, () -> ContentLine.parse("X;:1"));
    }

    @Test
    void parametersAreWrittenSortedAndQuoted() {
        ContentLine line = new ContentLine("x", Map.of("b", "1", "a", "p:q"), "v");
        assertEquals("X;A=\"p:q\";B=1:v", line.toString());
        assertEquals(line, ContentLine.parse(line.toString()));
    }
}
