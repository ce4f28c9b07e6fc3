"""How numbers are written, and which figures a report shows in which order."""

from __future__ import annotations

from collections.abc import Mapping

from ucb.metrics import Scores
from ucb.stats import Estimate, Method
from ucb.types import Finish, Reason, Stage

Facts = list[tuple[str, str]]
"""A label and a text each."""

METHODS: Mapping[Method, str] = {
    Method.WILSON: "Wilson score interval",
    Method.BOOTSTRAP: "bootstrap over problems",
    Method.BOUND: "Wilson bound; too few or too equal problems for a bootstrap",
}


def percent(share: float) -> str:
    """Write a share as a percentage: `12.2%`. Only exactly 0 and 1 are written as 0% and 100%."""
    if share in (0, 1):
        return f"{share:.0%}"
    return f"{min(max(share, 0.001), 0.999):.1%}"


def interval(value: Estimate) -> str:
    """Write an interval in percent, without the sign: `8.0 - 18.1`."""
    return f"{100 * value.low:.1f} - {100 * value.high:.1f}"


def number(value: float) -> str:
    """Write a count, or another figure with three significant digits: `12,345`, `41.3`."""
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def duration(seconds: float) -> str:
    """Write seconds the way people say them: `0.42 s`, `12 s`, `3 min 05 s`, `2 h 10 min`."""
    if seconds < 9.95:
        return f"{seconds:.2g} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600:,} h {whole % 3600 // 60:02} min"


def money(dollars: float) -> str:
    """Write US dollars: `$12.50`, `$0.0021`."""
    return f"${dollars:,.2f}" if dollars >= 1 or not dollars else f"${dollars:.2g}"


def plural(count: int, noun: str) -> str:
    """Write a count with its noun: `1 sample`, `164 problems`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def stages(scores: Scores) -> dict[Stage, Estimate]:
    """Return the stages worth a line: `TRIGGERED` only where something hinges on it."""
    passed = scores.stages.get(Stage.PASSED)
    return {
        stage: rate
        for stage, rate in scores.stages.items()
        if stage is not Stage.TRIGGERED or rate != passed or Reason.NOT_TRIGGERED in scores.reasons
    }


def incomplete(scores: Scores) -> str:
    """Return the sentence that must stand beside scores over missing rows, or nothing."""
    if not scores.missing:
        return ""
    verb = "is" if scores.missing == 1 else "are"
    return (
        f"{scores.missing:,} of {plural(scores.expected, 'row')} {verb} missing. "
        "These scores are over the rest and compare with no other run."
    )


def usage(scores: Scores) -> Facts:
    """Return what the run took; figures that no backend gave are left out."""
    spent = scores.usage
    mean = spent.tokens_out / spent.completions if spent.tokens_out is not None else None
    wait = spent.seconds / scores.solved if spent.seconds is not None and scores.solved else None
    lines = (
        ("Prompt tokens", spent.tokens_in, number),
        ("Generated tokens", spent.tokens_out, number),
        ("Generated tokens per sample", mean, number),
        ("Tokens per second", spent.tokens_per_second, number),
        ("Generation time", spent.seconds, duration),
        ("Execution CPU time", scores.cpu or None, duration),
        ("Problems solved", scores.solved, number),
        ("Tokens per solved problem", scores.tokens_per_solved, number),
        ("Generation time per solved problem", wait, duration),
        ("Cost", spent.cost, money),
        ("Cost per solved problem", scores.cost_per_solved, money),
    )
    return [(label, write(value)) for label, value, write in lines if value is not None]


def audit(scores: Scores) -> Facts:
    """Return how answers became code, and how those were judged."""
    counts = {
        "Answers with no code": scores.no_code,
        "Cut off at the token limit": scores.truncated,
        **({"Refused": count} if (count := scores.finishes.get(Finish.REFUSED)) else {}),
        **{
            f"Extraction: {rule}": count
            for rule, count in scores.rules.items()
            if rule != Reason.NO_CODE.value
        },
        **{f"Judged by {judge}": count for judge, count in scores.judges.items()},
    }
    return [(label, _of(count, scores.present)) for label, count in counts.items()]


def _of(count: int, total: int) -> str:
    return f"{count:,} ({percent(count / total)})" if count else "0"
