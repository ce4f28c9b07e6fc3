package net.router.chain;

import net.router.http.Headers;
import net.router.http.HttpException;
import net.router.http.Request;
import net.router.http.Response;
import net.router.http.Status;

/** Turns exceptions into responses. */
public final class ErrorPages implements Middleware {

    /**
     * Answers a failure of the handlers after this one with plain text. For a
     * {@link HttpException} that is its message, with its status and, besides the content type,
     * its header fields; any other exception becomes status 500 without its message.
     */
    @Override
    public Response apply(Request request, Handler next) {
        try {
            return next.handle(request);
        } catch (HttpException e) {
            Response page = Response.text(e.status(), e.getMessage());
            Headers headers = e.headers();
            for (String name : headers.names()) {
                headers.all(name).forEach(value -> page.headers().add(name, value));
            }
            return page;
        } catch (RuntimeException e) {
            return Response.text(Status.SERVER_ERROR, Status.SERVER_ERROR.reason());
        }
    }
}
