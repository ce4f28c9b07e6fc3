package org.calc.unit;

/** The base quantities, each with the symbol of its coherent unit. */
public enum BaseQuantity {
    LENGTH("m"),
    MASS("kg"),
    TIME("s"),
    TEMPERATURE("K"),
    DATA("bit");

    private final String symbol;

    BaseQuantity(String symbol) {
        this.symbol = symbol;
    }

    public String symbol() {
        return symbol;
    }
}
