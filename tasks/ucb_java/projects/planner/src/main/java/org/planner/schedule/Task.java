package org.planner.schedule;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * A piece of work.
 *
 * @param id its unique name
 * @param duration how many days it takes, at least 1
 * @param after the tasks that must be finished before it starts
 * @param demand how much of each resource it needs on each of its days
 */
public record Task(String id, int duration, Set<String> after, Map<String, Integer> demand) {

    public Task {
        if (duration < 1) {
            throw new IllegalArgumentException("duration of " + id + " is less than 1");
        }
        after = Set.copyOf(after);
        demand = Map.copyOf(demand);
    }

    /** Returns a task that needs no resources. */
    public static Task of(String id, int duration, String... after) {
        return new Task(id, duration, Set.of(after), Map.of());
    }

    /** Returns this task with an additional demand; an earlier one for the resource is replaced. */
    public Task needing(String resource, int amount) {
        Map<String, Integer> changed = new HashMap<>(demand);
        changed.put(resource, amount);
        return new Task(id, duration, after, changed);
    }
}
