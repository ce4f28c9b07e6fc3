// What programs commonly use: compiled once while the archive of the compiler's classes is made.

import java.io.*;
import java.math.*;
import java.util.*;
import java.util.function.*;
import java.util.stream.*;
import org.javatuples.*;

class Sample {
    interface Shape {
        double area();
    }

    record Square(double side) implements Shape {
        public double area() {
            return side * side;
        }
    }

    enum Size { SMALL, LARGE }

    static <T extends Comparable<T>> Optional<T> largest(List<T> values) {
        return values.stream().max(Comparator.naturalOrder());
    }

    static String name(Object value) {
        return switch (value) {
            case Integer number when number > 1 -> "many";
            case Integer number -> "number";
            case String text -> text;
            default -> "other";
        };
    }

    public static void main(String[] args) throws IOException {
        Map<String, List<Long>> groups = new TreeMap<>();
        for (long i = 0; i < 10; i++) {
            groups.computeIfAbsent(i % 2 == 0 ? "even" : "odd", key -> new ArrayList<>()).add(i);
        }
        Function<Long, Long> twice = x -> 2 * x;
        List<Long> doubled = groups.get("odd").stream().map(twice).collect(Collectors.toList());
        StringBuilder text = new StringBuilder();
        for (char c : "sample".toCharArray()) {
            text.append(Character.toUpperCase(c));
        }
        try (StringReader reader = new StringReader(text.toString())) {
            assert reader.read() == 'S';
        }
        assert largest(doubled).orElse(0L) == 18L;
        assert new BigInteger("12").multiply(BigInteger.TWO).intValue() == 24;
        assert Pair.with(1, "one").getValue0() == 1;
        assert new Square(2).area() == 4.0 && Size.valueOf("SMALL").ordinal() == 0;
        assert name(2).equals("many") && name("x").equals("x");
        assert IntStream.range(0, 5).boxed().mapToInt(Integer::intValue).sum() == 10;
        int[][] grid = new int[2][3];
        Arrays.fill(grid[0], 7);
        assert Arrays.stream(grid[0]).sum() == 21;
        System.out.println(String.format("%s %.1f", String.join(",", groups.keySet()), 1.5));
    }
}
