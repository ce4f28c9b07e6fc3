package org.calc.syntax;

import java.util.List;

/** One line of input. */
public sealed interface Statement {

    /** An expression whose value is wanted. */
    record Evaluate(Expr expression) implements Statement {}

    /** {@code name = value}. */
    record Assign(String name, Expr value) implements Statement {}

    /** {@code name(parameters) = body}. */
    record Define(String name, List<String> parameters, Expr body) implements Statement {
        public Define {
            parameters = List.copyOf(parameters);
        }
    }
}
