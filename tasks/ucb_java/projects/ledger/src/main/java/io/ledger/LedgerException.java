package io.ledger;

/** The base of every failure that comes from the books rather than from a wrong argument. */
public class LedgerException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public LedgerException(String message) {
        super(message);
    }
}
