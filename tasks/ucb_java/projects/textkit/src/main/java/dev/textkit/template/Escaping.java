package dev.textkit.template;

/** How values are made safe for the kind of text they are written into. */
public enum Escaping {
    /** Values are written as they are. */
    NONE,
    /** Values are written into HTML, as text or in quoted attributes. */
    HTML,
    /** Values are written between the double quotes of a JSON string. */
    JSON;

    /**
     * Escapes a value. For HTML the characters {@code & < > " '} become {@code &amp; &lt; &gt;
     * &quot; &#39;}. For JSON the double quote and the backslash get a backslash in front; line
     * feed, carriage return and tab become {@code \n}, {@code \r} and {@code \t}; other characters
     * below the space become a backslash, {@code u} and four hexadecimal digits in lower case.
     *
     * @param text the value
     * @return the escaped value
     */
    public String apply(String text) {
        if (this == NONE) {
            return text;
        }
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            escaped.append(this == HTML ? html(c) : json(c));
        }
        return escaped.toString();
    }

    private static String html(char c) {
        return switch (c) {
            case '&' -> "&amp;";
            case '<' -> "&lt;";
            case '>' -> "&gt;";
            case '"' -> "&quot;";
            case '\'' -> "&#39;";
            default -> String.valueOf(c);
        };
    }

    private static String json(char c) {
        return switch (c) {
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default -> c < ' ' ? String.format("\\u%04x", (int) c) : String.valueOf(c);
        };
    }
}
