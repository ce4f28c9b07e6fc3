package net.router.route;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import net.router.chain.Handler;
import net.router.http.HttpException;
import net.router.http.Method;
import net.router.http.Request;
import net.router.http.Response;
import net.router.http.Status;

/** All routes of an application; itself a handler that passes requests on. */
public final class RouteTable implements Handler {

    private final List<Route> routes = new ArrayList<>();

    /**
     * Adds a route and returns this table.
     *
     * @throws IllegalArgumentException if the pattern is malformed, or a route for the same
     *     method matches exactly the same paths
     */
    public RouteTable add(Method method, String pattern, Handler handler) {
        PathPattern parsed = PathPattern.of(pattern);
        for (Route route : routes) {
            if (route.serves(method) && route.pattern().isSameShape(parsed)) {
                throw new IllegalArgumentException(
                        method + " " + pattern + " is the same as " + route.pattern());
            }
        }
        routes.add(new Route(method, parsed, handler));
        routes.sort(Comparator.comparing(Route::pattern));
        return this;
    }

    /**
     * Passes a request, with its captures, to the most specific of the routes that match both its
     * path and its method. A HEAD request that has no route of its own goes to one for GET. An
     * OPTIONS request without a route is answered with status 204 and the allowed methods in the
     * header field Allow.
     *
     * @throws HttpException with status 404 if no route matches the path; with status 405 and the
     *     header field Allow if there are some, but for other methods
     */
    @Override
    public Response handle(Request request) {
        Optional<Response> response = dispatch(request, request.method());
        if (response.isEmpty() && request.method() == Method.HEAD) {
            response = dispatch(request, Method.GET);
        }
        return response.orElseGet(() -> refuse(request));
    }

    /**
     * Returns the methods that are allowed for a path, in the order of their declaration. HEAD is
     * among them if GET is, and OPTIONS if there is any.
     */
    public Set<Method> allowed(List<String> path) {
        Set<Method> methods = new TreeSet<>();
        for (Route route : routes) {
            if (route.pattern().match(path).isPresent()) {
                methods.add(route.method());
            }
        }
        if (methods.contains(Method.GET)) {
            methods.add(Method.HEAD);
        }
        if (!methods.isEmpty()) {
            methods.add(Method.OPTIONS);
        }
        return methods;
    }

    /** Calls the handler of the most specific route for a method, if there is one. */
    private Optional<Response> dispatch(Request request, Method method) {
        for (Route route : routes) {
            Optional<Map<String, String>> captures = route.pattern().match(request.segments());
            if (captures.isPresent() && route.serves(method)) {
                return Optional.of(route.handler().handle(request.withCaptures(captures.get())));
            }
        }
        return Optional.empty();
    }

    private Response refuse(Request request) {
        Set<Method> methods = allowed(request.segments());
        if (methods.isEmpty()) {
            throw new HttpException(Status.NOT_FOUND, "no route to " + request.path());
        }
        String allow = methods.stream().map(Method::name).collect(Collectors.joining(", "));
        if (request.method() == Method.OPTIONS) {
            return Response.of(Status.NO_CONTENT).with("Allow", allow);
        }
        HttpException refusal = new HttpException(
                Status.METHOD_NOT_ALLOWED, request.method() + " is not among " + allow);
        refusal.headers().set("Allow", allow);
        throw refusal;
    }
}
