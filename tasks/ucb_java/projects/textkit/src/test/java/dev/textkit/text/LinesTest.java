package dev.textkit.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class LinesTest {
    @Test
    void splitsAtEveryKindOfLineEnd() {
        assertEquals(List.of("a", "b", "c", "d"), Lines.split("a\nb\r\nc\rd"));
        assertEquals(List.of("a", "", "", "b"), Lines.split("a\n\n\nb"));
    }

    @Test
    void lastLineEndStartsNoLine() {
        assertEquals(List.of("a"), Lines.split("a\n"));
        assertEquals(List.of("a"), Lines.split("a\r\n"));
        assertEquals(List.of(), Lines.split(""));
        assertEquals(List.of(""), Lines.split("\n"));
    }

    @Test
    void joinEndsEveryLine() {
        assertEquals("a\n\nb\n", Lines.join(List.of("a", "", "b")));
    }

    @Test
    void indentLeavesBlankLines() {
        assertEquals("  a\n\n  b\n", Lines.indent("a\n\nb\n", 2));
    }

    @Test
    void indentKeepsAnOpenEnd() {
        assertEquals(" a\n b", Lines.indent("a\r\nb", 1));
        assertEquals("", Lines.indent("", 4));
    }
}
