package ucb.room;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.engine.JupiterTestEngine;
import org.junit.platform.engine.ConfigurationParameters;
import org.junit.platform.engine.DiscoveryFilter;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.EngineDiscoveryListener;
import org.junit.platform.engine.EngineDiscoveryRequest;
import org.junit.platform.engine.ExecutionRequest;
import org.junit.platform.engine.SelectorResolutionResult;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.TestEngine;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.engine.discovery.ClassSelector;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.vintage.engine.VintageTestEngine;

/**
 * Finds and runs tests. JUnit's engines are asked themselves: its launcher would look for them,
 * and for what a project configures, on every class path entry at every start.
 */
final class Tests {
    private final Classes loader;
    private final Map<String, byte[]> classes;
    private final Outcomes outcomes;
    private final Map<TestEngine, TestDescriptor> roots = new LinkedHashMap<>();

    Tests(Classes loader, Map<String, byte[]> classes, Outcomes outcomes) {
        this.loader = loader;
        this.classes = classes;
        this.outcomes = outcomes;
    }

    /** Find the tests that `names` names or are in classes that it names; of null, all tests. */
    void find(Collection<String> names) {
        Set<String> types = new LinkedHashSet<>();
        if (names == null) {
            classes.keySet().stream().filter(name -> name.indexOf('$') < 0).sorted()
                    .forEach(types::add);
        } else {
            names.forEach(name -> types.add(type(name)));
        }
        List<ClassSelector> selectors = new ArrayList<>();
        for (String type : types) {
            try {
                selectors.add(DiscoverySelectors.selectClass(loader.loadClass(type)));
            } catch (ClassNotFoundException | LinkageError error) {
                if (names != null && classes.containsKey(type)) {
                    outcomes.broken.put(type, error.toString());
                }
            }
        }
        List<TestEngine> engines = new ArrayList<>(List.of(new JupiterTestEngine()));
        if (classes.values().stream().anyMatch(Tests::older)) {
            engines.add(new VintageTestEngine());
        }
        for (TestEngine engine : engines) {
            TestDescriptor root =
                    engine.discover(new Request(selectors), UniqueId.forEngine(engine.getId()));
            if (names != null) {
                keep(root, Set.copyOf(names));
            }
            outcomes.found(root);
            roots.put(engine, root);
        }
    }

    /** Run what was found. */
    void run() {
        roots.forEach((engine, root) -> {
            if (!root.getChildren().isEmpty()) {
                engine.execute(new ExecutionRequest(root, outcomes, new Nothing()));
            }
        });
    }

    /** Return the class of a test's or class's name, the outermost of nested ones. */
    private static String type(String name) {
        String type = name.replaceAll("#.*", "");
        return type.replaceAll("\\$.*", "");
    }

    /** Return whether a test is named, or its class, or one that this is nested in. */
    static boolean among(String test, Set<String> names) {
        String type = test.substring(0, test.indexOf('#'));
        while (true) {
            if (names.contains(type)) {
                return true;
            }
            if (type.indexOf('$') < 0) {
                return names.contains(test);
            }
            type = type.substring(0, type.lastIndexOf('$'));
        }
    }

    private static void keep(TestDescriptor descriptor, Set<String> names) {
        for (TestDescriptor child : List.copyOf(descriptor.getChildren())) {
            String name = Outcomes.name(child);
            if (name == null) {
                keep(child, names);
            }
            boolean empty = child.getChildren().isEmpty() && !child.isTest();
            if (name != null ? !among(name, names) : empty) {
                child.removeFromHierarchy();
            }
        }
    }

    /** Return whether a class uses JUnit 4 or 3. */
    private static boolean older(byte[] data) {
        String text = new String(data, ISO_8859_1);
        return text.contains("Lorg/junit/Test;") || text.contains("Lorg/junit/runner/RunWith;")
                || text.contains("junit/framework/TestCase");
    }

    /** Asks for some classes. */
    private static final class Request implements EngineDiscoveryRequest {
        private final List<ClassSelector> selectors;

        Request(List<ClassSelector> selectors) {
            this.selectors = selectors;
        }

        @Override
        public <T extends DiscoverySelector> List<T> getSelectorsByType(Class<T> type) {
            return selectors.stream().filter(type::isInstance).map(type::cast).toList();
        }

        @Override
        public <T extends DiscoveryFilter<?>> List<T> getFiltersByType(Class<T> type) {
            return List.of();
        }

        @Override
        public ConfigurationParameters getConfigurationParameters() {
            return new Nothing();
        }

        @Override
        public EngineDiscoveryListener getDiscoveryListener() {
            return EngineDiscoveryListener.NOOP;
        }
    }

    /** No configuration: a project's own does not decide how it is judged. */
    private static final class Nothing implements ConfigurationParameters {
        @Override
        public Optional<String> get(String key) {
            return Optional.empty();
        }

        @Override
        public Optional<Boolean> getBoolean(String key) {
            return Optional.empty();
        }

        @Override
        @SuppressWarnings("deprecation")
        public int size() {
            return 0;
        }

        @Override
        public Set<String> keySet() {
            return Set.of();
        }
    }
}
