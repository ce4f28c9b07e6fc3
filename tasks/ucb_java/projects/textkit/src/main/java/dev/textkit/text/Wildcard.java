package dev.textkit.text;

/** Matches plain text with patterns in which only {@code *} and {@code ?} are special. */
public final class Wildcard {
    private Wildcard() {}

    /**
     * Tells whether a whole text matches a pattern. {@code *} stands for any number of characters,
     * none included, and {@code ?} for exactly one; there is no way to take away their meaning.
     *
     * @param pattern the pattern
     * @param text the text
     * @return whether it matches
     */
    public static boolean matches(String pattern, String text) {
        int p = 0;
        int t = 0;
        int star = -1;
        int resume = 0;
        while (t < text.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                resume = t;
            } else if (p < pattern.length()
                    && (pattern.charAt(p) == '?' || pattern.charAt(p) == text.charAt(t))) {
                p++;
                t++;
            } else if (star >= 0) {
                p = star + 1;
                t = ++resume;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }
}
