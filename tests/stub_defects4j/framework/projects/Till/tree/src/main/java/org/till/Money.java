package org.till;

/** Amounts of money in cents. */
public final class Money {
    /** Adds two amounts. */
    public static int plus(int a, int b) {
        return a + b;
    }

    /**
     * Adds all amounts of a list; nothing is 0.
     */
    public static int sum(int[] values) {
        int total = 0;
        for (int i = 0; i < values.length; i++) {
            total = plus(total, values[i]);
        }
        return total;
    }

    /** Half an amount, rounded away from zero. */
    public static int half(int amount) {
        if (amount < 0) {
            return -half(-amount);
        }
        return (amount + 1) / 2;
    }
}
