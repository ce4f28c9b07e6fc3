package org.calc.syntax;

/**
 * A piece of the input.
 *
 * @param type its kind
 * @param text its characters, empty at the end of the input
 * @param position the index of its first character
 */
public record Token(TokenType type, String text, int position) {

    public boolean is(TokenType expected) {
        return type == expected;
    }
}
