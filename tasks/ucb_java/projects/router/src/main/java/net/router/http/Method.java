package net.router.http;

/** The request methods. */
public enum Method {
    GET,
    HEAD,
    POST,
    PUT,
    PATCH,
    DELETE,
    OPTIONS;

    /**
     * Returns the method with this name, whose case matters.
     *
     * @throws HttpException with status 501 if there is none
     */
    public static Method of(String name) {
        for (Method method : values()) {
            if (method.name().equals(name)) {
                return method;
            }
        }
        throw new HttpException(Status.NOT_IMPLEMENTED, "unknown method " + name);
    }
}
