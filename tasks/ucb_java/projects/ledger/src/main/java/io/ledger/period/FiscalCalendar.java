package io.ledger.period;

import java.time.LocalDate;
import java.time.YearMonth;

/**
 * Fiscal years of twelve months that begin with a fixed month. A fiscal year bears the number of
 * the calendar year in which it ends, so with April as first month, 2024-04-01 is the first day
 * of 2025; with January, fiscal and calendar years agree.
 *
 * @param firstMonth the month in which a year begins, from 1 to 12
 */
public record FiscalCalendar(int firstMonth) {

    public FiscalCalendar {
        if (firstMonth < 1 || firstMonth > 12) {
            throw new IllegalArgumentException("not a month: " + firstMonth);
        }
    }

    /** Returns the number of the fiscal year to which a day belongs. */
    public int yearOf(LocalDate date) {
        boolean endsInNextYear = firstMonth > 1 && date.getMonthValue() >= firstMonth;
        return endsInNextYear ? date.getYear() + 1 : date.getYear();
    }

    /** Returns the quarter of the fiscal year to which a day belongs, from 1 to 4. */
    public int quarterOf(LocalDate date) {
        int monthsIntoYear = Math.floorMod(date.getMonthValue() - firstMonth, 12);
        return monthsIntoYear / 3 + 1;
    }

    /** Returns the days of a fiscal year. */
    public Period year(int number) {
        int calendarYear = firstMonth == 1 ? number : number - 1;
        YearMonth first = YearMonth.of(calendarYear, firstMonth);
        return new Period(first.atDay(1), first.plusMonths(11).atEndOfMonth());
    }

    /**
     * Returns the days of one quarter of a fiscal year.
     *
     * @throws IllegalArgumentException if the quarter is not from 1 to 4
     */
    public Period quarter(int number, int quarter) {
        if (quarter < 1 || quarter > 4) {
            throw new IllegalArgumentException("not a quarter: " + quarter);
        }
        YearMonth first = YearMonth.from(year(number).start()).plusMonths(3L * (quarter - 1));
        return new Period(first.atDay(1), first.plusMonths(2).atEndOfMonth());
    }
}
