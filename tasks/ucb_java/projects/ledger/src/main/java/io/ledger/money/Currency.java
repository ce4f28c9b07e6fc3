package io.ledger.money;

import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A currency and the number of decimal digits of its minor unit.
 *
 * @param code three upper-case letters, such as {@code EUR}
 * @param digits how many decimal digits an amount has, from 0 to 4
 */
public record Currency(String code, int digits) {

    public static final Currency EUR = new Currency("EUR", 2);
    public static final Currency USD = new Currency("USD", 2);
    public static final Currency GBP = new Currency("GBP", 2);
    public static final Currency JPY = new Currency("JPY", 0);
    public static final Currency KWD = new Currency("KWD", 3);

    private static final Map<String, Currency> KNOWN =
            Stream.of(EUR, USD, GBP, JPY, KWD)
                    .collect(Collectors.toUnmodifiableMap(Currency::code, Function.identity()));

    public Currency {
        if (!code.matches("[A-Z]{3}")) {
            throw new IllegalArgumentException("not a currency code: " + code);
        }
        if (digits < 0 || digits > 4) {
            throw new IllegalArgumentException("digits out of range: " + digits);
        }
    }

    /**
     * Returns the predefined currency with this code. Surrounding white space and case do not
     * matter.
     *
     * @throws IllegalArgumentException if no predefined currency has the code
     */
    public static Currency of(String code) {
        Currency currency = KNOWN.get(code.strip().toUpperCase(Locale.ROOT));
        if (currency == null) {
            throw new IllegalArgumentException("unknown currency: " + code);
        }
        return currency;
    }

    /** Returns how many minor units make one major unit: 100 for two digits, 1 for none. */
    public long unitsPerMajor() {
        long units = 1;
        for (int i = 0; i < digits; i++) {
            units *= 10;
        }
        return units;
    }

    @Override
    public String toString() {
        return code;
    }
}
