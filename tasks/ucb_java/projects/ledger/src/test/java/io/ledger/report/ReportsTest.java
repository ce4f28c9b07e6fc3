package io.ledger.report;

import static io.ledger.Books.BANK;
import static io.ledger.Books.DOLLARS;
import static io.ledger.Books.LOAN;
import static io.ledger.Books.RENT;
import static io.ledger.Books.SALES;
import static io.ledger.Books.account;
import static io.ledger.Books.day;
import static io.ledger.Books.eur;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ledger.Books;
import io.ledger.account.AccountCode;
import io.ledger.account.AccountType;
import io.ledger.money.Currency;
import io.ledger.money.Money;
import io.ledger.period.Period;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportsTest {

    private final Books books = new Books();
    private final Period january = new Period(day("2024-01-01"), day("2024-01-31"));

    private TrialBalance trialBalance() {
        return TrialBalance.of(books.journal, books.chart, january.end(), Currency.EUR);
    }

    private AccountStatement statement(AccountCode code) {
        return AccountStatement.of(books.journal, books.chart, code, january);
    }

    private IncomeStatement income(Period period) {
        return IncomeStatement.of(books.journal, books.chart, period, Currency.EUR);
    }

    @Test
    void trialBalanceHasEqualSums() {
        books.post("2024-01-02", BANK, SALES, "90");
        books.post("2024-01-03", RENT, BANK, "40");
        assertEquals(eur("90"), trialBalance().debits());
        assertTrue(trialBalance().isBalanced());
    }

    @Test
    void negativeBalanceStandsOnOtherSide() {
        books.post("2024-01-03", RENT, BANK, "40");
        TrialBalance.Row bank = trialBalance().rows().get(0);
        assertEquals(eur("40"), bank.credit());
        assertTrue(bank.debit().isZero());
    }

    @Test
    void rendersTrialBalance() {
        books.post("2024-01-02", BANK, SALES, "1090");
        assertEquals("""
                Code  Account         Debit        Credit
                1200  Bank     1,090.00 EUR
                4000  Sales                  1,090.00 EUR
                      Total    1,090.00 EUR  1,090.00 EUR
                """, trialBalance().render());
    }

    @Test
    void resultIsIncomeLessExpenses() {
        books.post("2024-01-02", BANK, SALES, "90");
        books.post("2024-01-03", RENT, BANK, "100");
        assertEquals(eur("-10"), income(january).result());
    }

    @Test
    void monthlyResultsCoverEveryMonth() {
        books.post("2024-01-02", BANK, SALES, "1");
        books.post("2024-02-29", BANK, SALES, "2");
        Period both = new Period(day("2024-01-01"), day("2024-02-29"));
        List<Money> results = IncomeStatement
                .monthly(books.journal, books.chart, both, Currency.EUR).stream()
                .map(IncomeStatement::result).toList();
        assertEquals(List.of(eur("1"), eur("2")), results);
    }

    @Test
    void firstDayBelongsToStatement() {
        books.post("2024-01-01", BANK, LOAN, "100");
        assertEquals(eur("0"), statement(BANK).opening());
        assertEquals(eur("100"), statement(BANK).closing());
    }

    @Test
    void statementCarriesBalanceInOrderOfDates() {
        books.post("2024-01-09", BANK, LOAN, "5");
        books.post("2024-01-02", BANK, LOAN, "20");
        List<Money> balances =
                statement(LOAN).lines().stream().map(AccountStatement.Line::balance).toList();
        assertEquals(List.of(eur("20"), eur("25")), balances);
    }

    @Test
    void lowestBalanceIsThatOfTheEndOfADay() {
        books.post("2023-12-31", BANK, LOAN, "50");
        books.post("2024-01-02", RENT, BANK, "80");
        books.post("2024-01-02", BANK, LOAN, "60");
        books.post("2024-01-05", RENT, BANK, "10");
        assertEquals(eur("20"), statement(BANK).lowest());
    }

    @Test
    void lowestBalanceMayBeTheOpeningOne() {
        books.post("2023-12-31", BANK, LOAN, "50");
        books.post("2024-01-02", BANK, LOAN, "60");
        assertEquals(eur("50"), statement(BANK).lowest());
    }

    @Test
    void rollupAddsAccountsBelow() {
        books.chart.add(account("1200.1", "Savings", AccountType.ASSET, Currency.EUR));
        books.post("2024-01-02", BANK, SALES, "20");
        books.post("2024-01-02", AccountCode.of("1200.1"), SALES, "5");
        Rollup rollup = new Rollup(books.journal, books.chart);
        assertEquals(eur("25"), rollup.balance(BANK, january.end()));
    }

    @Test
    void rollupLeavesOutOtherCurrencies() {
        books.chart.add(account("1200.2", "Pounds", AccountType.ASSET, Currency.GBP));
        Rollup rollup = new Rollup(books.journal, books.chart);
        assertEquals(eur("0"), rollup.balance(BANK, january.end()));
    }

    @Test
    void rollupListsEveryAccount() {
        Rollup rollup = new Rollup(books.journal, books.chart);
        assertEquals(7, rollup.balances(january.end()).size());
        assertEquals(Money.zero(Currency.USD), rollup.balances(january.end()).get(DOLLARS));
    }
}
