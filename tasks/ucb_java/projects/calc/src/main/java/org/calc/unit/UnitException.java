package org.calc.unit;

/** An unknown unit, or a quantity that an operation is not defined for. */
public class UnitException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public UnitException(String message) {
        super(message);
    }
}
