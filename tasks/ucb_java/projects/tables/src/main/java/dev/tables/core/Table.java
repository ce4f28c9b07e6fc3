package dev.tables.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** An immutable list of rows that have the same columns. */
public final class Table {
    private final Schema schema;
    private final List<Row> rows;

    private Table(Schema schema, List<Row> rows) {
        this.schema = schema;
        this.rows = List.copyOf(rows);
    }

    /**
     * Creates a table of rows made for the given schema.
     *
     * @throws TableException when a row has other columns
     */
    public static Table of(Schema schema, List<Row> rows) {
        for (Row row : rows) {
            if (!row.schema().equals(schema)) {
                throw new TableException("row of " + row.schema() + " in a table of " + schema);
            }
        }
        return new Table(schema, rows);
    }

    /** Starts a table with the given columns. */
    public static Builder builder(Column... columns) {
        return new Builder(Schema.of(columns));
    }

    /** Starts a table with the given columns. */
    public static Builder builder(Schema schema) {
        return new Builder(schema);
    }

    /** Returns the columns. */
    public Schema schema() {
        return schema;
    }

    /** Returns the rows, in order. */
    public List<Row> rows() {
        return rows;
    }

    /** Returns the number of rows. */
    public int size() {
        return rows.size();
    }

    /** Returns the values of a column, from the first row to the last; some may be {@code null}. */
    public List<Object> column(String name) {
        int place = schema.indexOf(name);
        List<Object> values = new ArrayList<>(rows.size());
        for (Row row : rows) {
            values.add(row.get(place));
        }
        return values;
    }

    /**
     * Returns the rows of a range. A negative position counts from the end, so that {@code -1} is
     * the last row; positions outside the table are moved to its nearest end, and a range whose end
     * does not come after its start is empty.
     *
     * @param from position of the first row, counted from 0
     * @param to position behind the last row
     * @return the part of the table
     */
    public Table slice(int from, int to) {
        int start = position(from);
        int end = position(to);
        return new Table(schema, start < end ? rows.subList(start, end) : List.of());
    }

    private int position(int index) {
        int counted = index < 0 ? rows.size() + index : index;
        return Math.max(0, Math.min(counted, rows.size()));
    }

    /** Returns the first rows, at most {@code count} of them; none for a negative count. */
    public Table head(int count) {
        return slice(0, Math.max(0, count));
    }

    /** Returns a table of some of the columns; see {@link Schema#select}. */
    public Table select(List<String> names) {
        Schema selected = schema.select(names);
        return new Table(selected, rows.stream().map(row -> row.project(selected)).toList());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Table table
                && table.schema.equals(schema)
                && table.rows.equals(rows);
    }

    @Override
    public int hashCode() {
        return 31 * schema.hashCode() + rows.hashCode();
    }

    @Override
    public String toString() {
        return schema + " x " + rows.size();
    }

    /** Collects the rows of a table. */
    public static final class Builder {
        private final Schema schema;
        private final List<Row> rows = new ArrayList<>();

        private Builder(Schema schema) {
            this.schema = schema;
        }

        /** Adds a row of the given values; see {@link Row#of}. */
        public Builder row(Object... values) {
            return add(Arrays.asList(values));
        }

        /** Adds a row of the given values; see {@link Row#of}. */
        public Builder add(List<?> values) {
            rows.add(Row.of(schema, values));
            return this;
        }

        /** Returns a table of the rows added so far. */
        public Table build() {
            return new Table(schema, rows);
        }
    }
}
