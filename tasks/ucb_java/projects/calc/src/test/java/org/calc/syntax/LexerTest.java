package org.calc.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class LexerTest {

    private static List<String> texts(String input) {
        return new Lexer(input).tokens().stream().map(Token::text).toList();
    }

    @Test
    void tokensKnowTheirPositions() {
        List<Token> tokens = new Lexer(" ab +12").tokens();
        assertEquals(List.of(1, 4, 5, 7), tokens.stream().map(Token::position).toList());
    }

    @Test
    void toIsAKeyword() {
        assertEquals(TokenType.TO, new Lexer("to").tokens().get(0).type());
        assertEquals(TokenType.IDENTIFIER, new Lexer("tonne").tokens().get(0).type());
    }

    @Test
    void exponentBelongsToTheNumber() {
        assertEquals(List.of("1.5e-3", "2E10", ""), texts("1.5e-3 2E10"));
    }

    @Test
    void letterAfterNumberStartsAName() {
        assertEquals(List.of("2", "em", ""), texts("2em"));
    }

    @Test
    void signBehindTheLetterEIsAnOperatorUnlessADigitFollows() {
        assertEquals(List.of("2", "e", "-", "x", ""), texts("2e-x"));
        assertEquals(List.of("3", "e", "+", ""), texts("3e+"));
    }

    @Test
    void commentExtendsToTheEnd() {
        assertEquals(List.of("1", ""), texts("1 # one + 2"));
    }

    @Test
    void loneDecimalPointIsRejected() {
        assertEquals(2, assertThrows(SyntaxException.class, () -> texts("1+.")).position());
    }

    @Test
    void unknownCharacterIsRejected() {
        SyntaxException exception = assertThrows(SyntaxException.class, () -> texts("1 $ 2"));
        assertEquals("unexpected character '$' at position 2", exception.getMessage());
    }
}
