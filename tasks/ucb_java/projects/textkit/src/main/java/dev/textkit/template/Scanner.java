package dev.textkit.template;

import java.util.ArrayList;
import java.util.List;

/** Cuts the source of a template into tokens. */
final class Scanner {
    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private int line = 1;
    private int textLine = 1;

    private Scanner(String source) {
        this.source = source;
    }

    /**
     * Cuts a source into text, outputs and tags. Comments ({@code {# … #}}) vanish. A backslash in
     * front of an opening mark makes the mark plain text and vanishes; elsewhere it is plain text.
     * When a tag ends with <code>-%}</code>, the white space behind it is left out, up to and
     * including the first line end.
     *
     * @param source the source
     * @return its tokens; no two texts in a row, and no empty ones
     * @throws TemplateException when a mark is not closed, naming the line on which it opens
     */
    static List<Token> scan(String source) {
        return new Scanner(source).run();
    }

    private List<Token> run() {
        int at = 0;
        while (at < source.length()) {
            if (source.charAt(at) == '\\' && isMark(at + 1)) {
                addText(at + 1, at + 3);
                at += 3;
            } else if (isMark(at)) {
                at = readMark(at);
            } else {
                addText(at, at + 1);
                at++;
            }
        }
        flush();
        return tokens;
    }

    private boolean isMark(int at) {
        return source.startsWith("{{", at)
                || source.startsWith("{%", at)
                || source.startsWith("{#", at);
    }

    /** Reads the mark that opens at a position and returns the position behind it. */
    private int readMark(int at) {
        char second = source.charAt(at + 1);
        String close = (second == '{' ? '}' : second) + "}";
        int end = source.indexOf(close, at + 2);
        if (end < 0) {
            throw new TemplateException(line, "'{" + second + "' is not closed");
        }
        String inner = source.substring(at + 2, end);
        int behind = end + 2;
        boolean trims = second == '%' && inner.endsWith("-");
        if (second != '#') {
            flush();
            String content = trims ? inner.substring(0, inner.length() - 1) : inner;
            Token.Kind kind = second == '{' ? Token.Kind.OUTPUT : Token.Kind.TAG;
            tokens.add(new Token(kind, content.strip(), line));
        }
        line += lineEnds(inner);
        return trims ? skipLineEnd(behind) : behind;
    }

    private int skipLineEnd(int behind) {
        int at = behind;
        while (at < source.length() && Character.isWhitespace(source.charAt(at))) {
            if (source.charAt(at++) == '\n') {
                line++;
                return at;
            }
        }
        return at;
    }

    private void addText(int from, int to) {
        if (text.isEmpty()) {
            textLine = line;
        }
        text.append(source, from, to);
        line += lineEnds(source.substring(from, to));
    }

    private void flush() {
        if (!text.isEmpty()) {
            tokens.add(new Token(Token.Kind.TEXT, text.toString(), textLine));
            text.setLength(0);
        }
    }

    private static int lineEnds(String part) {
        return (int) part.chars().filter(c -> c == '\n').count();
    }
}
