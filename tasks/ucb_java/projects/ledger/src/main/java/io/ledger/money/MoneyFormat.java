package io.ledger.money;

import java.util.regex.Pattern;

/**
 * The written form of amounts, without a currency sign.
 *
 * @param decimal the character between whole and fractional digits
 * @param grouping the character between groups of three whole digits
 */
public record MoneyFormat(char decimal, char grouping) {

    public static final MoneyFormat ENGLISH = new MoneyFormat('.', ',');
    public static final MoneyFormat GERMAN = new MoneyFormat(',', '.');

    public MoneyFormat {
        if (decimal == grouping) {
            throw new IllegalArgumentException("one character for two purposes: " + decimal);
        }
    }

    /**
     * Writes an amount with all fractional digits of its currency, whole digits in groups of
     * three and, for a negative amount, a leading minus: {@code -1,234.50}. A currency without
     * fractional digits has no decimal character either.
     */
    public String format(Money money) {
        int digits = money.currency().digits();
        long units = money.currency().unitsPerMajor();
        long whole = Math.abs(money.minor() / units);
        long fraction = Math.abs(money.minor() % units);
        StringBuilder text = new StringBuilder(Long.toString(whole));
        for (int i = text.length() - 3; i > 0; i -= 3) {
            text.insert(i, grouping);
        }
        if (digits > 0) {
            text.append(decimal).append(String.format("%0" + digits + "d", fraction));
        }
        if (money.isNegative()) {
            text.insert(0, '-');
        }
        return text.toString();
    }

    /**
     * Reads an amount. White space around it is ignored; a leading {@code +} or {@code -} gives
     * the sign, and so do parentheses around the number, which make it negative. Whole digits may
     * be grouped, then all groups but the first must have three digits. There may be fewer
     * fractional digits than the currency has, but not more; the whole digits may be missing if
     * there are fractional ones.
     *
     * @throws IllegalArgumentException if the text is not such an amount
     */
    public Money parse(String text, Currency currency) {
        String body = text.strip();
        boolean negative = body.startsWith("-");
        if (body.startsWith("(") && body.endsWith(")")) {
            negative = true;
            body = body.substring(1, body.length() - 1).strip();
        } else if (negative || body.startsWith("+")) {
            body = body.substring(1);
        }
        int point = body.indexOf(decimal);
        String whole = ungrouped(point < 0 ? body : body.substring(0, point));
        String fraction = point < 0 ? "" : body.substring(point + 1);
        int missing = currency.digits() - fraction.length();
        if (missing < 0 || !(whole + fraction).matches("[0-9]+")) {
            throw new IllegalArgumentException("not an amount of " + currency + ": " + text);
        }
        long minor = Long.parseLong(whole + fraction + "0".repeat(missing));
        return Money.ofMinor(negative ? -minor : minor, currency);
    }

    private String ungrouped(String whole) {
        String separator = Pattern.quote(String.valueOf(grouping));
        boolean grouped = whole.matches("[0-9]{1,3}(" + separator + "[0-9]{3})+");
        return grouped ? whole.replace(String.valueOf(grouping), "") : whole;
    }
}
