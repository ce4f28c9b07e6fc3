package io.ledger.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccountCodeTest {

    private static AccountCode code(String text) {
        return AccountCode.of(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "12.", ".12", "1..2", "1a", "1234567890"})
    void refusesOtherForms(String text) {
        assertThrows(IllegalArgumentException.class, () -> code(text));
    }

    @Test
    void leadingZerosDoNotMatter() {
        assertEquals(code("1200.5"), code("1200.05"));
        assertEquals(code("1200.5").hashCode(), code("1200.05").hashCode());
    }

    @Test
    void parentDropsLastSegment() {
        assertEquals(Optional.of(code("1.2")), code("1.2.3").parent());
    }

    @Test
    void isWithinEveryAncestor() {
        assertTrue(code("1200.10.3").isWithin(code("1200")));
    }

    @Test
    void isNotWithinDescendant() {
        assertFalse(code("1200").isWithin(code("1200.10")));
    }

    @Test
    void isNotWithinCodeWithSameFirstDigits() {
        assertFalse(code("1200.10").isWithin(code("1200.1")));
        assertFalse(code("1200").isWithin(code("12")));
    }

    @Test
    void ordersSegmentsAsNumbers() {
        List<AccountCode> sorted =
                Stream.of("10", "9.10", "9.9", "9").map(AccountCode::of).sorted().toList();
        assertEquals("[9, 9.9, 9.10, 10]", sorted.toString());
    }
}
