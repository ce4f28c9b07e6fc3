package net.router.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import net.router.http.Method;
import net.router.http.Request;
import net.router.http.Response;
import net.router.http.Status;
import org.junit.jupiter.api.Test;

class PipelineTest {

    private final List<String> log = new ArrayList<>();
    private final Handler last = request -> {
        log.add("handler");
        return Response.of(Status.OK);
    };

    private Middleware logging(String name) {
        return (request, next) -> {
            log.add(name);
            Response response = next.handle(request);
            log.add("/" + name);
            return response;
        };
    }

    @Test
    void firstAddedIsOutermost() {
        Pipeline pipeline = new Pipeline().use(logging("a")).use(logging("b"));
        pipeline.endingWith(last).handle(Request.of(Method.GET, "/"));
        assertEquals(List.of("a", "b", "handler", "/b", "/a"), log);
    }

    @Test
    void middlewareMayAnswerItself() {
        Pipeline pipeline = new Pipeline()
                .use((request, next) -> Response.of(Status.UNAVAILABLE)).use(logging("b"));
        Response response = pipeline.endingWith(last).handle(Request.of(Method.GET, "/"));
        assertEquals(Status.UNAVAILABLE, response.status());
        assertEquals(List.of(), log);
    }

    @Test
    void pathLimitsMiddleware() {
        Handler handler = new Pipeline().use("/admin", logging("a")).endingWith(last);
        handler.handle(Request.of(Method.GET, "/admin/users"));
        handler.handle(Request.of(Method.GET, "/administrator"));
        assertEquals(List.of("a", "handler", "/a", "handler"), log);
    }

    @Test
    void handlerKeepsItsStages() {
        Pipeline pipeline = new Pipeline();
        Handler handler = pipeline.endingWith(last);
        pipeline.use(logging("late"));
        handler.handle(Request.of(Method.GET, "/"));
        assertEquals(List.of("handler"), log);
    }
}
