package org.calc.transform;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.calc.format.ExprFormatter;
import org.calc.syntax.Parser;
import org.junit.jupiter.api.Test;

class SimplifierTest {

    private static String simplify(String input) {
        return ExprFormatter.format(Simplifier.simplify(Parser.parseExpression(input)));
    }

    @Test
    void neutralElementsVanish() {
        assertEquals("x", simplify("(x + 0) * 1 / 1"));
        assertEquals("x", simplify("0 + 1 x"));
    }

    @Test
    void subtractionFromZeroIsNegation() {
        assertEquals("-x", simplify("0 - x"));
        assertEquals("x", simplify("0 - (0 - x)"));
    }

    @Test
    void equalTermsCancel() {
        assertEquals("0", simplify("f(x + 0) - f(x)"));
    }

    @Test
    void equalTermsAddUp() {
        assertEquals("2*x", simplify("x + x"));
        assertEquals("6*x", simplify("3*x + 3*x"));
    }

    @Test
    void numericFactorsUniteInFront() {
        assertEquals("6*x", simplify("2 * (x * 3)"));
    }

    @Test
    void addingANegativeSubtracts() {
        assertEquals("a - b", simplify("a + -b"));
        assertEquals("a + b", simplify("a - -b"));
    }

    @Test
    void powersOfPowersUnite() {
        assertEquals("x^6", simplify("(x^2)^3"));
        assertEquals("1", simplify("(x^2)^0"));
    }

    @Test
    void fractionalExponentsDoNotUnite() {
        assertEquals("(x^(1/2))^2", simplify("(x^(1/2))^2"));
    }

    @Test
    void divisionByZeroStays() {
        assertEquals("1/0", simplify("1 / (2 - 2)"));
        assertEquals("0^(-1)", simplify("0^-1"));
    }
}
