package ucb.room;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.stream.Stream;

/**
 * Runs a project's tests inside a room, for the programs that `ucb.project.java.suite` makes.
 *
 * <pre>
 *     compile           the project's sources and tests compile
 *     collect GROUP     they do, and every name of the group is, or holds, a test
 *     pass GROUP        the group's tests were all run, and all passed
 *     cover GROUP       the same, and one of them ran the target's body; coverage.json
 *     all               no test fails that passes in the project, and none is missing
 *     fail GROUP        one of them failed as a test does, and none of them otherwise
 *     report [GROUP]    report.json: what came of every test, or of the group's
 * </pre>
 *
 * <p>Success is exit status 0 and the number in the file `proof` on descriptor 3. While a
 * project's code runs that file is away. The tests share this process: it tells them apart from
 * nothing that reads its memory.
 */
final class Runner {
    private static final Path PROJECT = Path.of("/tmp/project");
    private static final Path WORK = Path.of("/tmp/work");
    private static final Path PROOF = WORK.resolve("proof");
    private static final Set<String> KEPT = Set.of("suite.txt", "coverage.json", "report.json");
    private static final int SHOWN = 20;
    private static final int FRAMES = 8;

    private final PrintStream err =
            new PrintStream(new FileOutputStream(FileDescriptor.err), true, UTF_8);
    private final Suite suite;
    private final Outcomes outcomes = new Outcomes();
    private Coverage coverage;

    private Runner(Suite suite) {
        this.suite = suite;
    }

    public static void main(String[] args) {
        byte[] proof = new byte[0];
        boolean good = false;
        try {
            proof = Files.readAllBytes(PROOF);
            forget();
            good = new Runner(Suite.read(WORK.resolve("suite.txt"))).done(args);
            System.out.flush();
            System.err.flush();
        } catch (Throwable error) {
            new PrintStream(new FileOutputStream(FileDescriptor.err), true).println(error);
        }
        end(good, proof);
    }

    /** End at once: nothing that a project has left behind runs any more. */
    private static void end(boolean good, byte[] proof) {
        try {
            if (good && System.getenv("UCB_PROOF") != null) {
                try (FileOutputStream out = new FileOutputStream("/dev/fd/3")) {
                    out.write(proof);
                }
            }
            if (good) {
                // For the next step of the program.
                Files.write(PROOF, proof);
            }
        } catch (IOException error) {
            good = false;
        }
        if (System.getProperty("ucb.training") != null) {
            System.exit(good ? 0 : 1);
        }
        Runtime.getRuntime().halt(good ? 0 : 1);
    }

    private boolean done(String[] args) throws Exception {
        String action = args[0];
        List<String> group = args.length > 1 ? suite.group(args[1]) : null;
        boolean each = action.equals("report");
        if (suite.target != null && (each || action.equals("cover"))) {
            coverage = new Coverage(suite.target, each);
            outcomes.watch(coverage);
        }
        Snapshot.Edition edition = edition();
        if (!edition.said().isEmpty()) {
            err.print(edition.said());
        }
        if (!edition.good() || action.equals("compile")) {
            System.out.print(edition.compiledText());
            return edition.good();
        }
        Classes loader = new Classes(edition, PROJECT,
                (name, data) -> coverage == null ? data : coverage.instrumented(name, data));
        Thread.currentThread().setContextClassLoader(loader);
        Tests tests = new Tests(loader, edition.test(), outcomes);
        tests.find(action.equals("all") ? null : group);
        switch (action) {
            case "collect" -> {
                return collected(group);
            }
            case "pass" -> {
                stopAt((name, outcome) -> true);
                tests.run();
                return passed(group);
            }
            case "cover" -> {
                stopAt((name, outcome) -> true);
                tests.run();
                return covered(group);
            }
            case "all" -> {
                stopAt((name, outcome) -> !outcome.equals(Outcomes.SKIPPED)
                        && !suite.others.contains(name));
                tests.run();
                return unharmed();
            }
            case "fail" -> {
                tests.run();
                return triggered(group);
            }
            case "report" -> {
                outcomes.time();
                tests.run();
                return reported();
            }
            default -> throw new IllegalArgumentException(action);
        }
    }

