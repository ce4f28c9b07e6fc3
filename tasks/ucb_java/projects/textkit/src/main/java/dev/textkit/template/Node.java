package dev.textkit.template;

import java.util.List;

/** A part of a parsed template. */
sealed interface Node {
    /** Text that is copied. */
    record Text(String text) implements Node {}

    /** A value that is escaped and written. */
    record Output(Expression value, int line) implements Node {}

    /** Parts for one of two cases. */
    record If(Expression condition, List<Node> then, List<Node> otherwise, int line)
            implements Node {}

    /** Parts that are repeated for every item of a list, or others when there is none. */
    record For(String name, Expression items, List<Node> body, List<Node> otherwise, int line)
            implements Node {}

    /** Another template. */
    record Include(String template, int line) implements Node {}
}
