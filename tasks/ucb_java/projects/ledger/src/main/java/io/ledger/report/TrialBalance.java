package io.ledger.report;

import io.ledger.account.Account;
import io.ledger.account.ChartOfAccounts;
import io.ledger.account.Side;
import io.ledger.journal.Journal;
import io.ledger.money.Currency;
import io.ledger.money.Money;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/**
 * The balances of all accounts in one currency, each on the side where it stands.
 *
 * @param rows the accounts whose balance is not zero, by code
 * @param debits the sum of the debit column
 * @param credits the sum of the credit column
 */
public record TrialBalance(List<Row> rows, Money debits, Money credits) {

    /** One account; one of the two amounts is zero, the other one positive. */
    public record Row(Account account, Money debit, Money credit) {}

    /**
     * Takes the trial balance at the end of a day. A negative balance stands as a positive amount
     * on the side opposite to the normal one of its account.
     */
    public static TrialBalance of(
            Journal journal, ChartOfAccounts chart, LocalDate asOf, Currency currency) {
        Money zero = Money.zero(currency);
        Money debits = zero;
        Money credits = zero;
        List<Row> rows = new ArrayList<>();
        for (Account account : chart.all()) {
            if (!account.currency().equals(currency)) {
                continue;
            }
            Money net = account.signed(journal.balance(account.code(), asOf), Side.DEBIT);
            if (net.isPositive()) {
                rows.add(new Row(account, net, zero));
                debits = debits.plus(net);
            } else if (net.isNegative()) {
                rows.add(new Row(account, zero, net.negated()));
                credits = credits.plus(net.negated());
            }
        }
        return new TrialBalance(List.copyOf(rows), debits, credits);
    }

    /** Tells whether both columns have the same sum, as they must in books without an error. */
    public boolean isBalanced() {
        return debits.equals(credits);
    }

    /**
     * Returns the trial balance as a table with code, name, debit and credit, a zero left blank,
     * and the sums in a last row.
     */
    public String render() {
        TextTable table = new TextTable("<<>>").row("Code", "Account", "Debit", "Credit");
        for (Row row : rows) {
            table.row(row.account().code().toString(), row.account().name(),
                    row.debit().isZero() ? "" : row.debit().toString(),
                    row.credit().isZero() ? "" : row.credit().toString());
        }
        return table.row("", "Total", debits.toString(), credits.toString()).render();
    }
}
