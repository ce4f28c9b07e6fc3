package net.router.chain;

import net.router.http.Request;
import net.router.http.Response;

/** Stands between a request and the handlers after it. */
@FunctionalInterface
public interface Middleware {

    /**
     * Answers a request, by calling {@code next} or without doing so.
     *
     * @param next what comes after this middleware
     */
    Response apply(Request request, Handler next);
}
