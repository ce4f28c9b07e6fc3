package org.calc.syntax;

import java.util.ArrayList;
import java.util.List;

/** Splits input into tokens. */
public final class Lexer {

    private final String input;
    private int position;

    public Lexer(String input) {
        this.input = input;
    }

    /**
     * Returns all tokens of the input; the last one is of type {@link TokenType#END} and lies
     * behind the last character. Blanks separate tokens, and {@code #} starts a comment that
     * extends to the end of the input.
     *
     * @throws SyntaxException if a character begins no token
     */
    public List<Token> tokens() {
        List<Token> tokens = new ArrayList<>();
        Token token;
        do {
            token = next();
            tokens.add(token);
        } while (!token.is(TokenType.END));
        return tokens;
    }

    private Token next() {
        while (position < input.length() && Character.isWhitespace(input.charAt(position))) {
            position++;
        }
        if (position == input.length() || input.charAt(position) == '#') {
            position = input.length();
            return new Token(TokenType.END, "", position);
        }
        char first = input.charAt(position);
        if (isDigit(first) || first == '.') {
            return number();
        }
        if (isNameStart(first)) {
            return word();
        }
        return new Token(symbol(first), String.valueOf(first), position++);
    }

    /**
     * Reads a number: digits with at most one decimal point and an optional exponent. The letter
     * {@code e} or {@code E} belongs to the number only if it is followed by a digit, or by a sign
     * and a digit; otherwise the number ends before it, as in {@code "2em"}.
     */
    private Token number() {
        int start = position;
        skipDigits();
        if (position < input.length() && input.charAt(position) == '.') {
            position++;
            skipDigits();
        }
        if (position == start + 1 && input.charAt(start) == '.') {
            throw new SyntaxException("no digits after the decimal point", start);
        }
        if (Character.toLowerCase(peek(0)) == 'e') {
            int sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
            if (isDigit(peek(1 + sign))) {
                position += 1 + sign;
                skipDigits();
            }
        }
        return new Token(TokenType.NUMBER, input.substring(start, position), start);
    }

    private Token word() {
        int start = position;
        while (isNameStart(peek(0)) || isDigit(peek(0))) {
            position++;
        }
        String text = input.substring(start, position);
        return new Token(text.equals("to") ? TokenType.TO : TokenType.IDENTIFIER, text, start);
    }

    private TokenType symbol(char symbol) {
        return switch (symbol) {
            case '+' -> TokenType.PLUS;
            case '-' -> TokenType.MINUS;
            case '*' -> TokenType.STAR;
            case '/' -> TokenType.SLASH;
            case '^' -> TokenType.CARET;
            case '!' -> TokenType.BANG;
            case '%' -> TokenType.PERCENT;
            case '(' -> TokenType.LEFT_PAREN;
            case ')' -> TokenType.RIGHT_PAREN;
            case ',' -> TokenType.COMMA;
            case '=' -> TokenType.EQUALS;
            default -> throw new SyntaxException("unexpected character '" + symbol + "'", position);
        };
    }

    private void skipDigits() {
        while (isDigit(peek(0))) {
            position++;
        }
    }

    /** Returns the character {@code offset} places ahead, or NUL behind the end. */
    private char peek(int offset) {
        int index = position + offset;
        return index < input.length() ? input.charAt(index) : '\0';
    }

    private static boolean isDigit(char character) {
        return character >= '0' && character <= '9';
    }

    private static boolean isNameStart(char character) {
        return Character.isLetter(character) || character == '_';
    }
}
