package dev.tables.query;

import dev.tables.core.Column;
import dev.tables.core.Key;
import dev.tables.core.Row;
import dev.tables.core.Schema;
import dev.tables.core.Table;
import dev.tables.core.TableException;
import dev.tables.core.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Joins two tables on columns of the same names. Rows match when all their keys are the same; a row
 * with a missing key matches none.
 */
public final class Join {
    /** Which rows without a match are in the result. */
    public enum Kind {
        /** None. */
        INNER,
        /** Those of the left table. */
        LEFT,
        /** Those of both tables. */
        FULL
    }

    private static final String SUFFIX = "_right";

    private final Kind kind;
    private final List<String> keys;

    /**
     * Creates a join.
     *
     * @param kind which rows without a match are kept
     * @param keys names of the columns to match
     * @throws TableException when there is no key
     */
    public Join(Kind kind, List<String> keys) {
        if (keys.isEmpty()) {
            throw new TableException("a join needs a key");
        }
        this.kind = kind;
        this.keys = List.copyOf(keys);
    }

    /**
     * Joins two tables. The result has the columns of the left table, then those of the right table
     * without its keys, named by {@link Schema#plus} with the suffix {@code _right}. Its rows stand in
     * the order of the left table, and the matches of one left row in the order of the right table.
     * A left row without a match has {@code null} in the right columns. Right rows without a match
     * come last, in their order, with their keys in the key columns and {@code null} in the other
     * left columns.
     *
     * @param left the left table
     * @param right the right table
     * @return the joined table
     * @throws TableException when a table lacks a key, or when the types of a key differ and are not
     *     both numeric
     */
    public Table apply(Table left, Table right) {
        checkTypes(left.schema(), right.schema());
        Schema rest = right.schema().without(keys);
        Table.Builder result = Table.builder(resultSchema(left.schema(), right.schema(), rest));
        Map<Key, List<Row>> index = indexed(right);
        Set<Key> matched = new HashSet<>();
        for (Row row : left.rows()) {
            Key key = Key.of(row, keys);
            List<Row> matches = key.hasNull() ? List.of() : index.getOrDefault(key, List.of());
            for (Row match : matches) {
                result.add(joined(row.values(), match.project(rest).values()));
            }
            if (!matches.isEmpty()) {
                matched.add(key);
            } else if (kind != Kind.INNER) {
                result.add(joined(row.values(), Collections.nCopies(rest.size(), null)));
            }
        }
        if (kind == Kind.FULL) {
            for (Row row : right.rows()) {
                if (!matched.contains(Key.of(row, keys))) {
                    result.add(joined(keysOnly(left.schema(), row), row.project(rest).values()));
                }
            }
        }
        return result.build();
    }

    /** Finds the rows of every key, leaving out rows with a missing key. */
    private Map<Key, List<Row>> indexed(Table right) {
        Map<Key, List<Row>> index = new HashMap<>();
        for (Row row : right.rows()) {
            Key key = Key.of(row, keys);
            if (!key.hasNull()) {
                index.computeIfAbsent(key, k -> new ArrayList<>()).add(row);
            }
        }
        return index;
    }

    private void checkTypes(Schema left, Schema right) {
        for (String key : keys) {
            Type a = left.column(key).type();
            Type b = right.column(key).type();
            if (a != b && !(a.isNumeric() && b.isNumeric())) {
                throw new TableException("cannot join " + a + " with " + b + " on '" + key + "'");
            }
        }
    }

    /** Returns the columns of the result; numeric keys of two types become decimals. */
    private Schema resultSchema(Schema left, Schema right, Schema rest) {
        List<Column> columns = new ArrayList<>(left.columns());
        for (String key : keys) {
            int place = left.indexOf(key);
            Type type = Type.common(left.column(key).type(), right.column(key).type());
            columns.set(place, new Column(columns.get(place).name(), type));
        }
        return Schema.of(columns).plus(rest, SUFFIX);
    }

    private List<Object> keysOnly(Schema left, Row right) {
        List<Object> values = new ArrayList<>(Collections.nCopies(left.size(), null));
        for (String key : keys) {
            values.set(left.indexOf(key), right.get(key));
        }
        return values;
    }

    private static List<Object> joined(List<Object> left, List<Object> right) {
        List<Object> all = new ArrayList<>(left);
        all.addAll(right);
        return all;
    }
}
