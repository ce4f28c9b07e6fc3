package io.ledger.journal;

import io.ledger.LedgerException;
import java.util.List;
import java.util.stream.Collectors;

/** An entry broke one or more rules of the journal. */
public final class RejectedEntryException extends LedgerException {

    private static final long serialVersionUID = 1L;

    private final transient List<Violation> violations;

    public RejectedEntryException(List<Violation> violations) {
        super(violations.stream().map(Violation::detail).collect(Collectors.joining("; ")));
        this.violations = List.copyOf(violations);
    }

    public List<Violation> violations() {
        return violations;
    }
}
