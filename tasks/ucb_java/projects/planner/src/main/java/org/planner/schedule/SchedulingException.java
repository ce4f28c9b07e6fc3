package org.planner.schedule;

/** A plan that cannot be carried out. */
public class SchedulingException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public SchedulingException(String message) {
        super(message);
    }
}
