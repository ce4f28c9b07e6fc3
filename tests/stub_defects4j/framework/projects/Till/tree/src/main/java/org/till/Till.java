package org.till;

/** A till. */
public final class Till {
    /** Says what is given back of an amount that was handed over. */
    public static int change(int given, int[] prices) {
        int due = Money.sum(prices);
        if (given < due) {
            throw new IllegalArgumentException("too little");
        }
        return given - due;
    }
}
