package org.planner.recur;

/** The length of the periods of a recurrence rule. */
public enum Frequency {
    DAILY,
    WEEKLY,
    MONTHLY,
    YEARLY
}
