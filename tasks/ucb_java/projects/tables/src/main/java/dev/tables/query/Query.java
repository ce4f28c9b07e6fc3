package dev.tables.query;

import dev.tables.core.Key;
import dev.tables.core.Row;
import dev.tables.core.Table;
import dev.tables.core.TableException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A query of one table. Whatever the order of the calls, it filters, sorts, selects columns, drops
 * repeated rows, skips and limits, in this order. Immutable: each call returns another query, and a
 * query can be run on any number of tables.
 */
public final class Query {
    private final Condition condition;
    private final List<SortKey> order;
    private final List<String> columns;
    private final boolean distinct;
    private final int skipped;
    private final int limit;

    private Query(Condition condition, List<SortKey> order, List<String> columns,
            boolean distinct, int skipped, int limit) {
        this.condition = condition;
        this.order = List.copyOf(order);
        this.columns = List.copyOf(columns);
        this.distinct = distinct;
        this.skipped = skipped;
        this.limit = limit;
    }

    /** Returns the query that returns every table as it is. */
    public static Query all() {
        return new Query(row -> true, List.of(), List.of(), false, 0, Integer.MAX_VALUE);
    }

    /** Keeps only rows for which the condition holds, and those of earlier calls too. */
    public Query where(Condition other) {
        return new Query(condition.and(other), order, columns, distinct, skipped, limit);
    }

    /** Sorts by the given keys; keys of earlier calls decide first. Alike rows keep their order. */
    public Query orderBy(SortKey... keys) {
        List<SortKey> all = new ArrayList<>(order);
        all.addAll(List.of(keys));
        return new Query(condition, all, columns, distinct, skipped, limit);
    }

    /** Keeps only the given columns, in this order, instead of those of an earlier call. */
    public Query select(String... names) {
        return new Query(condition, order, List.of(names), distinct, skipped, limit);
    }

    /** Keeps only the first of rows whose selected columns are the same. */
    public Query distinct() {
        return new Query(condition, order, columns, true, skipped, limit);
    }

    /**
     * Leaves out the first rows of the result.
     *
     * @throws TableException when the number is negative
     */
    public Query skip(int rows) {
        return new Query(condition, order, columns, distinct, checked(rows), limit);
    }

    /**
     * Keeps at most a number of rows, counted behind those that are skipped.
     *
     * @throws TableException when the number is negative
     */
    public Query limit(int rows) {
        return new Query(condition, order, columns, distinct, skipped, checked(rows));
    }

    private static int checked(int rows) {
        if (rows < 0) {
            throw new TableException("not a number of rows: " + rows);
        }
        return rows;
    }

    /**
     * Runs the query. Columns to filter and to sort by need not be selected.
     *
     * @param table the table, which does not change
     * @return the result
     * @throws TableException when a column does not exist or values cannot be compared
     */
    public Table run(Table table) {
        List<Row> rows = new ArrayList<>(table.rows());
        rows.removeIf(condition.not()::test);
        rows.sort(SortKey.order(order));
        Table result = Table.of(table.schema(), rows);
        if (!columns.isEmpty()) {
            result = result.select(columns);
        }
        if (distinct) {
            result = withoutRepeats(result);
        }
        int from = Math.min(skipped, result.size());
        int count = Math.min(limit, result.size() - from);
        return result.slice(from, from + count);
    }

    private static Table withoutRepeats(Table table) {
        Set<Key> seen = new HashSet<>();
        List<Row> kept = new ArrayList<>();
        for (Row row : table.rows()) {
            if (seen.add(Key.of(row, table.schema().names()))) {
                kept.add(row);
            }
        }
        return Table.of(table.schema(), kept);
    }
}
