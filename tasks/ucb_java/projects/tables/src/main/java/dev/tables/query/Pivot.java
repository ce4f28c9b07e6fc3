package dev.tables.query;

import dev.tables.core.Column;
import dev.tables.core.Key;
import dev.tables.core.Row;
import dev.tables.core.Schema;
import dev.tables.core.Table;
import dev.tables.core.TableException;
import dev.tables.core.Type;
import dev.tables.core.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Turns the values of one column into columns.
 *
 * @param rows names of the columns that make the rows of the result
 * @param column name of the column whose values become columns
 * @param measure what each cell holds; its name is not used
 */
public record Pivot(List<String> rows, String column, Measure measure) {
    /** The name of the column for rows whose value in the pivoted column is missing. */
    public static final String NO_VALUE = "(none)";

    /**
     * Pivots a table. The result has the row columns and then one column for each different value of
     * the pivoted column, named by the written form of the value and sorted by it from least to
     * greatest; the column for missing values, called {@value #NO_VALUE}, comes last and is there
     * only when there are such. Its rows stand in the order in which their keys first do. A cell
     * holds the measure of the rows that have its key and its value, or {@code null} when there are
     * no such rows.
     *
     * @param table the table
     * @return the pivoted table
     * @throws TableException when the measure does not fit its column or a value has the name of a
     *     row column
     */
    public Table apply(Table table) {
        List<Object> values = headings(table);
        Type type = measure.column(table.schema()).type();
        List<Column> columns = new ArrayList<>(table.schema().select(rows).columns());
        for (Object value : values) {
            columns.add(new Column(value == null ? NO_VALUE : Type.format(value), type));
        }
        Table.Builder result = Table.builder(Schema.of(columns));
        Map<Key, List<Row>> groups = new Grouping(table, rows).groups();
        for (Map.Entry<Key, List<Row>> group : groups.entrySet()) {
            List<Object> cells = new ArrayList<>(group.getKey().values());
            for (Object value : values) {
                List<Row> found = group.getValue().stream()
                        .filter(row -> Values.same(row.get(column), value))
                        .toList();
                cells.add(found.isEmpty() ? null : measure.of(found));
            }
            result.add(cells);
        }
        return result.build();
    }

    /** Finds the different values of the pivoted column, sorted, with {@code null} last. */
    private List<Object> headings(Table table) {
        List<Row> firsts = new Grouping(table, List.of(column)).groups().values().stream()
                .map(group -> group.get(0))
                .sorted(SortKey.order(List.of(SortKey.ascending(column))))
                .toList();
        List<Object> values = new ArrayList<>();
        firsts.forEach(row -> values.add(row.get(column)));
        return values;
    }
}
