package org.calc.transform;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.calc.syntax.Expr;
import org.calc.syntax.Statement;

/** The replacement of names by expressions, all at the same time. */
public final class Substitution implements Expr.Visitor<Expr> {

    private final Map<String, Expr> replacements;

    public Substitution(Map<String, ? extends Expr> replacements) {
        this.replacements = Map.copyOf(replacements);
    }

    /**
     * Returns the expression with every name that has a replacement replaced. What is put in is
     * not searched again, so that {@code x -> y, y -> x} exchanges the two names.
     */
    public Expr apply(Expr expression) {
        return expression.accept(this);
    }

    /**
     * Returns the substitution that has the effect of this one followed by {@code next}.
     */
    public Substitution then(Substitution next) {
        Map<String, Expr> combined = new HashMap<>(next.replacements);
        replacements.forEach((name, expression) -> combined.put(name, next.apply(expression)));
        return new Substitution(combined);
    }

    /**
     * Returns the body of a function with its parameters replaced by arguments.
     *
     * @throws IllegalArgumentException if the number of arguments is not that of the parameters
     */
    public static Expr inline(Statement.Define function, List<Expr> arguments) {
        List<String> parameters = function.parameters();
        if (parameters.size() != arguments.size()) {
            throw new IllegalArgumentException(
                    function.name() + " has " + parameters.size() + " parameters");
        }
        Map<String, Expr> replacements = new LinkedHashMap<>();
        for (int i = 0; i < parameters.size(); i++) {
            replacements.put(parameters.get(i), arguments.get(i));
        }
        return new Substitution(replacements).apply(function.body());
    }

    @Override
    public Expr number(Expr.Num number) {
        return number;
    }

    @Override
    public Expr name(Expr.Name name) {
        return replacements.getOrDefault(name.text(), name);
    }

    @Override
    public Expr unary(Expr.Unary unary) {
        return new Expr.Unary(unary.operator(), unary.operand().accept(this));
    }

    @Override
    public Expr binary(Expr.Binary binary) {
        return new Expr.Binary(
                binary.operator(), binary.left().accept(this), binary.right().accept(this));
    }

    @Override
    public Expr call(Expr.Call call) {
        List<Expr> arguments =
                call.arguments().stream().map(argument -> argument.accept(this)).toList();
        return new Expr.Call(call.function(), arguments);
    }
}
