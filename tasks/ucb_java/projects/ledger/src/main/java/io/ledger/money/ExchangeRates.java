package io.ledger.money;

import io.ledger.LedgerException;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;

/** Exchange rates of one day, each quoted as units of a currency for one unit of the base. */
public final class ExchangeRates {

    private final Currency base;
    private final Map<Currency, BigDecimal> quotes = new HashMap<>();

    public ExchangeRates(Currency base) {
        this.base = base;
        quotes.put(base, BigDecimal.ONE);
    }

    /**
     * Sets how many major units of {@code currency} one major unit of the base is worth and
     * returns this object. A later quote replaces an earlier one.
     *
     * @throws IllegalArgumentException if the quote is not positive, or is for the base itself
     */
    public ExchangeRates quote(Currency currency, String unitsPerBase) {
        BigDecimal quote = new BigDecimal(unitsPerBase);
        if (quote.signum() <= 0 || currency.equals(base)) {
            throw new IllegalArgumentException("bad quote for " + currency + ": " + unitsPerBase);
        }
        quotes.put(currency, quote);
        return this;
    }

    /**
     * Converts an amount into another currency, by way of the base where neither of the two is
     * the base. It is rounded once, to a minor unit of the target. An amount that is already in
     * the target currency comes back as it is, even if that currency has no quote.
     *
     * @throws LedgerException if one of two different currencies has no quote
     */
    public Money convert(Money amount, Currency target, RoundingRule rule) {
        Currency source = amount.currency();
        if (source.equals(target)) {
            return amount;
        }
        BigDecimal value = BigDecimal.valueOf(amount.minor(), source.digits());
        BigDecimal dividend = value.multiply(quoteOf(target)).movePointRight(target.digits());
        return Money.ofMinor(rule.divide(dividend, quoteOf(source)), target);
    }

    private BigDecimal quoteOf(Currency currency) {
        BigDecimal quote = quotes.get(currency);
        if (quote == null) {
            throw new LedgerException("no quote for " + currency + " against " + base);
        }
        return quote;
    }
}
