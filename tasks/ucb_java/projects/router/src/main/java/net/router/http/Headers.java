package net.router.http;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The header fields of a message in their order. The case of names does not matter, and a name
 * may occur more than once.
 */
public final class Headers {

    private record Field(String name, String value) {

        private boolean isNamed(String other) {
            return name.equalsIgnoreCase(other);
        }
    }

    private final List<Field> fields = new ArrayList<>();

    /**
     * Adds a field at the end, without the white space around its value, and returns this object.
     *
     * @throws IllegalArgumentException if the name is not a token, or the value has a line end
     */
    public Headers add(String name, String value) {
        fields.add(field(name, value));
        return this;
    }

    /**
     * Gives a name a single value and returns this object. The field takes the place of the first
     * one with this name and the others are removed; a new name is added at the end.
     *
     * @throws IllegalArgumentException as {@link #add}
     */
    public Headers set(String name, String value) {
        Field replacement = field(name, value);
        int place = fields.size();
        for (int i = fields.size() - 1; i >= 0; i--) {
            if (fields.get(i).isNamed(name)) {
                fields.remove(i);
                place = i;
            }
        }
        fields.add(place, replacement);
        return this;
    }

    /** Removes all fields with this name and tells whether there were any. */
    public boolean remove(String name) {
        return fields.removeIf(field -> field.isNamed(name));
    }

    /** Returns the value of the first field with this name. */
    public Optional<String> first(String name) {
        return fields.stream().filter(field -> field.isNamed(name)).map(Field::value).findFirst();
    }

    /** Returns the values of all fields with this name, in order. */
    public List<String> all(String name) {
        return fields.stream().filter(field -> field.isNamed(name)).map(Field::value).toList();
    }

    public boolean contains(String name) {
        return first(name).isPresent();
    }

    /** Returns the names in lower case, each once, in the order of their first fields. */
    public Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        fields.forEach(field -> names.add(field.name().toLowerCase(Locale.ROOT)));
        return names;
    }

    /**
     * Returns the elements of a list-valued name: the values of all its fields, split at commas.
     * A comma between double quotes does not split, and within quotes a backslash takes away the
     * meaning of the character after it. Elements keep their quotes and backslashes, but not the
     * white space around them; empty ones are left out.
     */
    public List<String> elements(String name) {
        List<String> elements = new ArrayList<>();
        for (String value : all(name)) {
            boolean quoted = false;
            int start = 0;
            for (int i = 0; i < value.length(); i++) {
                char c = value.charAt(i);
                if (quoted && c == '\\') {
                    i++;
                } else if (c == '"') {
                    quoted = !quoted;
                } else if (c == ',' && !quoted) {
                    elements.add(value.substring(start, i).strip());
                    start = i + 1;
                }
            }
            elements.add(value.substring(start).strip());
        }
        elements.removeIf(String::isEmpty);
        return elements;
    }

    /** Returns fields that are equal to these and change independently of them. */
    public Headers copy() {
        Headers copy = new Headers();
        copy.fields.addAll(fields);
        return copy;
    }

    /** Returns the fields as lines of the form {@code Name: value}, each with CR LF at its end. */
    public String toLines() {
        StringBuilder text = new StringBuilder();
        for (Field field : fields) {
            text.append(field.name()).append(": ").append(field.value()).append("\r\n");
        }
        return text.toString();
    }

    private static Field field(String name, String value) {
        if (!name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")) {
            throw new IllegalArgumentException("not a header name: " + name);
        }
        if (value.indexOf('\r') >= 0 || value.indexOf('\n') >= 0) {
            throw new IllegalArgumentException("line end in header " + name);
        }
        return new Field(name, value.strip());
    }
}
