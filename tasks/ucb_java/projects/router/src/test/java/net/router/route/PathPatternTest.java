package net.router.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PathPatternTest {

    private static Optional<Map<String, String>> match(String pattern, String... path) {
        return PathPattern.of(pattern).match(List.of(path));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "/a//b", "/{", "/{}", "/{a}b", "/{1}", "/{a:hex}", "/{a*}/b",
        "/{a}/{a}"})
    void refusesBadPattern(String text) {
        assertThrows(IllegalArgumentException.class, () -> PathPattern.of(text));
    }

    @Test
    void rootMatchesOnlyRoot() {
        assertTrue(match("/").isPresent());
        assertTrue(match("/", "a").isEmpty());
    }

    @Test
    void capturesSegments() {
        assertEquals(
                Optional.of(Map.of("x", "1", "y", "2")), match("/{x}/and/{y}", "1", "and", "2"));
    }

    @Test
    void numberNeedsDigits() {
        assertEquals(Optional.of(Map.of("id", "007")), match("/{id:int}", "007"));
        assertTrue(match("/{id:int}", "7a").isEmpty());
    }

    @Test
    void pathMayNotBeLonger() {
        assertTrue(match("/a/{x}", "a", "b", "c").isEmpty());
    }

    @Test
    void pathMayNotBeShorter() {
        assertTrue(match("/a/{x}", "a").isEmpty());
    }

    @Test
    void restTakesAllThatFollows() {
        assertEquals(Optional.of(Map.of("f", "b/c/d")), match("/a/{f*}", "a", "b", "c", "d"));
    }

    @Test
    void restNeedsASegment() {
        assertTrue(match("/a/{f*}", "a").isEmpty());
    }

    @Test
    void ordersBySpecificity() {
        List<String> sorted = Stream
                .of("/{r*}", "/a/{r*}", "/{x}/b", "/a/{x}", "/a/{n:int}", "/a/b")
                .map(PathPattern::of).sorted().map(PathPattern::toString).toList();
        assertEquals(
                List.of("/a/b", "/a/{n:int}", "/a/{x}", "/a/{r*}", "/{x}/b", "/{r*}"), sorted);
    }

    @Test
    void longerPatternComesFirst() {
        assertTrue(PathPattern.of("/a/b").compareTo(PathPattern.of("/a")) < 0);
        assertTrue(PathPattern.of("/{x}").compareTo(PathPattern.of("/{y}/{z}")) > 0);
    }

    @Test
    void shapeIgnoresNamesOfCaptures() {
        assertTrue(PathPattern.of("/a/{x}").isSameShape(PathPattern.of("/a/{y}/")));
        assertFalse(PathPattern.of("/a/{x}").isSameShape(PathPattern.of("/a/{x:int}")));
    }
}
