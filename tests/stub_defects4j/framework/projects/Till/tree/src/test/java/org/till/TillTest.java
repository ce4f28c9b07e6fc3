package org.till;

import junit.framework.TestCase;

public class TillTest extends TestCase {
    public void testChange() {
        assertEquals(3, Till.change(10, new int[] {3, 4}));
    }

    public void testExactly() {
        assertEquals(0, Till.change(7, new int[] {7}));
    }
}
