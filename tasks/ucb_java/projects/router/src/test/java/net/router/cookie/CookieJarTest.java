package net.router.cookie;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CookieJarTest {

    private static final Instant NOW = Instant.parse("2024-05-01T12:00:00Z");

    private final CookieJar jar = new CookieJar();

    private void store(String cookie, String host) {
        jar.store(Cookie.parseSetCookie(cookie), host, NOW);
    }

    private String header(String host, String path) {
        return jar.header(host, path, true, NOW);
    }

    @Test
    void sendsCookieBackToItsHost() {
        store("a=1", "Example.org");
        assertEquals("a=1", header("example.ORG", "/"));
    }

    @Test
    void hostCookieIsNotSentToSubdomain() {
        store("a=1", "example.org");
        assertEquals("", header("www.example.org", "/"));
    }

    @Test
    void domainCookieIsSentToSubdomains() {
        store("a=1; Domain=example.org", "www.example.org");
        assertEquals("a=1", header("example.org", "/"));
        assertEquals("a=1", header("api.example.org", "/"));
    }

    @Test
    void domainCookieIsNotSentToOtherDomain() {
        store("a=1; Domain=example.org", "example.org");
        assertEquals("", header("badexample.org", "/"));
    }

    @Test
    void ignoresCookieForForeignDomain() {
        store("a=1; Domain=other.org", "example.org");
        assertEquals("", header("other.org", "/"));
    }

    @ParameterizedTest
    @CsvSource({"/a, true", "/a/, true", "/a/b, true", "/ab, false", "/, false"})
    void pathLimitsCookie(String path, boolean sent) {
        store("x=1; Path=/a", "example.org");
        assertEquals(sent ? "x=1" : "", header("example.org", path));
    }

    @Test
    void longerPathsComeFirst() {
        store("a=1; Path=/", "example.org");
        store("b=2; Path=/x/y", "example.org");
        store("c=3; Path=/x", "example.org");
        assertEquals("b=2; c=3; a=1", header("example.org", "/x/y"));
    }

    @Test
    void sameCookieIsReplaced() {
        store("a=1", "example.org");
        store("a=2", "example.org");
        assertEquals("a=2", header("example.org", "/"));
    }

    @Test
    void ageOfZeroRemovesCookie() {
        store("a=1", "example.org");
        store("a=; Max-Age=0", "example.org");
        assertEquals("", header("example.org", "/"));
    }

    @Test
    void secureCookieNeedsSecureConnection() {
        store("a=1; Secure", "example.org");
        assertEquals("", jar.header("example.org", "/", false, NOW));
    }

    @Test
    void cookieExpiresAtItsAge() {
        store("a=1; Max-Age=60", "example.org");
        assertEquals("a=1", jar.header("example.org", "/", true, NOW.plusSeconds(59)));
        assertEquals("", jar.header("example.org", "/", true, NOW.plusSeconds(60)));
    }

    @Test
    void prunesExpiredCookies() {
        store("a=1; Max-Age=60", "example.org");
        store("b=1", "example.org");
        assertEquals(1, jar.prune(NOW.plusSeconds(60)));
    }
}
