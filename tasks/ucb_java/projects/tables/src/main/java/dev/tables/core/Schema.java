package dev.tables.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The columns of a table, in order. Names are unique without regard to case, and every look-up by
 * name disregards case too.
 */
public final class Schema {
    private final List<Column> columns;
    private final Map<String, Integer> places = new HashMap<>();

    private Schema(List<Column> columns) {
        this.columns = List.copyOf(columns);
        for (int i = 0; i < this.columns.size(); i++) {
            String name = this.columns.get(i).name();
            if (places.putIfAbsent(folded(name), i) != null) {
                throw new TableException("two columns named '" + name + "'");
            }
        }
    }

    /**
     * Creates a schema.
     *
     * @param columns the columns, in order
     * @return the schema
     * @throws TableException when two names differ at most in case
     */
    public static Schema of(List<Column> columns) {
        return new Schema(columns);
    }

    /** Creates a schema of the given columns; see {@link #of(List)}. */
    public static Schema of(Column... columns) {
        return new Schema(List.of(columns));
    }

    /** Returns the columns, in order. */
    public List<Column> columns() {
        return columns;
    }

    /** Returns the names of the columns, in order. */
    public List<String> names() {
        return columns.stream().map(Column::name).toList();
    }

    /** Returns the number of columns. */
    public int size() {
        return columns.size();
    }

    /** Finds the place of a column, counted from 0, or nothing when there is none of that name. */
    public OptionalInt find(String name) {
        Integer place = places.get(folded(name));
        return place == null ? OptionalInt.empty() : OptionalInt.of(place);
    }

    /**
     * Returns the place of a column, counted from 0.
     *
     * @throws TableException naming the column and the columns there are, when it does not exist
     */
    public int indexOf(String name) {
        return find(name).orElseThrow(() ->
                new TableException("no column '" + name + "' among " + String.join(", ", names())));
    }

    /** Returns the column of a name; see {@link #indexOf}. */
    public Column column(String name) {
        return columns.get(indexOf(name));
    }

    /**
     * Makes a schema of some of the columns, in the order asked for and with the names as they are
     * in this schema.
     *
     * @param names names of columns, each at most once
     * @return the smaller schema
     * @throws TableException when a column does not exist or is named twice
     */
    public Schema select(List<String> names) {
        return new Schema(names.stream().map(this::column).toList());
    }

    /**
     * Makes a schema without some of the columns; the others keep their order.
     *
     * @param names names of existing columns
     * @return the smaller schema
     * @throws TableException when a column does not exist
     */
    public Schema without(Collection<String> names) {
        Set<Integer> dropped = names.stream().map(this::indexOf).collect(Collectors.toSet());
        List<Column> kept = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            if (!dropped.contains(i)) {
                kept.add(columns.get(i));
            }
        }
        return new Schema(kept);
    }

    /**
     * Makes a schema of these columns followed by the columns of another schema. An added column
     * whose name is taken gets the suffix; when that name is taken too, the suffix is followed by
     * the first of the numbers 2, 3, 4 … that makes the name free.
     *
     * @param added the columns to add
     * @param suffix what is put behind a name that is taken
     * @return the longer schema
     */
    public Schema plus(Schema added, String suffix) {
        List<Column> all = new ArrayList<>(columns);
        Set<String> taken = columns.stream().map(c -> folded(c.name())).collect(Collectors.toSet());
        for (Column column : added.columns) {
            String name = column.name();
            for (int number = 1; !taken.add(folded(name)); number++) {
                name = column.name() + suffix + (number == 1 ? "" : number);
            }
            all.add(column.named(name));
        }
        return new Schema(all);
    }

    private static String folded(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Schema schema && schema.columns.equals(columns);
    }

    @Override
    public int hashCode() {
        return columns.hashCode();
    }

    @Override
    public String toString() {
        return columns.stream()
                .map(column -> column.name() + ":" + column.type())
                .collect(Collectors.joining(", ", "[", "]"));
    }
}
