package org.calc.syntax;

/** The kinds of tokens. */
public enum TokenType {
    NUMBER,
    IDENTIFIER,
    /** The keyword {@code to}. */
    TO,
    PLUS,
    MINUS,
    STAR,
    SLASH,
    CARET,
    BANG,
    PERCENT,
    LEFT_PAREN,
    RIGHT_PAREN,
    COMMA,
    EQUALS,
    END
}
