package dev.textkit.text;

/** Measures how many changes turn one word into another. */
public final class EditDistance {
    private EditDistance() {}

    /**
     * Returns the least number of changes that turn one word into the other, where a change inserts,
     * removes or replaces one character or exchanges two neighbours. No part of the word is changed
     * again after an exchange.
     *
     * @param from one word
     * @param to the other word
     * @return the number of changes
     */
    public static int between(String from, String to) {
        int[] beforeLast = new int[to.length() + 1];
        int[] last = new int[to.length() + 1];
        int[] current = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            current[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int[] free = beforeLast;
            beforeLast = last;
            last = current;
            current = free;
            current[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = last[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                int least = Math.min(replaced, Math.min(last[j], current[j - 1]) + 1);
                if (i > 1 && j > 1
                        && from.charAt(i - 1) == to.charAt(j - 2)
                        && from.charAt(i - 2) == to.charAt(j - 1)) {
                    least = Math.min(least, beforeLast[j - 2] + 1);
                }
                current[j] = least;
            }
        }
        return current[to.length()];
    }

    /**
     * Returns how alike two words are: 1 less their distance divided by the length of the longer
     * word. Two empty words are wholly alike.
     *
     * @return from 0 for nothing in common to 1 for the same word
     */
    public static double similarity(String one, String other) {
        int length = Math.max(one.length(), other.length());
        return length == 0 ? 1 : 1 - (double) between(one, other) / length;
    }
}
