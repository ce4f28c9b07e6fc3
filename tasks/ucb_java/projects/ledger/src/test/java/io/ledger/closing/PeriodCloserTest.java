package io.ledger.closing;

import static io.ledger.Books.BANK;
import static io.ledger.Books.RENT;
import static io.ledger.Books.RETAINED;
import static io.ledger.Books.SALES;
import static io.ledger.Books.TRAVEL;
import static io.ledger.Books.eur;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ledger.Books;
import io.ledger.LedgerException;
import io.ledger.journal.Entry;
import io.ledger.period.FiscalCalendar;
import io.ledger.period.Period;
import org.junit.jupiter.api.Test;

class PeriodCloserTest {

    private final Books books = new Books();
    private final PeriodCloser closer = new PeriodCloser(books.journal, books.chart, RETAINED);
    private final Period year = new FiscalCalendar(1).year(2024);

    @Test
    void movesProfitToEquity() {
        books.post("2024-02-01", BANK, SALES, "900");
        books.post("2024-03-01", RENT, BANK, "400");
        closer.close(year);
        assertEquals(eur("500"), books.journal.balance(RETAINED, year.end()));
    }

    @Test
    void movesLossToEquity() {
        books.post("2024-03-01", RENT, BANK, "400");
        closer.close(year);
        assertEquals(eur("-400"), books.journal.balance(RETAINED, year.end()));
    }

    @Test
    void emptiesAccountWithNegativeBalance() {
        books.post("2024-03-01", RENT, BANK, "100");
        books.post("2024-04-01", BANK, TRAVEL, "30");
        closer.close(year);
        assertTrue(books.journal.balance(TRAVEL, year.end()).isZero());
        assertEquals(eur("-70"), books.journal.balance(RETAINED, year.end()));
    }

    @Test
    void resultOfZeroNeedsNoPostingToEquity() {
        books.post("2024-02-01", BANK, SALES, "400");
        books.post("2024-03-01", RENT, BANK, "400");
        Entry closing = closer.close(year).orElseThrow();
        assertEquals(2, closing.postings().size());
    }

    @Test
    void locksThePeriodEvenWithoutEntry() {
        closer.close(year);
        assertEquals(year.end(), books.journal.lockedThrough());
    }

    @Test
    void refusesToCloseTwice() {
        closer.close(year);
        assertThrows(LedgerException.class, () -> closer.close(year));
    }
}
