package net.router.range;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import net.router.http.HttpException;
import net.router.http.Method;
import net.router.http.Request;
import net.router.http.Response;
import net.router.http.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RangesTest {

    private static ByteRange range(long first, long last) {
        return new ByteRange(first, last);
    }

    private static Response get(String header) {
        Request request = Request.of(Method.GET, "/").with("Range", header);
        return new PartialContent().apply(request, r -> Response.text(Status.OK, "0123456789"));
    }

    private static String body(Response response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource({"0-0, 0, 0", "2-5, 2, 5", "90-, 90, 99", "-10, 90, 99", " 0-99 , 0, 99"})
    void readsSingleRange(String part, long first, long last) {
        assertEquals(List.of(range(first, last)), RangeHeader.parse("bytes=" + part, 100));
    }

    @Test
    void cutsLastOffsetToContent() {
        assertEquals(List.of(range(50, 99)), RangeHeader.parse("bytes=50-100", 100));
    }

    @Test
    void cutsCountToContent() {
        assertEquals(List.of(range(0, 99)), RangeHeader.parse("bytes=-101", 100));
    }

    @Test
    void leavesOutPartsBehindContent() {
        assertEquals(List.of(range(0, 1)), RangeHeader.parse("bytes=100-200,0-1,-0", 100));
    }

    @ParameterizedTest
    @ValueSource(strings = {"items=0-1", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-4", "bytes=1",
        "bytes=0-1,,2-3"})
    void ignoresMalformedHeader(String value) {
        assertEquals(List.of(), RangeHeader.parse(value, 100));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=100-", "bytes=-0", "bytes=100-100,500-"})
    void refusesHeaderBehindContent(String value) {
        HttpException refusal =
                assertThrows(HttpException.class, () -> RangeHeader.parse(value, 100));
        assertEquals(Status.RANGE_NOT_SATISFIABLE, refusal.status());
        assertEquals(Optional.of("bytes */100"), refusal.headers().first("Content-Range"));
    }

    @Test
    void joinsOverlappingAndTouchingRanges() {
        assertEquals(List.of(range(0, 9), range(11, 12)),
                ByteRange.joined(List.of(range(11, 12), range(5, 9), range(0, 2), range(3, 6))));
    }

    @Test
    void joinedRangeKeepsTheFarthestEnd() {
        assertEquals(List.of(range(0, 50)), ByteRange.joined(List.of(range(0, 50), range(10, 20))));
    }

    @Test
    void sendsPart() {
        Response response = get("bytes=2-4");
        assertEquals(Status.PARTIAL_CONTENT, response.status());
        assertEquals("234", body(response));
        assertEquals(Optional.of("bytes 2-4/10"), response.headers().first("Content-Range"));
    }

    @Test
    void sendsWholeForSeparateParts() {
        Response response = get("bytes=0-1,5-6");
        assertEquals(Status.OK, response.status());
        assertEquals(Optional.of("bytes"), response.headers().first("Accept-Ranges"));
    }

    @Test
    void ignoresRangeOfOtherMethod() {
        Request post = Request.of(Method.POST, "/").with("Range", "bytes=0-1");
        Response response = new PartialContent().apply(post, r -> Response.text(Status.OK, "abc"));
        assertEquals("abc", body(response));
        assertFalse(response.headers().contains("Accept-Ranges"));
    }
}
