package io.ledger.journal;

import static io.ledger.Books.BANK;
import static io.ledger.Books.DOLLARS;
import static io.ledger.Books.LOAN;
import static io.ledger.Books.RENT;
import static io.ledger.Books.day;
import static io.ledger.Books.eur;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.ledger.account.Side;
import io.ledger.money.Currency;
import io.ledger.money.Money;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EntryTest {

    private final Entry.Builder builder = Entry.on(day("2024-01-05"), "Rent");

    @Test
    void negativeAmountGoesToOtherSide() {
        Entry entry = builder.debit(RENT, eur("-5")).build();
        assertEquals(List.of(new Posting(RENT, Side.CREDIT, eur("5"))), entry.postings());
    }

    @Test
    void refusesEntryWithoutPostings() {
        assertThrows(IllegalStateException.class, builder::build);
    }

    @Test
    void netAddsAllPostingsToAccount() {
        Entry entry = builder.debit(BANK, eur("10")).credit(LOAN, eur("7"))
                .credit(BANK, eur("3")).build();
        assertEquals(eur("7"), entry.net(BANK, Currency.EUR));
    }

    @Test
    void imbalancesLeaveOutBalancedCurrencies() {
        Money dollar = Money.of("1", Currency.USD);
        Entry entry = builder.debit(BANK, eur("5")).credit(LOAN, eur("5"))
                .credit(DOLLARS, dollar).build();
        assertEquals(Map.of(Currency.USD, dollar.negated()), entry.imbalances());
    }

    @Test
    void builtEntryDoesNotChangeWithBuilder() {
        Entry first = builder.debit(RENT, eur("5")).credit(BANK, eur("5")).build();
        builder.debit(RENT, eur("1"));
        assertEquals(2, first.postings().size());
    }

    @Test
    void builderCanGoOnAfterBuild() {
        Entry first = builder.debit(RENT, eur("5")).build();
        Entry second = builder.credit(BANK, eur("5")).build();
        assertEquals(Map.of(Currency.EUR, eur("5")), first.imbalances());
        assertEquals(Map.of(), second.imbalances());
    }
}
