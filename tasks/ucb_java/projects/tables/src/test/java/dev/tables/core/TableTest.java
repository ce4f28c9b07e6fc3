package dev.tables.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {
    private static final Schema SCHEMA =
            Schema.of(new Column("id", Type.INTEGER), new Column("price", Type.DECIMAL));

    private static Table five() {
        Table.Builder table = Table.builder(SCHEMA);
        for (int id = 0; id < 5; id++) {
            table.row(id, id * 10);
        }
        return table.build();
    }

    @Test
    void rowWidensSmallNumbers() {
        Row row = Row.of(SCHEMA, List.of(7, 7));
        assertEquals(7L, row.get("id"));
        assertEquals(new BigDecimal("7"), row.get("price"));
    }

    @Test
    void rowRefusesAWrongNumberOfValues() {
        var failure = assertThrows(TableException.class, () -> Row.of(SCHEMA, List.of(1)));
        assertEquals("expected 2 values, got 1", failure.getMessage());
    }

    @Test
    void rowNamesTheColumnThatDoesNotFit() {
        var failure = assertThrows(TableException.class, () -> Row.of(SCHEMA, List.of("x", 1)));
        assertEquals("column 'id' is INTEGER, got x", failure.getMessage());
    }

    @Test
    void rowDoesNotShareTheList() {
        List<Object> values = new ArrayList<>(List.of(1, 2));
        Row row = Row.of(SCHEMA, values);
        values.set(0, 99);
        assertEquals(1L, row.get("id"));
    }

    @Test
    void rowsOfSameNumbersAreEqual() {
        Row one = Row.of(SCHEMA, List.of(1, new BigDecimal("2.50")));
        Row other = Row.of(SCHEMA, List.of(1, new BigDecimal("2.5")));
        assertEquals(one, other);
        assertEquals(one.hashCode(), other.hashCode());
    }

    @Test
    void projectFillsUnknownColumnsWithNull() {
        Schema target =
                Schema.of(new Column("PRICE", Type.DECIMAL), new Column("note", Type.TEXT));
        Row row = Row.of(SCHEMA, List.of(1, 2)).project(target);
        assertEquals(new BigDecimal("2"), row.get(0));
        assertNull(row.get("note"));
    }

    @Test
    void columnReturnsValuesInOrder() {
        assertEquals(List.of(0L, 1L, 2L, 3L, 4L), five().column("ID"));
    }

    @Test
    void sliceTakesTheRange() {
        assertEquals(List.of(1L, 2L), five().slice(1, 3).column("id"));
        assertEquals(5, five().slice(-9, 9).size());
        assertEquals(0, five().slice(3, 1).size());
    }

    @Test
    void sliceCountsNegativePositionsFromTheEnd() {
        assertEquals(List.of(2L, 3L), five().slice(-3, -1).column("id"));
    }

    @Test
    void headTakesAtMostAllRows() {
        assertEquals(List.of(0L, 1L), five().head(2).column("id"));
        assertEquals(5, five().head(50).size());
        assertEquals(0, five().head(-1).size());
    }

    @Test
    void selectReordersColumns() {
        Table selected = five().head(1).select(List.of("price", "id"));
        assertEquals(List.of(new BigDecimal("0"), 0L), selected.rows().get(0).values());
    }
}
