package sample;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SampleTest {
    private Sample sample;

    @BeforeEach
    void make() {
        sample = new Sample();
    }

    @AfterEach
    void forget() {
        sample = null;
    }

    @Test
    @DisplayName("a name")
    void adds() {
        assertEquals("a 1a", sample.add("a", 1), "one");
        assertTrue(sample.largest(List.of(1, 2)).isPresent());
    }

    @Test
    void refuses() {
        assertThrows(IllegalArgumentException.class, () -> new Sample.Square(-1));
        assertAll(() -> assertEquals(4.0, new Sample.Square(2).area(), 1e-9));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4})
    void sizes(int value) {
        assertEquals(Sample.Size.SMALL, sample.size(value));
    }

    @ParameterizedTest
    @CsvSource({"12, SMALL", "13, LARGE"})
    void namedSizes(int value, Sample.Size size) {
        assertEquals(size, sample.size(value));
    }

    @Nested
    class Inner {
        @Test
        void inside() {
            assertEquals(List.of(1), List.of(1));
        }
    }
}
