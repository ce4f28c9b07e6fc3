package net.router.uri;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import net.router.http.HttpException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UriPathTest {

    @ParameterizedTest
    @CsvSource({"/, /", "/a/b, /a/b", "//a///b, /a/b", "/a/./b, /a/b", "/a/../b, /b",
        "/a/%2e%2E/b, /b", "/a%20b, /a%20b"})
    void normalisesPath(String text, String expected) {
        assertEquals(expected, UriPath.parse(text).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/a/", "/a/b/..", "/a/.", "/a//"})
    void endsAsDirectory(String text) {
        assertTrue(UriPath.parse(text).directory());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a", "/a/b", "/a/...", "//a"})
    void endsAsFile(String text) {
        assertFalse(UriPath.parse(text).directory());
    }

    @Test
    void encodedSlashIsPartOfName() {
        assertEquals(List.of("a/b", "c"), UriPath.parse("/a%2Fb/c").segments());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "/..", "/a/../../b", "/%"})
    void refusesBadPath(String text) {
        assertThrows(HttpException.class, () -> UriPath.parse(text));
    }

    @ParameterizedTest
    @CsvSource({"/a/b, /a, true", "/a, /a/, true", "/ab, /a, false", "/a, /a/b, false",
        "/x, /, true"})
    void comparesWholeSegments(String path, String ancestor, boolean expected) {
        assertEquals(expected, UriPath.parse(path).isWithin(UriPath.parse(ancestor)));
    }
}
