package io.ledger.statement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.ledger.LedgerException;
import io.ledger.statement.DelimitedReader.Row;
import java.util.List;
import org.junit.jupiter.api.Test;

class DelimitedReaderTest {

    private static List<List<String>> fields(String text) {
        return new DelimitedReader(';').read(text).stream().map(Row::fields).toList();
    }

    @Test
    void splitsRowsAndFields() {
        assertEquals(List.of(List.of("a", "b"), List.of("c", "d")), fields("a;b\r\nc;d\n"));
    }

    @Test
    void lastRowNeedsNoLineEnd() {
        assertEquals(List.of(List.of("a", "b"), List.of("c", "d")), fields("a;b\nc;d"));
    }

    @Test
    void keepsEmptyLastField() {
        assertEquals(List.of(List.of("a", "b", ""), List.of("c", "d", "")),
                fields("a;b;\nc;d;"));
    }

    @Test
    void skipsBlankLines() {
        assertEquals(List.of(List.of("a"), List.of("b")), fields("\na\n  \n\nb\n"));
    }

    @Test
    void numbersRowsByLine() {
        List<Row> rows = new DelimitedReader(';').read("a\n\n\"b\nc\"\nd");
        assertEquals(List.of(1, 3, 5), rows.stream().map(Row::line).toList());
    }

    @Test
    void quotesProtectDelimitersAndLineEnds() {
        assertEquals(List.of(List.of("a;b", "c\nd")), fields("\"a;b\";\"c\nd\""));
    }

    @Test
    void doubledQuotesStandForOne() {
        assertEquals(List.of(List.of("say \"no\"", "\"")), fields("\"say \"\"no\"\"\";\"\"\"\""));
    }

    @Test
    void quoteInsideFieldIsOrdinary() {
        assertEquals(List.of(List.of("5\" pipe", "x")), fields("5\" pipe;x"));
    }

    @Test
    void reportsQuoteThatDoesNotEnd() {
        assertThrows(LedgerException.class, () -> fields("a;b\n\"c;d"));
    }
}
