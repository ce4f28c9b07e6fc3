package io.ledger.statement;

import io.ledger.LedgerException;
import io.ledger.money.MoneyFormat;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * How a bank writes its statements.
 *
 * @param delimiter the character between fields
 * @param numbers how amounts are written
 * @param dates how dates are written; days that do not exist are refused
 */
public record StatementFormat(char delimiter, MoneyFormat numbers, DateTimeFormatter dates) {

    /** The columns that matter, each with the headers that name it. */
    public enum Column {
        DATE(true, "date", "booking date"),
        AMOUNT(true, "amount", "value"),
        PAYEE(true, "payee", "name"),
        REFERENCE(false, "reference", "id");

        private final boolean required;
        private final List<String> headers;

        Column(boolean required, String... headers) {
            this.required = required;
            this.headers = List.of(headers);
        }

        private boolean isNamed(String header) {
            return headers.stream().anyMatch(header.strip()::equalsIgnoreCase);
        }
    }

    public StatementFormat {
        dates = dates.withResolverStyle(ResolverStyle.STRICT);
    }

    /** Returns a format with a date pattern as in {@link DateTimeFormatter#ofPattern(String)}. */
    public static StatementFormat of(char delimiter, MoneyFormat numbers, String datePattern) {
        return new StatementFormat(delimiter, numbers, DateTimeFormatter.ofPattern(datePattern));
    }

    /**
     * Finds the columns in a row of headers, whatever their case and the white space around them.
     * Other columns are ignored; if a column is named twice, the first one counts.
     *
     * @return for each column that is there its index from 0
     * @throws LedgerException if the column for date, amount or payee is missing
     */
    public Map<Column, Integer> locate(List<String> headers) {
        Map<Column, Integer> indexes = new EnumMap<>(Column.class);
        for (int i = 0; i < headers.size(); i++) {
            for (Column column : Column.values()) {
                if (column.isNamed(headers.get(i))) {
                    indexes.putIfAbsent(column, i);
                }
            }
        }
        for (Column column : Column.values()) {
            if (column.required && !indexes.containsKey(column)) {
                throw new LedgerException("no column " + column + " in " + headers);
            }
        }
        return indexes;
    }
}
