package io.ledger.statement;

import io.ledger.account.Account;
import io.ledger.journal.Entry;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds for each statement line the journal entry that records it. */
public final class Reconciler {

    /**
     * Who belongs together.
     *
     * @param matched the lines that have an entry, in their order
     * @param missing the lines that have none, in their order
     * @param unexplained the entries on the bank account that no line matches, in their order
     */
    public record Result(
            Map<StatementLine, Entry> matched,
            List<StatementLine> missing,
            List<Entry> unexplained) {}

    private final Account bank;
    private final int tolerance;

    /**
     * Creates a reconciler for a bank account.
     *
     * @param tolerance by how many days the dates of a line and its entry may differ, both ways
     */
    public Reconciler(Account bank, int tolerance) {
        if (tolerance < 0) {
            throw new IllegalArgumentException("negative tolerance: " + tolerance);
        }
        this.bank = bank;
        this.tolerance = tolerance;
    }

    /**
     * Matches lines and entries. Going through the lines in their order, each takes the entry not
     * yet taken that changes the bank account by exactly its amount and is nearest to its date
     * within the tolerance; of two that are equally near, the first. Entries that do not change
     * the bank account are ignored.
     */
    public Result match(List<StatementLine> lines, List<Entry> entries) {
        List<Entry> open = new ArrayList<>(entries);
        open.removeIf(entry -> entry.net(bank.code(), bank.currency()).isZero());
        Map<StatementLine, Entry> matched = new LinkedHashMap<>();
        List<StatementLine> missing = new ArrayList<>();
        for (StatementLine line : lines) {
            Optional<Entry> entry = nearest(line, open);
            if (entry.isPresent()) {
                matched.put(line, entry.get());
                open.remove(entry.get());
            } else {
                missing.add(line);
            }
        }
        return new Result(matched, missing, open);
    }

    /** Returns the entry for a line: the amount equal, the date nearest within the tolerance. */
    private Optional<Entry> nearest(StatementLine line, List<Entry> open) {
        Entry best = null;
        long shortest = tolerance + 1L;
        for (Entry entry : open) {
            long distance = Math.abs(ChronoUnit.DAYS.between(line.date(), entry.date()));
            boolean sameAmount = entry.net(bank.code(), bank.currency()).equals(line.amount());
            if (sameAmount && distance < shortest) {
                best = entry;
                shortest = distance;
            }
        }
        return Optional.ofNullable(best);
    }
}
