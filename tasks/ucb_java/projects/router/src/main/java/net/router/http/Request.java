package net.router.http;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.router.uri.QueryString;
import net.router.uri.UriPath;

/**
 * A request.
 *
 * @param method what is to be done
 * @param path the decoded path
 * @param query the decoded query
 * @param headers the header fields
 * @param body the content; empty if there is none
 * @param captures what a path pattern has captured from the path, by name
 */
public record Request(
        Method method,
        UriPath path,
        QueryString query,
        Headers headers,
        byte[] body,
        Map<String, String> captures) {

    /**
     * Returns a request without header fields and content.
     *
     * @param target path and, after a question mark, query, both percent-encoded
     * @throws HttpException with status 400 if the target is malformed
     */
    public static Request of(Method method, String target) {
        int mark = target.indexOf('?');
        String path = mark < 0 ? target : target.substring(0, mark);
        String query = mark < 0 ? "" : target.substring(mark + 1);
        return new Request(method, UriPath.parse(path), QueryString.parse(query),
                new Headers(), new byte[0], Map.of());
    }

    /** Returns this request with one more header field; this one is not changed. */
    public Request with(String name, String value) {
        return with(headers.copy().add(name, value), body);
    }

    public Request with(Headers newHeaders, byte[] newBody) {
        return new Request(method, path, query, newHeaders, newBody, captures);
    }

    public Request withCaptures(Map<String, String> newCaptures) {
        return new Request(method, path, query, headers, body, Map.copyOf(newCaptures));
    }

    /**
     * Returns a captured value.
     *
     * @throws IllegalArgumentException if the pattern has no such name
     */
    public String capture(String name) {
        return Optional.ofNullable(captures.get(name))
                .orElseThrow(() -> new IllegalArgumentException("no capture " + name));
    }

    public List<String> segments() {
        return path.segments();
    }
}
