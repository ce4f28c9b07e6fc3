package dev.tables.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tables.core.Column;
import dev.tables.core.Table;
import dev.tables.core.TableException;
import dev.tables.core.Type;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;

class QueryTest {
    private static final Table FRUIT = Table.builder(
                    new Column("id", Type.INTEGER),
                    new Column("name", Type.TEXT),
                    new Column("price", Type.DECIMAL))
            .row(1, "Pear", new BigDecimal("0.80"))
            .row(2, "apple", new BigDecimal("0.50"))
            .row(3, "Fig", null)
            .row(4, "banana", new BigDecimal("0.5"))
            .row(5, null, new BigDecimal("1.20"))
            .build();

    private static List<Object> ids(Query query) {
        return query.run(FRUIT).column("id");
    }

    private static List<Object> where(Condition condition) {
        return ids(Query.all().where(condition));
    }

    private static List<Object> sorted(SortKey... keys) {
        return ids(Query.all().orderBy(keys));
    }

    @Test
    void equalComparesNumbersByValue() {
        assertEquals(List.of(2L, 4L), where(Condition.equal("price", new BigDecimal("0.500"))));
        assertEquals(List.of(3L), where(Condition.equal("id", 3)));
    }

    @Test
    void boundsAreExcludedOrIncluded() {
        assertEquals(List.of(1L, 2L), where(Condition.less("id", 3)));
        assertEquals(List.of(1L, 2L, 3L), where(Condition.atMost("id", 3)));
        assertEquals(List.of(4L, 5L), where(Condition.greater("id", 3)));
        assertEquals(List.of(3L, 4L, 5L), where(Condition.atLeast("id", 3)));
        assertEquals(List.of(2L, 3L, 4L), where(Condition.between("id", 2, 4)));
    }

    @Test
    void missingValuesFailEveryComparison() {
        assertEquals(List.of(1L, 2L, 4L, 5L), where(Condition.atLeast("price", 0)));
        assertEquals(List.of(), where(Condition.equal("price", null)));
        assertEquals(List.of(3L), where(Condition.isNull("price")));
    }

    @Test
    void likeDisregardsCase() {
        assertEquals(List.of(1L), where(Condition.like("name", "pE%")));
    }

    @Test
    void likeMatchesTheWholeText() {
        assertEquals(List.of(), where(Condition.like("name", "an")));
        assertEquals(List.of(4L), where(Condition.like("name", "%an%")));
        assertEquals(List.of(4L), where(Condition.like("name", "b%a%n%a%")));
        assertEquals(List.of(3L), where(Condition.like("name", "f_g")));
        assertEquals(List.of(), where(Condition.like("name", "fig_")));
    }

    @Test
    void conditionsCombine() {
        Condition cheap = Condition.less("price", 1);
        assertEquals(List.of(2L), where(cheap.and(Condition.like("name", "a%"))));
        assertEquals(List.of(3L, 5L), where(cheap.not()));
        assertEquals(List.of(1L, 2L, 4L, 5L), where(cheap.or(Condition.isNull("name"))));
    }

    @Test
    void sortsAscendingWithMissingValuesLast() {
        assertEquals(List.of(2L, 4L, 1L, 5L, 3L), sorted(SortKey.ascending("price")));
    }

    @Test
    void sortsDescendingWithMissingValuesLast() {
        assertEquals(List.of(5L, 1L, 2L, 4L, 3L), sorted(SortKey.descending("price")));
    }

    @Test
    void putsMissingValuesFirstWhenAsked() {
        assertEquals(
                List.of(3L, 5L, 1L, 2L, 4L), sorted(SortKey.descending("price").withNullsFirst()));
    }

    @Test
    void sortsByCaseUnlessAskedNotTo() {
        assertEquals(List.of(3L, 1L, 2L, 4L, 5L), sorted(SortKey.ascending("name")));
        assertEquals(
                List.of(2L, 4L, 3L, 1L, 5L), sorted(SortKey.ascending("name").withIgnoreCase()));
    }

    @Test
    void laterKeysDecideTies() {
        assertEquals(
                List.of(4L, 2L, 1L, 5L, 3L),
                sorted(SortKey.ascending("price"), SortKey.descending("id")));
    }

    @Test
    void selectsColumnsAfterSorting() {
        Table result =
                Query.all().select("name").orderBy(SortKey.descending("id")).limit(2).run(FRUIT);
        assertEquals(List.of("name"), result.schema().names());
        assertEquals("banana", result.rows().get(1).get("name"));
    }

    @Test
    void skipsThenLimits() {
        assertEquals(List.of(2L, 3L), ids(Query.all().limit(2).skip(1)));
    }

    @Test
    void skipsWithoutALimit() {
        assertEquals(List.of(4L, 5L), ids(Query.all().skip(3)));
    }

    @Test
    void distinctLooksAtSelectedColumnsOnly() {
        Table result = Query.all().select("price").distinct().run(FRUIT);
        assertEquals(4, result.size());
    }

    @Test
    void queriesDoNotChangeEachOther() {
        Query base = Query.all().limit(4);
        base.where(Condition.equal("id", 1));
        assertEquals(4, base.run(FRUIT).size());
    }

    @Test
    void refusesNegativeCounts() {
        assertThrows(TableException.class, () -> Query.all().limit(-1));
        assertThrows(TableException.class, () -> Query.all().skip(-1));
    }
}
