package dev.tables.csv;

import dev.tables.core.Column;
import dev.tables.core.Schema;
import dev.tables.core.Table;
import dev.tables.core.TableException;
import dev.tables.core.Type;
import java.io.Reader;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Reads tables from delimited text. Immutable. */
public final class TableReader {
    private final Dialect dialect;
    private final Map<String, Type> types;

    /** Creates a reader that finds out the types of all columns. */
    public TableReader(Dialect dialect) {
        this(dialect, Map.of());
    }

    private TableReader(Dialect dialect, Map<String, Type> types) {
        this.dialect = dialect;
        this.types = types;
    }

    /**
     * Returns a reader that takes a column as the given type instead of finding the type out. The
     * name is compared without regard to case; types set before for other columns stay.
     */
    public TableReader withType(String column, Type type) {
        Map<String, Type> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        all.putAll(types);
        all.put(column, type);
        return new TableReader(dialect, all);
    }

    /** Reads a table from a string; see {@link #read(Reader)}. */
    public Table read(String text) {
        return read(new StringReader(text));
    }

    /**
     * Reads a table. The first record has the names of the columns; all others must have as many
     * fields. Columns without a set type get the type that {@link TypeInference} finds.
     *
     * @param input the text
     * @return the table
     * @throws TableException when there is no record to take the columns from
     * @throws CsvException when the text breaks a rule, a record has a wrong length, or a field
     *     cannot be read as the type set for its column; it names the line of the record
     */
    public Table read(Reader input) {
        RecordReader records = new RecordReader(input, dialect);
        List<String> names = records.next().map(TableReader::headerNames)
                .orElseThrow(() -> new TableException("no columns: the text has no record"));
        List<List<Field>> body = new ArrayList<>();
        List<Integer> lines = new ArrayList<>();
        for (var found = records.next(); found.isPresent(); found = records.next()) {
            List<Field> fields = found.get();
            int line = records.recordLine();
            if (fields.size() != names.size()) {
                throw new CsvException(
                        line, "expected " + names.size() + " fields, found " + fields.size());
            }
            body.add(fields);
            lines.add(line);
        }
        Schema schema = schemaOf(names, body);
        Table.Builder table = Table.builder(schema);
        for (int i = 0; i < body.size(); i++) {
            table.add(valuesOf(schema, body.get(i), lines.get(i)));
        }
        return table.build();
    }

    /**
     * Makes names of columns from the fields of a header. White space at both ends is removed. A
     * blank name becomes {@code c} and the number of the column, counted from 1. A name that was
     * used before, without regard to case, gets {@code _2}, or the next number that makes it free.
     */
    static List<String> headerNames(List<Field> fields) {
        List<String> names = new ArrayList<>();
        Set<String> taken = new HashSet<>();
        for (Field field : fields) {
            String wanted = field.text().strip();
            if (wanted.isEmpty()) {
                wanted = "c" + (names.size() + 1);
            }
            String name = wanted;
            for (int number = 2; !taken.add(name.toLowerCase(Locale.ROOT)); number++) {
                name = wanted + "_" + number;
            }
            names.add(name);
        }
        return names;
    }

    private Schema schemaOf(List<String> names, List<List<Field>> body) {
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            int place = i;
            Type type = types.get(names.get(i));
            if (type == null) {
                type = TypeInference.infer(
                        dialect, body.stream().map(fields -> fields.get(place)).toList());
            }
            columns.add(new Column(names.get(i), type));
        }
        return Schema.of(columns);
    }

    private List<Object> valuesOf(Schema schema, List<Field> fields, int line) {
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
            Field field = fields.get(i);
            Column column = schema.columns().get(i);
            try {
                values.add(dialect.isNull(field) ? null : column.type().convert(field.text()));
            } catch (TableException unreadable) {
                throw new CsvException(
                        line, "column '" + column.name() + "': " + unreadable.getMessage());
            }
        }
        return values;
    }
}
