package dev.tables.csv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tables.core.Column;
import dev.tables.core.Table;
import dev.tables.core.TableException;
import dev.tables.core.Type;
import java.math.BigDecimal;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;

class TableWriterTest {
    private static final TableWriter CSV = new TableWriter(Dialect.CSV).withoutHeader();

    private static Table texts(String... values) {
        Column[] columns = new Column[values.length];
        for (int i = 0; i < columns.length; i++) {
            columns[i] = new Column("t" + i, Type.TEXT);
        }
        return Table.builder(columns).row((Object[]) values).build();
    }

    @Test
    void writesHeaderAndRows() {
        Table table = Table.builder(new Column("id", Type.INTEGER), new Column("day", Type.DATE))
                .row(1, LocalDate.of(2024, 5, 1))
                .row(2, null)
                .build();
        assertEquals("id,day\n1,2024-05-01\n2,\n", new TableWriter(Dialect.CSV).write(table));
    }

    @Test
    void quotesWhatHasSpecialCharacters() {
        assertEquals("\"a,b\",\"c\nd\",e f\n", CSV.write(texts("a,b", "c\nd", "e f")));
        TableWriter writer = new TableWriter(Dialect.CSV.withDelimiter(';')).withoutHeader();
        assertEquals("a,b;\"c;d\"\n", writer.write(texts("a,b", "c;d")));
    }

    @Test
    void doublesQuotes() {
        assertEquals("\"6\"\" nail\"\n", CSV.write(texts("6\" nail")));
    }

    @Test
    void quotesOuterSpace() {
        assertEquals("\" a\",\"b \"\n", CSV.write(texts(" a", "b ")));
    }

    @Test
    void quotesTextThatLooksLikeNull() {
        assertEquals("\"\",x\n", CSV.write(texts("", "x")));
        TableWriter nulls = new TableWriter(Dialect.CSV.withNullText("NA")).withoutHeader();
        assertEquals("NA,\"NA\"\n", nulls.write(texts(null, "NA")));
    }

    @Test
    void quotesTextThatLooksLikeAComment() {
        TableWriter writer = new TableWriter(Dialect.CSV.withComment('#')).withoutHeader();
        assertEquals("\"#1\",a#\n", writer.write(texts("#1", "a#")));
    }

    @Test
    void loneMissingValueIsNotAnEmptyLine() {
        assertEquals("\"\"\n", CSV.write(texts((String) null)));
    }

    @Test
    void quotesAllButNumbers() {
        Table table = Table.builder(new Column("n", Type.DECIMAL), new Column("t", Type.TEXT))
                .row(new BigDecimal("1.50"), "x")
                .row(null, "1")
                .build();
        TableWriter writer = CSV.withQuoting(TableWriter.Quoting.NON_NUMERIC);
        assertEquals("1.50,\"x\"\n,\"1\"\n", writer.write(table));
    }

    @Test
    void quotesAllButMissingValues() {
        TableWriter writer = CSV.withQuoting(TableWriter.Quoting.ALL);
        assertEquals("\"a\",,\"\"\n", writer.write(texts("a", null, "")));
    }

    @Test
    void readsBackWhatItWrote() {
        Table table = texts(" x", "\"", "", null, "a\t\nb", "\\N");
        String text = new TableWriter(Dialect.TSV).write(table);
        assertEquals(table, new TableReader(Dialect.TSV).read(text));
    }

    @Test
    void dialectRefusesAmbiguousCharacters() {
        assertThrows(TableException.class, () -> Dialect.CSV.withDelimiter('"'));
        assertThrows(TableException.class, () -> Dialect.CSV.withDelimiter('\n'));
    }
}
