package io.ledger.statement;

import static io.ledger.Books.BANK;
import static io.ledger.Books.RENT;
import static io.ledger.Books.SALES;
import static io.ledger.Books.TRAVEL;
import static io.ledger.Books.day;
import static io.ledger.Books.eur;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.ledger.account.AccountCode;
import io.ledger.journal.Entry;
import io.ledger.money.Currency;
import org.junit.jupiter.api.Test;

class PayeeRulesTest {

    private static final AccountCode OTHER = AccountCode.of("9999");

    private final PayeeRules rules = new PayeeRules(BANK, OTHER)
            .add("rail", TRAVEL)
            .add("Railway Museum", SALES)
            .add("home", RENT);

    @Test
    void ignoresCase() {
        assertEquals(TRAVEL, rules.accountFor("NATIONAL RAIL"));
    }

    @Test
    void longestKeywordWins() {
        assertEquals(SALES, rules.accountFor("the railway museum, york"));
    }

    @Test
    void firstOfEquallyLongKeywordsWins() {
        assertEquals(TRAVEL, rules.accountFor("Home Rail"));
    }

    @Test
    void incomingMoneyIsDebitOfBank() {
        Entry entry = rules.entryFor(
                new StatementLine(2, day("2024-01-01"), eur("8"), "Railway Museum", "T7"));
        assertEquals(eur("8"), entry.net(BANK, Currency.EUR));
        assertEquals("Railway Museum (T7)", entry.text());
    }

    @Test
    void outgoingMoneyIsCreditOfBank() {
        Entry entry =
                rules.entryFor(new StatementLine(2, day("2024-01-01"), eur("-8"), "Rail", ""));
        assertEquals(eur("-8"), entry.net(BANK, Currency.EUR));
        assertEquals(eur("8"), entry.net(TRAVEL, Currency.EUR));
    }
}
