package net.router.route;

import net.router.chain.Handler;
import net.router.http.Method;

/** A handler for one method and all paths of a pattern. */
record Route(Method method, PathPattern pattern, Handler handler) {

    boolean serves(Method requested) {
        return method == requested;
    }
}
