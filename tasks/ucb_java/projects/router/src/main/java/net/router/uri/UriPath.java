package net.router.uri;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import net.router.http.HttpException;
import net.router.http.Status;

/**
 * A normalised absolute path.
 *
 * @param segments the decoded names between slashes; none for the root
 * @param directory whether the path ends with a slash; true for the root
 */
public record UriPath(List<String> segments, boolean directory) {

    public UriPath {
        segments = List.copyOf(segments);
    }

    /**
     * Reads a percent-encoded path. It is split at slashes and its segments are decoded after
     * that, so an encoded slash is part of a name. Empty segments are dropped. Of the decoded
     * segments {@code .} is dropped and {@code ..} also takes away the segment before it. The path
     * is a directory if its last segment is empty, {@code .} or {@code ..}.
     *
     * @throws HttpException with status 400 if it does not begin with a slash, has a bad percent
     *     sign, or leads above the root
     */
    public static UriPath parse(String text) {
        if (!text.startsWith("/")) {
            throw new HttpException(Status.BAD_REQUEST, "path is not absolute: " + text);
        }
        List<String> segments = new ArrayList<>();
        boolean directory = true;
        for (String part : text.substring(1).split("/", -1)) {
            String segment = PercentCodec.decode(part, false);
            directory = segment.isEmpty() || segment.equals(".") || segment.equals("..");
            if (!directory) {
                segments.add(segment);
            } else if (segment.equals("..")) {
                if (segments.isEmpty()) {
                    throw new HttpException(Status.BAD_REQUEST, "path above the root: " + text);
                }
                segments.remove(segments.size() - 1);
            }
        }
        return new UriPath(segments, directory);
    }

    /**
     * Tells whether this path is {@code ancestor} or lies below it. Whole segments are compared,
     * and a slash at the end of either does not matter.
     */
    public boolean isWithin(UriPath ancestor) {
        int depth = ancestor.segments.size();
        return segments.size() >= depth && segments.subList(0, depth).equals(ancestor.segments);
    }

    /** Returns the path in percent-encoded form. */
    @Override
    public String toString() {
        String joined = segments.stream()
                .map(PercentCodec::encode)
                .collect(Collectors.joining("/", "/", ""));
        return directory && !segments.isEmpty() ? joined + "/" : joined;
    }
}
