package ucb.room;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.platform.engine.EngineExecutionListener;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;

/** What came of every test. All invocations of a test method, and its overloads, are one test. */
final class Outcomes implements EngineExecutionListener {
    static final String PASSED = "passed";
    static final String SKIPPED = "skipped";
    static final String FAILED = "failed";
    static final String ERROR = "error";
    /** Of what came of several invocations, the last counts. */
    private static final List<String> WORSE = List.of(PASSED, SKIPPED, FAILED, ERROR);

    /** Hears of a test's beginning and of its end, and of what came of it so far. */
    interface Watcher {
        default void begins(String name) {}

        default void ended(String name) {}

        default void failed(String name, String outcome) {}
    }

    final Set<String> found = new LinkedHashSet<>();
    final Map<String, String> outcomes = new LinkedHashMap<>();
    /** What ended a test: of several invocations, each that did not pass. */
    final Map<String, List<Throwable>> raised = new LinkedHashMap<>();
    final Map<String, String> broken = new TreeMap<>();
    final Map<String, Double> cpu = new TreeMap<>();
    private final List<Watcher> watchers = new ArrayList<>();

    void watch(Watcher watcher) {
        watchers.add(watcher);
    }

    /** Note CPU seconds of the thread that runs the tests. */
    void time() {
        watch(new Watcher() {
            private long before;

            @Override
            public void begins(String name) {
                before = now();
            }

            @Override
            public void ended(String name) {
                cpu.merge(name, (now() - before) / 1e9, Double::sum);
            }

            private long now() {
                return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            }
        });
    }

    /** Note the tests that were found below a descriptor. */
    void found(TestDescriptor root) {
        found.addAll(names(root));
    }

    /** Return a test's name, or null for what is no test method nor part of one. */
    static String name(TestDescriptor descriptor) {
        TestDescriptor each = descriptor;
        while (each != null) {
            if (each.getSource().orElse(null) instanceof MethodSource method) {
                return method.getClassName() + "#" + method.getMethodName();
            }
            if (each.isTest() && each.getSource().orElse(null) instanceof ClassSource type) {
                // A parameterised test of JUnit 4: a method's name and a number.
                return type.getClassName() + "#" + each.getDisplayName().replaceAll("\\[.*", "");
            }
            each = each.getParent().orElse(null);
        }
        return null;
    }

    private static Set<String> names(TestDescriptor root) {
        Set<String> names = new TreeSet<>();
        root.accept(each -> {
            String name = name(each);
            if (name != null) {
                names.add(name);
            }
        });
        return names;
    }

    @Override
    public void executionStarted(TestDescriptor descriptor) {
        if (descriptor.isTest()) {
            watchers.forEach(each -> each.begins(name(descriptor)));
        }
    }

    @Override
    public void executionSkipped(TestDescriptor descriptor, String reason) {
        names(descriptor).forEach(name -> note(name, SKIPPED, null));
    }

    @Override
    public void executionFinished(TestDescriptor descriptor, TestExecutionResult result) {
        boolean test = descriptor.isTest();
        if (test) {
            watchers.forEach(each -> each.ended(name(descriptor)));
        }
        Throwable error = result.getThrowable().orElse(null);
        switch (result.getStatus()) {
            case SUCCESSFUL -> {
                if (test) {
                    note(name(descriptor), PASSED, null);
                }
            }
            case ABORTED -> names(descriptor).forEach(name -> note(name, SKIPPED, null));
            default -> {
                Set<String> names = test ? Set.of(name(descriptor)) : names(descriptor);
                names.forEach(name -> note(name, test ? FAILED : ERROR, error));
                if (names.isEmpty()) {
                    broken.put(descriptor.getDisplayName(), String.valueOf(type(error)));
                }
            }
        }
    }

    private void note(String name, String outcome, Throwable error) {
        String before = outcomes.get(name);
        if (before == null || WORSE.indexOf(outcome) > WORSE.indexOf(before)) {
            outcomes.put(name, outcome);
        }
        if (error != null) {
            raised.computeIfAbsent(name, key -> new ArrayList<>()).add(error);
        }
        if (!outcome.equals(PASSED)) {
            watchers.forEach(each -> each.failed(name, outcome));
        }
    }

    /** Return the whole name of an exception's type. */
    static String type(Throwable error) {
        return error == null ? null : error.getClass().getName();
    }
}
