package dev.textkit.diff;

/**
 * One line of a comparison of two texts.
 *
 * @param kind what happens to the line
 * @param line the line
 */
public record Edit(Kind kind, String line) {
    /** What happens to a line. */
    public enum Kind {
        /** It is in both texts. */
        KEEP(' '),
        /** It is in the old text only. */
        DELETE('-'),
        /** It is in the new text only. */
        INSERT('+');

        private final char symbol;

        Kind(char symbol) {
            this.symbol = symbol;
        }

        /** Returns the character in front of such lines in a patch. */
        public char symbol() {
            return symbol;
        }
    }

    /** Tells whether the line is in the old text. */
    public boolean inOld() {
        return kind != Kind.INSERT;
    }

    /** Tells whether the line is in the new text. */
    public boolean inNew() {
        return kind != Kind.DELETE;
    }

    /** Returns the edit that takes this one back. */
    public Edit reversed() {
        return switch (kind) {
            case KEEP -> this;
            case DELETE -> new Edit(Kind.INSERT, line);
            case INSERT -> new Edit(Kind.DELETE, line);
        };
    }

    @Override
    public String toString() {
        return kind.symbol() + line;
    }
}
