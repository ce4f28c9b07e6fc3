package org.calc.transform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.calc.format.ExprFormatter;
import org.calc.syntax.Expr;
import org.calc.syntax.Parser;
import org.calc.syntax.Statement;
import org.junit.jupiter.api.Test;

class SubstitutionTest {

    private static Expr parse(String input) {
        return Parser.parseExpression(input);
    }

    private static String apply(Substitution substitution, String input) {
        return ExprFormatter.format(substitution.apply(parse(input)));
    }

    @Test
    void namesAreReplacedEverywhere() {
        Substitution substitution = new Substitution(Map.of("x", parse("a + 1")));
        assertEquals("2 (a + 1) - f(a + 1)", apply(substitution, "2 x - f(x)"));
    }

    @Test
    void replacementIsSimultaneous() {
        Substitution swap = new Substitution(Map.of("x", parse("y"), "y", parse("x")));
        assertEquals("y - x", apply(swap, "x - y"));
    }

    @Test
    void thenAppliesTheSecondToTheResultOfTheFirst() {
        Substitution first = new Substitution(Map.of("x", parse("y + 1")));
        Substitution both = first.then(new Substitution(Map.of("y", parse("z"))));
        assertEquals("z + 1 - z", apply(both, "x - y"));
    }

    @Test
    void thenKeepsTheFirstReplacementOfAName() {
        Substitution first = new Substitution(Map.of("x", parse("y")));
        Substitution both = first.then(new Substitution(Map.of("x", parse("5"))));
        assertEquals("y", apply(both, "x"));
    }

    @Test
    void inlineReplacesParameters() {
        Statement.Define define = (Statement.Define) Parser.parseStatement("f(a, b) = a - b");
        Expr body = Substitution.inline(define, List.of(parse("b"), parse("c + d")));
        assertEquals("b - (c + d)", ExprFormatter.format(body));
    }

    @Test
    void inlineChecksTheNumberOfArguments() {
        Statement.Define define = (Statement.Define) Parser.parseStatement("f(a) = a");
        assertThrows(IllegalArgumentException.class, () -> Substitution.inline(define, List.of()));
    }
}
