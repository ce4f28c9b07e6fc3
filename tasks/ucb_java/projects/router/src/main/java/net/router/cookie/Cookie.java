package net.router.cookie;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A cookie as a server sets it.
 *
 * @param name its name
 * @param value its value, without quotes
 * @param domain the domain for whose hosts it is, in lower case; empty for the host that set it
 * @param path the path at and below which it is sent
 * @param maxAge for how many seconds it is kept; empty until the end of the session
 * @param secure whether it is only sent over secure connections
 * @param httpOnly whether scripts cannot see it
 */
public record Cookie(
        String name,
        String value,
        String domain,
        String path,
        Optional<Long> maxAge,
        boolean secure,
        boolean httpOnly) {

    public Cookie {
        if (!name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")) {
            throw new IllegalArgumentException("not a cookie name: " + name);
        }
        if (!value.matches("[!#-+\\--:<-\\[\\]-~]*")) {
            throw new IllegalArgumentException("bad value of cookie " + name);
        }
    }

    /** Returns a cookie for all paths of the host that sets it, until the end of the session. */
    public static Cookie of(String name, String value) {
        return new Cookie(name, value, "", "/", Optional.empty(), false, false);
    }

    /**
     * Reads the value of the request header Cookie: pairs between semicolons. White space around
     * names and values is dropped, and so are double quotes around a value. Pairs without an
     * equals sign or without a name are ignored; of several with one name the first counts.
     *
     * @return the values by name, in order
     */
    public static Map<String, String> parsePairs(String header) {
        Map<String, String> cookies = new LinkedHashMap<>();
        for (String pair : header.split(";")) {
            int equals = pair.indexOf('=');
            if (equals < 0) {
                continue;
            }
            String name = pair.substring(0, equals).strip();
            if (!name.isEmpty()) {
                cookies.putIfAbsent(name, unquoted(pair.substring(equals + 1).strip()));
            }
        }
        return cookies;
    }

    /**
     * Reads the value of the response header Set-Cookie: a pair and then attributes, all between
     * semicolons. The case of attribute names does not matter; unknown attributes are ignored, and
     * so are a path that does not begin with a slash and an age that is not a whole number. A dot
     * at the start of a domain is dropped. Of repeated attributes the last counts.
     *
     * @throws IllegalArgumentException if the pair has no equals sign, or name or value is bad
     */
    public static Cookie parseSetCookie(String header) {
        String[] parts = header.split(";");
        int equals = parts[0].indexOf('=');
        if (equals < 0) {
            throw new IllegalArgumentException("cookie without value: " + header);
        }
        Map<String, String> attributes = new LinkedHashMap<>();
        for (int i = 1; i < parts.length; i++) {
            String[] attribute = parts[i].strip().split("=", 2);
            String key = attribute[0].strip().toLowerCase(Locale.ROOT);
            attributes.put(key, attribute.length > 1 ? attribute[1].strip() : "");
        }
        String domain = attributes.getOrDefault("domain", "").toLowerCase(Locale.ROOT);
        String path = attributes.getOrDefault("path", "/");
        String age = attributes.getOrDefault("max-age", "");
        return new Cookie(
                parts[0].substring(0, equals).strip(),
                unquoted(parts[0].substring(equals + 1).strip()),
                domain.startsWith(".") ? domain.substring(1) : domain,
                path.startsWith("/") ? path : "/",
                age.matches("-?[0-9]{1,18}") ? Optional.of(Long.valueOf(age)) : Optional.empty(),
                attributes.containsKey("secure"),
                attributes.containsKey("httponly"));
    }

    /** Returns the value of the response header Set-Cookie that sets this cookie. */
    public String toSetCookie() {
        StringBuilder text = new StringBuilder(name + "=" + value);
        if (!domain.isEmpty()) {
            text.append("; Domain=").append(domain);
        }
        text.append("; Path=").append(path);
        maxAge.ifPresent(seconds -> text.append("; Max-Age=").append(seconds));
        text.append(secure ? "; Secure" : "").append(httpOnly ? "; HttpOnly" : "");
        return text.toString();
    }

    private static String unquoted(String text) {
        boolean quoted = text.length() > 1 && text.startsWith("\"") && text.endsWith("\"");
        return quoted ? text.substring(1, text.length() - 1) : text;
    }
}
