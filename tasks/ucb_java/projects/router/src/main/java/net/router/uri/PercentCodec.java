package net.router.uri;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import net.router.http.HttpException;
import net.router.http.Status;

/** Percent-encoding of text as UTF-8. */
public final class PercentCodec {

    private static final String UNRESERVED = "-._~";

    private PercentCodec() {}

    /**
     * Decodes text: every percent sign with two hexadecimal digits stands for a byte, and the
     * bytes together are read as UTF-8. Other characters stand for themselves.
     *
     * @param plusIsSpace whether a plus sign stands for a space, as it does in queries
     * @throws HttpException with status 400 if two hexadecimal digits do not follow a percent
     *     sign
     */
    public static String decode(String text, boolean plusIsSpace) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i++) {
            int c = text.codePointAt(i);
            if (c == '%') {
                bytes.write(hexByte(text, i + 1));
                i += 2;
            } else if (c == '+' && plusIsSpace) {
                bytes.write(' ');
            } else {
                bytes.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
                i += Character.charCount(c) - 1;
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /**
     * Encodes text: letters and digits of ASCII and {@code -._~} stand for themselves, every byte
     * of the UTF-8 form of other characters becomes a percent sign and two upper-case digits.
     */
    public static String encode(String text) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xFF);
            boolean letterOrDigit = c < 128 && Character.isLetterOrDigit(c);
            if (letterOrDigit || UNRESERVED.indexOf(c) >= 0) {
                encoded.append(c);
            } else {
                encoded.append(String.format("%%%02X", (int) c));
            }
        }
        return encoded.toString();
    }

    private static int hexByte(String text, int start) {
        if (start + 2 <= text.length()) {
            int high = Character.digit(text.charAt(start), 16);
            int low = Character.digit(text.charAt(start + 1), 16);
            if (high >= 0 && low >= 0) {
                return 16 * high + low;
            }
        }
        throw new HttpException(Status.BAD_REQUEST, "bad percent sign in " + text);
    }
}
