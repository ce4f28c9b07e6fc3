package net.router.http;

/** The response statuses that this library uses. */
public enum Status {
    OK(200, "OK"),
    NO_CONTENT(204, "No Content"),
    PARTIAL_CONTENT(206, "Partial Content"),
    NOT_MODIFIED(304, "Not Modified"),
    BAD_REQUEST(400, "Bad Request"),
    NOT_FOUND(404, "Not Found"),
    METHOD_NOT_ALLOWED(405, "Method Not Allowed"),
    NOT_ACCEPTABLE(406, "Not Acceptable"),
    PAYLOAD_TOO_LARGE(413, "Payload Too Large"),
    RANGE_NOT_SATISFIABLE(416, "Range Not Satisfiable"),
    HEADERS_TOO_LARGE(431, "Request Header Fields Too Large"),
    SERVER_ERROR(500, "Internal Server Error"),
    NOT_IMPLEMENTED(501, "Not Implemented"),
    UNAVAILABLE(503, "Service Unavailable");

    private final int code;
    private final String reason;

    Status(int code, String reason) {
        this.code = code;
        this.reason = reason;
    }

    public int code() {
        return code;
    }

    public String reason() {
        return reason;
    }

    /** Tells whether a response with this status has no body at all. */
    public boolean isBodiless() {
        return this == NO_CONTENT || this == NOT_MODIFIED;
    }
}
