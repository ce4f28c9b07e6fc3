package dev.textkit.template;

/**
 * A piece of a template.
 *
 * @param kind what it is
 * @param text the text, or what stands between the marks of a tag, without white space around it
 * @param line number of the line on which it starts, counted from 1
 */
record Token(Kind kind, String text, int line) {
    /** The kinds of pieces. */
    enum Kind {
        /** Text that is copied. */
        TEXT,
        /** A value: <code>{{ … }}</code>. */
        OUTPUT,
        /** An instruction: <code>{% … %}</code>. */
        TAG
    }
}
