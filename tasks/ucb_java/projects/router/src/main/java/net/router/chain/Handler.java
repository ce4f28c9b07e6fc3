package net.router.chain;

import net.router.http.Request;
import net.router.http.Response;

/** Answers requests. */
@FunctionalInterface
public interface Handler {

    Response handle(Request request);
}
