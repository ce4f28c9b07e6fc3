package org.calc.format;

import java.math.BigInteger;
import org.calc.number.Rational;
import org.calc.number.RepeatingDecimal;

/**
 * Writes numbers.
 *
 * @param style the form of numbers that are not integers
 * @param places the most decimals in the style {@link NumberStyle#DECIMAL}, not negative
 * @param separator what is put between groups of three digits, empty for no grouping
 */
public record NumberFormatter(NumberStyle style, int places, String separator) {

    public NumberFormatter {
        if (places < 0) {
            throw new IllegalArgumentException("negative number of decimals: " + places);
        }
    }

    /** Returns a formatter of the given style with up to 6 decimals and no grouping. */
    public static NumberFormatter of(NumberStyle style) {
        return new NumberFormatter(style, 6, "");
    }

    /** Returns the text of a number in the style of this formatter. */
    public String format(Rational number) {
        return switch (style) {
            case FRACTION -> number.isInteger()
                    ? grouped(number.toString())
                    : grouped(number.numerator().toString()) + "/"
                            + grouped(number.denominator().toString());
            case MIXED -> mixed(number);
            case DECIMAL -> decimal(number);
            case REPEATING -> repeating(number);
        };
    }

    /**
     * Writes the whole part, a blank and the proper fraction: {@code 1 3/4}, {@code -2 1/2}. A part
     * that is zero is left out: {@code 3/4}, {@code -1/2}, {@code 5}; zero itself is {@code 0}.
     */
    private String mixed(Rational number) {
        BigInteger[] parts =
                number.numerator().abs().divideAndRemainder(number.denominator());
        String sign = number.signum() < 0 ? "-" : "";
        String whole = grouped(parts[0].toString());
        if (parts[1].signum() == 0) {
            return sign + whole;
        }
        String fraction = parts[1] + "/" + number.denominator();
        return sign + (parts[0].signum() == 0 ? fraction : whole + " " + fraction);
    }

    /**
     * Writes a decimal rounded half away from zero to at most {@link #places} decimals, without
     * zeros at the end of the decimals and without a point if no decimals are left. A number that
     * is rounded to zero has no sign.
     */
    private String decimal(Rational number) {
        String text = number.toDecimal(places).toPlainString();
        int point = text.indexOf('.');
        if (point < 0) {
            return grouped(text);
        }
        int end = text.length();
        while (text.charAt(end - 1) == '0') {
            end--;
        }
        String decimals = text.substring(point, end);
        String whole = grouped(text.substring(0, point));
        if (decimals.equals(".")) {
            return whole.equals("-0") ? "0" : whole;
        }
        return whole + decimals;
    }

    private String repeating(Rational number) {
        String text = RepeatingDecimal.of(number).toString();
        int point = text.indexOf('.');
        return point < 0
                ? grouped(text)
                : grouped(text.substring(0, point)) + text.substring(point);
    }

    /**
     * Puts the separator between groups of three digits, counted from the end, of an integer that
     * may have a minus sign: {@code -1,234,567}, {@code -123}.
     */
    private String grouped(String integer) {
        int start = integer.startsWith("-") ? 1 : 0;
        StringBuilder text = new StringBuilder(integer);
        for (int i = integer.length() - 3; i > start; i -= 3) {
            text.insert(i, separator);
        }
        return text.toString();
    }
}
