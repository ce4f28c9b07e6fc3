package io.ledger.account;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The number of an account in a hierarchy, written as segments between dots: {@code 1200.10}.
 *
 * <p>A segment is a number, so {@code 1200.05} and {@code 1200.5} are the same code.
 *
 * @param segments the numbers from the root of the hierarchy down, at least one, none negative
 */
public record AccountCode(List<Integer> segments) implements Comparable<AccountCode> {

    public AccountCode {
        segments = List.copyOf(segments);
        if (segments.isEmpty() || segments.stream().anyMatch(segment -> segment < 0)) {
            throw new IllegalArgumentException("not an account code: " + segments);
        }
    }

    /**
     * Reads a code: one or more segments of one to nine decimal digits, with single dots between
     * them.
     *
     * @throws IllegalArgumentException if the text has another form
     */
    public static AccountCode of(String text) {
        if (!text.matches("[0-9]{1,9}(\\.[0-9]{1,9})*")) {
            throw new IllegalArgumentException("not an account code: " + text);
        }
        return new AccountCode(Arrays.stream(text.split("\\.")).map(Integer::valueOf).toList());
    }

    /** Returns the code without its last segment, or empty for a code of one segment. */
    public Optional<AccountCode> parent() {
        if (segments.size() == 1) {
            return Optional.empty();
        }
        return Optional.of(new AccountCode(segments.subList(0, segments.size() - 1)));
    }

    /**
     * Tells whether this code is {@code other} or lies anywhere below it in the hierarchy:
     * {@code 1200.10.3} is within {@code 1200} and within {@code 1200.10}.
     */
    public boolean isWithin(AccountCode other) {
        int depth = other.segments.size();
        if (segments.size() < depth) {
            return false;
        }
        return segments.subList(0, depth).equals(other.segments);
    }

    /** Orders codes by their segments as numbers; a code comes before the codes below it. */
    @Override
    public int compareTo(AccountCode other) {
        int common = Math.min(segments.size(), other.segments.size());
        for (int i = 0; i < common; i++) {
            int order = segments.get(i).compareTo(other.segments.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(segments.size(), other.segments.size());
    }

    @Override
    public String toString() {
        return segments.stream().map(String::valueOf).collect(Collectors.joining("."));
    }
}
