package dev.tables.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class SchemaTest {
    private static final Schema SCHEMA = Schema.of(
            new Column("Id", Type.INTEGER),
            new Column("name", Type.TEXT),
            new Column("price", Type.DECIMAL));

    @Test
    void findsColumnsWithoutRegardToCase() {
        assertEquals(0, SCHEMA.indexOf("ID"));
        assertEquals("name", SCHEMA.column("Name").name());
        assertTrue(SCHEMA.find("size").isEmpty());
    }

    @Test
    void namesTheColumnsThereAre() {
        var failure = assertThrows(TableException.class, () -> SCHEMA.indexOf("size"));
        assertEquals("no column 'size' among Id, name, price", failure.getMessage());
    }

    @Test
    void refusesNamesThatDifferInCaseOnly() {
        var id = new Column("id", Type.TEXT);
        assertThrows(TableException.class, () -> Schema.of(id, id.named("ID")));
    }

    @Test
    void selectsInTheOrderAskedFor() {
        assertEquals(List.of("price", "Id"), SCHEMA.select(List.of("PRICE", "id")).names());
    }

    @Test
    void withoutKeepsTheOrder() {
        assertEquals(List.of("Id", "price"), SCHEMA.without(List.of("NAME")).names());
    }

    @Test
    void plusPutsTheSuffixBehindTakenNames() {
        Schema added = Schema.of(new Column("ID", Type.TEXT), new Column("size", Type.TEXT));
        assertEquals(
                List.of("Id", "name", "price", "ID_b", "size"), SCHEMA.plus(added, "_b").names());
    }

    @Test
    void plusNumbersNamesThatStayTaken() {
        Schema taken = Schema.of(
                new Column("a", Type.TEXT), new Column("a_r", Type.TEXT),
                new Column("a_r2", Type.TEXT));
        Schema all = taken.plus(Schema.of(new Column("a", Type.DATE)), "_r");
        assertEquals(List.of("a", "a_r", "a_r2", "a_r3"), all.names());
    }

    @Test
    void refusesBlankNames() {
        assertThrows(TableException.class, () -> new Column("  ", Type.TEXT));
    }
}
