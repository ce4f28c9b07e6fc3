package io.ledger.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class TextTableTest {

    @Test
    void alignsColumns() {
        TextTable table = new TextTable("<>").row("name", "n").row("x", "1234");
        assertEquals("name     n\nx     1234\n", table.render());
    }

    @Test
    void fillsMissingCells() {
        assertEquals("a\nb  c\n", new TextTable("<<").row("a").row("b", "c").render());
    }

    @Test
    void refusesTooManyCells() {
        assertThrows(IllegalArgumentException.class, () -> new TextTable("<").row("a", "b"));
    }
}
