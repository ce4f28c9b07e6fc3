package io.ledger.account;

import io.ledger.money.Currency;
import io.ledger.money.Money;
import java.util.Objects;

/**
 * An account of the books.
 *
 * @param code its place in the chart of accounts
 * @param name what people call it; not blank
 * @param type what it stands for
 * @param currency the one currency in which it is kept
 */
public record Account(AccountCode code, String name, AccountType type, Currency currency) {

    public Account {
        Objects.requireNonNull(code, "code");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(currency, "currency");
        if (name.isBlank()) {
            throw new IllegalArgumentException("account " + code + " has no name");
        }
    }

    /** Returns a balance on {@code side} as seen by this account: positive on its normal side. */
    public Money signed(Money amount, Side side) {
        return side == type.normalSide() ? amount : amount.negated();
    }
}
