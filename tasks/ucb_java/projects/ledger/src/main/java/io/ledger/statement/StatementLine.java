package io.ledger.statement;

import io.ledger.money.Money;
import java.time.LocalDate;

/**
 * One movement on a bank account.
 *
 * @param line where in the text it stands, as a line number
 * @param date the day of booking
 * @param amount positive for money that came in
 * @param payee the other party
 * @param reference what the bank calls the movement; may be empty
 */
public record StatementLine(
        int line, LocalDate date, Money amount, String payee, String reference) {}
