package io.ledger.account;

import io.ledger.LedgerException;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** All accounts of the books, in the order of their codes. */
public final class ChartOfAccounts {

    private final NavigableMap<AccountCode, Account> accounts = new TreeMap<>();

    /**
     * Adds an account and returns this chart. Its parent need not be in the chart, but the
     * nearest ancestor that is must have the same type.
     *
     * @throws LedgerException if the code is taken or the nearest ancestor has another type
     */
    public ChartOfAccounts add(Account account) {
        if (accounts.containsKey(account.code())) {
            throw new LedgerException("account " + account.code() + " exists already");
        }
        nearestAncestor(account.code())
                .filter(ancestor -> ancestor.type() != account.type())
                .ifPresent(ancestor -> {
                    throw new LedgerException("account " + account.code() + " is no "
                            + ancestor.type() + " as " + ancestor.code() + " is");
                });
        accounts.put(account.code(), account);
        return this;
    }

    public Optional<Account> find(AccountCode code) {
        return Optional.ofNullable(accounts.get(code));
    }

    /**
     * Returns the account with this code.
     *
     * @throws LedgerException if the chart has none
     */
    public Account require(AccountCode code) {
        return find(code).orElseThrow(() -> new LedgerException("no account " + code));
    }

    /**
     * Returns the account of the chart that is closest above {@code code}, skipping levels that
     * have no account; never the account with the code itself.
     */
    public Optional<Account> nearestAncestor(AccountCode code) {
        Optional<AccountCode> above = code.parent();
        while (above.isPresent()) {
            Account account = accounts.get(above.get());
            if (account != null) {
                return Optional.of(account);
            }
            above = above.get().parent();
        }
        return Optional.empty();
    }

    /** Returns the account with this code, if any, and all accounts below it, by code. */
    public List<Account> subtree(AccountCode root) {
        return accounts.tailMap(root, true).values().stream()
                .takeWhile(account -> account.code().isWithin(root))
                .toList();
    }

    /** Returns all accounts of a type, by code. */
    public List<Account> ofType(AccountType type) {
        return accounts.values().stream().filter(account -> account.type() == type).toList();
    }

    /** Returns all accounts, by code. */
    public List<Account> all() {
        return List.copyOf(accounts.values());
    }
}
