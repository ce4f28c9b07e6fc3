package dev.tables.csv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringReader;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordReaderTest {
    private static List<List<String>> texts(Dialect dialect, String text) {
        return new RecordReader(new StringReader(text), dialect).readAll().stream()
                .map(record -> record.stream().map(Field::text).toList())
                .toList();
    }

    private static List<List<String>> csv(String text) {
        return texts(Dialect.CSV, text);
    }

    @Test
    void splitsRecordsIntoFields() {
        assertEquals(List.of(List.of("a", "b"), List.of("c", "d")), csv("a,b\nc,d\n"));
        assertEquals(List.of(List.of("a", "b"), List.of("c", "d")), csv("a,b\nc,d"));
    }

    @Test
    void delimiterAtTheEndOpensAnEmptyField() {
        assertEquals(List.of(List.of("a", "")), csv("a,"));
        assertEquals(List.of(List.of("a", ""), List.of("b", "")), csv("a,\nb,\n"));
    }

    @Test
    void allKindsOfLineEndsCount() {
        assertEquals(
                List.of(List.of("a"), List.of("b"), List.of("c"), List.of("d")),
                csv("a\r\nb\rc\nd\r"));
    }

    @Test
    void emptyLinesArePassedOver() {
        assertEquals(List.of(List.of("a"), List.of("b")), csv("\n\na\n\r\n\nb\n\n"));
        assertEquals(List.of(), csv(""));
    }

    @Test
    void quotesEncloseDelimitersAndLineEnds() {
        assertEquals(List.of(List.of("a,b", "c\nd"), List.of("e")), csv("\"a,b\",\"c\r\nd\"\ne"));
    }

    @Test
    void doubledQuoteIsOneQuote() {
        assertEquals(List.of(List.of("say \"hi\"", "\"")), csv("\"say \"\"hi\"\"\",\"\"\"\""));
        assertEquals(List.of(List.of("5\" disk")), csv("5\" disk"));
    }

    @Test
    void tellsQuotedFields() {
        List<Field> record = new RecordReader(new StringReader("\"\","), Dialect.CSV).next().get();
        assertTrue(record.get(0).quoted());
        assertFalse(record.get(1).quoted());
    }

    @Test
    void namesTheLineOfAnOpenQuote() {
        var failure = assertThrows(CsvException.class, () -> csv("a\n\"b\nc\nd"));
        assertEquals("line 2: quote is not closed", failure.getMessage());
    }

    @Test
    void refusesTextAfterAClosingQuote() {
        var failure = assertThrows(CsvException.class, () -> csv("x\n\"a\"b,c"));
        assertEquals(2, failure.line());
    }

    @Test
    void trimsSpaceAroundFields() {
        assertEquals(
                List.of(List.of("a", " b ", "c d")),
                texts(Dialect.CSV.withTrim(true), "  a , \" b \"\t, c d "));
    }

    @Test
    void trimmingLeavesDelimiters() {
        assertEquals(
                List.of(List.of("a", "", "b")), texts(Dialect.TSV.withTrim(true), "a \t\t b"));
    }

    @Test
    void passesOverComments() {
        assertEquals(
                List.of(List.of("a"), List.of("b#c")),
                texts(Dialect.CSV.withComment('#'), "# one\n#\n\na\n# two, \"\nb#c\n# end"));
    }

    @Test
    void tellsWhereARecordStarts() {
        var reader = new RecordReader(new StringReader("\na\n\"b\nc\"\n\n\nd"), Dialect.CSV);
        reader.next();
        assertEquals(2, reader.recordLine());
        reader.next();
        assertEquals(3, reader.recordLine());
        reader.next();
        assertEquals(7, reader.recordLine());
    }
}