    /** Return what the room's compiler has made, or else compile it all here. */
    private Snapshot.Edition edition() throws IOException {
        Path bundle = PROJECT.resolve(Bundle.PATH);
        if (System.getProperty("ucb.plain") == null && Files.exists(bundle)) {
            return Bundle.read(Files.readAllBytes(bundle));
        }
        Map<String, String> sources = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(PROJECT)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                String name = PROJECT.relativize(path).toString();
                if (Snapshot.reads(name) && Files.isRegularFile(path)) {
                    sources.put(name, Files.readString(path));
                }
            }
        }
        try (Javac javac = new Javac(System.getProperty("ucb.libraries"))) {
            return Snapshot.whole(javac, sources);
        }
    }

    /** Nothing that comes behind the first failure that decides can change the verdict. */
    private void stopAt(BiPredicate<String, String> decides) {
        outcomes.watch(new Outcomes.Watcher() {
            @Override
            public void failed(String name, String outcome) {
                if (decides.test(name, outcome)) {
                    say("failed", List.of(told(name)));
                    end(false, new byte[0]);
                }
            }
        });
    }

    // What the actions ask of the outcomes

    private Set<String> tests(Collection<String> group) {
        Set<String> named = new TreeSet<>();
        group.stream().filter(name -> name.indexOf('#') >= 0).forEach(named::add);
        outcomes.found.stream().filter(name -> Tests.among(name, Set.copyOf(group)))
                .forEach(named::add);
        return named;
    }

    private boolean collected(List<String> group) {
        List<String> missing = new ArrayList<>();
        for (String name : group) {
            if (outcomes.found.stream().noneMatch(test -> Tests.among(test, Set.of(name)))) {
                missing.add(name + " (not found)");
            }
        }
        broken(List.of());
        say("failed", group.isEmpty() ? List.of("any test (not found)") : missing);
        return !group.isEmpty() && missing.isEmpty() && outcomes.broken.isEmpty();
    }

    private boolean passed(List<String> group) {
        List<String> wrong = new ArrayList<>();
        Set<String> tests = tests(group);
        for (String name : tests) {
            if (!Outcomes.PASSED.equals(outcomes.outcomes.get(name))) {
                wrong.add(told(name));
            }
        }
        broken(List.of());
        say("failed", tests.isEmpty() ? List.of("any test (not found)") : wrong);
        return !tests.isEmpty() && wrong.isEmpty() && outcomes.broken.isEmpty();
    }

    private boolean covered(List<String> group) throws IOException {
        if (!passed(group)) {
            return false;
        }
        if (!coverage.reached()) {
            say("failed", List.of(suite.target.name() + " (no test runs it)"));
            return false;
        }
        Files.writeString(WORK.resolve("coverage.json"), Json.of(coverage.figures()));
        return true;
    }

    private boolean unharmed() {
        List<String> wrong = new ArrayList<>();
        int passed = 0;
        for (Map.Entry<String, String> each : outcomes.outcomes.entrySet()) {
            if (suite.others.contains(each.getKey())) {
                continue;
            }
            switch (each.getValue()) {
                case Outcomes.PASSED -> passed++;
                case Outcomes.FAILED, Outcomes.ERROR -> wrong.add(told(each.getKey()));
                default -> { }
            }
        }
        if (passed < suite.passing && wrong.isEmpty()) {
            wrong.add(suite.passing - passed + " of " + suite.passing + " tests (not found)");
        }
        say("failed", wrong);
        return wrong.isEmpty() && passed > 0;
    }

    private boolean triggered(List<String> group) {
        List<String> odd = new ArrayList<>();
        List<String> otherwise = new ArrayList<>();
        List<String> good = new ArrayList<>();
        Set<String> tests = tests(group);
        for (String name : tests) {
            String outcome = outcomes.outcomes.get(name);
            if (Outcomes.FAILED.equals(outcome)) {
                (expects(outcomes.raised.get(name)) ? good : otherwise).add(told(name));
            } else if (!Outcomes.PASSED.equals(outcome)) {
                odd.add(told(name));
            }
        }
        broken(odd);
        say("failed otherwise", otherwise);
        if (good.isEmpty() && otherwise.isEmpty()) {
            say("not triggered", tests.isEmpty() ? List.of("any test (not found)") : tests);
        }
        return !good.isEmpty() && otherwise.isEmpty() && odd.isEmpty()
                && outcomes.broken.isEmpty();
    }

    private boolean expects(List<Throwable> errors) {
        return errors.stream().allMatch(error -> error instanceof AssertionError
                || suite.expected.contains(error.getClass().getName())
                || suite.expected.contains(error.getClass().getSimpleName()));
    }

    private boolean reported() throws IOException {
        Map<String, Object> told = new TreeMap<>();
        Map<String, String> raised = new TreeMap<>();
        outcomes.raised.forEach((name, all) -> raised.put(name, Outcomes.type(all.get(0))));
        told.put("outcomes", outcomes.outcomes);
        told.put("raised", raised);
        told.put("cpu", outcomes.cpu);
        told.put("broken", outcomes.broken.keySet());
        if (coverage != null) {
            told.put("reached", coverage.reaching());
        }
        Files.writeString(WORK.resolve("report.json"), Json.of(told));
        return true;
    }

    // What people read

    private String told(String name) {
        List<Throwable> errors = outcomes.raised.get(name);
        String outcome = outcomes.outcomes.getOrDefault(name, "not found");
        return name + " (" + (errors == null ? outcome : Outcomes.type(errors.get(0))) + ")";
    }

    private void broken(List<String> odd) {
        List<String> lines = new ArrayList<>(odd);
        outcomes.broken.forEach((name, why) -> lines.add(name + ": " + why));
        say("broken", lines);
    }

    private void say(String word, Collection<String> lines) {
        if (!lines.isEmpty() && !word.equals("not triggered")) {
            outcomes.raised.values().stream().limit(2).forEach(all -> explain(all.get(0)));
        }
        lines.stream().limit(SHOWN).forEach(line -> err.println("ucb: " + word + ": " + line));
        if (lines.size() > SHOWN) {
            err.println("ucb: " + word + ": and " + (lines.size() - SHOWN) + " more");
        }
    }

    /** Print an exception and where in the project it comes from. */
    private void explain(Throwable error) {
        try {
            err.println(error);
        } catch (RuntimeException | Error broken) {
            err.println(Outcomes.type(error));
        }
        Arrays.stream(error.getStackTrace())
                .filter(frame -> "project".equals(frame.getClassLoaderName()))
                .limit(FRAMES).forEach(frame -> err.println("\tat " + frame));
    }

    /** Remove what an earlier step of the program has left: tests must not know of each other. */
    private static void forget() throws IOException {
        for (Path folder : List.of(Path.of("/tmp"), Path.of("/dev/shm"), WORK)) {
            try (Stream<Path> paths = Files.list(folder)) {
                for (Path path : (Iterable<Path>) paths::iterator) {
                    boolean kept = folder.equals(WORK)
                            && KEPT.contains(path.getFileName().toString());
                    if (!kept && !path.equals(WORK) && !path.equals(PROJECT)) {
                        remove(path);
                    }
                }
            }
        }
    }

    private static void remove(Path path) {
        try {
            if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                try (Stream<Path> inside = Files.list(path)) {
                    inside.forEach(Runner::remove);
                }
            }
            Files.delete(path);
        } catch (IOException notTheProgramsOwn) {
            return;
        }
    }
}
