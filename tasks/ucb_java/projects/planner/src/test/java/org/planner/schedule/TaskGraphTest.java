package org.planner.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TaskGraphTest {

    private static TaskGraph graph(Task... tasks) {
        return new TaskGraph(List.of(tasks));
    }

    private static List<String> order(TaskGraph graph) {
        return graph.order().stream().map(Task::id).toList();
    }

    private static String rejection(Task... tasks) {
        return assertThrows(SchedulingException.class, () -> graph(tasks)).getMessage();
    }

    @Test
    void tasksComeBehindTheirPredecessors() {
        assertEquals(List.of("c", "b", "a"),
                order(graph(Task.of("a", 1, "b"), Task.of("b", 1, "c"), Task.of("c", 1))));
    }

    @Test
    void smallestIdIsNext() {
        assertEquals(List.of("b", "c", "a", "d"),
                order(graph(Task.of("d", 1), Task.of("c", 1), Task.of("a", 1, "c"),
                        Task.of("b", 1))));
    }

    @Test
    void duplicateTaskIsRejected() {
        assertEquals("task occurs twice: a", rejection(Task.of("a", 1), Task.of("a", 2)));
    }

    @Test
    void unknownPredecessorIsRejected() {
        assertEquals("a comes after an unknown task: x", rejection(Task.of("a", 1, "x")));
    }

    @Test
    void cycleIsReported() {
        assertEquals("tasks form a cycle: b -> c -> b",
                rejection(Task.of("a", 1), Task.of("b", 1, "a", "c"), Task.of("c", 1, "b")));
    }

    @Test
    void taskBehindACycleIsNotPartOfIt() {
        assertEquals("tasks form a cycle: c -> b -> c",
                rejection(Task.of("a", 1, "c"), Task.of("b", 1, "c"), Task.of("c", 1, "b")));
    }

    @Test
    void successorsAreDirectAndSorted() {
        TaskGraph graph = graph(Task.of("a", 1), Task.of("c", 1, "a"), Task.of("b", 1, "a"),
                Task.of("d", 1, "b"));
        assertEquals(List.of("b", "c"), List.copyOf(graph.successors("a")));
        assertEquals(Set.of(), graph.successors("d"));
    }

    @Test
    void ancestorsAreDirectAndIndirect() {
        TaskGraph graph = graph(Task.of("a", 1), Task.of("b", 1, "a"), Task.of("c", 1, "a", "b"),
                Task.of("d", 1, "c"), Task.of("e", 1));
        assertEquals(Set.of("a", "b", "c"), graph.ancestors("d"));
        assertEquals(Set.of(), graph.ancestors("a"));
    }
}
