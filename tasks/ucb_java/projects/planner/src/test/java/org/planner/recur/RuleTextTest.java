package org.planner.recur;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.DayOfWeek;
import java.util.List;
import org.junit.jupiter.api.Test;

class RuleTextTest {

    private static void assertRejected(String text) {
        assertThrows(IllegalArgumentException.class, () -> RuleText.parse(text));
    }

    @Test
    void caseDoesNotMatter() {
        assertEquals(RuleText.parse("FREQ=MONTHLY;BYDAY=-1FR"),
                RuleText.parse("freq=monthly;byday=-1fr"));
    }

    @Test
    void daysHaveOptionalOrdinals() {
        assertEquals(
                List.of(new OrdinalDay(2, DayOfWeek.TUESDAY), new OrdinalDay(-1, DayOfWeek.FRIDAY),
                        OrdinalDay.every(DayOfWeek.MONDAY)),
                RuleText.parse("FREQ=MONTHLY;BYDAY=+2TU,-1FR,MO").days());
    }

    @Test
    void frequencyIsRequired() {
        assertRejected("INTERVAL=2");
        assertRejected("");
    }

    @Test
    void partsOccurOnce() {
        assertRejected("FREQ=DAILY;COUNT=1;COUNT=2");
    }

    @Test
    void unknownPartsAreRejected() {
        assertRejected("FREQ=DAILY;BYHOUR=3");
        assertRejected("FREQ=DAILY;COUNT");
    }

    @Test
    void countAndUntilExcludeEachOther() {
        assertRejected("FREQ=DAILY;COUNT=2;UNTIL=20240101");
    }

    @Test
    void wrongValuesAreRejected() {
        assertRejected("FREQ=HOURLY");
        assertRejected("FREQ=DAILY;INTERVAL=0");
        assertRejected("FREQ=MONTHLY;BYDAY=6MO");
        assertRejected("FREQ=MONTHLY;BYDAY=XX");
    }

    @Test
    void partsAreWrittenInAFixedOrder() {
        assertEquals("FREQ=YEARLY;INTERVAL=2;COUNT=5;BYMONTH=3,11;BYDAY=1SU;BYSETPOS=-1;WKST=SU",
                RuleText.format(RuleText.parse("WKST=SU;BYSETPOS=-1;BYDAY=1SU;BYMONTH=11,3;COUNT=5;"
                        + "INTERVAL=2;FREQ=YEARLY")));
    }

    @Test
    void writtenRuleIsReadBack() {
        RecurrenceRule rule = RuleText.parse(
                "FREQ=MONTHLY;UNTIL=20300630;BYMONTHDAY=1,-1;BYDAY=MO,-2SA;WKST=SA");
        assertEquals(rule, RuleText.parse(RuleText.format(rule)));
    }
}
