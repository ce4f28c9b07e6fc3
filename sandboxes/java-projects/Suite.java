package ucb.room;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What `ucb.project.java.suite` says of a project's tests: lines of words, tabs between them. */
final class Suite {
    final Map<String, List<String>> groups = new HashMap<>();
    final Set<String> others = new HashSet<>();
    final Set<String> expected = new HashSet<>();
    int passing;
    Target target;

    /** A method: its file, and the lines of its body. */
    record Target(String name, String file, int first, int last) {}

    static Suite read(Path path) throws IOException {
        Suite suite = new Suite();
        for (String line : Files.readAllLines(path)) {
            String[] words = line.split("\t");
            switch (words[0]) {
                case "passing" -> suite.passing = Integer.parseInt(words[1]);
                case "group" -> suite.group(words[1]).add(words[2]);
                case "other" -> suite.others.add(words[1]);
                case "expected" -> suite.expected.add(words[1]);
                case "target" -> suite.target = new Target(words[1], words[2],
                        Integer.parseInt(words[3]), Integer.parseInt(words[4]));
                default -> throw new IOException(line);
            }
        }
        return suite;
    }

    /** Return the names of a group; a group that nobody has named has none. */
    List<String> group(String name) {
        return groups.computeIfAbsent(name, key -> new ArrayList<>());
    }
}
