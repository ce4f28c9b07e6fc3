package net.router.negotiate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import net.router.http.Headers;
import net.router.http.HttpException;
import net.router.http.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NegotiatorTest {

    private static final List<MediaType> OFFERS = List.of(
            MediaType.parse("text/html"),
            MediaType.parse("application/json"),
            MediaType.parse("text/plain"));

    private static String choose(String accept) {
        return Negotiator.mediaType(new Headers().add("Accept", accept), OFFERS).toString();
    }

    private static String language(String accept) {
        return Negotiator.language(
                new Headers().add("Accept-Language", accept), List.of("en", "de-AT", "fr"));
    }

    @Test
    void parsesMediaType() {
        assertEquals(new MediaType("text", "html", Map.of("charset", "UTF-8")),
                MediaType.parse(" Text/HTML ; Charset=\"UTF-8\""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "text", "/html", "text/", "a/b/c", "*/html", "a/b; c"})
    void refusesBadMediaType(String text) {
        assertThrows(IllegalArgumentException.class, () -> MediaType.parse(text));
    }

    @ParameterizedTest
    @CsvSource({"*/*, a/b, true", "a/*, a/b, true", "a/*, b/b, false", "a/b, a/c, false",
        "a/b;x=1, a/b, false", "a/b, a/b;x=1, true", "a/b;x=1, a/b;y=2;x=1, true"})
    void rangeIncludesType(String range, String type, boolean expected) {
        assertEquals(expected, MediaType.parse(range).includes(MediaType.parse(type)));
    }

    @Test
    void parametersMakeRangeNarrower() {
        int plain = MediaType.parse("a/b").specificity();
        assertTrue(plain < MediaType.parse("a/b;x=1").specificity());
        assertTrue(plain > MediaType.parse("a/*;x=1").specificity());
        assertFalse(plain < MediaType.parse("*/*").specificity());
    }

    @Test
    void firstOfferWithoutHeader() {
        assertEquals("text/html", Negotiator.mediaType(new Headers(), OFFERS).toString());
    }

    @Test
    void narrowerRangeCountsForAnOffer() {
        assertEquals("text/plain", choose("text/*;q=0.9, text/html;q=0.2"));
    }

    @Test
    void qualityZeroExcludesAnOffer() {
        assertEquals("application/json", choose("text/html;q=0, */*"));
    }

    @Test
    void narrowRangeMayStandBeforeWideOne() {
        assertEquals("text/plain", choose("text/html;q=0.1, application/json;q=0, */*;q=0.5"));
    }

    @Test
    void nothingAcceptableIsRefused() {
        HttpException refusal = assertThrows(HttpException.class, () -> choose("image/*, */*;q=0"));
        assertEquals(Status.NOT_ACCEPTABLE, refusal.status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "text/html;q=2", "text/html;q=0.1234", "text/html;q="})
    void malformedHeaderIsRefused(String accept) {
        HttpException refusal = assertThrows(HttpException.class, () -> choose(accept));
        assertEquals(Status.BAD_REQUEST, refusal.status());
    }

    @ParameterizedTest
    @CsvSource({"1, 1000", "1.000, 1000", "0, 0", "0.5, 500", "0.05, 50", "0.123, 123", "0., 0"})
    void readsQuality(String text, int expected) {
        assertEquals(expected, Negotiator.quality(text));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "fr | fr", "de;q=0.9, en;q=0.5 | de-AT", "EN, fr;q=0.9 | en", "de-CH | en",
        "*;q=0.5, en;q=0.1 | de-AT", "it, d | en"})
    void choosesLanguage(String accept, String expected) {
        assertEquals(expected, language(accept));
    }
}
