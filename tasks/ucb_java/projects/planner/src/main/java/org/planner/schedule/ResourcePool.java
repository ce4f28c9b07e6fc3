package org.planner.schedule;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** Resources of limited capacity and how much of them is in use on each day. */
public final class ResourcePool {

    private final Map<String, Integer> capacities;
    private final Map<String, Map<Integer, Integer>> used = new HashMap<>();

    public ResourcePool(Map<String, Integer> capacities) {
        this.capacities = Map.copyOf(capacities);
    }

    /** Returns how much of a resource is free on a day; 0 for an unknown resource. */
    public int free(String resource, int day) {
        int inUse = used.getOrDefault(resource, Map.of()).getOrDefault(day, 0);
        return capacities.getOrDefault(resource, 0) - inUse;
    }

    /** Returns whether the demand of a task is free on all its days if it starts on a day. */
    public boolean fits(Task task, int start) {
        for (Map.Entry<String, Integer> demand : task.demand().entrySet()) {
            for (int day = start; day < start + task.duration(); day++) {
                if (free(demand.getKey(), day) < demand.getValue()) {
                    return false;
                }
            }
        }
        return true;
    }

    /**
     * Returns the first day, not before {@code earliest}, on which a task can start.
     *
     * @throws SchedulingException if the task needs more of a resource than there is at all
     */
    public int earliestFit(Task task, int earliest) {
        task.demand().forEach((resource, amount) -> {
            if (amount > capacities.getOrDefault(resource, 0)) {
                throw new SchedulingException(
                        task.id() + " needs " + amount + " of " + resource);
            }
        });
        int start = earliest;
        while (!fits(task, start)) {
            start++;
        }
        return start;
    }

    /**
     * Takes the demand of a task on all its days.
     *
     * @throws SchedulingException if it does not fit; nothing is taken then
     */
    public void reserve(Task task, int start) {
        if (!fits(task, start)) {
            throw new SchedulingException(task.id() + " does not fit on day " + start);
        }
        task.demand().forEach((resource, amount) -> {
            Map<Integer, Integer> days = used.computeIfAbsent(resource, key -> new TreeMap<>());
            for (int day = start; day < start + task.duration(); day++) {
                days.merge(day, amount, Integer::sum);
            }
        });
    }
}
