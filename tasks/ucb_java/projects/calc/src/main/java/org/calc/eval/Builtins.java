package org.calc.eval;

import java.math.BigInteger;
import java.util.Collections;
import java.util.List;
import org.calc.number.Rational;
import org.calc.unit.Quantity;
import org.calc.unit.Unit;

/** The functions that every session starts with. */
public final class Builtins {

    private static final int MAX_FACTORIAL = 1000;

    private Builtins() {}

    /** Defines all built-in functions in a scope. */
    public static void install(Environment scope) {
        install(scope, "abs", 1, 1, arguments -> {
            Quantity value = arguments.get(0);
            return new Quantity(value.magnitude().abs(), value.unit());
        });
        install(scope, "floor", 1, 1, arguments -> {
            Quantity value = arguments.get(0);
            return new Quantity(integer(value.magnitude().floor()), value.unit());
        });
        install(scope, "ceil", 1, 1, arguments -> {
            Quantity value = arguments.get(0);
            return new Quantity(integer(value.magnitude().ceiling()), value.unit());
        });
        install(scope, "round", 1, 2, Builtins::round);
        install(scope, "sqrt", 1, 1, arguments -> sqrt(arguments.get(0)));
        install(scope, "mod", 2, 2, arguments -> mod(arguments.get(0), arguments.get(1)));
        install(scope, "gcd", 2, Integer.MAX_VALUE, Builtins::gcd);
        install(scope, "min", 1, Integer.MAX_VALUE, Collections::min);
        install(scope, "max", 1, Integer.MAX_VALUE, Collections::max);
        install(scope, "sum", 1, Integer.MAX_VALUE, Builtins::sum);
        install(scope, "median", 1, Integer.MAX_VALUE, Builtins::median);
    }

    private static void install(
            Environment scope, String name, int least, int most, CalcFunction body) {
        scope.define(name, CalcFunction.checked(name, least, most, body));
    }

    /**
     * Returns the product of the integers from 1 to {@code value}; the factorial of 0 is 1.
     *
     * @throws EvaluationException if the value is not an integer from 0 to 1000
     */
    public static Rational factorial(Rational value) {
        if (!value.isInteger() || value.signum() < 0
                || value.compareTo(Rational.of(MAX_FACTORIAL)) > 0) {
            throw new EvaluationException("no factorial of " + value);
        }
        BigInteger product = BigInteger.ONE;
        for (int factor = 2; factor <= value.intValueExact(); factor++) {
            product = product.multiply(BigInteger.valueOf(factor));
        }
        return integer(product);
    }

    /** Rounds the magnitude to a number of decimals, 0 if there is no second argument. */
    private static Quantity round(List<Quantity> arguments) {
        Quantity value = arguments.get(0);
        int places = arguments.size() == 1 ? 0 : arguments.get(1).toNumber().intValueExact();
        return new Quantity(value.magnitude().round(places), value.unit());
    }

    /**
     * Returns the exact square root; the root of a quantity with a dimension is in coherent units.
     *
     * @throws EvaluationException if the magnitude is negative or has no rational root, or if an
     *     exponent of the dimension is odd
     */
    public static Quantity sqrt(Quantity value) {
        Quantity coherent = value.toCoherent();
        Rational root = coherent.magnitude().sqrt().orElseThrow(() ->
                new EvaluationException("no exact square root of " + value));
        return new Quantity(root, Unit.coherent(Dimensions.halve(coherent.dimension())));
    }

    /** Returns the floored remainder of two quantities, in the unit of the first one. */
    private static Quantity mod(Quantity value, Quantity divisor) {
        return new Quantity(
                value.magnitude().mod(divisor.to(value.unit()).magnitude()), value.unit());
    }

    /**
     * Returns the greatest common divisor of integers; it is never negative, and 0 if all of them
     * are 0.
     */
    private static Quantity gcd(List<Quantity> arguments) {
        BigInteger result = BigInteger.ZERO;
        for (Quantity argument : arguments) {
            result = result.gcd(integerOf(argument));
        }
        return Quantity.of(integer(result));
    }

    /** Returns the sum in the unit of the first argument. */
    private static Quantity sum(List<Quantity> arguments) {
        Quantity total = arguments.get(0);
        for (Quantity argument : arguments.subList(1, arguments.size())) {
            total = total.plus(argument);
        }
        return total;
    }

    /**
     * Returns the middle one of the arguments in order of size or, if their number is even, the
     * mean of the two middle ones in the unit of the smaller. The arguments are left as they are.
     */
    private static Quantity median(List<Quantity> arguments) {
        List<Quantity> sorted = arguments.stream().sorted().toList();
        int middle = sorted.size() / 2;
        if (sorted.size() % 2 == 1) {
            return sorted.get(middle);
        }
        return sorted.get(middle - 1).plus(sorted.get(middle)).dividedBy(Quantity.of(2));
    }

    private static BigInteger integerOf(Quantity quantity) {
        Rational number = quantity.toNumber();
        if (!number.isInteger()) {
            throw new EvaluationException("not an integer: " + number);
        }
        return number.numerator();
    }

    private static Rational integer(BigInteger value) {
        return Rational.of(value, BigInteger.ONE);
    }
}
