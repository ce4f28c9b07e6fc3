package org.calc.eval;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.calc.syntax.Parser;
import org.calc.syntax.Statement;
import org.calc.unit.Quantity;
import org.calc.unit.UnitRegistry;

/** A session: executes statements and remembers variables, functions and results. */
public final class Calculator {

    /** The variable that holds the last result. */
    public static final String ANSWER = "ans";

    private final Environment globals = new Environment();
    private final Evaluator evaluator;
    private final List<Quantity> history = new ArrayList<>();

    /** Starts a session with the built-in functions and the standard units. */
    public Calculator() {
        this(UnitRegistry.standard());
    }

    /** Starts a session with the built-in functions and the given units. */
    public Calculator(UnitRegistry units) {
        Builtins.install(globals);
        this.evaluator = new Evaluator(globals, units);
    }

    /**
     * Executes one statement. The value of an expression or assignment is returned, added to the
     * history and set as {@code ans}; a function definition has no value and changes neither. A
     * statement that fails changes nothing.
     *
     * @throws EvaluationException if the statement assigns to {@code ans} or defines {@code if}
     * @throws org.calc.syntax.SyntaxException if the line is not a statement
     */
    public Optional<Quantity> execute(String line) {
        Statement statement = Parser.parseStatement(line);
        if (statement instanceof Statement.Define define) {
            if (define.name().equals("if")) {
                throw new EvaluationException("cannot define if");
            }
            globals.define(define.name(),
                    evaluator.function(define.name(), define.parameters(), define.body()));
            return Optional.empty();
        }
        Quantity value;
        if (statement instanceof Statement.Assign assign) {
            if (assign.name().equals(ANSWER)) {
                throw new EvaluationException("cannot assign to " + ANSWER);
            }
            value = evaluator.evaluate(assign.value());
            globals.assign(assign.name(), value);
        } else {
            value = evaluator.evaluate(((Statement.Evaluate) statement).expression());
        }
        history.add(value);
        globals.assign(ANSWER, value);
        return Optional.of(value);
    }

    /**
     * Executes the lines of a script in order and returns the values of those that have one. Lines
     * that are blank or hold only a comment are skipped. If a line fails, the session, its history
     * included, is put back as it was before the script, and the exception is passed on.
     */
    public List<Quantity> run(String script) {
        Environment savedGlobals = globals.copy();
        int savedHistory = history.size();
        List<Quantity> values = new ArrayList<>();
        boolean done = false;
        try {
            for (String line : script.lines().toList()) {
                String trimmed = line.strip();
                if (!trimmed.isEmpty() && !trimmed.startsWith("#")) {
                    execute(trimmed).ifPresent(values::add);
                }
            }
            done = true;
        } finally {
            if (!done) {
                globals.restore(savedGlobals);
                history.subList(savedHistory, history.size()).clear();
            }
        }
        return values;
    }

    /** Returns all results so far, the oldest first; later results do not change the list. */
    public List<Quantity> history() {
        return List.copyOf(history);
    }

    /** Returns the value of a variable. */
    public Optional<Quantity> variable(String name) {
        return globals.variable(name);
    }
}
