package org.calc.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import org.calc.number.Rational;
import org.calc.syntax.SyntaxException;
import org.calc.unit.Quantity;
import org.junit.jupiter.api.Test;

class CalculatorTest {

    private final Calculator calculator = new Calculator();

    private String value(String line) {
        return calculator.execute(line).orElseThrow().toString();
    }

    @Test
    void computesExactly() {
        assertEquals("3/10", value("0.1 + 0.2"));
        assertEquals("-7", value("1 - 2 * 4"));
        assertEquals("512", value("2^3^2"));
    }

    @Test
    void factorialIsPostfix() {
        assertEquals("720", value("3!!"));
        assertEquals("1", value("0!"));
    }

    @Test
    void factorialOfNegativeOrFractionIsRejected() {
        assertThrows(EvaluationException.class, () -> value("(-1)!"));
        assertThrows(EvaluationException.class, () -> value("(1/2)!"));
    }

    @Test
    void convertsToACompoundUnit() {
        assertEquals("36 km/h", value("10 m/s to km/h"));
    }

    @Test
    void negativeTemperatureIsConverted() {
        assertEquals("14 degF", value("-10 degC to degF"));
    }

    @Test
    void variableHidesUnit() {
        calculator.execute("m = 7");
        assertEquals("14", value("2 m"));
    }

    @Test
    void answerIsTheLastValue() {
        calculator.execute("6 * 7");
        assertEquals("43", value("ans + 1"));
        assertEquals("44", value("ans + 1"));
    }

    @Test
    void failedStatementKeepsTheAnswer() {
        calculator.execute("5");
        assertThrows(ArithmeticException.class, () -> calculator.execute("x = 1 / 0"));
        assertEquals("5", value("ans"));
        assertEquals(Optional.empty(), calculator.variable("x"));
    }

    @Test
    void functionSeesItsArgumentsAndGlobals() {
        calculator.execute("f(x, y) = x^2 + k y");
        calculator.execute("k = 10");
        assertEquals("34", value("f(2, 3)"));
    }

    @Test
    void parametersDoNotLeak() {
        calculator.execute("x = 1");
        calculator.execute("f(x) = x + 1");
        assertEquals("6", value("f(5)"));
        assertEquals("1", value("x"));
    }

    @Test
    void ifEvaluatesOnlyOneBranch() {
        calculator.execute("fact(n) = if(n, n * fact(n - 1), 1)");
        assertEquals("120", value("fact(5)"));
    }

    @Test
    void failedCallsDoNotUseUpTheCallDepth() {
        calculator.execute("inv(x) = 1 / x");
        for (int i = 0; i < 250; i++) {
            assertThrows(ArithmeticException.class, () -> calculator.execute("inv(0)"));
        }
        assertEquals("1/4", value("inv(4)"));
    }

    @Test
    void callsAreAllowedAfterARecursionWasCutOff() {
        calculator.execute("f(x) = f(x + 1)");
        calculator.execute("g(x) = 2 x");
        assertThrows(EvaluationException.class, () -> value("f(0)"));
        assertEquals("8", value("g(4)"));
    }

    @Test
    void argumentCountIsChecked() {
        assertEquals("mod takes 2 arguments, got 1",
                assertThrows(EvaluationException.class, () -> value("mod(1)")).getMessage());
        assertEquals("max takes at least 1 argument, got 0",
                assertThrows(EvaluationException.class, () -> value("max()")).getMessage());
        assertEquals("round takes 1 to 2 arguments, got 3",
                assertThrows(EvaluationException.class, () -> value("round(1, 2, 3)"))
                        .getMessage());
    }

    @Test
    void aggregatesUseTheSizeAcrossUnits() {
        assertEquals("1 km", value("max(900 m, 1 km, 3 ft)"));
        assertEquals("3 ft", value("min(900 m, 1 km, 3 ft)"));
        assertEquals("3/2 km", value("sum(1 km, 500 m)"));
    }

    @Test
    void medianOfEvenCountIsTheMeanOfTheMiddleValues() {
        assertEquals("7/2", value("median(10, 3, 4, 1)"));
    }

    @Test
    void medianComparesAcrossUnits() {
        assertEquals("90 m", value("median(1 km, 90 m, 3 ft)"));
        assertEquals("45 min", value("median(2 h, 30 min, 1 h, 10 s)"));
    }

    @Test
    void greatestCommonDivisorIsNotNegative() {
        assertEquals("6", value("gcd(-18, 24, 30)"));
        assertThrows(EvaluationException.class, () -> value("gcd(1/2, 3)"));
    }

    @Test
    void roundKeepsTheUnit() {
        assertEquals("3 km", value("round(2.5 km)"));
        assertEquals("267/100", value("round(8/3, 2)"));
    }

    @Test
    void squareRootHalvesTheDimension() {
        assertEquals("30 m", value("sqrt(900 m^2)"));
        assertThrows(EvaluationException.class, () -> value("sqrt(4 m)"));
    }

    @Test
    void scriptReturnsTheValuesOfItsLines() {
        List<Quantity> values = calculator.run("# setup\nf(x) = 2x\n\na = 3\nf(a) # six\n");
        assertEquals(List.of(Quantity.of(3), Quantity.of(6)), values);
    }

    @Test
    void scriptWithUnknownNameIsUndone() {
        calculator.run("a = 1");
        assertThrows(EvaluationException.class, () -> calculator.run("a = 2\nb = 3\nc"));
        assertEquals(Optional.of(Quantity.of(1)), calculator.variable("a"));
        assertEquals(Optional.empty(), calculator.variable("b"));
        assertEquals(List.of(Quantity.of(1)), calculator.history());
    }

    @Test
    void scriptWithSyntaxErrorIsUndone() {
        calculator.run("a = 1");
        assertThrows(SyntaxException.class, () -> calculator.run("a = 2\n3 +"));
        assertEquals("1", value("a"));
    }

    @Test
    void scriptWithDivisionByZeroIsUndone() {
        assertThrows(ArithmeticException.class, () -> calculator.run("a = 2\nf(x) = x\n1 / 0"));
        assertEquals(List.of(), calculator.history());
        assertThrows(EvaluationException.class, () -> value("f(1)"));
    }

    @Test
    void historyIsASnapshot() {
        calculator.execute("1");
        List<Quantity> before = calculator.history();
        calculator.execute("2");
        assertEquals(List.of(Quantity.of(Rational.ONE)), before);
    }
}
