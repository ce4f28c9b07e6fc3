package dev.textkit.text;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Finds words that a misspelt word may stand for. */
public final class Suggestions {
    private Suggestions() {}

    /**
     * Finds the known words that are closest to a word. A known word is suggested when its distance,
     * by {@link EditDistance#between} and without regard to case, is at most a third of the length
     * of the word (rounded down, but at least 1). Closer words come first; words equally close are
     * in alphabetical order.
     *
     * @param word the word
     * @param known the known words
     * @param limit the greatest number of suggestions
     * @return the suggestions, without repetition
     */
    public static List<String> of(String word, Collection<String> known, int limit) {
        int allowed = Math.max(1, word.length() / 3);
        String folded = word.toLowerCase(Locale.ROOT);
        return known.stream()
                .distinct()
                .filter(candidate -> distance(folded, candidate) <= allowed)
                .sorted(Comparator.<String>comparingInt(candidate -> distance(folded, candidate))
                        .thenComparing(Comparator.naturalOrder()))
                .limit(limit)
                .toList();
    }

    private static int distance(String folded, String candidate) {
        return EditDistance.between(folded, candidate.toLowerCase(Locale.ROOT));
    }

    /**
     * Returns a sentence part that names the suggestions, up to three of them: {@code did you mean
     * 'a'?}, {@code did you mean 'a' or 'b'?} or {@code did you mean 'a', 'b' or 'c'?}
     *
     * @param word the word
     * @param known the known words
     * @return the question, or nothing when there are no suggestions
     */
    public static Optional<String> question(String word, Collection<String> known) {
        List<String> quoted =
                of(word, known, 3).stream().map(name -> "'" + name + "'").toList();
        if (quoted.isEmpty()) {
            return Optional.empty();
        }
        int last = quoted.size() - 1;
        String names = last == 0
                ? quoted.get(0)
                : String.join(", ", quoted.subList(0, last)) + " or " + quoted.get(last);
        return Optional.of("did you mean " + names + "?");
    }
}
