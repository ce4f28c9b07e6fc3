package io.ledger.statement;

import static io.ledger.Books.BANK;
import static io.ledger.Books.SALES;
import static io.ledger.Books.day;
import static io.ledger.Books.eur;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ledger.Books;
import io.ledger.account.Account;
import io.ledger.journal.Entry;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReconcilerTest {

    private final Books books = new Books();
    private final Account bank = books.chart.require(BANK);
    private final Reconciler reconciler = new Reconciler(bank, 3);

    private static StatementLine line(String date, String amount) {
        return new StatementLine(2, day(date), eur(amount), "ACME", "");
    }

    private Reconciler.Result match(StatementLine... lines) {
        return reconciler.match(List.of(lines), books.journal.entries());
    }

    @Test
    void toleranceHoldsBothWays() {
        books.post("2024-01-05", BANK, SALES, "10");
        assertTrue(match(line("2024-01-02", "10")).missing().isEmpty());
        assertTrue(match(line("2024-01-08", "10")).missing().isEmpty());
    }

    @Test
    void beyondToleranceIsMissing() {
        books.post("2024-01-05", BANK, SALES, "10");
        assertEquals(1, match(line("2024-01-09", "10")).missing().size());
        assertEquals(1, match(line("2024-01-01", "10")).missing().size());
    }

    @Test
    void takesNearestDate() {
        books.post("2024-01-03", BANK, SALES, "10");
        Entry near = books.post("2024-01-06", BANK, SALES, "10");
        StatementLine line = line("2024-01-05", "10");
        assertSame(near, match(line).matched().get(line));
    }

    @Test
    void usesEachEntryOnce() {
        books.post("2024-01-05", BANK, SALES, "10");
        Reconciler.Result result = match(line("2024-01-05", "10"), line("2024-01-06", "10"));
        assertEquals(List.of(line("2024-01-06", "10")), result.missing());
    }

    @Test
    void reportsEntriesWithoutLine() {
        Entry entry = books.post("2024-01-05", BANK, SALES, "10");
        assertEquals(List.of(entry), match(line("2024-01-05", "11")).unexplained());
    }
}
