package io.ledger.journal;

import static io.ledger.Books.BANK;
import static io.ledger.Books.DOLLARS;
import static io.ledger.Books.LOAN;
import static io.ledger.Books.RENT;
import static io.ledger.Books.SALES;
import static io.ledger.Books.day;
import static io.ledger.Books.entry;
import static io.ledger.Books.eur;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.ledger.Books;
import io.ledger.LedgerException;
import io.ledger.account.AccountCode;
import io.ledger.journal.Violation.Rule;
import io.ledger.money.Currency;
import io.ledger.money.Money;
import io.ledger.period.Period;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class JournalTest {

    private final Books books = new Books();
    private final Journal journal = books.journal;

    private List<Rule> rulesBrokenBy(Entry entry) {
        RejectedEntryException rejected =
                assertThrows(RejectedEntryException.class, () -> journal.post(entry));
        return rejected.violations().stream().map(Violation::rule).toList();
    }

    private List<Integer> numbers(List<Entry> entries) {
        return entries.stream().map(Entry::number).toList();
    }

    @Test
    void rejectsUnknownAccount() {
        Entry entry = entry("2024-01-01", BANK, AccountCode.of("99"), "1");
        assertEquals(List.of(Rule.UNKNOWN_ACCOUNT), rulesBrokenBy(entry));
    }

    @Test
    void rejectsForeignCurrency() {
        Entry entry = entry("2024-01-01", DOLLARS, SALES, "1");
        assertEquals(List.of(Rule.WRONG_CURRENCY), rulesBrokenBy(entry));
    }

    @Test
    void acceptsCurrencyThatIsEqual() {
        Money amount = Money.of("12", new Currency("EUR", 2));
        journal.post(Entry.on(day("2024-01-01"), "Sale")
                .debit(BANK, amount).credit(SALES, amount).build());
        assertEquals(eur("12"), journal.balance(BANK, day("2024-01-01")));
    }

    @Test
    void listsAllViolations() {
        Entry entry = Entry.on(day("2024-01-01"), " ").debit(BANK, eur("1")).build();
        assertEquals(List.of(Rule.NO_TEXT, Rule.TOO_FEW_POSTINGS, Rule.UNBALANCED),
                rulesBrokenBy(entry));
    }

    @Test
    void rejectsLastLockedDay() {
        journal.lockThrough(day("2024-01-31"));
        assertEquals(List.of(Rule.LOCKED_DATE),
                rulesBrokenBy(entry("2024-01-31", BANK, SALES, "1")));
    }

    @Test
    void lockIsNotTakenBack() {
        journal.lockThrough(day("2024-01-31"));
        journal.lockThrough(day("2023-12-31"));
        assertEquals(day("2024-01-31"), journal.lockedThrough());
    }

    @Test
    void batchWithRejectedEntryPostsNothing() {
        books.post("2024-01-01", BANK, SALES, "5");
        List<Entry> batch = List.of(
                entry("2024-01-02", BANK, SALES, "1"),
                entry("2024-01-02", BANK, SALES, "2"),
                entry("2024-01-02", BANK, AccountCode.of("99"), "3"));
        assertThrows(RejectedEntryException.class, () -> journal.postAll(batch));
        assertEquals(List.of(1), numbers(journal.entries()));
    }

    @Test
    void failedBatchLeavesNoGapInNumbers() {
        List<Entry> batch = List.of(
                entry("2024-01-02", BANK, SALES, "1"),
                entry("2024-01-02", BANK, SALES, "2"),
                entry("2024-01-02", BANK, SALES, "3"),
                entry("2024-01-02", DOLLARS, SALES, "4"));
        assertThrows(RejectedEntryException.class, () -> journal.postAll(batch));
        assertEquals(1, books.post("2024-01-02", BANK, SALES, "9").number());
    }

    @Test
    void reversalSwapsSides() {
        books.post("2024-01-01", RENT, BANK, "500");
        Entry reversal = journal.reverse(1, day("2024-01-03"), "Wrong amount");
        assertEquals(OptionalInt.of(1), reversal.reverses());
        assertEquals(eur("0"), journal.balance(RENT, day("2024-01-03")));
    }

    @Test
    void refusesSecondReversal() {
        books.post("2024-01-01", RENT, BANK, "500");
        journal.reverse(1, day("2024-01-01"), "Wrong");
        assertThrows(LedgerException.class, () -> journal.reverse(1, day("2024-01-01"), "Wrong"));
    }

    @Test
    void refusesReversalOfReversal() {
        books.post("2024-01-01", RENT, BANK, "500");
        journal.reverse(1, day("2024-01-01"), "Wrong");
        assertThrows(LedgerException.class, () -> journal.reverse(2, day("2024-01-01"), "Right"));
    }

    @Test
    void refusesReversalBeforeEntry() {
        books.post("2024-01-02", RENT, BANK, "500");
        assertThrows(LedgerException.class, () -> journal.reverse(1, day("2024-01-01"), "Wrong"));
    }

    @Test
    void rejectedReversalCanBeRepeatedOnAnotherDay() {
        books.post("2024-01-20", RENT, BANK, "500");
        journal.lockThrough(day("2024-01-31"));
        assertThrows(RejectedEntryException.class,
                () -> journal.reverse(1, day("2024-01-25"), "Wrong"));
        assertEquals(2, journal.reverse(1, day("2024-02-01"), "Wrong").number());
    }

    @Test
    void balanceIsPositiveOnNormalSide() {
        books.post("2024-01-01", BANK, LOAN, "100");
        assertEquals(eur("100"), journal.balance(BANK, day("2024-01-01")));
        assertEquals(eur("100"), journal.balance(LOAN, day("2024-01-01")));
    }

    @Test
    void balanceLeavesOutLaterEntries() {
        books.post("2024-01-01", BANK, LOAN, "100");
        books.post("2024-01-02", BANK, LOAN, "50");
        assertEquals(eur("100"), journal.balance(BANK, day("2024-01-01")));
    }

    @Test
    void turnoverCountsOnlyThePeriod() {
        books.post("2023-12-31", BANK, SALES, "1");
        books.post("2024-01-01", BANK, SALES, "2");
        books.post("2024-01-31", BANK, SALES, "4");
        books.post("2024-02-01", BANK, SALES, "8");
        Period january = new Period(day("2024-01-01"), day("2024-01-31"));
        assertEquals(eur("6"), journal.turnover(SALES, january));
    }

    @Test
    void entriesOfPeriodAreSortedByDate() {
        books.post("2024-01-05", BANK, SALES, "1");
        books.post("2024-01-03", BANK, SALES, "2");
        books.post("2024-01-05", BANK, SALES, "3");
        Period january = new Period(day("2024-01-01"), day("2024-01-31"));
        assertEquals(List.of(2, 1, 3), numbers(journal.entries(january)));
    }
}
