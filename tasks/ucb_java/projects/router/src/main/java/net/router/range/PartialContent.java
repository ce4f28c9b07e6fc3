package net.router.range;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import net.router.chain.Handler;
import net.router.chain.Middleware;
import net.router.http.Headers;
import net.router.http.HttpException;
import net.router.http.Method;
import net.router.http.Request;
import net.router.http.Response;
import net.router.http.Status;

/** Sends the part of a content that a client asks for. */
public final class PartialContent implements Middleware {

    /**
     * Cuts the content of a response with status 200 to a GET request to the range of the header
     * Range; the response then has status 206 and the header field Content-Range. If the header
     * is missing or is to be ignored, or its ranges cannot be joined into a single one, the
     * response keeps its content. Either way it tells by Accept-Ranges that ranges can be asked
     * for. Other responses are not changed.
     *
     * @throws HttpException with status 416 if no byte of the content is asked for
     */
    @Override
    public Response apply(Request request, Handler next) {
        Response response = next.handle(request);
        if (request.method() != Method.GET || response.status() != Status.OK) {
            return response;
        }
        Response whole = response.with("Accept-Ranges", "bytes");
        Optional<String> header = request.headers().first("Range");
        if (header.isEmpty()) {
            return whole;
        }
        int total = response.body().length;
        List<ByteRange> ranges = ByteRange.joined(RangeHeader.parse(header.get(), total));
        if (ranges.size() != 1) {
            return whole;
        }
        ByteRange range = ranges.get(0);
        byte[] part = Arrays.copyOfRange(
                response.body(), (int) range.first(), (int) range.last() + 1);
        Headers headers = whole.headers().copy();
        headers.set("Content-Range", range.toContentRange(total));
        return new Response(Status.PARTIAL_CONTENT, headers, part);
    }
}
