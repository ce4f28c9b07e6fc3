package org.planner.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.LocalDate;
import java.time.Month;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.planner.calendar.BusinessCalendar;
import org.planner.calendar.Holiday;
import org.planner.calendar.HolidayCalendar;
import org.planner.calendar.Observance;

class SchedulerTest {

    private static TaskGraph graph(Task... tasks) {
        return new TaskGraph(List.of(tasks));
    }

    private static LocalDate date(String text) {
        return LocalDate.parse(text);
    }

    @Test
    void earliestStartIsBehindTheLongestPredecessor() {
        CriticalPath path = new CriticalPath(
                graph(Task.of("a", 2), Task.of("b", 5), Task.of("c", 1, "a", "b")));
        assertEquals(5, path.earliestStart("c"));
        assertEquals(6, path.length());
    }

    @Test
    void slackIsTheRoomForDelay() {
        CriticalPath path = new CriticalPath(
                graph(Task.of("a", 2), Task.of("b", 5), Task.of("c", 1, "a", "b")));
        assertEquals(3, path.slack("a"));
        assertEquals(3, path.latestStart("a"));
        assertEquals(0, path.slack("b"));
    }

    @Test
    void criticalTasksHaveNoSlack() {
        CriticalPath path = new CriticalPath(graph(
                Task.of("a", 2), Task.of("b", 5, "a"), Task.of("c", 1, "a"), Task.of("d", 1, "b")));
        assertEquals(List.of("a", "b", "d"), path.criticalTasks());
    }

    @Test
    void longProjectsHaveCriticalTasksUpToTheEnd() {
        CriticalPath path = new CriticalPath(graph(
                Task.of("dig", 100), Task.of("build", 200, "dig"), Task.of("move", 5, "build")));
        assertEquals(List.of("dig", "build", "move"), path.criticalTasks());
    }

    @Test
    void freeCapacityShrinksByReservations() {
        ResourcePool pool = new ResourcePool(Map.of("crane", 3));
        pool.reserve(Task.of("a", 2).needing("crane", 2), 4);
        assertEquals(3, pool.free("crane", 3));
        assertEquals(1, pool.free("crane", 5));
        assertEquals(3, pool.free("crane", 6));
        assertEquals(0, pool.free("truck", 5));
    }

    @Test
    void taskFitsOnlyIfAllItsDaysAreFree() {
        ResourcePool pool = new ResourcePool(Map.of("crane", 1));
        pool.reserve(Task.of("a", 1).needing("crane", 1), 2);
        Task twoDays = Task.of("b", 2).needing("crane", 1);
        assertTrue(pool.fits(twoDays, 0));
        assertFalse(pool.fits(twoDays, 1));
        assertTrue(pool.fits(twoDays, 3));
    }

    @Test
    void earliestFitIsBehindReservations() {
        ResourcePool pool = new ResourcePool(Map.of("crane", 1));
        pool.reserve(Task.of("a", 2).needing("crane", 1), 1);
        assertEquals(3, pool.earliestFit(Task.of("b", 2).needing("crane", 1), 0));
        assertEquals(0, pool.earliestFit(Task.of("c", 1).needing("crane", 1), 0));
    }

    @Test
    void demandBeyondTheCapacityIsRejected() {
        ResourcePool pool = new ResourcePool(Map.of("crane", 1));
        assertThrows(SchedulingException.class,
                () -> pool.earliestFit(Task.of("a", 1).needing("crane", 2), 0));
        assertThrows(SchedulingException.class,
                () -> pool.earliestFit(Task.of("a", 1).needing("truck", 1), 0));
    }

    @Test
    void failedReservationTakesNothing() {
        ResourcePool pool = new ResourcePool(Map.of("crane", 1));
        pool.reserve(Task.of("a", 1).needing("crane", 1), 2);
        assertThrows(SchedulingException.class,
                () -> pool.reserve(Task.of("b", 3).needing("crane", 1), 0));
        assertEquals(1, pool.free("crane", 0));
        assertEquals(1, pool.free("crane", 1));
        assertEquals(0, pool.free("crane", 2));
    }

    @Test
    void dependentTasksStartOneAfterTheOther() {
        assertEquals(Map.of("a", 0, "b", 2, "c", 3),
                new Scheduler(Map.of()).startDays(
                        graph(Task.of("a", 2), Task.of("b", 1, "a"), Task.of("c", 4, "b"))));
    }

    @Test
    void tasksWaitForResources() {
        TaskGraph graph = graph(
                Task.of("a", 2).needing("crane", 1), Task.of("b", 2).needing("crane", 1));
        assertEquals(Map.of("a", 0, "b", 2), new Scheduler(Map.of("crane", 1)).startDays(graph));
        assertEquals(Map.of("a", 0, "b", 0), new Scheduler(Map.of("crane", 2)).startDays(graph));
    }

    @Test
    void taskWithLessSlackGetsTheResourceFirst() {
        TaskGraph graph = graph(
                Task.of("a", 1).needing("crane", 1),
                Task.of("b", 1).needing("crane", 1),
                Task.of("c", 3, "b"));
        assertEquals(Map.of("b", 0, "a", 1, "c", 1),
                new Scheduler(Map.of("crane", 1)).startDays(graph));
    }

    @Test
    void shortTaskFillsAGap() {
        TaskGraph graph = graph(
                Task.of("a", 3),
                Task.of("b", 2, "a").needing("crane", 1),
                Task.of("c", 3).needing("crane", 1));
        assertEquals(Map.of("a", 0, "b", 3, "c", 0),
                new Scheduler(Map.of("crane", 1)).startDays(graph));
    }

    @Test
    void planUsesBusinessDays() {
        BusinessCalendar calendar = BusinessCalendar.weekdays(new HolidayCalendar(
                List.of(new Holiday.Fixed("May", Month.MAY, 1)), Observance.SAME_DAY));
        List<Assignment> plan = new Scheduler(Map.of()).plan(
                graph(Task.of("a", 2), Task.of("b", 3, "a")), calendar, date("2024-04-27"));
        assertEquals(
                List.of(new Assignment("a", date("2024-04-29"), date("2024-04-30")),
                        new Assignment("b", date("2024-05-02"), date("2024-05-06"))),
                plan);
    }

    @Test
    void planIsSortedByDateAndId() {
        BusinessCalendar calendar = BusinessCalendar.weekdays(HolidayCalendar.none());
        List<Assignment> plan = new Scheduler(Map.of()).plan(
                graph(Task.of("z", 5), Task.of("m", 1), Task.of("a", 1, "m")),
                calendar, date("2024-05-06"));
        assertEquals(List.of("m", "z", "a"), plan.stream().map(Assignment::task).toList());
    }
}
