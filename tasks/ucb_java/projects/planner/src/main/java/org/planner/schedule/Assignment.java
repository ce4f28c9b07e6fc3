package org.planner.schedule;

import java.time.LocalDate;

/**
 * The dates of a task.
 *
 * @param task its id
 * @param first its first business day
 * @param last its last business day
 */
public record Assignment(String task, LocalDate first, LocalDate last) {}
