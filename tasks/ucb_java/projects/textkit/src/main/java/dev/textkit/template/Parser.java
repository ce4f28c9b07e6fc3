package dev.textkit.template;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Builds the parts of a template from its tokens. */
final class Parser {
    private static final Pattern FOR = Pattern.compile("for\\s+(\\w+)\\s+in\\s+(.+)");
    private static final Pattern INCLUDE = Pattern.compile("include\\s+\"([^\"]+)\"");

    private final List<Token> tokens;
    private int place;

    private Parser(List<Token> tokens) {
        this.tokens = tokens;
    }

    /**
     * Parses a template. The tags are {@code if x}, {@code elif x}, {@code else}, {@code for name in
     * x}, {@code include "name"} and {@code end}, which closes the innermost {@code if} or {@code
     * for}. An {@code elif} is the same as an {@code else} with an {@code if} in it that shares its
     * {@code end}.
     *
     * @param source the source
     * @return the parts
     * @throws TemplateException when a tag is unknown, misplaced or not closed
     */
    static List<Node> parse(String source) {
        Parser parser = new Parser(Scanner.scan(source));
        List<Node> nodes = parser.block();
        if (parser.place < parser.tokens.size()) {
            Token extra = parser.tokens.get(parser.place);
            throw new TemplateException(extra.line(), "'" + extra.text() + "' without a block");
        }
        return nodes;
    }

    /** Parses up to the end of the tokens or a tag that ends a part of a block. */
    private List<Node> block() {
        List<Node> nodes = new ArrayList<>();
        while (place < tokens.size()) {
            Token token = tokens.get(place);
            if (token.kind() == Token.Kind.TAG && endsPart(token.text())) {
                break;
            }
            place++;
            nodes.add(switch (token.kind()) {
                case TEXT -> new Node.Text(token.text());
                case OUTPUT -> new Node.Output(
                        Expression.parse(token.text(), token.line()), token.line());
                case TAG -> tag(token);
            });
        }
        return nodes;
    }

    private static boolean endsPart(String tag) {
        return tag.equals("end") || tag.equals("else") || tag.startsWith("elif ");
    }

    private Node tag(Token token) {
        String tag = token.text();
        int line = token.line();
        if (tag.startsWith("if ")) {
            return condition(tag.substring(3), token);
        }
        Matcher loop = FOR.matcher(tag);
        if (loop.matches()) {
            Expression items = Expression.parse(loop.group(2), line);
            List<Node> body = block();
            List<Node> otherwise = nextIs("else") ? block() : List.of();
            close(token);
            return new Node.For(loop.group(1), items, body, otherwise, line);
        }
        Matcher include = INCLUDE.matcher(tag);
        if (include.matches()) {
            return new Node.Include(include.group(1), line);
        }
        throw new TemplateException(line, "unknown tag '" + tag + "'");
    }

    private Node condition(String source, Token opener) {
        Expression condition = Expression.parse(source, opener.line());
        List<Node> then = block();
        List<Node> otherwise = List.of();
        if (place < tokens.size() && tokens.get(place).text().startsWith("elif ")) {
            Token elif = tokens.get(place++);
            otherwise = List.of(condition(elif.text().substring(5), elif));
        } else {
            if (nextIs("else")) {
                otherwise = block();
            }
            close(opener);
        }
        return new Node.If(condition, then, otherwise, opener.line());
    }

    private boolean nextIs(String tag) {
        if (place < tokens.size() && tokens.get(place).text().equals(tag)) {
            place++;
            return true;
        }
        return false;
    }

    private void close(Token opener) {
        if (!nextIs("end")) {
            throw new TemplateException(opener.line(), "'" + opener.text() + "' is not closed");
        }
    }
}
