package io.ledger.account;

/** What an account stands for, and with it the side on which it grows. */
public enum AccountType {
    ASSET(Side.DEBIT, false),
    LIABILITY(Side.CREDIT, false),
    EQUITY(Side.CREDIT, false),
    INCOME(Side.CREDIT, true),
    EXPENSE(Side.DEBIT, true);

    private final Side normalSide;
    private final boolean temporary;

    AccountType(Side normalSide, boolean temporary) {
        this.normalSide = normalSide;
        this.temporary = temporary;
    }

    /** Returns the side on which a balance of this type is counted as positive. */
    public Side normalSide() {
        return normalSide;
    }

    /** Tells whether accounts of this type are emptied when a period is closed. */
    public boolean isTemporary() {
        return temporary;
    }
}
