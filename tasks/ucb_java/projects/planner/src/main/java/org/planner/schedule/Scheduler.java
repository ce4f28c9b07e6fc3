package org.planner.schedule;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.planner.calendar.BusinessCalendar;

/** Puts tasks on days so that dependencies and the capacities of resources are respected. */
public final class Scheduler {

    private final Map<String, Integer> capacities;

    /** Creates a scheduler with the amount that there is of each resource on each day. */
    public Scheduler(Map<String, Integer> capacities) {
        this.capacities = Map.copyOf(capacities);
    }

    /**
     * Returns the day, from 0, on which each task starts, in the order in which the tasks were
     * placed. Among the tasks whose predecessors are all placed, the one with the least slack is
     * placed next, the one with the smaller id if there are several, on the first day behind its
     * predecessors on which its demand is free.
     *
     * @throws SchedulingException if a task needs more of a resource than there is
     */
    public Map<String, Integer> startDays(TaskGraph graph) {
        CriticalPath path = new CriticalPath(graph);
        Comparator<Task> urgency = Comparator
                .comparingInt((Task task) -> path.slack(task.id()))
                .thenComparing(Task::id);
        ResourcePool pool = new ResourcePool(capacities);
        Map<String, Integer> starts = new LinkedHashMap<>();
        List<Task> open = new ArrayList<>(graph.order());
        while (!open.isEmpty()) {
            Task next = open.stream()
                    .filter(task -> starts.keySet().containsAll(task.after()))
                    .min(urgency)
                    .orElseThrow();
            int ready = next.after().stream()
                    .mapToInt(id -> starts.get(id) + graph.task(id).duration())
                    .max()
                    .orElse(0);
            int start = pool.earliestFit(next, ready);
            pool.reserve(next, start);
            starts.put(next.id(), start);
            open.remove(next);
        }
        return starts;
    }

    /**
     * Returns the dates of all tasks, sorted by their first day and then by id. Day 0 is the first
     * business day on or after {@code begin}; all days are business days of the calendar.
     */
    public List<Assignment> plan(TaskGraph graph, BusinessCalendar calendar, LocalDate begin) {
        LocalDate zero = calendar.onOrAfter(begin);
        List<Assignment> plan = new ArrayList<>();
        startDays(graph).forEach((id, start) -> {
            int last = start + graph.task(id).duration() - 1;
            plan.add(new Assignment(id, calendar.plus(zero, start), calendar.plus(zero, last)));
        });
        plan.sort(Comparator.comparing(Assignment::first).thenComparing(Assignment::task));
        return plan;
    }
}
