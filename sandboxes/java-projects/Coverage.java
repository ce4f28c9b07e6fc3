package ucb.room;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jacoco.core.analysis.Analyzer;
import org.jacoco.core.analysis.CoverageBuilder;
import org.jacoco.core.analysis.ICounter;
import org.jacoco.core.analysis.ISourceFileCoverage;
import org.jacoco.core.data.ExecutionData;
import org.jacoco.core.data.ExecutionDataStore;
import org.jacoco.core.data.IExecutionDataVisitor;
import org.jacoco.core.instr.Instrumenter;
import org.jacoco.core.runtime.InjectedClassRuntime;
import org.jacoco.core.runtime.IRuntime;
import org.jacoco.core.runtime.RuntimeData;

/**
 * Which lines and branches of a method tests run, by JaCoCo: only the classes of its file are
 * watched, and only while a test runs, what is called before and after each included. What the
 * loading of classes or a class's own preparations run does not count.
 */
final class Coverage implements Outcomes.Watcher {
    private final Suite.Target target;
    private final String owner;
    private final IRuntime runtime;
    private final RuntimeData running = new RuntimeData();
    private final Map<String, byte[]> classes = new HashMap<>();
    private final ExecutionDataStore all = new ExecutionDataStore();
    private final Map<String, ExecutionDataStore> ofTests = new HashMap<>();
    private final boolean each;

    /** With `each` it is also told which tests run the method. */
    Coverage(Suite.Target target, boolean each) throws Exception {
        this.target = target;
        this.each = each;
        String file = target.file();
        String root = file.startsWith(Snapshot.TEST) ? Snapshot.TEST : Snapshot.MAIN;
        owner = file.substring(root.length(), file.length() - ".java".length()).replace('/', '.');
        runtime = new InjectedClassRuntime(Coverage.class, "Probes");
        runtime.startup(running);
    }

    /** Return a class as it is to be run. */
    byte[] instrumented(String name, byte[] data) {
        if (!name.equals(owner) && !name.startsWith(owner + "$")) {
            return data;
        }
        try {
            classes.put(name, data);
            return new Instrumenter(runtime).instrument(data, name);
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }

    @Override
    public void begins(String name) {
        running.reset();
    }

    @Override
    public void ended(String name) {
        List<ExecutionDataStore> stores = new ArrayList<>(List.of(all));
        if (each) {
            stores.add(ofTests.computeIfAbsent(name, key -> new ExecutionDataStore()));
        }
        for (ExecutionDataStore store : stores) {
            IExecutionDataVisitor copy = data -> store.put(
                    new ExecutionData(data.getId(), data.getName(), data.getProbes().clone()));
            running.collect(copy, session -> { }, false);
        }
        running.reset();
    }

    /** Return whether a test has run a line of the method's body. */
    boolean reached() throws IOException {
        return !figures(all).get("executed_lines").isEmpty();
    }

    /** Return the tests that have. */
    Set<String> reaching() throws IOException {
        Set<String> found = new TreeSet<>();
        for (Map.Entry<String, ExecutionDataStore> test : ofTests.entrySet()) {
            if (!figures(test.getValue()).get("executed_lines").isEmpty()) {
                found.add(test.getKey());
            }
        }
        return found;
    }

    Map<String, List<Object>> figures() throws IOException {
        return figures(all);
    }

    private Map<String, List<Object>> figures(ExecutionDataStore store) throws IOException {
        Map<String, List<Object>> found = new LinkedHashMap<>();
        for (String kind : List.of("lines", "branches")) {
            found.put("executed_" + kind, new ArrayList<>());
            found.put("missing_" + kind, new ArrayList<>());
        }
        CoverageBuilder builder = new CoverageBuilder();
        Analyzer analyzer = new Analyzer(store, builder);
        for (Map.Entry<String, byte[]> type : classes.entrySet()) {
            analyzer.analyzeClass(type.getValue(), type.getKey());
        }
        for (ISourceFileCoverage source : builder.getSourceFiles()) {
            for (int line = target.first(); line <= target.last(); line++) {
                ICounter instructions = source.getLine(line).getInstructionCounter();
                if (instructions.getTotalCount() > 0) {
                    boolean ran = instructions.getCoveredCount() > 0;
                    found.get(ran ? "executed_lines" : "missing_lines").add(line);
                }
                ICounter branches = source.getLine(line).getBranchCounter();
                for (int way = 0; way < branches.getTotalCount(); way++) {
                    boolean ran = way < branches.getCoveredCount();
                    found.get(ran ? "executed_branches" : "missing_branches")
                            .add(List.of(line, way));
                }
            }
        }
        return found;
    }
}
