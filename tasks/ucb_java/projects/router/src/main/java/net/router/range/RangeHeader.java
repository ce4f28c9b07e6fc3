package net.router.range;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.router.http.HttpException;
import net.router.http.Status;

/** Reads the request header Range. */
public final class RangeHeader {

    private static final Pattern PART = Pattern.compile("([0-9]{0,18})-([0-9]{0,18})");

    private RangeHeader() {}

    /**
     * Reads the ranges of a content with {@code total} bytes: {@code bytes=} and, between commas,
     * parts of the forms {@code first-last}, {@code first-} for everything from an offset on, and
     * {@code -count} for the last bytes. A last offset or a count that is too large is cut to the
     * content. Parts that begin behind the content, and counts of zero, are left out.
     *
     * @return the ranges in their order; none if the value is malformed, in another unit, or has
     *     a part whose last offset is below its first: such a header is to be ignored
     * @throws HttpException with status 416 and the header field Content-Range if all parts are
     *     left out
     */
    public static List<ByteRange> parse(String value, long total) {
        if (!value.startsWith("bytes=")) {
            return List.of();
        }
        List<ByteRange> ranges = new ArrayList<>();
        for (String text : value.substring("bytes=".length()).split(",", -1)) {
            Matcher part = PART.matcher(text.strip());
            if (!part.matches() || text.strip().equals("-") || isReversed(part)) {
                return List.of();
            }
            resolve(part.group(1), part.group(2), total).ifPresent(ranges::add);
        }
        if (ranges.isEmpty()) {
            HttpException refusal = new HttpException(Status.RANGE_NOT_SATISFIABLE, value);
            refusal.headers().set("Content-Range", "bytes */" + total);
            throw refusal;
        }
        return ranges;
    }

    private static boolean isReversed(Matcher part) {
        return !part.group(1).isEmpty() && !part.group(2).isEmpty()
                && Long.parseLong(part.group(2)) < Long.parseLong(part.group(1));
    }

    /** Returns the bytes of one part, of which one end may be missing, cut to the content. */
    private static Optional<ByteRange> resolve(String from, String to, long total) {
        long first;
        long last = total - 1;
        if (from.isEmpty()) {
            first = Math.max(0, total - Long.parseLong(to));
        } else {
            first = Long.parseLong(from);
            last = to.isEmpty() ? last : Math.min(last, Long.parseLong(to));
        }
        return first < total ? Optional.of(new ByteRange(first, last)) : Optional.empty();
    }
}
