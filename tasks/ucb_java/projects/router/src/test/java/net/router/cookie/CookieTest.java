package net.router.cookie;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CookieTest {

    @Test
    void readsPairs() {
        assertEquals(Map.of("a", "1", "b", "x=y"), Cookie.parsePairs("a=1; b = \"x=y\" "));
    }

    @Test
    void firstOfEqualNamesCounts() {
        assertEquals(Map.of("a", "1"), Cookie.parsePairs("a=1;a=2"));
    }

    @Test
    void ignoresPairsWithoutNameOrValue() {
        assertEquals(Map.of("c", ""), Cookie.parsePairs("a; =b; c=; "));
    }

    @Test
    void readsAttributes() {
        Cookie cookie = Cookie.parseSetCookie(
                "id=\"7\"; Domain=.Example.org; Path=/x; Max-Age=60; Secure; HttpOnly; New=1");
        assertEquals(
                new Cookie("id", "7", "example.org", "/x", Optional.of(60L), true, true), cookie);
    }

    @Test
    void caseOfAttributesDoesNotMatter() {
        Cookie cookie = Cookie.parseSetCookie("id=7; secure; HTTPONLY; path=/x; max-age=5");
        assertTrue(cookie.secure() && cookie.httpOnly());
        assertEquals("/x", cookie.path());
        assertEquals(Optional.of(5L), cookie.maxAge());
    }

    @Test
    void ignoresBadPathAndAge() {
        assertEquals(Cookie.of("a", "b"), Cookie.parseSetCookie("a=b; Path=x; Max-Age=1.5"));
    }

    @Test
    void lastOfRepeatedAttributesCounts() {
        assertEquals("/2", Cookie.parseSetCookie("a=b; Path=/1; PATH=/2").path());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "=b", "a b=c", "a=b c"})
    void refusesBadCookie(String header) {
        assertThrows(IllegalArgumentException.class, () -> Cookie.parseSetCookie(header));
    }

    @Test
    void writesWhatItReads() {
        String header = "id=7; Domain=example.org; Path=/x; Max-Age=0; Secure; HttpOnly";
        assertEquals(header, Cookie.parseSetCookie(header).toSetCookie());
    }
}
