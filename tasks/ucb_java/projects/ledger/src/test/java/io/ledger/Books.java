package io.ledger;

import io.ledger.account.Account;
import io.ledger.account.AccountCode;
import io.ledger.account.AccountType;
import io.ledger.account.ChartOfAccounts;
import io.ledger.journal.Entry;
import io.ledger.journal.Journal;
import io.ledger.money.Currency;
import io.ledger.money.Money;
import java.time.LocalDate;

/** A small set of books for tests. */
public final class Books {

    public static final AccountCode BANK = AccountCode.of("1200");
    public static final AccountCode DOLLARS = AccountCode.of("1300");
    public static final AccountCode LOAN = AccountCode.of("2100");
    public static final AccountCode RETAINED = AccountCode.of("3000");
    public static final AccountCode SALES = AccountCode.of("4000");
    public static final AccountCode RENT = AccountCode.of("5100");
    public static final AccountCode TRAVEL = AccountCode.of("5200");

    public final ChartOfAccounts chart = new ChartOfAccounts()
            .add(account("1200", "Bank", AccountType.ASSET, Currency.EUR))
            .add(account("1300", "Dollars", AccountType.ASSET, Currency.USD))
            .add(account("2100", "Loan", AccountType.LIABILITY, Currency.EUR))
            .add(account("3000", "Retained earnings", AccountType.EQUITY, Currency.EUR))
            .add(account("4000", "Sales", AccountType.INCOME, Currency.EUR))
            .add(account("5100", "Rent", AccountType.EXPENSE, Currency.EUR))
            .add(account("5200", "Travel", AccountType.EXPENSE, Currency.EUR));

    public final Journal journal = new Journal(chart);

    public static Account account(String code, String name, AccountType type, Currency currency) {
        return new Account(AccountCode.of(code), name, type, currency);
    }

    public static Money eur(String amount) {
        return Money.of(amount, Currency.EUR);
    }

    public static LocalDate day(String date) {
        return LocalDate.parse(date);
    }

    public static Entry entry(String date, AccountCode debit, AccountCode credit, String amount) {
        return Entry.on(day(date), "test")
                .debit(debit, eur(amount))
                .credit(credit, eur(amount))
                .build();
    }

    public Entry post(String date, AccountCode debit, AccountCode credit, String amount) {
        return journal.post(entry(date, debit, credit, amount));
    }
}
