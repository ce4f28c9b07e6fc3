package org.calc.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.calc.number.Rational;

/** A precedence-climbing parser for statements and expressions. */
public final class Parser {

    private final List<Token> tokens;
    private int index;

    private Parser(String input) {
        this.tokens = new Lexer(input).tokens();
    }

    /**
     * Parses a whole input as one expression.
     *
     * @throws SyntaxException if it is not an expression, or if something follows the expression
     */
    public static Expr parseExpression(String input) {
        Parser parser = new Parser(input);
        Expr expression = parser.expression(0);
        parser.expect(TokenType.END);
        return expression;
    }

    /**
     * Parses a whole input as one statement. An expression followed by {@code =} and another
     * expression is an assignment if the first one is a name, and a function definition if it is
     * a call whose arguments are distinct names.
     *
     * @throws SyntaxException if it is not a statement, or if something follows the statement
     */
    public static Statement parseStatement(String input) {
        Parser parser = new Parser(input);
        Expr target = parser.expression(0);
        Token equals = parser.peek();
        if (!equals.is(TokenType.EQUALS)) {
            parser.expect(TokenType.END);
            return new Statement.Evaluate(target);
        }
        parser.index++;
        Expr value = parser.expression(0);
        parser.expect(TokenType.END);
        if (target instanceof Expr.Name name) {
            return new Statement.Assign(name.text(), value);
        }
        if (target instanceof Expr.Call call) {
            return new Statement.Define(
                    call.function(), parameters(call, equals.position()), value);
        }
        throw new SyntaxException("left side cannot be assigned", equals.position());
    }

    private static List<String> parameters(Expr.Call call, int position) {
        List<String> parameters = new ArrayList<>();
        for (Expr argument : call.arguments()) {
            if (!(argument instanceof Expr.Name name)) {
                throw new SyntaxException("parameter is not a name", position);
            }
            if (parameters.contains(name.text())) {
                throw new SyntaxException("parameter occurs twice: " + name.text(), position);
            }
            parameters.add(name.text());
        }
        return parameters;
    }

    /**
     * Parses an expression up to the first operator whose precedence is below {@code minimum}. The
     * right operand of a left-associative operator takes only operators that bind more tightly,
     * that of a right-associative one also those that bind equally.
     */
    private Expr expression(int minimum) {
        Expr left = operand(minimum);
        while (true) {
            Optional<Operator> found = Operator.afterOperand(peek().type());
            if (found.isEmpty() || found.get().precedence() < minimum) {
                return left;
            }
            Operator operator = found.get();
            if (operator != Operator.JUXTAPOSE) {
                index++;
            }
            if (operator.isBinary()) {
                int tighter = operator.form() == Operator.Form.LEFT ? 1 : 0;
                left = new Expr.Binary(operator, left, expression(operator.precedence() + tighter));
            } else {
                left = new Expr.Unary(operator, left);
            }
        }
    }

    /**
     * Parses a number, a name, a call, an expression in parentheses or an operand with a sign. The
     * operand of a minus sign extends as far as operators bind more tightly than the sign, or, on
     * the right side of an operator that itself binds more tightly, as that operator allows: {@code
     * -2^2} is {@code -(2^2)}, and {@code 2^-3 m} is {@code (2^(-3)) m}.
     */
    private Expr operand(int minimum) {
        Token token = peek();
        index++;
        switch (token.type()) {
            case NUMBER:
                return new Expr.Num(Rational.parse(token.text()));
            case IDENTIFIER:
                return peek().is(TokenType.LEFT_PAREN)
                        ? new Expr.Call(token.text(), arguments())
                        : new Expr.Name(token.text());
            case LEFT_PAREN:
                Expr inner = expression(0);
                expect(TokenType.RIGHT_PAREN);
                return inner;
            case MINUS:
                int tightness = Math.max(minimum, Operator.NEGATE.precedence());
                return new Expr.Unary(Operator.NEGATE, expression(tightness));
            default:
                index--;
                throw unexpected(token);
        }
    }

    /**
     * Parses the arguments of a call: none or more expressions separated by commas, between
     * parentheses.
     */
    private List<Expr> arguments() {
        expect(TokenType.LEFT_PAREN);
        List<Expr> arguments = new ArrayList<>();
        if (!peek().is(TokenType.RIGHT_PAREN)) {
            arguments.add(expression(0));
            while (peek().is(TokenType.COMMA)) {
                index++;
                arguments.add(expression(0));
            }
        }
        expect(TokenType.RIGHT_PAREN);
        return arguments;
    }

    private Token peek() {
        return tokens.get(index);
    }

    private void expect(TokenType type) {
        Token token = peek();
        if (!token.is(type)) {
            throw unexpected(token);
        }
        index = Math.min(index + 1, tokens.size() - 1);
    }

    private static SyntaxException unexpected(Token token) {
        String what = token.is(TokenType.END) ? "end of input" : "'" + token.text() + "'";
        return new SyntaxException("unexpected " + what, token.position());
    }
}
