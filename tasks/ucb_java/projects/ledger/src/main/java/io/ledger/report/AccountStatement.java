package io.ledger.report;

import io.ledger.account.Account;
import io.ledger.account.AccountCode;
import io.ledger.account.ChartOfAccounts;
import io.ledger.account.Side;
import io.ledger.journal.Entry;
import io.ledger.journal.Journal;
import io.ledger.money.Money;
import io.ledger.period.Period;
import java.util.ArrayList;
import java.util.List;

/**
 * What happened on one account in a period. All amounts are positive on the normal side of the
 * account.
 *
 * @param account whose statement it is
 * @param opening the balance before the first day
 * @param lines the changes by date, those of one day by number of the entry
 * @param closing the balance at the end of the last day
 */
public record AccountStatement(
        Account account, Money opening, List<Line> lines, Money closing) {

    /**
     * A change.
     *
     * @param entry the entry that made it
     * @param change by how much the balance changed; not zero
     * @param balance the balance after it
     */
    public record Line(Entry entry, Money change, Money balance) {}

    /** Takes the statement of an account; entries that do not change its balance are left out. */
    public static AccountStatement of(
            Journal journal, ChartOfAccounts chart, AccountCode code, Period period) {
        Account account = chart.require(code);
        Money opening = journal.balance(code, period.start().minusDays(1));
        Money balance = opening;
        List<Line> lines = new ArrayList<>();
        for (Entry entry : journal.entries(period)) {
            Money change = account.signed(entry.net(code, account.currency()), Side.DEBIT);
            if (!change.isZero()) {
                balance = balance.plus(change);
                lines.add(new Line(entry, change, balance));
            }
        }
        return new AccountStatement(account, opening, List.copyOf(lines), balance);
    }

    /** Returns the day's end balance that is lowest, the opening balance included. */
    public Money lowest() {
        Money lowest = opening;
        for (int i = 0; i < lines.size(); i++) {
            Line line = lines.get(i);
            boolean lastOfDay = i + 1 == lines.size()
                    || !lines.get(i + 1).entry().date().equals(line.entry().date());
            if (lastOfDay && line.balance().compareTo(lowest) < 0) {
                lowest = line.balance();
            }
        }
        return lowest;
    }
}
