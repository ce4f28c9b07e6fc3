package net.router.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import net.router.http.HttpException;
import net.router.http.Method;
import net.router.http.Request;
import net.router.http.Response;
import net.router.http.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MiddlewareTest {

    private final Request get = Request.of(Method.GET, "/");
    private final Handler failing = request -> {
        throw new IllegalStateException("secret");
    };
    private final Handler tagged = request -> Response.text(Status.OK, "x").with("ETag", "\"v1\"");

    private Response conditional(Request request) {
        return new ConditionalGet().apply(request, tagged);
    }

    @Test
    void errorPageHasStatusMessageAndHeaders() {
        Response page = new ErrorPages().apply(get, request -> {
            HttpException failure = new HttpException(Status.NOT_FOUND, "no cat");
            failure.headers().add("X", "1").add("X", "2");
            throw failure;
        });
        assertEquals(Status.NOT_FOUND, page.status());
        assertEquals("no cat", new String(page.body(), StandardCharsets.UTF_8));
        assertEquals(2, page.headers().all("X").size());
    }

    @Test
    void errorPageHidesOtherMessages() {
        Response page = new ErrorPages().apply(get, failing);
        assertEquals("Internal Server Error", new String(page.body(), StandardCharsets.UTF_8));
    }

    @Test
    void limitRefusesRequestBeyondIt() {
        ConcurrencyLimit limit = new ConcurrencyLimit(1);
        HttpException refusal = assertThrows(HttpException.class,
                () -> limit.apply(get, outer -> limit.apply(outer, tagged)));
        assertEquals(Status.UNAVAILABLE, refusal.status());
        assertEquals(Optional.of("1"), refusal.headers().first("Retry-After"));
    }

    @Test
    void limitIsFreeAfterFailure() {
        ConcurrencyLimit limit = new ConcurrencyLimit(1);
        assertThrows(IllegalStateException.class, () -> limit.apply(get, failing));
        assertEquals(Status.OK, limit.apply(get, tagged).status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"v1\"", "W/\"v1\"", "*", "\"v0\", \"v1\"", "\"a,b\",W/\"v1\""})
    void knownTagIsNotModified(String known) {
        Response response = conditional(get.with("If-None-Match", known));
        assertEquals(Status.NOT_MODIFIED, response.status());
        assertEquals(0, response.body().length);
        assertEquals(Optional.of("\"v1\""), response.headers().first("ETag"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"v2\"", "v1", "\"V1\""})
    void otherTagIsSentInFull(String known) {
        assertEquals(Status.OK, conditional(get.with("If-None-Match", known)).status());
    }

    @Test
    void writingIsNeverNotModified() {
        Request post = Request.of(Method.POST, "/").with("If-None-Match", "*");
        assertEquals(Status.OK, conditional(post).status());
    }
}
