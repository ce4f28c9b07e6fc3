package io.ledger.journal;

import io.ledger.account.AccountCode;
import io.ledger.account.Side;
import io.ledger.money.Money;

/**
 * One line of an entry.
 *
 * @param account the account that is changed
 * @param side the side on which it is changed
 * @param amount by how much; above zero
 */
public record Posting(AccountCode account, Side side, Money amount) {

    public Posting {
        if (!amount.isPositive()) {
            throw new IllegalArgumentException("posting of " + amount + " to " + account);
        }
    }

    /** Returns the amount, negative for a posting on the credit side. */
    public Money asDebit() {
        return side == Side.DEBIT ? amount : amount.negated();
    }

    public Posting opposite() {
        return new Posting(account, side.opposite(), amount);
    }
}
