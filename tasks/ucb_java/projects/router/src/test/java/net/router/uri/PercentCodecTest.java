package net.router.uri;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import net.router.http.HttpException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PercentCodecTest {

    @ParameterizedTest
    @CsvSource({"abc, abc", "a%20b, a b", "%41%2f%2F, A//", "100%25, 100%"})
    void decodesSingleBytes(String text, String expected) {
        assertEquals(expected, PercentCodec.decode(text, false));
    }

    @Test
    void decodesCharactersOfSeveralBytes() {
        assertEquals("\u20ac 5", PercentCodec.decode("%E2%82%AC%205", false));
    }

    @Test
    void keepsUnencodedCharacters() {
        assertEquals("\u00e9\ud83d\ude00", PercentCodec.decode("\u00e9\ud83d\ude00", false));
    }

    @Test
    void plusIsSpaceOnlyOnDemand() {
        assertEquals("a b", PercentCodec.decode("a+b", true));
        assertEquals("a+b", PercentCodec.decode("a+b", false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"%", "a%2", "%zz", "%-1"})
    void refusesBadPercentSign(String text) {
        assertThrows(HttpException.class, () -> PercentCodec.decode(text, false));
    }

    @ParameterizedTest
    @CsvSource({"aZ09-._~, aZ09-._~", "a b/c, a%20b%2Fc", "\u00fc, %C3%BC"})
    void encodesAllButUnreserved(String text, String expected) {
        assertEquals(expected, PercentCodec.encode(text));
    }
}
