package dev.tables.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tables.core.Column;
import dev.tables.core.Table;
import dev.tables.core.TableException;
import dev.tables.core.Type;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class GroupingTest {
    private static final Table SALES = Table.builder(
                    new Column("region", Type.TEXT),
                    new Column("year", Type.INTEGER),
                    new Column("amount", Type.INTEGER))
            .row("north", 2023, 10)
            .row("south", 2023, 5)
            .row("north", 2024, 20)
            .row(null, 2024, 7)
            .row("north", 2023, 1)
            .row("south", null, 2)
            .build();
    private static final Measure TOTAL = Measure.of(Aggregates.sum(), "amount");

    private static Table grouped(String... keys) {
        return new Grouping(SALES, List.of(keys)).aggregate(List.of(TOTAL));
    }

    @Test
    void groupsStandInTheOrderOfTheirFirstRows() {
        Table table = grouped("region");
        assertEquals(Arrays.asList("north", "south", null), table.column("region"));
        assertEquals(List.of(31L, 7L, 7L), table.column("sum_amount"));
    }

    @Test
    void groupsBySeveralColumns() {
        Table table = grouped("region", "year");
        assertEquals(List.of(11L, 5L, 20L, 7L, 2L), table.column("sum_amount"));
    }

    @Test
    void withoutKeysAllRowsAreOneGroup() {
        assertEquals(List.of(45L), grouped().column("sum_amount"));
    }

    @Test
    void withoutKeysAnEmptyTableIsOneGroup() {
        Table table = new Grouping(SALES.head(0), List.of())
                .aggregate(List.of(Measure.of(Aggregates.count(), "amount").as("n")));
        assertEquals(List.of(0L), table.column("n"));
    }

    @Test
    void measuresStandSideBySide() {
        Table table = new Grouping(SALES, List.of("region")).aggregate(List.of(
                TOTAL.as("total"),
                Measure.of(Aggregates.max(), "year").as("latest"),
                Measure.of(Aggregates.mean(), "amount")));
        assertEquals(List.of("region", "total", "latest", "mean_amount"), table.schema().names());
        assertEquals(
                List.of("south", 7L, 2023L, new BigDecimal("3.5")),
                table.rows().get(1).values());
    }

    @Test
    void sameNumbersAreOneGroup() {
        Table table = Table.builder(new Column("n", Type.DECIMAL))
                .row(new BigDecimal("1.5")).row(new BigDecimal("1.50")).build();
        assertEquals(1, new Grouping(table, List.of("n")).groups().size());
    }

    @Test
    void pivotMakesAColumnOfEveryValue() {
        Table table = new Pivot(List.of("region"), "year", TOTAL).apply(SALES);
        assertEquals(List.of("region", "2023", "2024", "(none)"), table.schema().names());
    }

    @Test
    void pivotSortsColumnsByValueNotByText() {
        Table table = Table.builder(new Column("k", Type.INTEGER), new Column("v", Type.INTEGER))
                .row(10, 1).row(9, 2).row(100, 3).build();
        Table pivoted = new Pivot(List.of(), "k", Measure.of(Aggregates.sum(), "v")).apply(table);
        assertEquals(List.of("9", "10", "100"), pivoted.schema().names());
        assertEquals(List.of(2L, 1L, 3L), pivoted.rows().get(0).values());
    }

    @Test
    void pivotMeasuresTheRowsOfACell() {
        Table table = new Pivot(List.of("region"), "year", TOTAL).apply(SALES);
        assertEquals(List.of("north", 11L, 20L), table.rows().get(0).values().subList(0, 3));
    }

    @Test
    void pivotLeavesCellsWithoutRowsEmpty() {
        Measure count = Measure.of(Aggregates.count(), "amount");
        Table table = new Pivot(List.of("region"), "year", count).apply(SALES);
        assertNull(table.rows().get(1).get("2024"));
    }

    @Test
    void pivotPutsMissingValuesIntoTheirOwnColumn() {
        Table table = new Pivot(List.of("region"), "year", TOTAL).apply(SALES);
        assertEquals(Arrays.asList(null, 2L, null), table.column("(none)"));
    }

    @Test
    void pivotRefusesAValueNamedLikeARowColumn() {
        Table table = Table.builder(new Column("a", Type.TEXT), new Column("b", Type.TEXT))
                .row("x", "a").build();
        Pivot pivot = new Pivot(List.of("a"), "b", Measure.of(Aggregates.count(), "b"));
        assertThrows(TableException.class, () -> pivot.apply(table));
    }
}
