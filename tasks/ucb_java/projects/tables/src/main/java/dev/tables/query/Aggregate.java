package dev.tables.query;

import dev.tables.core.Type;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Computes one value from the values of a column.
 *
 * @param name what the aggregate is called, such as {@code sum}
 * @param resultType finds the type of the result from that of the column; fails with a {@link
 *     dev.tables.core.TableException} for columns that have no such aggregate
 * @param function computes the result from the values of the column, missing ones included
 */
public record Aggregate(
        String name, UnaryOperator<Type> resultType, Function<List<Object>, Object> function) {
    /** Computes the result for some values of a column, in the order of their rows. */
    public Object of(List<Object> values) {
        return function.apply(values);
    }
}
