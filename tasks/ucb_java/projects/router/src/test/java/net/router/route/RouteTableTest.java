package net.router.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import net.router.chain.Handler;
import net.router.http.HttpException;
import net.router.http.Method;
import net.router.http.Request;
import net.router.http.Response;
import net.router.http.Status;
import org.junit.jupiter.api.Test;

class RouteTableTest {

    private final RouteTable table = new RouteTable()
            .add(Method.GET, "/users/{name}", named("user"))
            .add(Method.GET, "/users/{id:int}", named("number"))
            .add(Method.GET, "/users/me", named("me"))
            .add(Method.DELETE, "/users/{name}", named("delete"))
            .add(Method.GET, "/files/{path*}", named("file"));

    private static Handler named(String name) {
        return request -> Response.text(Status.OK, name + request.captures());
    }

    private String answer(Method method, String target) {
        Response response = table.handle(Request.of(method, target));
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    private HttpException refusal(Method method, String target) {
        return assertThrows(HttpException.class, () -> answer(method, target));
    }

    @Test
    void literalWins() {
        assertEquals("me{}", answer(Method.GET, "/users/me"));
    }

    @Test
    void passesDecodedCaptures() {
        assertEquals("user{name=J\u00f6rg B}", answer(Method.GET, "/users/J%C3%B6rg%20B"));
    }

    @Test
    void routeForMethodIsFoundBehindMoreSpecificOnes() {
        assertEquals("delete{name=me}", answer(Method.DELETE, "/users/me"));
    }

    @Test
    void headOfOwnRouteIsNotAnsweredByGet() {
        table.add(Method.HEAD, "/users/{name}", named("head"));
        assertEquals("head{name=me}", answer(Method.HEAD, "/users/me"));
    }

    @Test
    void headFallsBackToGet() {
        assertEquals("me{}", answer(Method.HEAD, "/users/me"));
    }

    @Test
    void unknownPathIsNotFound() {
        assertEquals(Status.NOT_FOUND, refusal(Method.GET, "/users").status());
    }

    @Test
    void otherMethodIsNotAllowed() {
        HttpException refusal = refusal(Method.POST, "/users/me");
        assertEquals(Status.METHOD_NOT_ALLOWED, refusal.status());
        assertEquals(Optional.of("GET, HEAD, DELETE, OPTIONS"), refusal.headers().first("Allow"));
    }

    @Test
    void answersOptions() {
        Response response = table.handle(Request.of(Method.OPTIONS, "/files/x"));
        assertEquals(Optional.of("GET, HEAD, OPTIONS"), response.headers().first("Allow"));
    }

    @Test
    void refusesSecondRouteOfSameShape() {
        assertThrows(IllegalArgumentException.class,
                () -> table.add(Method.GET, "/users/{other}", named("x")));
    }
}
