package dev.tables.core;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** One row of a table: a value, or {@code null}, for every column of a schema. Immutable. */
public final class Row {
    private final Schema schema;
    private final Object[] values;

    private Row(Schema schema, Object[] values) {
        this.schema = schema;
        this.values = values;
    }

    /**
     * Creates a row. Each value must be accepted by the type of its column, except that an {@link
     * Integer} stands for the {@link Long} of the same value, and a whole number given for a decimal
     * column for that decimal.
     *
     * @param schema the columns
     * @param values the values, in the order of the columns
     * @return the row, which does not share the list
     * @throws TableException when the number of values is wrong or a value does not fit its column
     */
    public static Row of(Schema schema, List<?> values) {
        if (values.size() != schema.size()) {
            throw new TableException(
                    "expected " + schema.size() + " values, got " + values.size());
        }
        Object[] checked = new Object[values.size()];
        for (int i = 0; i < checked.length; i++) {
            checked[i] = fitted(schema.columns().get(i), values.get(i));
        }
        return new Row(schema, checked);
    }

    private static Object fitted(Column column, Object value) {
        Object wide = value instanceof Integer small ? Long.valueOf(small) : value;
        if (column.type() == Type.DECIMAL && wide instanceof Long whole) {
            return BigDecimal.valueOf(whole);
        }
        if (!column.type().accepts(wide)) {
            throw new TableException(
                    "column '" + column.name() + "' is " + column.type() + ", got " + value);
        }
        return wide;
    }

    /** Returns the columns of the row. */
    public Schema schema() {
        return schema;
    }

    /** Returns the value at a place, counted from 0. */
    public Object get(int place) {
        return values[place];
    }

    /**
     * Returns the value of a column.
     *
     * @throws TableException when there is no such column
     */
    public Object get(String column) {
        return values[schema.indexOf(column)];
    }

    /** Returns the values, in the order of the columns; some may be {@code null}. */
    public List<Object> values() {
        return Collections.unmodifiableList(Arrays.asList(values));
    }

    /**
     * Takes some values of the row into a row of another schema. The values are found by the names
     * of that schema's columns; a column that this row lacks becomes {@code null}.
     *
     * @param target the schema of the result
     * @return the new row
     * @throws TableException when a value does not fit the type of its column in the target
     */
    public Row project(Schema target) {
        List<Object> taken = new ArrayList<>(target.size());
        for (Column column : target.columns()) {
            var place = schema.find(column.name());
            taken.add(place.isPresent() ? values[place.getAsInt()] : null);
        }
        return of(target, taken);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Row row
                && row.schema.equals(schema)
                && Key.of(this, schema.names()).equals(Key.of(row, schema.names()));
    }

    @Override
    public int hashCode() {
        return Key.of(this, schema.names()).hashCode();
    }

    @Override
    public String toString() {
        return Arrays.toString(values);
    }
}
