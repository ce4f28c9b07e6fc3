package io.ledger.journal;

import io.ledger.account.AccountCode;
import io.ledger.account.Side;
import io.ledger.money.Currency;
import io.ledger.money.Money;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;

/** An immutable journal entry: postings of one day that belong together. */
public final class Entry {

    private final int number;
    private final LocalDate date;
    private final String text;
    private final List<Posting> postings;
    private final int reverses;

    private Entry(int number, LocalDate date, String text, List<Posting> postings, int reverses) {
        this.number = number;
        this.date = date;
        this.text = text;
        this.postings = postings;
        this.reverses = reverses;
    }

    /** Starts an entry of this day. */
    public static Builder on(LocalDate date, String text) {
        return new Builder(date, text);
    }

    /** Returns the number in the journal, from 1 on, or 0 if the entry is not posted. */
    public int number() {
        return number;
    }

    public LocalDate date() {
        return date;
    }

    public String text() {
        return text;
    }

    public List<Posting> postings() {
        return postings;
    }

    /** Returns the number of the entry that this one takes back, if it is a reversal. */
    public OptionalInt reverses() {
        return reverses == 0 ? OptionalInt.empty() : OptionalInt.of(reverses);
    }

    /** Returns the sum of all postings to one account, those on the credit side as negative. */
    public Money net(AccountCode account, Currency currency) {
        Money total = Money.zero(currency);
        for (Posting posting : postings) {
            if (posting.account().equals(account)) {
                total = total.plus(posting.asDebit());
            }
        }
        return total;
    }

    /**
     * Returns for each currency by how much debits exceed credits (negative where credits are
     * more). Currencies that balance are left out, so a balanced entry gives an empty map.
     */
    public Map<Currency, Money> imbalances() {
        Map<Currency, Money> totals = new LinkedHashMap<>();
        for (Posting posting : postings) {
            totals.merge(posting.amount().currency(), posting.asDebit(), Money::plus);
        }
        totals.values().removeIf(Money::isZero);
        return Collections.unmodifiableMap(totals);
    }

    Entry numbered(int newNumber) {
        return new Entry(newNumber, date, text, postings, reverses);
    }

    /** Collects the postings of an entry. */
    public static final class Builder {

        private final LocalDate date;
        private final String text;
        private final List<Posting> postings = new ArrayList<>();
        private int reverses;

        private Builder(LocalDate date, String text) {
            this.date = Objects.requireNonNull(date, "date");
            this.text = Objects.requireNonNull(text, "text");
        }

        public Builder debit(AccountCode account, Money amount) {
            return post(account, Side.DEBIT, amount);
        }

        public Builder credit(AccountCode account, Money amount) {
            return post(account, Side.CREDIT, amount);
        }

        /**
         * Adds a posting and returns this builder. A negative amount is posted as a positive one
         * on the opposite side.
         *
         * @throws IllegalArgumentException if the amount is zero
         */
        public Builder post(AccountCode account, Side side, Money amount) {
            if (amount.isNegative()) {
                postings.add(new Posting(account, side.opposite(), amount.negated()));
            } else {
                postings.add(new Posting(account, side, amount));
            }
            return this;
        }

        Builder reversing(Entry original) {
            reverses = original.number();
            original.postings().forEach(posting -> postings.add(posting.opposite()));
            return this;
        }

        /**
         * Returns an entry, not yet posted, of the postings so far. The builder can be used
         * further; entries that it has returned do not change any more.
         *
         * @throws IllegalStateException if there is no posting
         */
        public Entry build() {
            if (postings.isEmpty()) {
                throw new IllegalStateException("entry without postings: " + text);
            }
            List<Posting> lines = List.copyOf(postings);
            return new Entry(0, date, text, lines, reverses);
        }
    }
}
