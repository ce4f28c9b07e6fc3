package sample;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What projects commonly use: compiled and tested once while the archives are made. */
public final class Sample {
    /** A shape with sides. */
    public sealed interface Shape permits Square {
        double area();
    }

    public record Square(double side) implements Shape {
        public Square {
            if (side < 0) {
                throw new IllegalArgumentException("side: " + side);
            }
        }

        @Override
        public double area() {
            return side * side;
        }
    }

    public enum Size { SMALL, LARGE }

    private static final int MOST = 10;
    private final Map<String, List<Integer>> groups = new HashMap<>();

    public Size size(int value) {
        return switch (value % 2) {
            case 0 -> Size.SMALL;
            default -> value > MOST ? Size.LARGE : Size.SMALL;
        };
    }

    public <T extends Comparable<T>> Optional<T> largest(List<T> values) {
        return values.stream().max(Comparator.naturalOrder());
    }

    public String add(String name, int value) {
        groups.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, List<Integer>> each : groups.entrySet()) {
            text.append(String.format("%s %d", each.getKey(), each.getValue().size()));
        }
        return text + groups.keySet().stream().sorted().collect(Collectors.joining(","));
    }
}
