package io.ledger.statement;

import io.ledger.money.Money;
import java.time.LocalDate;
import java.util.Locale;

/**
 * What makes two statement lines the same movement: date, amount, reference and, whatever its
 * case, payee. The place in the text does not matter.
 */
final class LineKey {

    private final LocalDate date;
    private final Money amount;
    private final String payee;
    private final String reference;

    LineKey(StatementLine line) {
        this.date = line.date();
        this.amount = line.amount();
        this.payee = line.payee();
        this.reference = line.reference();
    }

    @Override
    public boolean equals(Object object) {
        return object instanceof LineKey other
                && date.equals(other.date)
                && amount.equals(other.amount)
                && payee.equalsIgnoreCase(other.payee)
                && reference.equals(other.reference);
    }

    @Override
    public int hashCode() {
        int hash = date.hashCode();
        hash = 31 * hash + amount.hashCode();
        hash = 31 * hash + payee.toLowerCase(Locale.ROOT).hashCode();
        hash = 31 * hash + reference.hashCode();
        return hash;
    }
}
