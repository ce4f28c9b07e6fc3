package org.calc.transform;

import org.calc.number.Rational;
import org.calc.syntax.Expr;
import org.calc.syntax.Expr.Binary;
import org.calc.syntax.Expr.Num;
import org.calc.syntax.Expr.Unary;
import org.calc.syntax.Operator;

/** Rewrites expressions into shorter ones of the same value wherever both have one. */
public final class Simplifier implements Expr.Visitor<Expr> {

    private static final Num ZERO = Expr.number(0);
    private static final Num ONE = Expr.number(1);
    private static final int MAX_EXPONENT = 64;

    private Simplifier() {}

    /**
     * Returns the expression simplified from the leaves up. Constant parts are computed; neutral
     * elements of addition and multiplication vanish; a product with 0 is 0; equal terms are
     * subtracted to 0 or added to a multiple; numeric factors of products move to the front and
     * unite; a double minus vanishes. Division by the constant 0 and conversions stay as they are.
     */
    public static Expr simplify(Expr expression) {
        return expression.accept(new Simplifier());
    }

    @Override
    public Expr number(Num number) {
        return number;
    }

    @Override
    public Expr name(Expr.Name name) {
        return name;
    }

    @Override
    public Expr call(Expr.Call call) {
        return new Expr.Call(call.function(),
                call.arguments().stream().map(argument -> argument.accept(this)).toList());
    }

    @Override
    public Expr unary(Unary unary) {
        Expr operand = unary.operand().accept(this);
        return switch (unary.operator()) {
            case NEGATE -> negate(operand);
            case PERCENT -> operand instanceof Num number
                    ? new Num(number.value().divide(Rational.of(100)))
                    : new Unary(Operator.PERCENT, operand);
            default -> new Unary(unary.operator(), operand);
        };
    }

    @Override
    public Expr binary(Binary binary) {
        Expr left = binary.left().accept(this);
        Expr right = binary.right().accept(this);
        return switch (binary.operator()) {
            case ADD -> add(left, right);
            case SUBTRACT -> subtract(left, right);
            case MULTIPLY, JUXTAPOSE -> multiply(binary.operator(), left, right);
            case DIVIDE -> divide(left, right);
            case POWER -> power(left, right);
            default -> new Binary(binary.operator(), left, right);
        };
    }

    private static Expr negate(Expr operand) {
        if (operand instanceof Num number) {
            return new Num(number.value().negate());
        }
        if (operand instanceof Unary inner && inner.operator() == Operator.NEGATE) {
            return inner.operand();
        }
        return new Unary(Operator.NEGATE, operand);
    }

    /**
     * Simplifies a sum: {@code 2+3 = 5}, {@code x+0 = x}, {@code x+-y = x-y}, {@code x+x = 2*x}.
     */
    private static Expr add(Expr left, Expr right) {
        if (left instanceof Num a && right instanceof Num b) {
            return new Num(a.value().add(b.value()));
        }
        if (left.equals(ZERO)) {
            return right;
        }
        if (right.equals(ZERO)) {
            return left;
        }
        if (right instanceof Unary inner && inner.operator() == Operator.NEGATE) {
            return subtract(left, inner.operand());
        }
        if (left.equals(right)) {
            return multiply(Operator.MULTIPLY, Expr.number(2), left);
        }
        return new Binary(Operator.ADD, left, right);
    }

    /**
     * Simplifies a difference: {@code 2-3 = -1}, {@code x-0 = x}, {@code 0-x = -x}, {@code x-x =
     * 0}, {@code x--y = x+y}.
     */
    private static Expr subtract(Expr left, Expr right) {
        if (left instanceof Num a && right instanceof Num b) {
            return new Num(a.value().subtract(b.value()));
        }
        if (right.equals(ZERO)) {
            return left;
        }
        if (left.equals(ZERO)) {
            return negate(right);
        }
        if (left.equals(right)) {
            return ZERO;
        }
        if (right instanceof Unary inner && inner.operator() == Operator.NEGATE) {
            return add(left, inner.operand());
        }
        return new Binary(Operator.SUBTRACT, left, right);
    }

    /**
     * Simplifies a product: {@code 2*3 = 6}, {@code 0*x = 0}, {@code 1*x = x}, {@code x*2 = 2*x},
     * {@code 2*(3*x) = 6*x}. A product that does not get shorter keeps its operator.
     */
    private static Expr multiply(Operator operator, Expr left, Expr right) {
        if (left instanceof Num a && right instanceof Num b) {
            return new Num(a.value().multiply(b.value()));
        }
        if (right instanceof Num) {
            return multiply(Operator.MULTIPLY, right, left);
        }
        if (left.equals(ZERO)) {
            return ZERO;
        }
        if (left.equals(ONE)) {
            return right;
        }
        if (left instanceof Num a && right instanceof Binary inner && isProduct(inner)
                && inner.left() instanceof Num b) {
            Num factor = new Num(a.value().multiply(b.value()));
            return multiply(inner.operator(), factor, inner.right());
        }
        return new Binary(operator, left, right);
    }

    /**
     * Simplifies a quotient: {@code 6/4 = 3/2}, {@code x/1 = x}, {@code 0/x = 0}. A divisor that is
     * the constant 0 stays.
     */
    private static Expr divide(Expr left, Expr right) {
        if (right.equals(ZERO)) {
            return new Binary(Operator.DIVIDE, left, right);
        }
        if (left instanceof Num a && right instanceof Num b) {
            return new Num(a.value().divide(b.value()));
        }
        if (right.equals(ONE)) {
            return left;
        }
        return left.equals(ZERO) ? ZERO : new Binary(Operator.DIVIDE, left, right);
    }

    /**
     * Simplifies a power: {@code 2^10 = 1024}, {@code x^1 = x}, {@code x^0 = 1}, {@code (x^2)^3 =
     * x^6}. A constant is computed if its exponent is an integer from -64 to 64, except for a
     * negative power of 0; exponents unite only if both are integers.
     */
    private static Expr power(Expr base, Expr exponent) {
        if (!(exponent instanceof Num number) || !number.value().isInteger()) {
            return new Binary(Operator.POWER, base, exponent);
        }
        if (number.value().isZero()) {
            return ONE;
        }
        if (number.equals(ONE)) {
            return base;
        }
        boolean small = number.value().abs().compareTo(Rational.of(MAX_EXPONENT)) <= 0;
        boolean defined = !base.equals(ZERO) || number.value().signum() > 0;
        if (base instanceof Num value && small && defined) {
            return new Num(value.value().pow(number.value().intValueExact()));
        }
        if (base instanceof Binary inner && inner.operator() == Operator.POWER
                && inner.right() instanceof Num first && first.value().isInteger()) {
            return power(inner.left(), new Num(first.value().multiply(number.value())));
        }
        return new Binary(Operator.POWER, base, exponent);
    }

    private static boolean isProduct(Binary binary) {
        return binary.operator() == Operator.MULTIPLY || binary.operator() == Operator.JUXTAPOSE;
    }
}
