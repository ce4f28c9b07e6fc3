package net.router.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestParserTest {

    private static final String CHUNKED = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";

    private final RequestParser parser = new RequestParser(3, 20);

    private Request parse(String message) {
        return parser.parse(message.getBytes(StandardCharsets.UTF_8));
    }

    private String body(String message) {
        return new String(parse(message).body(), StandardCharsets.UTF_8);
    }

    private Status refusal(String message) {
        return assertThrows(HttpException.class, () -> parse(message)).status();
    }

    @Test
    void readsRequestLine() {
        Request request = parse("GET /a/b?x=1 HTTP/1.1\r\n\r\n");
        assertEquals(Method.GET, request.method());
        assertEquals(List.of("a", "b"), request.segments());
        assertEquals(Optional.of("1"), request.query().first("x"));
    }

    @Test
    void readsHeaders() {
        Request request = parse("GET / HTTP/1.0\nHost: x:80\nEmpty:\n\n");
        assertEquals(Optional.of("x:80"), request.headers().first("host"));
        assertEquals(Optional.of(""), request.headers().first("empty"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "GET /\r\n\r\n", "GET  / HTTP/1.1\r\n\r\n", "GET / HTTP/2.0\r\n\r\n", "", "GET / HTTP/1.1",
        "GET / HTTP/1.1\r\nno colon\r\n\r\n", "GET / HTTP/1.1\r\nA : 1\r\n\r\n",
        "GET / HTTP/1.1\r\nA: 1\r\n B\r\n\r\n", "GET a HTTP/1.1\r\n\r\n"})
    void refusesMalformedMessage(String message) {
        assertEquals(Status.BAD_REQUEST, refusal(message));
    }

    @Test
    void refusesMoreFields() {
        assertEquals(Status.HEADERS_TOO_LARGE,
                refusal("GET / HTTP/1.1\r\nA: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\n\r\n"));
    }

    @Test
    void readsBodyOfGivenLength() {
        assertEquals("abc", body("PUT / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcdef"));
    }

    @Test
    void refusesShortBody() {
        assertEquals(Status.BAD_REQUEST,
                refusal("PUT / HTTP/1.1\r\nContent-Length: 4\r\n\r\nabc"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"21", "99999999999"})
    void refusesLargeBody(String length) {
        assertEquals(Status.PAYLOAD_TOO_LARGE,
                refusal("PUT / HTTP/1.1\r\nContent-Length: " + length + "\r\n\r\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 2\r\nContent-Length: 3",
        "Content-Length: 2\r\nTransfer-Encoding: chunked", "Content-Length: -1"})
    void refusesContradictoryLengths(String fields) {
        assertEquals(Status.BAD_REQUEST, refusal("PUT / HTTP/1.1\r\n" + fields + "\r\n\r\nabc"));
    }

    @Test
    void joinsChunks() {
        assertEquals("hello world!", body(CHUNKED + "5\r\nhello\r\n7\r\n world!\r\n0\r\n\r\n"));
    }

    @Test
    void readsChunkSizeAsHexadecimal() {
        assertEquals("abcdefghijkl", body(CHUNKED + "C;x=y\r\nabcdefghijkl\r\n0\r\nT: 1\r\n\r\n"));
    }

    @Test
    void acceptsChunksUpToLimit() {
        String chunk = "a\r\n0123456789\r\n";
        assertEquals(20, body(CHUNKED + chunk + chunk + "0\r\n\r\n").length());
    }

    @Test
    void refusesChunksBeyondLimit() {
        assertEquals(Status.PAYLOAD_TOO_LARGE,
                refusal(CHUNKED + "a\r\n0123456789\r\nb\r\n0123456789x\r\n0\r\n\r\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"7fffffff", "7ffffff8", "ffffffffff"})
    void refusesHugeChunkAfterSmallOne(String size) {
        assertEquals(Status.PAYLOAD_TOO_LARGE,
                refusal(CHUNKED + "a\r\n0123456789\r\n" + size + "\r\nx"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"2\r\nabc\r\n0\r\n\r\n", "x\r\n\r\n", "1\r\na\r\n", "\r\n"})
    void refusesMalformedChunks(String chunks) {
        assertEquals(Status.BAD_REQUEST, refusal(CHUNKED + chunks));
    }
}
