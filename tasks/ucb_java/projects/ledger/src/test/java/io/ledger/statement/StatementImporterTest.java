package io.ledger.statement;

import static io.ledger.Books.day;
import static io.ledger.Books.eur;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.ledger.LedgerException;
import io.ledger.money.Currency;
import io.ledger.money.MoneyFormat;
import io.ledger.period.Period;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StatementImporterTest {

    private final StatementImporter importer = new StatementImporter(
            StatementFormat.of(';', MoneyFormat.GERMAN, "dd.MM.uuuu"), Currency.EUR);

    private ImportResult read(String... rows) {
        return importer.read("Date;Payee;Amount;Reference\n" + String.join("\n", rows));
    }

    @Test
    void readsLine() {
        StatementLine expected =
                new StatementLine(2, day("2024-03-05"), eur("-1234.5"), "ACME", "R1");
        assertEquals(List.of(expected), read("05.03.2024;ACME;-1.234,50;R1").lines());
    }

    @Test
    void findsColumnsInAnyOrderAndCase() {
        ImportResult result = importer.read("VALUE; Name ;Note;date\n7;ACME;x;05.03.2024");
        StatementLine expected = new StatementLine(2, day("2024-03-05"), eur("7"), "ACME", "");
        assertEquals(List.of(expected), result.lines());
    }

    @Test
    void firstOfTwoColumnsCounts() {
        ImportResult result = importer.read("Date;Payee;Name;Amount\n05.03.2024;A;B;1");
        assertEquals("A", result.lines().get(0).payee());
    }

    @Test
    void needsRequiredColumns() {
        assertThrows(LedgerException.class, () -> importer.read("Date;Payee\n05.03.2024;ACME"));
    }

    @Test
    void badAmountIsAProblemOfItsRow() {
        ImportResult result = read("05.03.2024;ACME;much;R1", "06.03.2024;ACME;5;R2");
        assertEquals(List.of(2), result.problems().stream().map(p -> p.line()).toList());
        assertEquals(1, result.lines().size());
    }

    @Test
    void dayThatDoesNotExistIsAProblem() {
        ImportResult result = read("30.02.2024;ACME;5;R1");
        assertEquals(List.of(new ImportResult.Problem(2, "not a date: 30.02.2024")),
                result.problems());
    }

    @Test
    void rowWithoutReferenceIsRead() {
        ImportResult result = read("05.03.2024;ACME;5;", "06.03.2024;ACME;6;");
        assertEquals(2, result.lines().size());
    }

    @Test
    void countsDuplicatesOfEarlierText() {
        read("05.03.2024;ACME;5;R1");
        ImportResult result = read("04.03.2024;ACME;5;R1", "05.03.2024;ACME;5;R1");
        assertEquals(1, result.lines().size());
        assertEquals(1, result.duplicates());
    }

    @Test
    void duplicateMayDifferInCaseOfPayee() {
        ImportResult result = read("05.03.2024;Acme;5;R1", "05.03.2024;ACME;5;R1");
        assertEquals(1, result.duplicates());
    }

    @Test
    void spanCoversUnsortedLines() {
        ImportResult result =
                read("05.03.2024;A;5;R1", "08.03.2024;A;5;R2", "01.03.2024;A;5;R3");
        assertEquals(Optional.of(new Period(day("2024-03-01"), day("2024-03-08"))), result.span());
    }

    @Test
    void spanOfOneLineIsItsDay() {
        assertEquals(Optional.of(new Period(day("2024-03-05"), day("2024-03-05"))),
                read("05.03.2024;A;5;R1").span());
    }

    @Test
    void spanCoversLinesFromNewestToOldest() {
        ImportResult result = read("09.03.2024;A;5;R1", "05.03.2024;A;5;R2");
        assertEquals(Optional.of(new Period(day("2024-03-05"), day("2024-03-09"))), result.span());
    }
}
