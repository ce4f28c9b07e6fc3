package io.ledger.account;

import static io.ledger.Books.account;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.ledger.LedgerException;
import io.ledger.money.Currency;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChartOfAccountsTest {

    private final ChartOfAccounts chart = new ChartOfAccounts()
            .add(asset("1"))
            .add(asset("12"))
            .add(asset("1.2.3"))
            .add(asset("1.2.3.4"))
            .add(account("2", "Sales", AccountType.INCOME, Currency.EUR));

    private static Account asset(String code) {
        return account(code, "Asset " + code, AccountType.ASSET, Currency.EUR);
    }

    private static List<String> codes(List<Account> accounts) {
        return accounts.stream().map(account -> account.code().toString()).toList();
    }

    @Test
    void refusesSecondAccountWithSameCode() {
        assertThrows(LedgerException.class, () -> chart.add(asset("01")));
    }

    @Test
    void refusesOtherTypeThanAncestor() {
        Account income = account("1.7", "Income", AccountType.INCOME, Currency.EUR);
        assertThrows(LedgerException.class, () -> chart.add(income));
    }

    @Test
    void nearestAncestorSkipsLevelsWithoutAccount() {
        Optional<Account> above = chart.nearestAncestor(AccountCode.of("1.2.3"));
        assertEquals(Optional.of(asset("1")), above);
    }

    @Test
    void nearestAncestorIsNotTheAccountItself() {
        assertEquals(Optional.empty(), chart.nearestAncestor(AccountCode.of("1")));
    }

    @Test
    void subtreeOfLevelWithoutAccountHoldsThoseBelow() {
        assertEquals(List.of("1.2.3", "1.2.3.4"), codes(chart.subtree(AccountCode.of("1.2"))));
    }

    @Test
    void subtreeMixesNoSiblings() {
        chart.add(asset("1.20"));
        assertEquals(List.of("1.2.3", "1.2.3.4"), codes(chart.subtree(AccountCode.of("1.2"))));
    }
}
