package net.router.http;

/** A failure that the client is told about with a status. */
public final class HttpException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Status status;
    private final transient Headers headers = new Headers();

    public HttpException(Status status, String message) {
        super(message);
        this.status = status;
    }

    public Status status() {
        return status;
    }

    /** Returns the header fields for the response; they may be added to. */
    public Headers headers() {
        return headers;
    }
}
