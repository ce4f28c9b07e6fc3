package dev.tables.core;

import java.util.Objects;

/**
 * A named, typed column.
 *
 * @param name the name, not blank
 * @param type the type of its values
 */
public record Column(String name, Type type) {
    /** Checks the parts. */
    public Column {
        Objects.requireNonNull(type, "type");
        if (name.isBlank()) {
            throw new TableException("a column needs a name");
        }
    }

    /** Returns a column of the same type with another name. */
    public Column named(String other) {
        return new Column(other, type);
    }
}
