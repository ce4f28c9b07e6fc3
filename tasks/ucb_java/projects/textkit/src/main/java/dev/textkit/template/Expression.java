package dev.textkit.template;

import java.util.ArrayList;
import java.util.List;

/**
 * A value in a template: a start, perhaps negated, that goes through filters.
 *
 * @param negated whether {@code not} stands in front
 * @param operand a path, or a literal with its quotes
 * @param filters the filters, in the order in which they are applied
 */
record Expression(boolean negated, String operand, List<Call> filters) {
    /**
     * The use of a filter.
     *
     * @param name its name
     * @param argument its argument without quotes, or {@code null} when there is none
     */
    record Call(String name, String argument) {}

    /**
     * Reads an expression: {@code not} (optional), then a path such as {@code user.name} or a literal
     * in double quotes, then any number of filters, each behind {@code |}, with an argument behind
     * {@code :} (optional, with or without double quotes). Between double quotes {@code |} and {@code
     * :} have no meaning. White space around the parts does not count.
     *
     * @param source the expression
     * @param line its line, for messages
     * @return the expression
     * @throws TemplateException when a part is missing or a quote is not closed
     */
    static Expression parse(String source, int line) {
        List<String> parts = split(source, '|', line);
        String operand = parts.get(0);
        boolean negated = operand.startsWith("not ");
        if (negated) {
            operand = operand.substring(4).strip();
        }
        require(!operand.isEmpty(), "a value is missing", line);
        List<Call> filters = new ArrayList<>();
        for (String part : parts.subList(1, parts.size())) {
            List<String> call = split(part, ':', line);
            require(!call.get(0).isEmpty(), "the name of a filter is missing", line);
            require(call.size() <= 2, "a filter takes one argument", line);
            filters.add(new Call(call.get(0), call.size() < 2 ? null : unquoted(call.get(1))));
        }
        return new Expression(negated, operand, List.copyOf(filters));
    }

    /** Tells whether the operand is a literal. */
    boolean isLiteral() {
        return operand.startsWith("\"");
    }

    /** Returns the literal without its quotes. */
    String literal() {
        return unquoted(operand);
    }

    private static String unquoted(String text) {
        boolean quoted = text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"");
        return quoted ? text.substring(1, text.length() - 1) : text;
    }

    private static List<String> split(String source, char separator, int line) {
        List<String> parts = new ArrayList<>();
        boolean quoted = false;
        int start = 0;
        for (int i = 0; i < source.length(); i++) {
            char c = source.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == separator && !quoted) {
                parts.add(source.substring(start, i).strip());
                start = i + 1;
            }
        }
        require(!quoted, "a quote is not closed", line);
        parts.add(source.substring(start).strip());
        return parts;
    }

    private static void require(boolean condition, String fault, int line) {
        if (!condition) {
            throw new TemplateException(line, fault);
        }
    }
}
