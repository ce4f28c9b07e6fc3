package net.router.chain;

import java.util.ArrayList;
import java.util.List;
import net.router.http.Request;
import net.router.http.Response;
import net.router.uri.UriPath;

/** Middleware in the order in which requests pass it. */
public final class Pipeline {

    private final List<Middleware> stages = new ArrayList<>();

    /** Adds middleware after what is there and returns this pipeline. */
    public Pipeline use(Middleware middleware) {
        stages.add(middleware);
        return this;
    }

    /**
     * Adds middleware that only requests at a path or below it pass; for other requests the
     * pipeline goes on without it.
     */
    public Pipeline use(String path, Middleware middleware) {
        UriPath root = UriPath.parse(path);
        return use((request, next) -> request.path().isWithin(root)
                ? middleware.apply(request, next)
                : next.handle(request));
    }

    /**
     * Returns a handler that sends each request through all middleware, the first added being the
     * first to see the request and the last to see the response, and then to {@code last}.
     * Middleware that is added later does not change the handler.
     */
    public Handler endingWith(Handler last) {
        Handler handler = last;
        for (int i = stages.size() - 1; i >= 0; i--) {
            handler = link(stages.get(i), handler);
        }
        return handler;
    }

    private static Handler link(Middleware stage, Handler next) {
        return new Handler() {
            @Override
            public Response handle(Request request) {
                return stage.apply(request, next);
            }
        };
    }
}
