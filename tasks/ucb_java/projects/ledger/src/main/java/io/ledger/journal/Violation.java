package io.ledger.journal;

/**
 * One reason why an entry cannot be posted.
 *
 * @param rule the rule that it breaks
 * @param detail what exactly is wrong, for people
 */
public record Violation(Rule rule, String detail) {

    /** The rules of the journal. */
    public enum Rule {
        NO_TEXT,
        LOCKED_DATE,
        TOO_FEW_POSTINGS,
        UNKNOWN_ACCOUNT,
        WRONG_CURRENCY,
        UNBALANCED
    }
}
