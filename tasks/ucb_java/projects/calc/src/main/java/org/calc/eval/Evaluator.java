package org.calc.eval;

import java.util.List;
import org.calc.format.ExprFormatter;
import org.calc.number.Rational;
import org.calc.syntax.Expr;
import org.calc.syntax.Operator;
import org.calc.unit.Quantity;
import org.calc.unit.Unit;
import org.calc.unit.UnitRegistry;

/** Computes the values of expressions. */
public final class Evaluator {

    private static final int MAX_DEPTH = 200;

    private final Environment globals;
    private final UnitRegistry units;
    private int depth;

    /**
     * Creates an evaluator.
     *
     * @param globals the scope in which expressions and the bodies of functions are evaluated
     * @param units the units that names stand for if there is no variable of that name
     */
    public Evaluator(Environment globals, UnitRegistry units) {
        this.globals = globals;
        this.units = units;
    }

    /**
     * Returns the value of an expression in the global scope.
     *
     * @throws EvaluationException if a name is unknown, an operation is not defined for its
     *     operands or calls are nested more than 200 deep
     * @throws org.calc.unit.UnitException if dimensions do not match
     * @throws ArithmeticException if a number is divided by zero
     */
    public Quantity evaluate(Expr expression) {
        return expression.accept(new Scope(globals));
    }

    /**
     * Returns a function that evaluates {@code body} with its parameters set to the arguments.
     * Other names in the body are looked up in the global scope at the time of the call.
     */
    public CalcFunction function(String name, List<String> parameters, Expr body) {
        int count = parameters.size();
        return CalcFunction.checked(name, count, count, arguments -> {
            Environment scope = globals.child();
            for (int i = 0; i < count; i++) {
                scope.assign(parameters.get(i), arguments.get(i));
            }
            return invoke(name, body, scope);
        });
    }

    private Quantity invoke(String name, Expr body, Environment scope) {
        if (depth == MAX_DEPTH) {
            throw new EvaluationException("calls are nested too deep in " + name);
        }
        depth++;
        try {
            return body.accept(new Scope(scope));
        } finally {
            depth--;
        }
    }

    private final class Scope implements Expr.Visitor<Quantity> {

        private final Environment names;

        Scope(Environment names) {
            this.names = names;
        }

        @Override
        public Quantity number(Expr.Num number) {
            return Quantity.of(number.value());
        }

        @Override
        public Quantity name(Expr.Name name) {
            return names.variable(name.text())
                    .or(() -> units.find(name.text()).map(unit -> new Quantity(Rational.ONE, unit)))
                    .orElseThrow(() -> new EvaluationException("unknown name: " + name.text()));
        }

        @Override
        public Quantity unary(Expr.Unary unary) {
            Quantity value = unary.operand().accept(this);
            return switch (unary.operator()) {
                case NEGATE -> value.negate();
                case PERCENT -> value.dividedBy(Quantity.of(100));
                case FACTORIAL -> Quantity.of(Builtins.factorial(value.toNumber()));
                default -> throw new IllegalStateException(unary.operator().name());
            };
        }

        @Override
        public Quantity binary(Expr.Binary binary) {
            if (binary.operator() == Operator.CONVERT) {
                return binary.left().accept(this).to(target(binary.right()));
            }
            Quantity left = binary.left().accept(this);
            Quantity right = binary.right().accept(this);
            return switch (binary.operator()) {
                case ADD -> left.plus(right);
                case SUBTRACT -> left.minus(right);
                case MULTIPLY, JUXTAPOSE -> left.times(right);
                case DIVIDE -> left.dividedBy(right);
                case POWER -> left.pow(exponent(right));
                default -> throw new IllegalStateException(binary.operator().name());
            };
        }

        /**
         * Calls a function with the values of all arguments. The exception is {@code if(condition,
         * a, b)}, which evaluates its condition and then only {@code a} (if the condition is not
         * zero) or {@code b}.
         */
        @Override
        public Quantity call(Expr.Call call) {
            List<Expr> arguments = call.arguments();
            if (call.function().equals("if")) {
                if (arguments.size() != 3) {
                    throw new EvaluationException(
                            "if takes 3 arguments, got " + arguments.size());
                }
                boolean holds = !arguments.get(0).accept(this).magnitude().isZero();
                return arguments.get(holds ? 1 : 2).accept(this);
            }
            CalcFunction function = names.function(call.function()).orElseThrow(() ->
                    new EvaluationException("unknown function: " + call.function()));
            return function.apply(
                    arguments.stream().map(argument -> argument.accept(this)).toList());
        }

        /**
         * Returns the unit to convert to: the unit itself if the expression is the name of a unit
         * and not of a variable; otherwise a unit of the size of the expression's value, whose
         * symbol is the text of the expression as {@link ExprFormatter} writes it.
         */
        private Unit target(Expr expression) {
            if (expression instanceof Expr.Name name && names.variable(name.text()).isEmpty()) {
                return units.require(name.text());
            }
            Quantity size = expression.accept(this).toCoherent();
            String symbol = ExprFormatter.format(expression);
            return Unit.scaled(symbol, size.dimension(), size.magnitude());
        }

        private int exponent(Quantity quantity) {
            Rational number = quantity.toNumber();
            if (!number.isInteger() || number.abs().compareTo(Rational.of(10_000)) > 0) {
                throw new EvaluationException("exponent is not a small integer: " + number);
            }
            return number.intValueExact();
        }
    }
}
