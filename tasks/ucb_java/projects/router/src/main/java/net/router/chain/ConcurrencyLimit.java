package net.router.chain;

import java.util.concurrent.atomic.AtomicInteger;
import net.router.http.HttpException;
import net.router.http.Request;
import net.router.http.Response;
import net.router.http.Status;

/** Lets only a limited number of requests through at the same time. */
public final class ConcurrencyLimit implements Middleware {

    private final int limit;
    private final AtomicInteger active = new AtomicInteger();

    public ConcurrencyLimit(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit below one: " + limit);
        }
        this.limit = limit;
    }

    /** Returns how many requests are being handled now. */
    public int active() {
        return active.get();
    }

    /**
     * Passes a request on if fewer than the limit are being handled. A request is being handled
     * until its handler returns or throws.
     *
     * @throws HttpException with status 503 and the header field Retry-After if the limit is
     *     reached
     */
    @Override
    public Response apply(Request request, Handler next) {
        if (active.incrementAndGet() > limit) {
            active.decrementAndGet();
            HttpException refusal = new HttpException(Status.UNAVAILABLE, "too many requests");
            refusal.headers().set("Retry-After", "1");
            throw refusal;
        }
        try {
            return next.handle(request);
        } finally {
            active.decrementAndGet();
        }
    }
}
