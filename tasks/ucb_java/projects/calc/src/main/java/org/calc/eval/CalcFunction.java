package org.calc.eval;

import java.util.List;
import org.calc.unit.Quantity;

/** A function of quantities. */
@FunctionalInterface
public interface CalcFunction {

    /**
     * Returns the value for the arguments.
     *
     * @throws EvaluationException if there are too few or too many of them
     */
    Quantity apply(List<Quantity> arguments);

    /**
     * Returns a function that checks the number of its arguments, both limits included, and then
     * calls {@code body}. The exception names the function, what it takes and what it got: {@code
     * "max takes at least 1 argument, got 0"}, {@code "mod takes 2 arguments, got 3"}, {@code
     * "round takes 1 to 2 arguments, got 0"}.
     *
     * @param most the greatest number of arguments, {@link Integer#MAX_VALUE} for no limit
     */
    static CalcFunction checked(String name, int least, int most, CalcFunction body) {
        return arguments -> {
            int count = arguments.size();
            if (count < least || count > most) {
                String range = least == most ? String.valueOf(least)
                        : most == Integer.MAX_VALUE ? "at least " + least
                        : least + " to " + most;
                boolean one = least == 1 && (most == 1 || most == Integer.MAX_VALUE);
                throw new EvaluationException(name + " takes " + range
                        + (one ? " argument" : " arguments") + ", got " + count);
            }
            return body.apply(arguments);
        };
    }
}
