package dev.tables.print;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tables.core.Column;
import dev.tables.core.Table;
import dev.tables.core.TableException;
import dev.tables.core.Type;
import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

class TablePrinterTest {
    private static final Table STOCK = Table.builder(
                    new Column("item", Type.TEXT),
                    new Column("price", Type.DECIMAL),
                    new Column("in stock", Type.BOOLEAN))
            .row("pen", new BigDecimal("1.50"), true)
            .row("notebook", new BigDecimal("12"), null)
            .build();

    private static String lines(String... lines) {
        return String.join("\n", lines) + "\n";
    }

    @Test
    void printsPlainColumns() {
        assertEquals(
                lines(
                        "item      price  in stock",
                        "--------  -----  --------",
                        "pen        1.50    true",
                        "notebook     12"),
                new TablePrinter(Border.PLAIN).print(STOCK));
    }

    @Test
    void printsAFrame() {
        assertEquals(
                lines(
                        "+----------+-------+----------+",
                        "| item     | price | in stock |",
                        "+----------+-------+----------+",
                        "| pen      |  1.50 |   true   |",
                        "| notebook |    12 |    -     |",
                        "+----------+-------+----------+"),
                new TablePrinter(Border.GRID).withNullText("-").print(STOCK));
    }

    @Test
    void frameOfAnEmptyTableClosesOnce() {
        assertEquals(
                lines("+------+", "| item |", "+------+"),
                new TablePrinter(Border.GRID).print(
                        Table.builder(new Column("item", Type.TEXT)).build()));
    }

    @Test
    void printsMarkdown() {
        assertEquals(
                lines(
                        "| item     | price | in stock |",
                        "| -------- | ----: | :------: |",
                        "| pen      |  1.50 |   true   |",
                        "| notebook |    12 |          |"),
                new TablePrinter(Border.MARKDOWN).print(STOCK));
    }

    @Test
    void cellsHaveNoBarsOrLineEndsOfTheirOwn() {
        assertEquals("a\\|b", new TablePrinter(Border.MARKDOWN).cell("a|b"));
        assertEquals("a|b", new TablePrinter(Border.GRID).cell("a|b"));
        assertEquals("a b c", new TablePrinter(Border.PLAIN).cell("a\r\nb\nc"));
    }

    @Test
    void cutsLongCells() {
        TablePrinter printer = new TablePrinter(Border.PLAIN).withMaxWidth(5);
        assertEquals("note…", printer.cut("notebook"));
        assertEquals("exact", printer.cut("exact"));
        assertEquals("…", new TablePrinter(Border.PLAIN).withMaxWidth(1).cut("ab"));
    }

    @Test
    void cutsNoSpaceInFrontOfTheEllipsis() {
        assertEquals("a…", new TablePrinter(Border.PLAIN).withMaxWidth(4).cut("a   bcd"));
    }

    @Test
    void columnIsAsWideAsItsCutCells() {
        assertEquals(
                lines(
                        "item   price  in s…",
                        "-----  -----  -----",
                        "pen     1.50  true",
                        "note…     12"),
                new TablePrinter(Border.PLAIN).withMaxWidth(5).print(STOCK));
    }

    @Test
    void tellsHowManyRowsAreLeftOut() {
        Table numbers = Table.builder(new Column("n", Type.INTEGER))
                .row(1).row(2).row(3).build();
        TablePrinter printer = new TablePrinter(Border.PLAIN);
        assertEquals(
                lines("n", "-", "1", "2", "(1 more row)"), printer.withMaxRows(2).print(numbers));
        assertEquals(lines("n", "-", "(3 more rows)"), printer.withMaxRows(0).print(numbers));
    }

    @Test
    void refusesImpossibleLimits() {
        TablePrinter printer = new TablePrinter(Border.PLAIN);
        assertThrows(TableException.class, () -> printer.withMaxWidth(0));
        assertThrows(TableException.class, () -> printer.withMaxRows(-1));
    }

    @Test
    void centredTextLeansLeft() {
        assertEquals(" ab  ", Alignment.CENTER.pad("ab", 5));
        assertEquals("abcdef", Alignment.RIGHT.pad("abcdef", 3));
    }
}
