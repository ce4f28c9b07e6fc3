package dev.tables.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tables.core.Column;
import dev.tables.core.Table;
import dev.tables.core.TableException;
import dev.tables.core.Type;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class JoinTest {
    private static final Table ORDERS = Table.builder(
                    new Column("id", Type.INTEGER), new Column("code", Type.TEXT))
            .row(1, "a").row(2, "b").row(3, "a").row(4, null).build();
    private static final Table ITEMS = Table.builder(
                    new Column("Code", Type.TEXT), new Column("id", Type.INTEGER))
            .row("a", 70).row("c", 80).row(null, 90).row("a", 71).build();

    private static Table joined(Join.Kind kind) {
        return new Join(kind, List.of("code")).apply(ORDERS, ITEMS);
    }

    @Test
    void innerJoinPairsEveryMatch() {
        Table table = joined(Join.Kind.INNER);
        assertEquals(List.of(1L, 1L, 3L, 3L), table.column("id"));
        assertEquals(List.of(70L, 71L, 70L, 71L), table.column("id_right"));
    }

    @Test
    void rightKeysAreLeftOut() {
        assertEquals(
                List.of("id", "code", "id_right"), joined(Join.Kind.INNER).schema().names());
    }

    @Test
    void leftJoinKeepsRowsWithoutAMatch() {
        Table table = joined(Join.Kind.LEFT);
        assertEquals(List.of(1L, 1L, 2L, 3L, 3L, 4L), table.column("id"));
        assertEquals(Arrays.asList(2L, "b", null), table.rows().get(2).values());
    }

    @Test
    void fullJoinAddsRightRowsWithoutAMatch() {
        Table table = joined(Join.Kind.FULL);
        assertEquals(8, table.size());
        assertEquals(Arrays.asList(null, "c", 80L), table.rows().get(6).values());
    }

    @Test
    void missingKeysDoNotMatch() {
        Table table = joined(Join.Kind.FULL);
        assertEquals(Arrays.asList(4L, null, null), table.rows().get(5).values());
        assertEquals(Arrays.asList(null, null, 90L), table.rows().get(7).values());
    }

    @Test
    void numbersMatchByValue() {
        Table left = Table.builder(new Column("n", Type.INTEGER)).row(1000).build();
        Table right = Table.builder(new Column("n", Type.DECIMAL), new Column("t", Type.TEXT))
                .row(new BigDecimal("1000.0"), "k").build();
        Table table = new Join(Join.Kind.INNER, List.of("n")).apply(left, right);
        assertEquals(List.of("k"), table.column("t"));
        assertEquals(Type.DECIMAL, table.schema().column("n").type());
    }

    @Test
    void allKeysMustMatch() {
        Table left = Table.builder(new Column("a", Type.TEXT), new Column("b", Type.TEXT))
                .row("x", "1").row("x", "2").build();
        Table right = Table.builder(
                        new Column("b", Type.TEXT), new Column("a", Type.TEXT),
                        new Column("c", Type.TEXT))
                .row("2", "x", "hit").row("1", "y", "miss").build();
        Table table = new Join(Join.Kind.LEFT, List.of("a", "b")).apply(left, right);
        assertEquals(Arrays.asList(null, "hit"), table.column("c"));
    }

    @Test
    void joiningAnEmptyTableKeepsItsColumns() {
        Table table = new Join(Join.Kind.LEFT, List.of("code")).apply(ORDERS, ITEMS.head(0));
        assertEquals(4, table.size());
        assertEquals(3, table.schema().size());
    }

    @Test
    void refusesKeysOfUnlikeTypes() {
        Join join = new Join(Join.Kind.INNER, List.of("id"));
        Table texts = Table.builder(new Column("id", Type.TEXT)).build();
        assertThrows(TableException.class, () -> join.apply(ORDERS, texts));
    }
}
