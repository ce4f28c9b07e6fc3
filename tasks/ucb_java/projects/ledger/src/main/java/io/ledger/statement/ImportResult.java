package io.ledger.statement;

import io.ledger.money.Currency;
import io.ledger.money.Money;
import io.ledger.period.Period;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/**
 * What came out of a statement.
 *
 * @param lines the movements that are new, in the order of the text
 * @param problems the rows that could not be read, in the order of the text
 * @param duplicates how many movements were left out because they had been read before
 */
public record ImportResult(List<StatementLine> lines, List<Problem> problems, int duplicates) {

    /**
     * A row that could not be read.
     *
     * @param line the number of the line on which it begins
     * @param reason what is wrong with it
     */
    public record Problem(int line, String reason) {}

    public ImportResult {
        lines = List.copyOf(lines);
        problems = List.copyOf(problems);
    }

    /** Returns the sum of the new movements. */
    public Money total(Currency currency) {
        return Money.sum(lines.stream().map(StatementLine::amount).toList(), currency);
    }

    /**
     * Returns the period from the earliest to the latest day of the new movements, which need not
     * be in the order of their days; empty if there are none.
     */
    public Optional<Period> span() {
        if (lines.isEmpty()) {
            return Optional.empty();
        }
        LocalDate earliest = lines.get(0).date();
        LocalDate latest = earliest;
        for (StatementLine line : lines) {
            earliest = line.date().isBefore(earliest) ? line.date() : earliest;
            latest = line.date().isAfter(latest) ? line.date() : latest;
        }
        return Optional.of(new Period(earliest, latest));
    }
}
