package io.ledger.journal;

import io.ledger.account.Account;
import io.ledger.account.ChartOfAccounts;
import io.ledger.journal.Violation.Rule;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks entries against a chart of accounts. */
final class EntryValidator {

    private final ChartOfAccounts chart;

    EntryValidator(ChartOfAccounts chart) {
        this.chart = chart;
    }

    /**
     * Returns everything that forbids to post an entry: those of the entry first, then those of
     * its postings in their order, last the currencies that do not balance. An entry on the last
     * locked day is locked out.
     */
    List<Violation> check(Entry entry, LocalDate lockedThrough) {
        List<Violation> violations = new ArrayList<>();
        if (entry.text().isBlank()) {
            violations.add(new Violation(Rule.NO_TEXT, "entry has no text"));
        }
        if (!entry.date().isAfter(lockedThrough)) {
            violations.add(new Violation(Rule.LOCKED_DATE, "locked through " + lockedThrough));
        }
        if (entry.postings().size() < 2) {
            violations.add(new Violation(Rule.TOO_FEW_POSTINGS, "entry has a single posting"));
        }
        entry.postings().forEach(posting -> checkPosting(posting, violations));
        entry.imbalances().values().forEach(amount ->
                violations.add(new Violation(Rule.UNBALANCED, "debits exceed by " + amount)));
        return violations;
    }

    /** Adds a violation if the account is not in the chart or is kept in another currency. */
    private void checkPosting(Posting posting, List<Violation> violations) {
        Optional<Account> account = chart.find(posting.account());
        if (account.isEmpty()) {
            violations.add(new Violation(Rule.UNKNOWN_ACCOUNT, "no account " + posting.account()));
        } else if (!account.get().currency().equals(posting.amount().currency())) {
            violations.add(new Violation(Rule.WRONG_CURRENCY,
                    posting.account() + " is not kept in " + posting.amount().currency()));
        }
    }
}
