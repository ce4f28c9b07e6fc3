package io.ledger.report;

import io.ledger.account.Account;
import io.ledger.account.AccountCode;
import io.ledger.account.ChartOfAccounts;
import io.ledger.journal.Journal;
import io.ledger.money.Money;
import java.time.LocalDate;
import java.util.Map;
import java.util.TreeMap;

/** Balances that include the accounts below. */
public final class Rollup {

    private final Journal journal;
    private final ChartOfAccounts chart;

    public Rollup(Journal journal, ChartOfAccounts chart) {
        this.journal = journal;
        this.chart = chart;
    }

    /**
     * Returns the balance of an account and of all accounts below it at the end of a day.
     * Accounts below that are kept in another currency do not count.
     */
    public Money balance(AccountCode code, LocalDate asOf) {
        Account root = chart.require(code);
        Money total = Money.zero(root.currency());
        for (Account account : chart.subtree(code)) {
            if (account.currency().equals(root.currency())) {
                total = total.plus(journal.balance(account.code(), asOf));
            }
        }
        return total;
    }

    /** Returns for every account, by code, its balance with the accounts below, zero or not. */
    public Map<AccountCode, Money> balances(LocalDate asOf) {
        Map<AccountCode, Money> balances = new TreeMap<>();
        for (Account account : chart.all()) {
            balances.put(account.code(), balance(account.code(), asOf));
        }
        return balances;
    }
}
