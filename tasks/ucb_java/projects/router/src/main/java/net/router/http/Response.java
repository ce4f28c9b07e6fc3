package net.router.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * A response.
 *
 * @param status how it went
 * @param headers the header fields
 * @param body the content; empty if there is none
 */
public record Response(Status status, Headers headers, byte[] body) {

    public static Response of(Status status) {
        return new Response(status, new Headers(), new byte[0]);
    }

    /** Returns a response with text in UTF-8 and the content type for it. */
    public static Response text(Status status, String text) {
        Headers headers = new Headers().add("Content-Type", "text/plain; charset=utf-8");
        return new Response(status, headers, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns a response like this one in which a header has this single value. */
    public Response with(String name, String value) {
        Headers changed = headers.copy();
        changed.set(name, value);
        return new Response(status, changed, body);
    }

    /**
     * Returns the bytes of the message in version 1.1: status line, header fields, empty line and
     * content. The length of the content is added as a header field, in place of one that is
     * there, unless the status allows no body; then neither length nor content is sent.
     *
     * @param headOnly whether to leave out the content, but not its length
     */
    public byte[] toBytes(boolean headOnly) {
        Headers sent = headers.copy();
        if (status.isBodiless()) {
            sent.remove("Content-Length");
        } else {
            sent.set("Content-Length", Integer.toString(body.length));
        }
        String head = "HTTP/1.1 " + status.code() + " " + status.reason() + "\r\n"
                + sent.toLines() + "\r\n";
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(head.getBytes(StandardCharsets.ISO_8859_1));
        if (!headOnly && !status.isBodiless()) {
            bytes.writeBytes(body);
        }
        return bytes.toByteArray();
    }
}
