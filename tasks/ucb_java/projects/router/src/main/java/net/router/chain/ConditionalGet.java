package net.router.chain;

import java.util.List;
import java.util.Optional;
import net.router.http.Headers;
import net.router.http.Method;
import net.router.http.Request;
import net.router.http.Response;
import net.router.http.Status;

/** Spares clients a body that they have already. */
public final class ConditionalGet implements Middleware {

    /**
     * Answers a GET or HEAD request with status 304, the header fields of the full response and
     * no content, if that response has status 200 and an entity tag that the client named in
     * If-None-Match. Any other response is passed on unchanged.
     */
    @Override
    public Response apply(Request request, Handler next) {
        Response response = next.handle(request);
        boolean reads = request.method() == Method.GET || request.method() == Method.HEAD;
        Optional<String> tag = response.headers().first("ETag");
        if (!reads || response.status() != Status.OK || tag.isEmpty()) {
            return response;
        }
        if (!matches(request.headers(), tag.get())) {
            return response;
        }
        return new Response(Status.NOT_MODIFIED, response.headers(), new byte[0]);
    }

    /**
     * Tells whether If-None-Match names a tag, in any of its elements, or is a star. The mark
     * {@code W/} of weak tags does not matter on either side.
     */
    static boolean matches(Headers headers, String tag) {
        List<String> known = headers.elements("If-None-Match");
        for (String candidate : known) {
            if (candidate.equals("*") || strong(candidate).equals(strong(tag))) {
                return true;
            }
        }
        return false;
    }

    private static String strong(String tag) {
        return tag.startsWith("W/") ? tag.substring(2) : tag;
    }
}
