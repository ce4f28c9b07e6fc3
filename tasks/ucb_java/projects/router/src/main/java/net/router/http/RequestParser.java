package net.router.http;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads requests of version 1.0 or 1.1. */
public final class RequestParser {

    private static final Pattern REQUEST_LINE = Pattern.compile("(\\S+) (\\S+) HTTP/1\\.[01]");

    private final int maxFields;
    private final int maxBody;

    /**
     * Creates a parser.
     *
     * @param maxFields how many header fields a request may have
     * @param maxBody how many bytes its body may have
     */
    public RequestParser(int maxFields, int maxBody) {
        this.maxFields = maxFields;
        this.maxBody = maxBody;
    }

    /**
     * Reads one request. Bytes after it are ignored.
     *
     * @throws HttpException with status 400 if it is malformed or incomplete, 501 for an unknown
     *     method or transfer coding, 431 for too many header fields, 413 for too large a body
     */
    public Request parse(byte[] message) {
        ByteReader reader = new ByteReader(message);
        Matcher line = REQUEST_LINE.matcher(reader.line());
        if (!line.matches()) {
            throw new HttpException(Status.BAD_REQUEST, "malformed request line");
        }
        Request request = Request.of(Method.of(line.group(1)), line.group(2));
        Headers headers = parseHeaders(reader);
        return request.with(headers, parseBody(reader, headers));
    }

    /**
     * Reads header fields up to and including the empty line after them. Between name and colon
     * no white space is allowed, and a field may not be continued on the next line.
     */
    private Headers parseHeaders(ByteReader reader) {
        Headers headers = new Headers();
        int count = 0;
        for (String line = reader.line(); !line.isEmpty(); line = reader.line()) {
            if (++count > maxFields) {
                throw new HttpException(Status.HEADERS_TOO_LARGE, "too many header fields");
            }
            int colon = line.indexOf(':');
            if (colon < 0) {
                throw new HttpException(Status.BAD_REQUEST, "header field without colon");
            }
            try {
                headers.add(line.substring(0, colon), line.substring(colon + 1));
            } catch (IllegalArgumentException e) {
                throw new HttpException(Status.BAD_REQUEST, e.getMessage());
            }
        }
        return headers;
    }

    /**
     * Reads the body: in chunks if there is a transfer coding, else as long as the header says,
     * else empty. A message with both a coding and a length is malformed, and so is one with
     * several lengths that are not the same.
     */
    private byte[] parseBody(ByteReader reader, Headers headers) {
        List<String> lengths = headers.elements("Content-Length").stream().distinct().toList();
        List<String> codings = headers.elements("Transfer-Encoding");
        if (lengths.size() > 1 || !lengths.isEmpty() && !codings.isEmpty()) {
            throw new HttpException(Status.BAD_REQUEST, "contradictory lengths of the body");
        }
        if (!codings.isEmpty()) {
            if (codings.size() > 1 || !codings.get(0).equalsIgnoreCase("chunked")) {
                throw new HttpException(Status.NOT_IMPLEMENTED, "coding " + codings);
            }
            return parseChunks(reader);
        }
        int length = lengths.isEmpty() ? 0 : parseSize(lengths.get(0), 10);
        if (length > maxBody) {
            throw new HttpException(Status.PAYLOAD_TOO_LARGE, "body of " + length + " bytes");
        }
        return reader.block(length);
    }

    /**
     * Reads a chunked body: chunks, each with its size in hexadecimal digits on a line before it
     * and a line end after it, until a chunk of size zero, then trailing fields, which are
     * dropped, until an empty line. After a size there may be a semicolon and extensions, which
     * are ignored. The body is too large if its chunks together exceed the limit; this is noticed
     * before a chunk is read.
     */
    private byte[] parseChunks(ByteReader reader) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        int size = chunkSize(reader.line());
        while (size > 0) {
            if (size > maxBody - body.size()) {
                throw new HttpException(Status.PAYLOAD_TOO_LARGE, "chunks exceed " + maxBody);
            }
            body.writeBytes(reader.block(size));
            if (!reader.line().isEmpty()) {
                throw new HttpException(Status.BAD_REQUEST, "chunk is longer than its size");
            }
            size = chunkSize(reader.line());
        }
        parseHeaders(reader);
        return body.toByteArray();
    }

    private static int chunkSize(String line) {
        int extension = line.indexOf(';');
        return parseSize(extension < 0 ? line : line.substring(0, extension).strip(), 16);
    }

    /** Reads a number of digits only; one that does not fit an {@code int} becomes the largest. */
    private static int parseSize(String digits, int radix) {
        if (!digits.matches(radix == 16 ? "[0-9A-Fa-f]+" : "[0-9]+")) {
            throw new HttpException(Status.BAD_REQUEST, "not a size: " + digits);
        }
        try {
            return Integer.parseInt(digits, radix);
        } catch (NumberFormatException e) {
            return Integer.MAX_VALUE;
        }
    }
}
