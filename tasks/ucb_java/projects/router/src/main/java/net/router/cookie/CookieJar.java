package net.router.cookie;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The cookies that a client keeps, and the rules for sending them back. */
public final class CookieJar {

    private record Stored(Cookie cookie, String host, boolean hostOnly, Instant expires) {

        private boolean replaces(Stored other) {
            return cookie.name().equals(other.cookie.name())
                    && cookie.path().equals(other.cookie.path())
                    && host.equals(other.host);
        }
    }

    private final List<Stored> cookies = new ArrayList<>();

    /**
     * Stores a cookie that a host has set, in place of one with the same name, path and domain.
     * A cookie whose domain does not cover the host is ignored. One with an age of zero or less
     * is not stored, but removes the one it would replace.
     */
    public void store(Cookie cookie, String host, Instant now) {
        String setter = host.toLowerCase(Locale.ROOT);
        boolean hostOnly = cookie.domain().isEmpty();
        if (!hostOnly && !covers(cookie.domain(), setter)) {
            return;
        }
        Instant expires = cookie.maxAge().map(now::plusSeconds).orElse(Instant.MAX);
        Stored stored = new Stored(cookie, hostOnly ? setter : cookie.domain(), hostOnly, expires);
        cookies.removeIf(stored::replaces);
        if (expires.isAfter(now)) {
            cookies.add(stored);
        }
    }

    /**
     * Returns the value of the header Cookie for a request, empty if no cookie is to be sent.
     * Sent are the cookies that have not expired, whose domain covers the host (or whose host it
     * is, if they have no domain) and whose path covers the path; secure ones only over a secure
     * connection. Cookies with longer paths come first, otherwise they are in the order in which
     * they were stored.
     */
    public String header(String host, String path, boolean secure, Instant now) {
        String target = host.toLowerCase(Locale.ROOT);
        return cookies.stream()
                .filter(stored -> stored.expires().isAfter(now))
                .filter(stored -> stored.hostOnly()
                        ? stored.host().equals(target)
                        : covers(stored.host(), target))
                .filter(stored -> coversPath(stored.cookie().path(), path))
                .filter(stored -> secure || !stored.cookie().secure())
                .map(Stored::cookie)
                .sorted(Comparator.comparing((Cookie c) -> c.path().length()).reversed())
                .map(cookie -> cookie.name() + "=" + cookie.value())
                .collect(Collectors.joining("; "));
    }

    /** Removes all cookies that have expired and returns how many they were. */
    public int prune(Instant now) {
        int before = cookies.size();
        cookies.removeIf(stored -> !stored.expires().isAfter(now));
        return before - cookies.size();
    }

    /** Tells whether a host is a domain or one of its subdomains; both are in lower case. */
    static boolean covers(String domain, String host) {
        return host.equals(domain) || host.endsWith("." + domain);
    }

    /**
     * Tells whether a path is that of a cookie or lies below it: {@code /a} covers {@code /a},
     * {@code /a/} and {@code /a/b}, but not {@code /ab}.
     */
    static boolean coversPath(String cookiePath, String path) {
        if (!path.startsWith(cookiePath)) {
            return false;
        }
        return path.length() == cookiePath.length()
                || cookiePath.endsWith("/")
                || path.charAt(cookiePath.length()) == '/';
    }
}
