package net.router.route;

/**
 * One part of a path pattern.
 *
 * @param kind how it matches
 * @param text the name of a capture, or the text of a literal
 */
record Segment(Kind kind, String text) {

    /** The kinds of segments, from the most to the least specific. */
    enum Kind {
        LITERAL,
        NUMBER,
        ANY,
        REST
    }

    /**
     * Reads a segment: {@code {name}} captures any text, {@code {name:int}} only decimal digits,
     * {@code {name*}} the rest of the path; other text without braces is a literal.
     *
     * @throws IllegalArgumentException if braces are used in another way
     */
    static Segment parse(String text) {
        if (text.matches("[^{}]+")) {
            return new Segment(Kind.LITERAL, text);
        }
        if (!text.matches("\\{[A-Za-z][A-Za-z0-9]*(\\*|:int)?}")) {
            throw new IllegalArgumentException("bad segment: " + text);
        }
        String inner = text.substring(1, text.length() - 1);
        if (inner.endsWith("*")) {
            return new Segment(Kind.REST, inner.substring(0, inner.length() - 1));
        }
        if (inner.endsWith(":int")) {
            return new Segment(Kind.NUMBER, inner.substring(0, inner.length() - 4));
        }
        return new Segment(Kind.ANY, inner);
    }

    /** Tells whether it matches one segment of a path. */
    boolean accepts(String name) {
        return switch (kind) {
            case LITERAL -> text.equals(name);
            case NUMBER -> name.matches("[0-9]+");
            case ANY, REST -> true;
        };
    }
}
