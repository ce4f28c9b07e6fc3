package org.calc.format;

import java.util.stream.Collectors;
import org.calc.number.Rational;
import org.calc.syntax.Expr;
import org.calc.syntax.Operator;

/** Writes expressions as text that parses to the same value, with as few parentheses as needed. */
public final class ExprFormatter implements Expr.Visitor<String> {

    /** Above every operator: numbers, names and calls are never put in parentheses. */
    private static final int ATOM = 10;

    private ExprFormatter() {}

    /**
     * Returns the text of an expression. Addition, subtraction and conversion have a blank on both
     * sides of the operator, other operators have none; adjacent factors are separated by one
     * blank.
     */
    public static String format(Expr expression) {
        return expression.accept(new ExprFormatter());
    }

    @Override
    public String number(Expr.Num number) {
        return number.value().toString();
    }

    @Override
    public String name(Expr.Name name) {
        return name.text();
    }

    @Override
    public String unary(Expr.Unary unary) {
        Operator operator = unary.operator();
        String operand = enclosed(unary.operand(), operator.precedence());
        return operator.form() == Operator.Form.PREFIX
                ? operator.symbol() + operand
                : operand + operator.symbol();
    }

    /**
     * Writes a binary operator between its operands. An operand that binds less tightly than the
     * operator is put in parentheses, and so is one that binds equally on the side to which the
     * operator does not associate: {@code a - (b - c)}, {@code (a^b)^c}.
     */
    @Override
    public String binary(Expr.Binary binary) {
        Operator operator = binary.operator();
        boolean toLeft = operator.form() == Operator.Form.LEFT;
        int precedence = operator.precedence();
        String left = enclosed(binary.left(), toLeft ? precedence : precedence + 1);
        String right = enclosed(binary.right(), toLeft ? precedence + 1 : precedence);
        return switch (operator) {
            case ADD, SUBTRACT, CONVERT -> left + " " + operator.symbol() + " " + right;
            case JUXTAPOSE -> left + " " + right;
            default -> left + operator.symbol() + right;
        };
    }

    @Override
    public String call(Expr.Call call) {
        return call.arguments().stream()
                .map(argument -> argument.accept(this))
                .collect(Collectors.joining(", ", call.function() + "(", ")"));
    }

    private String enclosed(Expr operand, int least) {
        String text = operand.accept(this);
        return precedence(operand) < least ? "(" + text + ")" : text;
    }

    /**
     * Returns how tightly an expression binds once it is written: a fraction like a division, a
     * negative integer like a minus sign.
     */
    private static int precedence(Expr expression) {
        if (expression instanceof Expr.Num number) {
            Rational value = number.value();
            if (!value.isInteger()) {
                return Operator.DIVIDE.precedence();
            }
            return value.signum() < 0 ? Operator.NEGATE.precedence() : ATOM;
        }
        if (expression instanceof Expr.Unary unary) {
            return unary.operator().precedence();
        }
        return expression instanceof Expr.Binary binary ? binary.operator().precedence() : ATOM;
    }
}
