package org.planner.schedule;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeSet;

/** Tasks and the order in which they depend on each other, free of cycles. */
public final class TaskGraph {

    private final Map<String, Task> tasks = new LinkedHashMap<>();
    private final Map<String, Set<String>> successors = new HashMap<>();

    /**
     * Creates a graph.
     *
     * @throws SchedulingException if two tasks have the same id, a task comes after one that does
     *     not exist, or tasks depend on each other in a cycle
     */
    public TaskGraph(Collection<Task> tasks) {
        for (Task task : tasks) {
            if (this.tasks.put(task.id(), task) != null) {
                throw new SchedulingException("task occurs twice: " + task.id());
            }
            successors.put(task.id(), new TreeSet<>());
        }
        for (Task task : tasks) {
            for (String predecessor : task.after()) {
                if (!this.tasks.containsKey(predecessor)) {
                    throw new SchedulingException(
                            task.id() + " comes after an unknown task: " + predecessor);
                }
                successors.get(predecessor).add(task.id());
            }
        }
        if (order().size() < tasks.size()) {
            throw new SchedulingException("tasks form a cycle: " + String.join(" -> ", cycle()));
        }
    }

    /**
     * Returns the task with an id.
     *
     * @throws SchedulingException if there is none
     */
    public Task task(String id) {
        Task task = tasks.get(id);
        if (task == null) {
            throw new SchedulingException("unknown task: " + id);
        }
        return task;
    }

    /** Returns the ids of the tasks that come directly after the given one, sorted. */
    public Set<String> successors(String id) {
        return Collections.unmodifiableSet(successors.get(task(id).id()));
    }

    /**
     * Returns all tasks so that each comes behind those it depends on. Where several tasks could be
     * next, the one with the smallest id is.
     */
    public List<Task> order() {
        Map<String, Integer> waiting = new HashMap<>();
        PriorityQueue<String> ready = new PriorityQueue<>();
        for (Task task : tasks.values()) {
            waiting.put(task.id(), task.after().size());
            if (task.after().isEmpty()) {
                ready.add(task.id());
            }
        }
        List<Task> order = new ArrayList<>();
        while (!ready.isEmpty()) {
            String id = ready.remove();
            order.add(tasks.get(id));
            for (String successor : successors.get(id)) {
                if (waiting.merge(successor, -1, Integer::sum) == 0) {
                    ready.add(successor);
                }
            }
        }
        return order;
    }

    /**
     * Returns the ids of all tasks that the given one depends on, directly or through others,
     * without itself.
     */
    public Set<String> ancestors(String id) {
        Set<String> found = new TreeSet<>();
        List<String> open = new ArrayList<>(task(id).after());
        while (!open.isEmpty()) {
            String next = open.remove(open.size() - 1);
            if (found.add(next)) {
                open.addAll(task(next).after());
            }
        }
        return found;
    }

    /** Follows dependencies backwards among the tasks of cycles until one comes up again. */
    private List<String> cycle() {
        Set<String> stuck = new TreeSet<>(tasks.keySet());
        order().forEach(task -> stuck.remove(task.id()));
        List<String> path = new ArrayList<>();
        Set<String> seen = new LinkedHashSet<>();
        String current = stuck.iterator().next();
        while (seen.add(current)) {
            path.add(current);
            current = new TreeSet<>(task(current).after()).stream()
                    .filter(stuck::contains)
                    .findFirst()
                    .orElseThrow();
        }
        List<String> cycle = new ArrayList<>(path.subList(path.indexOf(current), path.size()));
        cycle.add(current);
        Collections.reverse(cycle);
        return cycle;
    }
}
