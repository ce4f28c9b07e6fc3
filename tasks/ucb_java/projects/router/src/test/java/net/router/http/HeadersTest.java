package net.router.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadersTest {

    private final Headers headers = new Headers();

    @Test
    void findsNameInAnyCase() {
        headers.add("Content-Type", " text/html ");
        assertEquals(Optional.of("text/html"), headers.first("content-TYPE"));
    }

    @Test
    void setReplacesAllAtFirstPlace() {
        headers.add("A", "1").add("B", "2").add("a", "3").set("A", "9");
        assertEquals("A: 9\r\nB: 2\r\n", headers.toLines());
    }

    @Test
    void removesAllWithName() {
        headers.add("A", "1").add("a", "2");
        headers.remove("A");
        assertFalse(headers.contains("a"));
    }

    @Test
    void namesAreInLowerCaseAndUnique() {
        headers.add("B", "1").add("A", "2").add("b", "3");
        assertEquals(Set.of("a", "b"), headers.names());
    }

    @Test
    void elementsComeFromAllFields() {
        headers.add("Accept", "a, b").add("accept", ",c,");
        assertEquals(List.of("a", "b", "c"), headers.elements("Accept"));
    }

    @Test
    void quotedCommaDoesNotSplit() {
        headers.add("X", "\"a,b\", c");
        assertEquals(List.of("\"a,b\"", "c"), headers.elements("X"));
    }

    @Test
    void escapedQuoteDoesNotEndQuotes() {
        headers.add("X", "\"5\\\" pipe, old\", new");
        assertEquals(List.of("\"5\\\" pipe, old\"", "new"), headers.elements("X"));
    }

    @Test
    void escapedBackslashDoesNotProtectQuote() {
        headers.add("X", "\"dir\\\\\", b, \"c\"");
        assertEquals(3, headers.elements("X").size());
    }

    @Test
    void copyIsIndependent() {
        headers.add("A", "1");
        headers.copy().add("B", "2");
        assertEquals(Set.of("a"), headers.names());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a:", "\u00e4"})
    void refusesBadName(String name) {
        assertThrows(IllegalArgumentException.class, () -> headers.add(name, "1"));
    }

    @Test
    void refusesLineEndInValue() {
        assertThrows(IllegalArgumentException.class, () -> headers.set("A", "1\r\nB: 2"));
    }
}
