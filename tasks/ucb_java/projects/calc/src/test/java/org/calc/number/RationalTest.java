package org.calc.number;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RationalTest {

    private static Rational r(String text) {
        return Rational.parse(text);
    }

    @Test
    void fractionsAreReducedToLowestTerms() {
        assertEquals("3/4", Rational.of(18, 24).toString());
    }

    @Test
    void signMovesToTheNumerator() {
        Rational number = Rational.of(3, -6);
        assertEquals(BigInteger.valueOf(-1), number.numerator());
        assertEquals(BigInteger.TWO, number.denominator());
    }

    @Test
    void zeroDenominatorIsRejected() {
        assertThrows(ArithmeticException.class, () -> Rational.of(1, 0));
    }

    @Test
    void equalNumbersHaveEqualHashCodes() {
        assertEquals(Rational.of(2, 4), Rational.of(1, 2));
        assertEquals(Rational.of(2, 4).hashCode(), Rational.of(1, 2).hashCode());
        assertNotEquals(Rational.of(1, 2), Rational.of(1, 3));
    }

    @Test
    void parsesDecimals() {
        assertEquals(Rational.of(49, 4), r("12.25"));
        assertEquals(Rational.of(-49, 4), r("-12.25"));
    }

    @Test
    void parsesNegativeDecimalsBelowOne() {
        assertEquals(Rational.of(-3, 8), r("-0.375"));
        assertEquals(Rational.of(-1, 4), r("-.25"));
    }

    @Test
    void parsesDecimalsWithoutDigitsOnOneSide() {
        assertEquals(Rational.of(1, 4), r(".25"));
        assertEquals(Rational.of(5), r("5."));
    }

    @Test
    void parsesExponents() {
        assertEquals(Rational.of(3, 2500), r("1.2e-3"));
        assertEquals(Rational.of(2500), r("2.5E+3"));
    }

    @Test
    void textWithoutDigitsIsNotANumber() {
        assertThrows(NumberFormatException.class, () -> r("."));
        assertThrows(NumberFormatException.class, () -> r(""));
    }

    @Test
    void divisionByZeroIsRejected() {
        assertThrows(ArithmeticException.class, () -> Rational.ONE.divide(Rational.ZERO));
    }

    @Test
    void negativePowersAreReciprocals() {
        assertEquals(r("9/4"), r("2/3").pow(-2));
        assertEquals(r("-27/8"), r("-2/3").pow(-3));
    }

    @Test
    void floorGoesDownAndCeilingUp() {
        assertEquals(BigInteger.valueOf(-3), r("-5/2").floor());
        assertEquals(BigInteger.valueOf(-2), r("-5/2").ceiling());
        assertEquals(BigInteger.valueOf(3), r("5/2").ceiling());
        assertEquals(BigInteger.valueOf(-2), r("-2").floor());
    }

    @Test
    void modHasTheSignOfTheDivisor() {
        assertEquals(r("2"), r("-7").mod(r("3")));
        assertEquals(r("-2"), r("7").mod(r("-3")));
        assertEquals(r("1/6"), r("2/3").mod(r("1/2")));
    }

    @Test
    void roundsPositiveHalvesUp() {
        assertEquals(r("2.7"), r("2.65").round(1));
        assertEquals(r("2.6"), r("2.649").round(1));
    }

    @Test
    void roundsNegativeHalvesAwayFromZero() {
        assertEquals(r("-3"), r("-2.5").round(0));
        assertEquals(r("-0.13"), r("-1/8").round(2));
    }

    @Test
    void roundsToTensAndHundreds() {
        assertEquals(r("1300"), r("1250").round(-2));
        assertEquals(r("-1200"), r("-1249").round(-2));
    }

    @Test
    void squareRootIsExactOrEmpty() {
        assertEquals(Optional.of(r("3/5")), r("9/25").sqrt());
        assertEquals(Optional.empty(), r("2").sqrt());
        assertEquals(Optional.empty(), r("-4").sqrt());
    }

    @Test
    void intValueRejectsFractionsAndOverflow() {
        assertEquals(-12, r("-12").intValueExact());
        assertThrows(ArithmeticException.class, () -> r("1/2").intValueExact());
        assertThrows(ArithmeticException.class, () -> r("2147483648").intValueExact());
    }

    @Test
    void comparesByValue() {
        assertTrue(r("1/3").compareTo(r("0.34")) < 0);
        assertTrue(r("-1/3").compareTo(r("-0.34")) > 0);
        assertEquals(0, r("0.5").compareTo(r("1/2")));
    }
}
