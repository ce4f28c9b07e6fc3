package dev.textkit.template;

import dev.textkit.text.Suggestions;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** Writes the parts of a template with the values of a scope. */
final class Renderer {
    private static final int MAX_DEPTH = 32;

    private final Escaping escaping;
    private final BiFunction<String, Integer, List<Node>> templates;
    private final StringBuilder output = new StringBuilder();
    private int depth;

    /**
     * Creates a renderer.
     *
     * @param escaping how values are escaped
     * @param templates finds the parts of an included template from its name and the line of the
     *     tag that includes it
     */
    Renderer(Escaping escaping, BiFunction<String, Integer, List<Node>> templates) {
        this.escaping = escaping;
        this.templates = templates;
    }

    /** Returns what was written so far. */
    String output() {
        return output.toString();
    }

    /**
     * Writes some parts.
     *
     * @param nodes the parts
     * @param scope the names they know
     * @throws TemplateException when a name or filter is unknown, a loop goes over something other
     *     than a list or a map, or includes are nested more than 32 deep
     */
    void render(List<Node> nodes, Scope scope) {
        for (Node node : nodes) {
            if (node instanceof Node.Text text) {
                output.append(text.text());
            } else if (node instanceof Node.Output out) {
                write(evaluate(out.value(), scope, out.line()));
            } else if (node instanceof Node.If choice) {
                boolean holds = isTrue(evaluate(choice.condition(), scope, choice.line()));
                render(holds ? choice.then() : choice.otherwise(), scope);
            } else if (node instanceof Node.For loop) {
                renderLoop(loop, scope);
            } else if (node instanceof Node.Include include) {
                renderInclude(include, scope);
            }
        }
    }

    private void write(Object value) {
        if (value instanceof Filters.Raw raw) {
            output.append(raw.text());
        } else if (value != null) {
            output.append(escaping.apply(Filters.textOf(value)));
        }
    }

    /**
     * Repeats the body for every item, in a scope of its own that has the item under the name of the
     * loop, and {@code loop} with {@code index} (counted from 1), {@code first} and {@code last}. The
     * items of a map are its entries, with {@code key} and {@code value}. No items, or {@code null},
     * is the other case.
     */
    private void renderLoop(Node.For loop, Scope scope) {
        Collection<?> items = itemsOf(evaluate(loop.items(), scope, loop.line()), loop.line());
        if (items.isEmpty()) {
            render(loop.otherwise(), scope);
            return;
        }
        int index = 0;
        for (Object item : items) {
            index++;
            Map<String, Object> names = new HashMap<>();
            names.put(loop.name(), item);
            names.put("loop", Map.of(
                    "index", index, "first", index == 1, "last", index == items.size()));
            render(loop.body(), new Scope(names, scope));
        }
    }

    private static Collection<?> itemsOf(Object value, int line) {
        if (value == null) {
            return List.of();
        }
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(entry -> {
                        Map<String, Object> item = new HashMap<>();
                        item.put("key", entry.getKey());
                        item.put("value", entry.getValue());
                        return item;
                    })
                    .toList();
        }
        if (value instanceof Collection<?> items) {
            return items;
        }
        throw new TemplateException(line, "cannot loop over '" + value + "'");
    }

    private void renderInclude(Node.Include include, Scope scope) {
        if (depth >= MAX_DEPTH) {
            throw new TemplateException(include.line(), "includes are nested too deep");
        }
        depth++;
        render(templates.apply(include.template(), include.line()), new Scope(Map.of(), scope));
        depth--;
    }

    private static Object evaluate(Expression expression, Scope scope, int line) {
        Object value = expression.isLiteral()
                ? expression.literal()
                : scope.resolve(expression.operand(), line);
        for (Expression.Call call : expression.filters()) {
            if (!Filters.names().contains(call.name())) {
                String hint = Suggestions.question(call.name(), Filters.names())
                        .map(question -> "; " + question)
                        .orElse("");
                throw new TemplateException(line, "unknown filter '" + call.name() + "'" + hint);
            }
            value = Filters.apply(value, call, line);
        }
        return expression.negated() ? !isTrue(value) : value;
    }

    /**
     * Tells whether a value counts as true: all do but {@code null}, {@code false}, numbers equal to
     * 0, and texts, lists and maps that are empty.
     */
    static boolean isTrue(Object value) {
        if (value == null) {
            return false;
        }
        if (value instanceof Boolean truth) {
            return truth;
        }
        if (value instanceof Number number) {
            return number.doubleValue() != 0;
        }
        if (value instanceof Collection<?> items) {
            return !items.isEmpty();
        }
        return value instanceof Map<?, ?> map ? !map.isEmpty() : !value.toString().isEmpty();
    }
}
