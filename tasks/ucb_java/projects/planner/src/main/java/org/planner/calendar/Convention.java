package org.planner.calendar;

/** How a date that is not a business day is moved to one. */
public enum Convention {
    /** It stays. */
    UNADJUSTED,
    /** To the next business day. */
    FOLLOWING,
    /** To the previous business day. */
    PRECEDING,
    /** To the next business day unless that is in another month, else to the previous one. */
    MODIFIED_FOLLOWING
}
