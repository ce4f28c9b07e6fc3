package dev.textkit.template;

import dev.textkit.text.Suggestions;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The names that a place in a template knows, with those of the places around it. */
final class Scope {
    private final Map<String, Object> values;
    private final Scope outer;

    Scope(Map<String, ?> values, Scope outer) {
        this.values = new HashMap<>(values);
        this.outer = outer;
    }

    /**
     * Finds the value of a path. Its first name is looked up in this scope and then in those around
     * it; the nearest scope that has the name counts, also when its value is {@code null}. Each
     * further name takes a part of the value: of a map the value of that key; of a list the item at
     * that position, counted from 0, or from the end when negative; {@code size} is the size of a
     * list, of a text, or of a map without such a key. A part that does not exist is {@code null}.
     *
     * @param path names separated by points
     * @param line the line, for messages
     * @return the value
     * @throws TemplateException when the first name is unknown; it suggests names that are alike
     */
    Object resolve(String path, int line) {
        String[] names = path.split("\\.");
        Object value = lookUp(names[0], line);
        for (int i = 1; i < names.length && value != null; i++) {
            value = part(value, names[i]);
        }
        return value;
    }

    private Object lookUp(String name, int line) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            if (scope.values.containsKey(name)) {
                return scope.values.get(name);
            }
        }
        String hint = Suggestions.question(name, names()).map(q -> "; " + q).orElse("");
        throw new TemplateException(line, "unknown name '" + name + "'" + hint);
    }

    private Set<String> names() {
        Set<String> names = outer == null ? new TreeSet<>() : outer.names();
        names.addAll(values.keySet());
        return names;
    }

    private static Object part(Object value, String name) {
        if (value instanceof Map<?, ?> map && map.containsKey(name)) {
            return map.get(name);
        }
        if (name.equals("size")) {
            return size(value);
        }
        if (value instanceof List<?> list && name.matches("-?\\d{1,9}")) {
            int place = Integer.parseInt(name);
            int counted = place < 0 ? list.size() + place : place;
            return counted >= 0 && counted < list.size() ? list.get(counted) : null;
        }
        return null;
    }

    private static Object size(Object value) {
        if (value instanceof Collection<?> items) {
            return items.size();
        }
        if (value instanceof Map<?, ?> map) {
            return map.size();
        }
        return value instanceof CharSequence text ? text.length() : null;
    }
}
