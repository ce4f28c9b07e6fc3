package ucb.room;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A project as it is in the store, compiled once, and its editions: the project with some files
 * changed.
 *
 * <p>Of an edition only the changed files are compiled, against the snapshot's other classes,
 * where no other file can tell: where all that has changed in a file is the insides of methods,
 * constructors and initialisers, or its comments ({@link Shape}), or where no other file names one of the types
 * that the file has or had at its top level. A file that depends on another must name a type of
 * it, or depend on one that does, so nothing is left that could compile otherwise, or to
 * something else. In all other cases everything that may depend on the file is compiled anew:
 * all sources and tests for a source, all tests for a test. A file that cannot be parsed is
 * compiled alone, since javac looks no further than such a file anyway.
 */
final class Snapshot {
    static final String MAIN = "src/main/java/";
    static final String TEST = "src/test/java/";
    private static final Pattern WORD = Pattern.compile("[\\p{L}_$][\\p{L}\\p{N}_$]*");
    /** A letter that is written as an escape may be part of any name. */
    static final Pattern ESCAPE = Pattern.compile("\\\\u+00[2-7]");

    private final Javac javac;
    private final Map<String, String> sources;
    private final Map<String, Map<String, byte[]>> main;
    private final Map<String, Map<String, byte[]>> test;
    private final Map<String, Shape> shapes = new HashMap<>();
    private final Map<String, Set<String>> words = new HashMap<>();
    /** Why the snapshot itself does not compile; empty if it does. */
    final String fault;

    /** An edition's classes by binary name, or why there are none. */
    record Edition(String said, Map<String, byte[]> main, Map<String, byte[]> test, int compiled) {
        boolean good() {
            return main != null;
        }

        String compiledText() {
            return compiled + (compiled == 1 ? " file compiled\n" : " files compiled\n");
        }
    }

    Snapshot(Javac javac, Map<String, String> sources) {
        this.javac = javac;
        this.sources = sources;
        Javac.Outcome mine = javac.compile(below(MAIN, sources), Map.of(), false);
        Javac.Outcome tests = mine.good()
                ? javac.compile(below(TEST, sources), merged(mine.made().values()), true)
                : mine;
        fault = tests.good() ? "" : tests.said();
        main = mine.made();
        test = tests.made();
    }

    /** Return whether the compiler reads this file of a project. */
    static boolean reads(String path) {
        return path.endsWith(".java") && !path.endsWith("/module-info.java")
                && (path.startsWith(MAIN) || path.startsWith(TEST));
    }

    /** Compile all of an edition, as if nothing had been compiled before. */
    static Edition whole(Javac javac, Map<String, String> edition) {
        Map<String, byte[]> classes = new HashMap<>();
        String said = "";
        Map<String, byte[]> tests = Map.of();
        for (String root : new String[] {MAIN, TEST}) {
            Javac.Outcome outcome =
                    javac.compile(below(root, edition), classes, root.equals(TEST));
            said += outcome.said();
            if (!outcome.good()) {
                return new Edition(said, null, null, edition.size());
            }
            if (root.equals(MAIN)) {
                classes = merged(outcome.made().values());
            } else {
                tests = merged(outcome.made().values());
            }
        }
        return new Edition(said, classes, tests, edition.size());
    }

    /** Compile what `changes` (path to text) may make another of the snapshot. */
    Edition edition(Map<String, String> changes) {
        Map<String, String> edition = new TreeMap<>(sources);
        Map<String, String> changed = new TreeMap<>();
        changes.forEach((path, text) -> {
            if (reads(path) && !text.equals(edition.put(path, text))) {
                changed.put(path, text);
            }
        });
        boolean everything = sees(below(MAIN, changed), edition);
        Map<String, String> sourcesToDo = below(MAIN, everything ? edition : changed);
        boolean allTests = everything || sees(below(TEST, changed), below(TEST, edition));
        Map<String, String> testsToDo = below(TEST, allTests ? edition : changed);
        int count = sourcesToDo.size() + testsToDo.size();

        Map<String, Map<String, byte[]>> left = without(main, sourcesToDo.keySet());
        Javac.Outcome done = javac.compile(sourcesToDo, merged(left.values()), false);
        if (!done.good()) {
            return new Edition(done.said(), null, null, count);
        }
        Map<String, byte[]> classes = merged(left.values());
        done.made().values().forEach(classes::putAll);

        Map<String, Map<String, byte[]>> tests = without(test, testsToDo.keySet());
        Map<String, byte[]> seen = new HashMap<>(classes);
        tests.values().forEach(seen::putAll);
        Javac.Outcome tested = javac.compile(testsToDo, seen, true);
        if (!tested.good()) {
            return new Edition(done.said() + tested.said(), null, null, count);
        }
        Map<String, byte[]> testClasses = merged(tests.values());
        tested.made().values().forEach(testClasses::putAll);
        return new Edition(done.said() + tested.said(), classes, testClasses, count);
    }

    /** Return whether another file may tell that one of the changed has changed. */
    private boolean sees(Map<String, String> changed, Map<String, String> edition) {
        for (Map.Entry<String, String> each : changed.entrySet()) {
            String path = each.getKey();
            String before = sources.get(path);
            Shape now = Shape.of(javac, path, each.getValue());
            Shape then = before == null ? null
                    : shapes.computeIfAbsent(path, key -> Shape.of(javac, key, before));
            if (now == null || (then != null && then.outside().equals(now.outside()))) {
                continue;
            }
            Set<String> types = new HashSet<>(now.types());
            if (then != null) {
                types.addAll(then.types());
            }
            for (Map.Entry<String, String> other : edition.entrySet()) {
                if (!other.getKey().equals(path) && names(other, types)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Return whether a file has one of these names in it, be it in a comment. */
    private boolean names(Map.Entry<String, String> file, Set<String> types) {
        String text = file.getValue();
        if (ESCAPE.matcher(text).find()) {
            return true;
        }
        Set<String> found = Objects.equals(sources.get(file.getKey()), text)
                ? words.computeIfAbsent(file.getKey(), key -> words(text))
                : words(text);
        return types.stream().anyMatch(found::contains);
    }

    private static Set<String> words(String text) {
        Set<String> found = new HashSet<>();
        Matcher matcher = WORD.matcher(text);
        while (matcher.find()) {
            found.add(matcher.group());
        }
        return found;
    }

    private static Map<String, String> below(String root, Map<String, String> files) {
        Map<String, String> found = new TreeMap<>();
        files.forEach((path, text) -> {
            if (path.startsWith(root)) {
                found.put(path, text);
            }
        });
        return found;
    }

    private static Map<String, Map<String, byte[]>> without(
            Map<String, Map<String, byte[]>> made, Set<String> paths) {
        Map<String, Map<String, byte[]>> left = new TreeMap<>(made);
        left.keySet().removeAll(paths);
        return left;
    }

    private static Map<String, byte[]> merged(Collection<Map<String, byte[]>> made) {
        Map<String, byte[]> all = new HashMap<>();
        made.forEach(all::putAll);
        return all;
    }
}
