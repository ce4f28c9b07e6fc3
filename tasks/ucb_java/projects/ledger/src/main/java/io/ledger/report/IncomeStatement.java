package io.ledger.report;

import io.ledger.account.Account;
import io.ledger.account.AccountType;
import io.ledger.account.ChartOfAccounts;
import io.ledger.journal.Journal;
import io.ledger.money.Currency;
import io.ledger.money.Money;
import io.ledger.period.Period;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Income and expenses of a period that is not closed yet, in one currency.
 *
 * @param period the days that count
 * @param currency the currency of all amounts
 * @param income what was earned on each account that changed, by code
 * @param expenses what was spent on each account that changed, by code
 */
public record IncomeStatement(
        Period period,
        Currency currency,
        Map<Account, Money> income,
        Map<Account, Money> expenses) {

    public static IncomeStatement of(
            Journal journal, ChartOfAccounts chart, Period period, Currency currency) {
        return new IncomeStatement(period, currency,
                turnovers(journal, chart.ofType(AccountType.INCOME), period, currency),
                turnovers(journal, chart.ofType(AccountType.EXPENSE), period, currency));
    }

    /** Returns income less expenses: positive for a profit. */
    public Money result() {
        Money earned = Money.sum(income.values(), currency);
        Money spent = Money.sum(expenses.values(), currency);
        return earned.minus(spent);
    }

    /** Returns the results of consecutive months of a period, in order, its parts included. */
    public static List<IncomeStatement> monthly(
            Journal journal, ChartOfAccounts chart, Period period, Currency currency) {
        return period.byMonth().stream()
                .map(month -> of(journal, chart, month, currency))
                .toList();
    }

    private static Map<Account, Money> turnovers(
            Journal journal, List<Account> accounts, Period period, Currency currency) {
        Map<Account, Money> turnovers = new LinkedHashMap<>();
        for (Account account : accounts) {
            if (account.currency().equals(currency)) {
                turnovers.put(account, journal.turnover(account.code(), period));
            }
        }
        turnovers.values().removeIf(Money::isZero);
        return turnovers;
    }
}
