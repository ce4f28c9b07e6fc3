package org.calc.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.calc.syntax.Expr.Binary;
import org.calc.syntax.Expr.Name;
import org.calc.syntax.Expr.Unary;
import org.junit.jupiter.api.Test;

class ParserTest {

    private static final Expr A = new Name("a");
    private static final Expr B = new Name("b");
    private static final Expr C = new Name("c");

    private static Expr parse(String input) {
        return Parser.parseExpression(input);
    }

    @Test
    void productBindsMoreTightlyThanSum() {
        assertEquals(
                new Binary(Operator.ADD, A, new Binary(Operator.MULTIPLY, B, C)), parse("a+b*c"));
    }

    @Test
    void differenceAssociatesToTheLeft() {
        assertEquals(
                new Binary(Operator.SUBTRACT, new Binary(Operator.SUBTRACT, A, B), C),
                parse("a-b-c"));
    }

    @Test
    void powerAssociatesToTheRight() {
        assertEquals(
                new Binary(Operator.POWER, A, new Binary(Operator.POWER, B, C)), parse("a^b^c"));
    }

    @Test
    void minusAppliesToTheWholePower() {
        assertEquals(
                new Unary(Operator.NEGATE, new Binary(Operator.POWER, A, B)), parse("-a^b"));
    }

    @Test
    void signedExponentEndsBeforeTheNextFactor() {
        Expr power = new Binary(Operator.POWER, A, new Unary(Operator.NEGATE, B));
        assertEquals(new Binary(Operator.JUXTAPOSE, power, C), parse("a^-b c"));
    }

    @Test
    void adjacentOperandsAreMultiplied() {
        assertEquals(
                new Binary(Operator.DIVIDE, Expr.number(1),
                        new Binary(Operator.JUXTAPOSE, Expr.number(2), A)),
                parse("1/2a"));
    }

    @Test
    void postfixOperatorsBindMostTightly() {
        assertEquals(
                new Binary(Operator.POWER, A, new Unary(Operator.FACTORIAL, B)), parse("a^b!"));
    }

    @Test
    void conversionBindsLeast() {
        assertEquals(
                new Binary(Operator.CONVERT, new Binary(Operator.ADD, A, B), C),
                parse("a + b to c"));
    }

    @Test
    void callTakesAnyNumberOfArguments() {
        assertEquals(new Expr.Call("f", List.of()), parse("f()"));
        assertEquals(new Expr.Call("f", List.of(A, B, C)), parse("f(a, b, c)"));
    }

    @Test
    void missingOperandIsReportedAtTheEnd() {
        SyntaxException exception = assertThrows(SyntaxException.class, () -> parse("a +"));
        assertEquals("unexpected end of input at position 3", exception.getMessage());
    }

    @Test
    void numbersDoNotStandNextToEachOther() {
        assertThrows(SyntaxException.class, () -> parse("1 2"));
    }

    @Test
    void nameWithEqualsIsAnAssignment() {
        assertEquals(new Statement.Assign("a", B), Parser.parseStatement("a = b"));
    }

    @Test
    void callWithEqualsIsADefinition() {
        assertEquals(
                new Statement.Define("f", List.of("a", "b"), C),
                Parser.parseStatement("f(a, b) = c"));
    }

    @Test
    void parametersAreDistinctNames() {
        assertThrows(SyntaxException.class, () -> Parser.parseStatement("f(a, a) = 1"));
        assertThrows(SyntaxException.class, () -> Parser.parseStatement("f(2) = 1"));
    }

    @Test
    void sumCannotBeAssigned() {
        assertEquals(6, assertThrows(SyntaxException.class,
                () -> Parser.parseStatement("a + b = 1")).position());
    }
}
