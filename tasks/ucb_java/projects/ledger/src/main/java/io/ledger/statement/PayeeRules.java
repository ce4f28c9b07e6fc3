package io.ledger.statement;

import io.ledger.account.AccountCode;
import io.ledger.journal.Entry;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Chooses the accounts for statement lines by words in the name of the payee. */
public final class PayeeRules {

    private final AccountCode bank;
    private final AccountCode fallback;
    private final Map<String, AccountCode> accounts = new LinkedHashMap<>();

    /**
     * Creates an empty set of rules.
     *
     * @param bank the account to which the statements belong
     * @param fallback the account for payees without a rule
     */
    public PayeeRules(AccountCode bank, AccountCode fallback) {
        this.bank = bank;
        this.fallback = fallback;
    }

    /**
     * Assigns payees whose name contains the keyword to an account and returns these rules. A
     * second rule for a keyword, whatever its case, replaces the first.
     *
     * @throws IllegalArgumentException if the keyword is blank
     */
    public PayeeRules add(String keyword, AccountCode account) {
        if (keyword.isBlank()) {
            throw new IllegalArgumentException("blank keyword");
        }
        accounts.put(keyword.strip().toLowerCase(Locale.ROOT), account);
        return this;
    }

    /**
     * Returns the account of the longest keyword that the payee contains, whatever the case; of
     * several that are equally long, the one whose keyword was added first.
     */
    public AccountCode accountFor(String payee) {
        String name = payee.toLowerCase(Locale.ROOT);
        AccountCode best = fallback;
        int longest = 0;
        for (Map.Entry<String, AccountCode> rule : accounts.entrySet()) {
            int length = rule.getKey().length();
            if (length > longest && name.contains(rule.getKey())) {
                best = rule.getValue();
                longest = length;
            }
        }
        return best;
    }

    /**
     * Returns an entry for a statement line, with the payee and, in parentheses, the reference if
     * there is one as its text. Money that came in is a debit of the bank account, money that
     * went out a credit.
     */
    public Entry entryFor(StatementLine line) {
        String reference = line.reference().isEmpty() ? "" : " (" + line.reference() + ")";
        return Entry.on(line.date(), line.payee() + reference)
                .debit(bank, line.amount())
                .credit(accountFor(line.payee()), line.amount())
                .build();
    }
}
