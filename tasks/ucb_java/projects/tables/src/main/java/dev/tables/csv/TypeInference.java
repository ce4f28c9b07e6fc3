package dev.tables.csv;

import dev.tables.core.Type;
import java.util.List;

/** Finds the types of columns from the texts of their fields. */
public final class TypeInference {
    private static final List<Type> CANDIDATES =
            List.of(Type.INTEGER, Type.DECIMAL, Type.BOOLEAN, Type.DATE);

    private TypeInference() {}

    /**
     * Finds the type of a column: the first of {@code INTEGER}, {@code DECIMAL}, {@code BOOLEAN} and
     * {@code DATE} that can read every field which is not null. A column with a quoted field, or
     * with no field other than nulls, is {@code TEXT}, as is one that none of them can read. White
     * space around unquoted text does not count.
     *
     * @param dialect tells which fields are null
     * @param fields the fields of the column
     * @return the type
     */
    public static Type infer(Dialect dialect, List<Field> fields) {
        List<String> texts = fields.stream()
                .filter(field -> !dialect.isNull(field))
                .map(field -> field.text().strip())
                .toList();
        if (texts.isEmpty() || fields.stream().anyMatch(Field::quoted)) {
            return Type.TEXT;
        }
        for (Type candidate : CANDIDATES) {
            if (texts.stream().allMatch(text -> candidate.parse(text).isPresent())) {
                return candidate;
            }
        }
        return Type.TEXT;
    }
}
