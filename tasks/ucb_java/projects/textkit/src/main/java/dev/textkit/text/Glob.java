package dev.textkit.text;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A pattern of paths. {@code ?} stands for one character other than {@code /}, {@code *} for any
 * number of them, {@code **} for any number of characters of any kind, and {@code **}{@code /} for
 * any number of folders, none included. {@code [a-c]} stands for one of the characters in the
 * brackets and {@code [!a-c]} for one that is neither among them nor {@code /}; {@code {x,y}} stands
 * for one of the patterns between the braces, which may be nested. A backslash takes the special
 * meaning from the next character.
 */
public final class Glob {
    private final String source;
    private final Pattern pattern;

    private Glob(String source, Pattern pattern) {
        this.source = source;
        this.pattern = pattern;
    }

    /**
     * Reads a pattern.
     *
     * @param source the pattern
     * @return the glob
     * @throws IllegalArgumentException when a bracket or brace is not closed or opened, or the
     *     pattern ends with a backslash
     */
    public static Glob of(String source) {
        return of(source, false);
    }

    /**
     * Reads a pattern, as {@link #of(String)} does, that disregards case.
     *
     * @param source the pattern
     * @param ignoreCase whether letters match in either case
     * @return the glob
     */
    public static Glob of(String source, boolean ignoreCase) {
        int flags = Pattern.DOTALL;
        if (ignoreCase) {
            flags |= Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;
        }
        return new Glob(source, Pattern.compile(translate(source), flags));
    }

    /** Tells whether the whole path matches. */
    public boolean matches(String path) {
        return pattern.matcher(path).matches();
    }

    /** Returns those of the paths that match, in their order. */
    public List<String> filter(List<String> paths) {
        return paths.stream().filter(this::matches).toList();
    }

    /**
     * Selects paths by a list of patterns in which a later one has precedence: a pattern takes in
     * the paths that match it, and a pattern that starts with {@code !} leaves out those that match
     * the rest of it. A path that no pattern matches is left out.
     *
     * @param patterns the patterns
     * @param paths the paths
     * @return the selected paths, in their order
     */
    public static List<String> select(List<String> patterns, List<String> paths) {
        List<String> selected = new ArrayList<>();
        for (String path : paths) {
            boolean taken = false;
            for (String pattern : patterns) {
                boolean negated = pattern.startsWith("!");
                if (of(negated ? pattern.substring(1) : pattern).matches(path)) {
                    taken = !negated;
                }
            }
            if (taken) {
                selected.add(path);
            }
        }
        return selected;
    }

    private static String translate(String glob) {
        StringBuilder regex = new StringBuilder();
        int depth = 0;
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            switch (c) {
                case '\\' -> {
                    i++;
                    require(i < glob.length(), "ends with a backslash", glob);
                    regex.append(literal(glob.charAt(i)));
                }
                case '?' -> regex.append("[^/]");
                case '*' -> {
                    if (!glob.startsWith("**", i)) {
                        regex.append("[^/]*");
                    } else if (glob.startsWith("**/", i) && atFolder(glob, i)) {
                        regex.append("(?:.*/)?");
                        i += 2;
                    } else {
                        regex.append(".*");
                        i++;
                    }
                }
                case '[' -> {
                    int end = glob.indexOf(']', i + 2);
                    require(end > 0, "has an open bracket", glob);
                    regex.append(characters(glob.substring(i + 1, end)));
                    i = end;
                }
                case '{' -> {
                    regex.append("(?:");
                    depth++;
                }
                case '}' -> {
                    require(depth > 0, "has a brace too many", glob);
                    regex.append(')');
                    depth--;
                }
                case ',' -> regex.append(depth > 0 ? "|" : ",");
                default -> regex.append(literal(c));
            }
        }
        require(depth == 0, "has an open brace", glob);
        return regex.toString();
    }

    private static boolean atFolder(String glob, int place) {
        return place == 0 || "/{,".indexOf(glob.charAt(place - 1)) >= 0;
    }

    private static String characters(String set) {
        boolean negated = set.startsWith("!");
        StringBuilder regex = new StringBuilder(negated ? "[^/" : "[");
        for (char c : set.substring(negated ? 1 : 0).toCharArray()) {
            regex.append(c == '-' ? "-" : literal(c));
        }
        return regex.append(']').toString();
    }

    private static String literal(char c) {
        return Character.isLetterOrDigit(c) || c == ' ' ? String.valueOf(c) : "\\" + c;
    }

    private static void require(boolean condition, String fault, String glob) {
        if (!condition) {
            throw new IllegalArgumentException("pattern " + fault + ": " + glob);
        }
    }

    @Override
    public String toString() {
        return source;
    }
}
