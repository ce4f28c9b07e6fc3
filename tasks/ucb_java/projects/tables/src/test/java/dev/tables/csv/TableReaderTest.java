package dev.tables.csv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tables.core.Column;
import dev.tables.core.Table;
import dev.tables.core.TableException;
import dev.tables.core.Type;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableReaderTest {
    private static final TableReader CSV = new TableReader(Dialect.CSV);

    private static Type typeOf(String... lines) {
        return CSV.read("v,w\n" + String.join(",x\n", lines) + ",x\n").schema().column("v").type();
    }

    private static List<String> names(String header) {
        return CSV.read(header).schema().names();
    }

    @Test
    void findsTheTypesOfColumns() {
        Table table = CSV.read("id,price,sold,day,name\n1,2.5,true,2024-01-31,pen\n");
        assertEquals(
                List.of(Type.INTEGER, Type.DECIMAL, Type.BOOLEAN, Type.DATE, Type.TEXT),
                table.schema().columns().stream().map(Column::type).toList());
    }

    @Test
    void missingValuesDoNotDecideTheType() {
        assertEquals(Type.INTEGER, typeOf("", "7", ""));
    }

    @Test
    void columnOfMissingValuesIsText() {
        assertEquals(Type.TEXT, typeOf("", ""));
    }

    @Test
    void quotedDigitsAreText() {
        assertEquals(Type.TEXT, typeOf("1", "\"2\""));
    }

    @Test
    void spaceAroundNumbersDoesNotCount() {
        Table table = CSV.read("n\n 5\n6 \n");
        assertEquals(List.of(5L, 6L), table.column("n"));
    }

    @Test
    void emptyFieldIsNullAndQuotedEmptyFieldIsText() {
        Table table = CSV.read("a,b\n,\"\"\n");
        assertNull(table.rows().get(0).get("a"));
        assertEquals("", table.rows().get(0).get("b"));
    }

    @Test
    void tabSeparatedTextHasItsOwnNull() {
        Table table = new TableReader(Dialect.TSV).read("a\tb\n\\N\t\n");
        assertNull(table.rows().get(0).get("a"));
        assertEquals("", table.rows().get(0).get("b"));
    }

    @Test
    void headerAloneMakesAnEmptyTable() {
        Table table = CSV.read("a,b\n");
        assertEquals(0, table.size());
        assertEquals(2, table.schema().size());
    }

    @Test
    void textWithoutRecordsHasNoColumns() {
        assertThrows(TableException.class, () -> CSV.read("\n\n"));
    }

    @Test
    void blankNamesAreNumbered() {
        assertEquals(List.of("a", "c2", "b"), names("a, ,b"));
    }

    @Test
    void repeatedNamesAreNumbered() {
        assertEquals(List.of("a", "A_2", "a_3"), names("a,A,a"));
    }

    @Test
    void numberedNamesDoNotClash() {
        assertEquals(List.of("a_2", "a", "a_3"), names("a_2,a,a"));
    }

    @Test
    void setTypesComeFirst() {
        Table table = CSV.withType("ZIP", Type.TEXT).withType("n", Type.DECIMAL).read("zip,n\n12,3\n");
        assertEquals(List.of("12", new BigDecimal("3")), table.rows().get(0).values());
    }

    @Test
    void settingATypeLeavesTheReaderAsItWas() {
        TableReader first = CSV.withType("a", Type.TEXT);
        first.withType("b", Type.TEXT);
        assertEquals(List.of("1", 2L), first.read("a,b\n1,2\n").rows().get(0).values());
    }

    @Test
    void namesLineAndColumnOfUnreadableFields() {
        var failure = assertThrows(CsvException.class,
                () -> CSV.withType("n", Type.INTEGER).read("n\n1\n\"2\n\"\nx\n"));
        assertEquals("line 5: column 'n': cannot convert 'x' to INTEGER", failure.getMessage());
    }

    @Test
    void refusesRecordsOfAWrongLength() {
        var failure = assertThrows(CsvException.class, () -> CSV.read("a,b\n1,2\n3\n"));
        assertEquals("line 3: expected 2 fields, found 1", failure.getMessage());
    }
}
