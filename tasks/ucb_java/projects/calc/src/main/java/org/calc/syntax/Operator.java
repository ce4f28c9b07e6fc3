package org.calc.syntax;

import java.util.Arrays;
import java.util.Optional;

/** The operators. An operator of higher precedence binds more tightly. */
public enum Operator {
    CONVERT("to", Form.LEFT, 1, TokenType.TO),
    ADD("+", Form.LEFT, 2, TokenType.PLUS),
    SUBTRACT("-", Form.LEFT, 2, TokenType.MINUS),
    MULTIPLY("*", Form.LEFT, 3, TokenType.STAR),
    DIVIDE("/", Form.LEFT, 3, TokenType.SLASH),
    NEGATE("-", Form.PREFIX, 4, TokenType.MINUS),
    /** Multiplication of operands that stand next to each other, as in {@code 5 km}. */
    JUXTAPOSE("", Form.LEFT, 5, null),
    POWER("^", Form.RIGHT, 6, TokenType.CARET),
    FACTORIAL("!", Form.POSTFIX, 7, TokenType.BANG),
    PERCENT("%", Form.POSTFIX, 7, TokenType.PERCENT);

    /** Where an operator stands; the binary ones associate to the side they are named after. */
    public enum Form { LEFT, RIGHT, PREFIX, POSTFIX }

    private final String symbol;
    private final Form form;
    private final int precedence;
    private final TokenType token;

    Operator(String symbol, Form form, int precedence, TokenType token) {
        this.symbol = symbol;
        this.form = form;
        this.precedence = precedence;
        this.token = token;
    }

    public String symbol() {
        return symbol;
    }

    public Form form() {
        return form;
    }

    public int precedence() {
        return precedence;
    }

    public boolean isBinary() {
        return form == Form.LEFT || form == Form.RIGHT;
    }

    /**
     * Returns the operator that a token stands for after a complete operand: a binary or postfix
     * operator by its own token, {@link #JUXTAPOSE} before a name or an opening parenthesis, and
     * nothing for any other token.
     */
    public static Optional<Operator> afterOperand(TokenType type) {
        if (type == TokenType.IDENTIFIER || type == TokenType.LEFT_PAREN) {
            return Optional.of(JUXTAPOSE);
        }
        return Arrays.stream(values())
                .filter(operator -> operator.form != Form.PREFIX && operator.token == type)
                .findFirst();
    }
}
