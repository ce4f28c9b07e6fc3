package dev.tables.query;

import dev.tables.core.Column;
import dev.tables.core.Key;
import dev.tables.core.Row;
import dev.tables.core.Schema;
import dev.tables.core.Table;
import dev.tables.core.TableException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The rows of a table, grouped by the values of some columns. Missing values are a group of their
 * own. Groups stand in the order in which their first rows do.
 */
public final class Grouping {
    private final Table table;
    private final List<String> keys;
    private final Map<Key, List<Row>> groups = new LinkedHashMap<>();

    /**
     * Groups a table.
     *
     * @param table the table
     * @param keys names of the columns; with none, all rows are one group, even when there are none
     * @throws TableException when a column does not exist
     */
    public Grouping(Table table, List<String> keys) {
        this.table = table;
        this.keys = table.schema().select(keys).names();
        if (keys.isEmpty()) {
            groups.put(Key.of(null, keys), new ArrayList<>(table.rows()));
            return;
        }
        for (Row row : table.rows()) {
            groups.computeIfAbsent(Key.of(row, keys), key -> new ArrayList<>()).add(row);
        }
    }

    /** Returns the groups: for each key its rows, in the order of the table. */
    public Map<Key, List<Row>> groups() {
        return Collections.unmodifiableMap(groups);
    }

    /**
     * Computes measures of every group.
     *
     * @param measures what to compute
     * @return a table of the key columns and the measures, with one row for each group
     * @throws TableException when an aggregate does not fit its column or names clash
     */
    public Table aggregate(List<Measure> measures) {
        Table.Builder result = Table.builder(resultSchema(measures));
        groups.forEach((key, rows) -> result.add(resultRow(key.values(), rows, measures)));
        return result.build();
    }

    private Schema resultSchema(List<Measure> measures) {
        List<Column> columns = new ArrayList<>(table.schema().select(keys).columns());
        measures.forEach(measure -> columns.add(measure.column(table.schema())));
        return Schema.of(columns);
    }

    private static List<Object> resultRow(
            List<Object> keyValues, List<Row> rows, List<Measure> measures) {
        List<Object> values = new ArrayList<>(keyValues);
        measures.forEach(measure -> values.add(measure.of(rows)));
        return values;
    }
}
