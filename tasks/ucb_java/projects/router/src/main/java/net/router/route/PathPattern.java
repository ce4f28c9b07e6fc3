package net.router.route;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A pattern for paths, such as {@code /users/{id:int}/files/{file*}}.
 *
 * <p>Literal segments match themselves, {@code {name}} matches one segment, {@code {name:int}} one
 * segment of decimal digits, and {@code {name*}}, as the last segment, one or more segments.
 */
public final class PathPattern implements Comparable<PathPattern> {

    private final List<Segment> segments;
    private final String text;

    private PathPattern(List<Segment> segments, String text) {
        this.segments = segments;
        this.text = text;
    }

    /**
     * Reads a pattern. The pattern {@code /} matches the root; slashes at the end do not matter.
     *
     * @throws IllegalArgumentException if it does not begin with a slash, has an empty or bad
     *     segment, two captures of one name, or a rest that is not last
     */
    public static PathPattern of(String text) {
        if (!text.startsWith("/")) {
            throw new IllegalArgumentException("pattern is not absolute: " + text);
        }
        List<Segment> segments = new ArrayList<>();
        Set<String> names = new HashSet<>();
        String[] parts = text.equals("/") ? new String[0] : text.substring(1).split("/");
        for (int i = 0; i < parts.length; i++) {
            Segment segment = Segment.parse(parts[i]);
            if (segment.kind() != Segment.Kind.LITERAL && !names.add(segment.text())) {
                throw new IllegalArgumentException("two captures of one name: " + text);
            }
            if (segment.kind() == Segment.Kind.REST && i < parts.length - 1) {
                throw new IllegalArgumentException("rest is not last: " + text);
            }
            segments.add(segment);
        }
        return new PathPattern(List.copyOf(segments), text);
    }

    /**
     * Matches the decoded segments of a path.
     *
     * @return the captures in the order of the pattern, those of a rest joined with slashes;
     *     empty if the path does not match
     */
    public Optional<Map<String, String>> match(List<String> path) {
        if (path.size() < segments.size() || path.size() > segments.size() && !hasRest()) {
            return Optional.empty();
        }
        Map<String, String> captures = new LinkedHashMap<>();
        for (int i = 0; i < segments.size(); i++) {
            Segment segment = segments.get(i);
            if (!segment.accepts(path.get(i))) {
                return Optional.empty();
            }
            switch (segment.kind()) {
                case LITERAL -> { }
                case NUMBER, ANY -> captures.put(segment.text(), path.get(i));
                case REST -> captures.put(segment.text(),
                        String.join("/", path.subList(i, path.size())));
            }
        }
        return Optional.of(captures);
    }

    /**
     * Orders patterns from the most to the least specific. At the first segment of different
     * kinds a literal comes before a number, a number before any text and that before a rest. If
     * there is none, the longer pattern comes first. Texts and names do not matter.
     */
    @Override
    public int compareTo(PathPattern other) {
        int common = Math.min(segments.size(), other.segments.size());
        for (int i = 0; i < common; i++) {
            int order = segments.get(i).kind().compareTo(other.segments.get(i).kind());
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(other.segments.size(), segments.size());
    }

    /** Tells whether both patterns match exactly the same paths. */
    public boolean isSameShape(PathPattern other) {
        return shape().equals(other.shape());
    }

    private boolean hasRest() {
        return !segments.isEmpty()
                && segments.get(segments.size() - 1).kind() == Segment.Kind.REST;
    }

    private String shape() {
        return segments.stream()
                .map(s -> s.kind() + (s.kind() == Segment.Kind.LITERAL ? s.text() : ""))
                .collect(Collectors.joining("/"));
    }

    @Override
    public String toString() {
        return text;
    }
}
