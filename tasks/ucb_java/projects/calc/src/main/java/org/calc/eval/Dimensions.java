package org.calc.eval;

import org.calc.unit.BaseQuantity;
import org.calc.unit.Dimension;

/** Operations on dimensions that only some functions need. */
final class Dimensions {

    private Dimensions() {}

    /**
     * Returns the dimension whose square is the given one.
     *
     * @throws EvaluationException if one of its exponents is odd
     */
    static Dimension halve(Dimension dimension) {
        Dimension half = Dimension.NONE;
        for (BaseQuantity quantity : BaseQuantity.values()) {
            int exponent = dimension.exponent(quantity);
            if (exponent % 2 != 0) {
                throw new EvaluationException("no square root of the unit " + dimension);
            }
            half = half.times(Dimension.of(quantity).pow(exponent / 2));
        }
        return half;
    }
}
