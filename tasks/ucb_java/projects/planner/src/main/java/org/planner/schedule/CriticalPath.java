package org.planner.schedule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The earliest and latest days of tasks if resources were unlimited. Days count from 0. */
public final class CriticalPath {

    private final List<Task> order;
    private final Map<String, Integer> earliest = new HashMap<>();
    private final Map<String, Integer> latest = new HashMap<>();
    private final int length;

    /**
     * Computes the days: a task can start as soon as all tasks before it are finished, and must
     * start early enough that all tasks after it can still start in time for the whole to take no
     * longer than necessary.
     */
    public CriticalPath(TaskGraph graph) {
        this.order = graph.order();
        int end = 0;
        for (Task task : order) {
            int start = 0;
            for (String predecessor : task.after()) {
                Task before = graph.task(predecessor);
                start = Math.max(start, earliest.get(predecessor) + before.duration());
            }
            earliest.put(task.id(), start);
            end = Math.max(end, start + task.duration());
        }
        this.length = end;
        for (int i = order.size() - 1; i >= 0; i--) {
            Task task = order.get(i);
            int finish = length;
            for (String successor : graph.successors(task.id())) {
                finish = Math.min(finish, latest.get(successor));
            }
            latest.put(task.id(), finish - task.duration());
        }
    }

    /** Returns how many days all tasks together take. */
    public int length() {
        return length;
    }

    public int earliestStart(String id) {
        return earliest.get(id);
    }

    public int latestStart(String id) {
        return latest.get(id);
    }

    /** Returns by how many days a task can be late without delaying the end of the whole. */
    public int slack(String id) {
        return latest.get(id) - earliest.get(id);
    }

    /**
     * Returns the ids of the tasks that have no slack, in the order of their start and, on the same
     * day, of the graph.
     */
    public List<String> criticalTasks() {
        List<String> critical = new ArrayList<>();
        for (Task task : order) {
            if (earliest.get(task.id()).equals(latest.get(task.id()))) {
                critical.add(task.id());
            }
        }
        critical.sort((a, b) -> earliest.get(a).compareTo(earliest.get(b)));
        return critical;
    }
}
