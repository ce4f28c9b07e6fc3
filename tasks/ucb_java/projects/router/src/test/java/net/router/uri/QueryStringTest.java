package net.router.uri;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import net.router.http.HttpException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueryStringTest {

    private static QueryString parse(String text) {
        return QueryString.parse(text);
    }

    @Test
    void readsParameters() {
        QueryString query = parse("a=1&b=two+words&a=%33");
        assertEquals(List.of("1", "3"), query.all("a"));
        assertEquals(Optional.of("two words"), query.first("b"));
    }

    @Test
    void valueMayContainEqualsSign() {
        assertEquals(Optional.of("x=y="), parse("a=x=y=").first("a"));
    }

    @Test
    void emptyParametersAreDropped() {
        assertEquals(1, parse("&&a=1&").parameters().size());
        assertTrue(parse("").parameters().isEmpty());
    }

    @Test
    void encodedAmpersandIsPartOfValue() {
        assertEquals("Tom & Jerry", parse("show=Tom+%26+Jerry").first("show").orElseThrow());
    }

    @Test
    void encodedEqualsSignIsPartOfName() {
        assertEquals("1", parse("a%3Db=1").first("a=b").orElseThrow());
    }

    @Test
    void encodedTextIsReadBack() {
        QueryString query = parse("q=1%2B1%3D2&r=%2526");
        assertEquals(query, parse(query.toString()));
    }

    @Test
    void readsWholeNumber() {
        assertEquals(50, parse("n=50").integer("n", 10, 1, 50));
    }

    @Test
    void fallsBackForMissingNumber() {
        assertEquals(10, parse("m=3").integer("n", 10, 1, 50));
        assertEquals(10, parse("n=").integer("n", 10, 1, 50));
    }

    @ParameterizedTest
    @ValueSource(strings = {"n=51", "n=0", "n=x", "n=99999999999", "n=1.5"})
    void refusesBadNumber(String text) {
        assertThrows(HttpException.class, () -> parse(text).integer("n", 10, 1, 50));
    }
}
