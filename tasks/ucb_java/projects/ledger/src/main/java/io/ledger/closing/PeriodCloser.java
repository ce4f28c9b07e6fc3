package io.ledger.closing;

import io.ledger.LedgerException;
import io.ledger.account.Account;
import io.ledger.account.AccountCode;
import io.ledger.account.AccountType;
import io.ledger.account.ChartOfAccounts;
import io.ledger.account.Side;
import io.ledger.journal.Entry;
import io.ledger.journal.Journal;
import io.ledger.money.Money;
import io.ledger.period.Period;
import java.util.List;
import java.util.Optional;

/** Empties the temporary accounts at the end of a period. */
public final class PeriodCloser {

    private final Journal journal;
    private final ChartOfAccounts chart;
    private final Account retained;

    /**
     * Creates a closer that collects results in one account.
     *
     * @throws LedgerException if there is no such account or it is not of type equity
     */
    public PeriodCloser(Journal journal, ChartOfAccounts chart, AccountCode retained) {
        this.journal = journal;
        this.chart = chart;
        this.retained = chart.require(retained);
        if (this.retained.type() != AccountType.EQUITY) {
            throw new LedgerException("account " + retained + " is no equity");
        }
    }

    /**
     * Closes a period: posts on its last day one entry that brings every income and expense
     * account to a balance of zero and the result to the account for results (a profit on its
     * credit side, a loss on its debit side), then locks the journal through that day.
     *
     * <p>An account may have a negative balance, and is emptied all the same. A result of zero
     * gives no posting. If no account has a balance nothing is posted, but the days are locked.
     *
     * @return the closing entry, if one was posted
     * @throws LedgerException if the last day is locked already, or an account with a balance is
     *     in another currency than the account for results; the journal is then as before
     */
    public Optional<Entry> close(Period period) {
        if (!period.end().isAfter(journal.lockedThrough())) {
            throw new LedgerException(period + " is closed already");
        }
        List<Account> open = openAccounts(period);
        Optional<Entry> posted = Optional.empty();
        if (!open.isEmpty()) {
            posted = Optional.of(journal.post(closingEntry(period, open)));
        }
        journal.lockThrough(period.end());
        return posted;
    }

    private List<Account> openAccounts(Period period) {
        return chart.all().stream()
                .filter(account -> account.type().isTemporary())
                .filter(account -> !journal.balance(account.code(), period.end()).isZero())
                .toList();
    }

    /** Builds the entry that moves the balances of the open accounts at the end of the period. */
    private Entry closingEntry(Period period, List<Account> open) {
        Entry.Builder closing = Entry.on(period.end(), "Closing " + period);
        Money profit = Money.zero(retained.currency());
        for (Account account : open) {
            Money balance = journal.balance(account.code(), period.end());
            Side side = account.type().normalSide();
            closing.post(account.code(), side.opposite(), balance);
            profit = side == Side.CREDIT ? profit.plus(balance) : profit.minus(balance);
        }
        if (!profit.isZero()) {
            closing.credit(retained.code(), profit);
        }
        return closing.build();
    }
}
