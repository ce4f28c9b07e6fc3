package io.ledger.journal;

import io.ledger.LedgerException;
import io.ledger.account.Account;
import io.ledger.account.AccountCode;
import io.ledger.account.ChartOfAccounts;
import io.ledger.account.Side;
import io.ledger.money.Money;
import io.ledger.period.Period;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** The posted entries, numbered from 1 without gaps; what is posted is never changed. */
public final class Journal {

    private final ChartOfAccounts chart;
    private final EntryValidator validator;
    private final List<Entry> entries = new ArrayList<>();
    private final Set<Integer> reversed = new HashSet<>();
    private LocalDate lockedThrough = LocalDate.MIN;

    public Journal(ChartOfAccounts chart) {
        this.chart = chart;
        this.validator = new EntryValidator(chart);
    }

    /**
     * Posts an entry and returns it with its number.
     *
     * @throws RejectedEntryException if it breaks a rule; the journal is then as before
     */
    public Entry post(Entry entry) {
        List<Violation> violations = validator.check(entry, lockedThrough);
        if (!violations.isEmpty()) {
            throw new RejectedEntryException(violations);
        }
        Entry posted = entry.numbered(entries.size() + 1);
        entries.add(posted);
        return posted;
    }

    /**
     * Posts all entries in their order, or none of them if one fails.
     *
     * @throws RejectedEntryException for the first entry that breaks a rule
     */
    public List<Entry> postAll(List<Entry> batch) {
        int before = entries.size();
        try {
            return batch.stream().map(this::post).toList();
        } catch (RuntimeException e) {
            entries.subList(before, entries.size()).clear();
            throw e;
        }
    }

    /**
     * Takes an entry back by posting the same amounts on the opposite sides.
     *
     * @throws LedgerException if there is no such entry, it is itself a reversal, it is reversed
     *     already, or {@code date} is before its own date
     * @throws RejectedEntryException if the reversal breaks a rule; the entry can then still be
     *     reversed on another day
     */
    public Entry reverse(int number, LocalDate date, String text) {
        Entry original = require(number);
        if (original.reverses().isPresent() || reversed.contains(number)) {
            throw new LedgerException("entry " + number + " cannot be reversed any more");
        }
        if (date.isBefore(original.date())) {
            throw new LedgerException("entry " + number + " is later than " + date);
        }
        Entry reversal = post(Entry.on(date, text).reversing(original).build());
        reversed.add(number);
        return reversal;
    }

    /** Tells whether an entry has been taken back. */
    public boolean isReversed(int number) {
        return reversed.contains(number);
    }

    /**
     * Returns a posted entry.
     *
     * @throws LedgerException if there is none with this number
     */
    public Entry require(int number) {
        if (number < 1 || number > entries.size()) {
            throw new LedgerException("no entry " + number);
        }
        return entries.get(number - 1);
    }

    /** Returns an unmodifiable view of all entries by number. */
    public List<Entry> entries() {
        return Collections.unmodifiableList(entries);
    }

    /** Returns the entries of a period by date, those of one day by number. */
    public List<Entry> entries(Period period) {
        return entries.stream()
                .filter(entry -> period.contains(entry.date()))
                .sorted(Comparator.comparing(Entry::date))
                .toList();
    }

    /**
     * Returns the balance of an account at the end of a day, without the accounts below it. It is
     * positive on the normal side of the account.
     *
     * @throws LedgerException if there is no such account
     */
    public Money balance(AccountCode code, LocalDate asOf) {
        return total(code, entry -> !entry.date().isAfter(asOf));
    }

    /**
     * Returns by how much the postings of a period changed the balance of an account.
     *
     * @throws LedgerException if there is no such account
     */
    public Money turnover(AccountCode code, Period period) {
        return total(code, entry -> period.contains(entry.date()));
    }

    public LocalDate lockedThrough() {
        return lockedThrough;
    }

    /** Forbids to post on this day or earlier. A lock is never taken back to an earlier day. */
    public void lockThrough(LocalDate date) {
        if (date.isAfter(lockedThrough)) {
            lockedThrough = date;
        }
    }

    private Money total(AccountCode code, Predicate<Entry> selected) {
        Account account = chart.require(code);
        Money total = Money.zero(account.currency());
        for (Entry entry : entries) {
            if (selected.test(entry)) {
                total = total.plus(entry.net(code, account.currency()));
            }
        }
        return account.signed(total, Side.DEBIT);
    }
}
