package net.router.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ResponseTest {

    private static String written(Response response, boolean headOnly) {
        return new String(response.toBytes(headOnly), StandardCharsets.UTF_8);
    }

    @Test
    void writesHeadAndBody() {
        assertEquals("HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n"
                + "Content-Length: 2\r\n\r\nhi", written(Response.text(Status.OK, "hi"), false));
    }

    @Test
    void lengthCountsBytes() {
        String text = written(Response.text(Status.OK, "\u20ac\u00e4"), false);
        assertTrue(text.contains("Content-Length: 5\r\n"));
    }

    @Test
    void headKeepsLengthWithoutBody() {
        String text = written(Response.text(Status.OK, "hello"), true);
        assertTrue(text.endsWith("Content-Length: 5\r\n\r\n"));
    }

    @Test
    void bodilessStatusHasNoLength() {
        Response response = Response.text(Status.NO_CONTENT, "x").with("Content-Length", "1");
        assertEquals("HTTP/1.1 204 No Content\r\n"
                + "Content-Type: text/plain; charset=utf-8\r\n\r\n", written(response, false));
    }

    @Test
    void withReplacesHeader() {
        Response response = Response.of(Status.OK).with("A", "1").with("a", "2");
        assertEquals(Optional.of("2"), response.headers().first("A"));
    }

    @Test
    void variantsOfOneResponseAreIndependent() {
        Response base = Response.text(Status.OK, "x");
        Response german = base.with("Content-Language", "de");
        Response plain = base.with("Cache-Control", "no-store");
        assertEquals("de", german.headers().first("Content-Language").orElseThrow());
        assertFalse(plain.headers().contains("Content-Language"));
    }

    @Test
    void requestFindsCapture() {
        Request request = Request.of(Method.GET, "/").withCaptures(Map.of("id", "7"));
        assertEquals("7", request.capture("id"));
        assertThrows(IllegalArgumentException.class, () -> request.capture("name"));
    }
}
