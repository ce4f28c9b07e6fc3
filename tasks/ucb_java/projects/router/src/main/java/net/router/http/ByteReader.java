package net.router.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads lines and blocks from the bytes of a message. */
final class ByteReader {

    private final byte[] bytes;
    private int position;

    ByteReader(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Reads a line, which ends with CR LF or LF, and returns it without its end.
     *
     * @throws HttpException with status 400 if the bytes end before the line does
     */
    String line() {
        int end = position;
        while (end < bytes.length && bytes[end] != '\n') {
            end++;
        }
        if (end == bytes.length) {
            throw new HttpException(Status.BAD_REQUEST, "message ends within a line");
        }
        int start = position;
        position = end + 1;
        if (end > start && bytes[end - 1] == '\r') {
            end--;
        }
        return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
    }

    /**
     * Reads a number of bytes.
     *
     * @throws HttpException with status 400 if there are fewer
     */
    byte[] block(int length) {
        if (length > bytes.length - position) {
            throw new HttpException(Status.BAD_REQUEST, "message ends within its body");
        }
        position += length;
        return Arrays.copyOfRange(bytes, position - length, position);
    }
}
