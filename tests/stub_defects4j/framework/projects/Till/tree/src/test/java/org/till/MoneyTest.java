package org.till;

import junit.framework.TestCase;

public class MoneyTest extends TestCase {
    public void testPlus() {
        assertEquals(5, Money.plus(2, 3));
    }

    public void testSumOfNothing() {
        assertEquals(0, Money.sum(new int[] {}));
    }

    public void testSumOfAll() {
        assertEquals(6, Money.sum(new int[] {1, 2, 3}));
    }

    /** Half of an odd amount is rounded away from zero, on both sides of it. */
    public void testHalf() {
        assertEquals(0, Money.half(0));
        assertEquals(2, Money.half(3));
        assertEquals(-2, Money.half(-3));
    }
}
