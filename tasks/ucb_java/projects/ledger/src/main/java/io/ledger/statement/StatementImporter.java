package io.ledger.statement;

import io.ledger.LedgerException;
import io.ledger.money.Currency;
import io.ledger.money.Money;
import io.ledger.statement.DelimitedReader.Row;
import io.ledger.statement.ImportResult.Problem;
import io.ledger.statement.StatementFormat.Column;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the statements of one bank account and remembers which movements it has seen. */
public final class StatementImporter {

    private final StatementFormat format;
    private final Currency currency;
    private final Set<LineKey> seen = new HashSet<>();

    public StatementImporter(StatementFormat format, Currency currency) {
        this.format = format;
        this.currency = currency;
    }

    /**
     * Reads a statement, whose first row holds the headers. A row that cannot be read becomes a
     * problem and does not stop the import. A movement that was read before, in this text or by
     * an earlier call, is counted as a duplicate and left out.
     *
     * @throws LedgerException if there are no headers, a required column is missing, or a quoted
     *     field does not end
     */
    public ImportResult read(String text) {
        List<Row> rows = new DelimitedReader(format.delimiter()).read(text);
        if (rows.isEmpty()) {
            throw new LedgerException("the statement is empty");
        }
        Map<Column, Integer> columns = format.locate(rows.get(0).fields());
        List<StatementLine> lines = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        int duplicates = 0;
        for (Row row : rows.subList(1, rows.size())) {
            try {
                StatementLine line = toLine(row, columns);
                if (seen.add(new LineKey(line))) {
                    lines.add(line);
                } else {
                    duplicates++;
                }
            } catch (IllegalArgumentException e) {
                problems.add(new Problem(row.line(), e.getMessage()));
            }
        }
        return new ImportResult(lines, problems, duplicates);
    }

    private StatementLine toLine(Row row, Map<Column, Integer> columns) {
        String date = field(row, columns, Column.DATE);
        Money amount = format.numbers().parse(field(row, columns, Column.AMOUNT), currency);
        String payee = field(row, columns, Column.PAYEE);
        String reference = field(row, columns, Column.REFERENCE);
        try {
            LocalDate day = LocalDate.parse(date, format.dates());
            return new StatementLine(row.line(), day, amount, payee, reference);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("not a date: " + date, e);
        }
    }

    /** Returns a stripped field; empty for an optional column that is not there. */
    private static String field(Row row, Map<Column, Integer> columns, Column column) {
        Integer index = columns.get(column);
        if (index == null) {
            return "";
        }
        if (index >= row.fields().size()) {
            throw new IllegalArgumentException("no field for column " + column);
        }
        return row.fields().get(index).strip();
    }
}
