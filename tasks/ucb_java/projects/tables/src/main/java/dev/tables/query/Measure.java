package dev.tables.query;

import dev.tables.core.Column;
import dev.tables.core.Row;
import dev.tables.core.Schema;
import java.util.ArrayList;
import java.util.List;

/**
 * An aggregate of a column, and the name of the column that it goes to.
 *
 * @param name name of the resulting column
 * @param column name of the column that is aggregated
 * @param aggregate what is computed
 */
public record Measure(String name, String column, Aggregate aggregate) {
    /** Measures a column; the result is named after both, such as {@code sum_price}. */
    public static Measure of(Aggregate aggregate, String column) {
        return new Measure(aggregate.name() + "_" + column, column, aggregate);
    }

    /** Returns the measure with another name of its result. */
    public Measure as(String other) {
        return new Measure(other, column, aggregate);
    }

    /** Returns the resulting column for tables of a schema. */
    public Column column(Schema schema) {
        return new Column(name, aggregate.resultType().apply(schema.column(column).type()));
    }

    /** Computes the result for some rows. */
    public Object of(List<Row> rows) {
        List<Object> values = new ArrayList<>(rows.size());
        rows.forEach(row -> values.add(row.get(column)));
        return aggregate.of(values);
    }
}
