package ucb.room;

import com.sun.source.tree.BlockTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;

/**
 * What other files can see of a source: its text without comments and without the bodies of
 * methods, constructors and initialisers, and the names of its top-level types. Field initialisers stay: a constant is
 * compiled into the classes that use it.
 */
record Shape(String outside, Set<String> types) {
    /** Return the shape of a source, or null where it cannot be parsed. */
    static Shape of(Javac javac, String path, String text) {
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        JavacTask task = (JavacTask) javac.tool().getTask(null, javac.libraries(), problems,
                Javac.OPTIONS, null, List.of(new Javac.Source(path, text)));
        CompilationUnitTree unit;
        try {
            unit = task.parse().iterator().next();
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
        for (Diagnostic<?> problem : problems.getDiagnostics()) {
            if (problem.getKind() == Diagnostic.Kind.ERROR) {
                return null;
            }
        }
        Set<String> types = new HashSet<>();
        for (Tree type : unit.getTypeDecls()) {
            if (type instanceof ClassTree named) {
                types.add(named.getSimpleName().toString());
            }
        }
        Bodies bodies = new Bodies(unit, Trees.instance(task).getSourcePositions(), text);
        bodies.scan(unit, null);
        return new Shape(bodies.rest(), types);
    }

    /** Leave comments out, and put one space in the place of several outside literals. */
    private static String withoutComments(String text) {
        if (Snapshot.ESCAPE.matcher(text).find()) {
            return text;
        }
        StringBuilder kept = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            int end = blank(text, at);
            if (end == at) {
                end = word(text, at);
                kept.append(text, at, end);
            } else if (kept.isEmpty() || kept.charAt(kept.length() - 1) != ' ') {
                kept.append(' ');
            }
            at = end;
        }
        return kept.toString().strip();
    }

    /** Return where a comment or a space ends that begins at a place; the place if none does. */
    private static int blank(String text, int at) {
        if (Character.isWhitespace(text.charAt(at))) {
            return at + 1;
        }
        boolean line = text.startsWith("//", at);
        if (!line && !text.startsWith("/*", at)) {
            return at;
        }
        int end = line ? text.indexOf('\n', at) : text.indexOf("*/", at + 2) + 2;
        return end < at ? text.length() : end;
    }

    /** Return where a literal ends that begins at a place, or else the next place. */
    private static int word(String text, int at) {
        char first = text.charAt(at);
        String block = "\"\"\"";
        String quote = text.startsWith(block, at) ? block
                : first == '"' || first == '\'' ? String.valueOf(first) : "";
        if (quote.isEmpty()) {
            return at + 1;
        }
        int end = at + quote.length();
        while (end < text.length() && !text.startsWith(quote, end)) {
            end += text.charAt(end) == '\\' ? 2 : 1;
        }
        return Math.min(text.length(), end + quote.length());
    }

    /** Cuts out bodies, the outermost of nested ones. */
    private static final class Bodies extends TreeScanner<Void, Void> {
        private final CompilationUnitTree unit;
        private final SourcePositions positions;
        private final String text;
        private final StringBuilder kept = new StringBuilder();
        private int end;

        Bodies(CompilationUnitTree unit, SourcePositions positions, String text) {
            this.unit = unit;
            this.positions = positions;
            this.text = text;
        }

        String rest() {
            return withoutComments(kept + text.substring(end));
        }

        @Override
        public Void visitClass(ClassTree type, Void nothing) {
            for (Tree member : type.getMembers()) {
                if (member instanceof MethodTree method && method.getBody() != null) {
                    cut(method.getBody());
                } else if (member instanceof BlockTree initialiser) {
                    cut(initialiser);
                } else if (member instanceof ClassTree) {
                    scan(member, null);
                }
            }
            return null;
        }

        private void cut(BlockTree body) {
            int from = (int) positions.getStartPosition(unit, body);
            int to = (int) positions.getEndPosition(unit, body);
            // The members of records and enums that nobody has written have no place.
            if (from >= end && to > from) {
                kept.append(text, end, from).append("{}");
                end = to;
            }
        }
    }
}
