package dev.tables.core;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** The type of the values of a column. Every column may also hold {@code null}. */
public enum Type {
    /** Any text, as {@link String}. */
    TEXT(String.class),
    /** Whole numbers of 64 bits, as {@link Long}. */
    INTEGER(Long.class),
    /** Exact decimal numbers, as {@link BigDecimal}. */
    DECIMAL(BigDecimal.class),
    /** Truth values, as {@link Boolean}. */
    BOOLEAN(Boolean.class),
    /** Calendar days, as {@link LocalDate}. */
    DATE(LocalDate.class);

    private static final Pattern WHOLE = Pattern.compile("[+-]?(0|[1-9][0-9]*)");
    private static final Pattern FRACTION =
            Pattern.compile("[+-]?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]{1,3})?");

    private final Class<?> javaType;

    Type(Class<?> javaType) {
        this.javaType = javaType;
    }

    /** Tells whether values of this type are numbers: {@link #INTEGER} and {@link #DECIMAL}. */
    public boolean isNumeric() {
        return this == INTEGER || this == DECIMAL;
    }

    /** Tells whether a column of this type may hold {@code value}; {@code null} is always allowed. */
    public boolean accepts(Object value) {
        return value == null || javaType.isInstance(value);
    }

    /**
     * Reads a value of this type from text, without trimming it.
     *
     * <ul>
     *   <li>{@code TEXT} takes any text as it is.
     *   <li>{@code INTEGER} takes an optional sign and decimal digits without superfluous leading
     *       zeros, within the range of {@code long}.
     *   <li>{@code DECIMAL} takes the digits of an integer of any length, then an optional fraction
     *       ({@code .} and one or more digits), then an optional exponent ({@code e} or {@code E},
     *       an optional sign, one to three digits). The scale is kept as written.
     *   <li>{@code BOOLEAN} takes {@code true} and {@code false} in any case.
     *   <li>{@code DATE} takes an existing day written as {@code yyyy-MM-dd}.
     * </ul>
     *
     * @param text what to read
     * @return the value, or empty when the text is not a written value of this type
     */
    public Optional<Object> parse(String text) {
        return switch (this) {
            case TEXT -> Optional.of(text);
            case INTEGER -> parseWhole(text);
            case DECIMAL -> FRACTION.matcher(text).matches()
                    ? Optional.of(new BigDecimal(text))
                    : Optional.empty();
            case BOOLEAN -> parseBoolean(text);
            case DATE -> parseDate(text);
        };
    }

    private static Optional<Object> parseWhole(String text) {
        if (!WHOLE.matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Long.parseLong(text));
        } catch (NumberFormatException outOfRange) {
            return Optional.empty();
        }
    }

    private static Optional<Object> parseBoolean(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> Optional.of(true);
            case "false" -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    private static Optional<Object> parseDate(String text) {
        try {
            return text.length() == 10 ? Optional.of(LocalDate.parse(text)) : Optional.empty();
        } catch (DateTimeParseException notADay) {
            return Optional.empty();
        }
    }

    /**
     * Writes a value so that {@link #parse} of the same type reads it back: decimals without an
     * exponent and with their scale, days as {@code yyyy-MM-dd}, everything else by its own text.
     *
     * @param value a value other than {@code null}
     * @return its written form
     */
    public static String format(Object value) {
        return value instanceof BigDecimal decimal ? decimal.toPlainString() : value.toString();
    }

    /**
     * Finds the narrowest type that can hold the values of two types: the type itself when both are
     * the same, {@link #DECIMAL} for two different numeric types, and {@link #TEXT} otherwise.
     *
     * @param first one type
     * @param second the other type
     * @return the type for both
     */
    public static Type common(Type first, Type second) {
        if (first == second) {
            return first;
        }
        return first.isNumeric() && second.isNumeric() ? DECIMAL : TEXT;
    }

    /**
     * Converts a value to this type. {@code null} and values that this type accepts are returned as
     * they are; a whole number becomes a decimal of scale 0; any value becomes text by {@link
     * #format}; text is read by {@link #parse} after removing white space at both ends.
     *
     * @param value the value, or {@code null}
     * @return the converted value
     * @throws TableException when there is no such conversion
     */
    public Object convert(Object value) {
        if (accepts(value)) {
            return value;
        }
        if (this == TEXT) {
            return format(value);
        }
        if (this == DECIMAL && value instanceof Long whole) {
            return BigDecimal.valueOf(whole);
        }
        if (value instanceof String text) {
            Optional<Object> parsed = parse(text.strip());
            if (parsed.isPresent()) {
                return parsed.get();
            }
        }
        throw new TableException("cannot convert '" + format(value) + "' to " + this);
    }
}
