package org.calc.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.calc.number.Rational;
import org.calc.syntax.Expr;
import org.calc.syntax.Operator;
import org.calc.syntax.Parser;
import org.calc.unit.Quantity;
import org.calc.unit.UnitException;
import org.calc.unit.UnitRegistry;
import org.junit.jupiter.api.Test;

class FormatterTest {

    private final UnitRegistry units = UnitRegistry.standard();
    private final QuantityFormatter quantities =
            new QuantityFormatter(NumberFormatter.of(NumberStyle.DECIMAL), units);

    private static String reformat(String input) {
        return ExprFormatter.format(Parser.parseExpression(input));
    }

    private static String number(NumberStyle style, String number) {
        return NumberFormatter.of(style).format(Rational.parse(number));
    }

    private static String grouped(NumberStyle style, String number) {
        return new NumberFormatter(style, 3, ",").format(Rational.parse(number));
    }

    private Quantity quantity(String magnitude, String unit) {
        return new Quantity(Rational.parse(magnitude), units.require(unit));
    }

    @Test
    void parenthesesOnTheRightOfADifferenceStay() {
        assertEquals("a - (b - c)", reformat("a - (b - c)"));
        assertEquals("a/(b*c)", reformat("a / (b * c)"));
    }

    @Test
    void powersTakeParenthesesOnTheLeft() {
        assertEquals("(a^b)^c", reformat("(a^b)^c"));
        assertEquals("a^b^c", reformat("a^(b^c)"));
    }

    @Test
    void unaryOperandsAreEnclosedWhenNeeded() {
        assertEquals("-(a + b)", reformat("-(a + b)"));
        assertEquals("(-a)^2", reformat("(-a)^2"));
        assertEquals("-a!", reformat("-(a!)"));
    }

    @Test
    void fractionsAndNegativesInTreesAreEnclosed() {
        Expr half = new Expr.Num(Rational.of(1, 2));
        assertEquals("(1/2)^(-2)",
                ExprFormatter.format(new Expr.Binary(Operator.POWER, half, Expr.number(-2))));
    }

    @Test
    void mixedStyleSplitsOffTheWholePart() {
        assertEquals("-2 1/2", number(NumberStyle.MIXED, "-2.5"));
        assertEquals("-1/2", number(NumberStyle.MIXED, "-1/2"));
        assertEquals("0", number(NumberStyle.MIXED, "0"));
    }

    @Test
    void decimalStyleDropsTrailingZeros() {
        assertEquals("1.75", number(NumberStyle.DECIMAL, "7/4"));
        assertEquals("100", number(NumberStyle.DECIMAL, "100"));
        assertEquals("0.666667", number(NumberStyle.DECIMAL, "2/3"));
    }

    @Test
    void decimalRoundedToZeroHasNoSign() {
        assertEquals("0", number(NumberStyle.DECIMAL, "-1e-9"));
    }

    @Test
    void digitsAreGroupedByThree() {
        assertEquals("1,234,567", grouped(NumberStyle.FRACTION, "1234567"));
        assertEquals("12,345.679", grouped(NumberStyle.DECIMAL, "12345.6789"));
        assertEquals("123", grouped(NumberStyle.FRACTION, "123"));
    }

    @Test
    void signDoesNotCountAsADigit() {
        assertEquals("-123", grouped(NumberStyle.FRACTION, "-123"));
        assertEquals("-123,456.5", grouped(NumberStyle.DECIMAL, "-123456.5"));
    }

    @Test
    void inverseUnitIsEnclosed() {
        assertEquals("0.5 (1/s)", quantities.format(quantity("2", "s").pow(-1)));
    }

    @Test
    void scaledQuantityGetsTheBestPrefix() {
        assertEquals("1.5 MB", quantities.formatScaled(quantity("1500", "kB"), "B"));
        assertEquals("250 ms", quantities.formatScaled(quantity("1/4", "s"), "s"));
    }

    @Test
    void mixedUnitsSplitTheQuantity() {
        assertEquals("1 h 2 min 3.5 s",
                quantities.formatMixed(quantity("3723.5", "s"), List.of("h", "min", "s")));
    }

    @Test
    void mixedUnitsLeaveOutZeroParts() {
        assertEquals("2 h", quantities.formatMixed(quantity("2", "h"), List.of("h", "min", "s")));
        assertEquals("0 s", quantities.formatMixed(quantity("0", "h"), List.of("h", "min", "s")));
    }

    @Test
    void negativeMixedQuantityHasOneSign() {
        assertEquals("-5 ft 6 in",
                quantities.formatMixed(quantity("-66", "in"), List.of("ft", "in")));
    }

    @Test
    void mixedUnitsMustFit() {
        assertThrows(UnitException.class,
                () -> quantities.formatMixed(quantity("1", "kg"), List.of("h")));
        assertThrows(IllegalArgumentException.class,
                () -> quantities.formatMixed(quantity("1", "kg"), List.of()));
    }
}
