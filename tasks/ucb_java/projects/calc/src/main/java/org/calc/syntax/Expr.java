package org.calc.syntax;

import java.util.List;
import org.calc.number.Rational;

/** An expression tree. */
public sealed interface Expr {

    /** A number. */
    record Num(Rational value) implements Expr {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.number(this);
        }
    }

    /** A variable or a unit. */
    record Name(String text) implements Expr {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.name(this);
        }
    }

    /** A prefix or postfix operator and its operand. */
    record Unary(Operator operator, Expr operand) implements Expr {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.unary(this);
        }
    }

    /** A binary operator and its operands. */
    record Binary(Operator operator, Expr left, Expr right) implements Expr {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.binary(this);
        }
    }

    /** The call of a function. */
    record Call(String function, List<Expr> arguments) implements Expr {
        public Call {
            arguments = List.copyOf(arguments);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.call(this);
        }
    }

    /** Calls the method of the visitor that belongs to this kind of expression. */
    <R> R accept(Visitor<R> visitor);

    static Num number(long value) {
        return new Num(Rational.of(value));
    }

    /** A computation with a case for every kind of expression. */
    interface Visitor<R> {
        R number(Num number);

        R name(Name name);

        R unary(Unary unary);

        R binary(Binary binary);

        R call(Call call);
    }
}
