package org.calc.eval;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.calc.unit.Quantity;

/** Variables and functions in scope. A child scope sees the names of its parent. */
public final class Environment {

    private final Environment parent;
    private final Map<String, Quantity> variables = new HashMap<>();
    private final Map<String, CalcFunction> functions = new HashMap<>();

    public Environment() {
        this(null);
    }

    private Environment(Environment parent) {
        this.parent = parent;
    }

    /** Returns a new empty scope inside this one. */
    public Environment child() {
        return new Environment(this);
    }

    /** Sets a variable in this scope; one of the same name in the parent is hidden, not changed. */
    public void assign(String name, Quantity value) {
        variables.put(name, value);
    }

    /** Sets a function in this scope. */
    public void define(String name, CalcFunction function) {
        functions.put(name, function);
    }

    /** Returns the value of a variable in the nearest scope that has it. */
    public Optional<Quantity> variable(String name) {
        for (Environment scope = this; scope != null; scope = scope.parent) {
            Quantity value = scope.variables.get(name);
            if (value != null) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }

    /** Returns a function from the nearest scope that has it. */
    public Optional<CalcFunction> function(String name) {
        for (Environment scope = this; scope != null; scope = scope.parent) {
            CalcFunction function = scope.functions.get(name);
            if (function != null) {
                return Optional.of(function);
            }
        }
        return Optional.empty();
    }

    /**
     * Returns a copy of this scope with the same parent. Later changes of this scope do not affect
     * the copy, nor the other way round.
     */
    public Environment copy() {
        Environment copy = new Environment(parent);
        copy.variables.putAll(variables);
        copy.functions.putAll(functions);
        return copy;
    }

    /** Makes this scope hold exactly the variables and functions of another one. */
    public void restore(Environment saved) {
        Map<String, Quantity> savedVariables = Map.copyOf(saved.variables);
        Map<String, CalcFunction> savedFunctions = Map.copyOf(saved.functions);
        variables.clear();
        variables.putAll(savedVariables);
        functions.clear();
        functions.putAll(savedFunctions);
    }
}
