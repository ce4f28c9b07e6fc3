package dev.tables.core;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/**
 * The values of some columns of a row, usable as a key of a map. Two keys are equal when they have
 * the same number of values and the values at each place are the same by {@link Values#same}.
 */
public final class Key {
    private final List<Object> values;

    private Key(List<Object> values) {
        this.values = Collections.unmodifiableList(values);
    }

    /**
     * Takes the key of a row.
     *
     * @param row the row
     * @param columns names of the columns, in the order of the key's values
     * @return the key
     * @throws TableException when the row has no such column
     */
    public static Key of(Row row, List<String> columns) {
        List<Object> values = new ArrayList<>(columns.size());
        for (String column : columns) {
            values.add(row.get(column));
        }
        return new Key(values);
    }

    /** Returns the values, in order; some may be {@code null}. */
    public List<Object> values() {
        return values;
    }

    /** Tells whether at least one value of the key is missing. */
    public boolean hasNull() {
        return values.stream().anyMatch(Objects::isNull);
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof Key key) || key.values.size() != values.size()) {
            return false;
        }
        for (int i = 0; i < values.size(); i++) {
            if (!Values.same(values.get(i), key.values.get(i))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        int result = 1;
        for (Object value : values) {
            result = 31 * result + Values.hash(value);
        }
        return result;
    }

    @Override
    public String toString() {
        return values.toString();
    }
}
