"""
What the look of a function alone tells of a defect: `ucb-py/detection` without understanding.

    python -m benchmarks.detection_baselines [--data bugs.jsonl]

Each baseline sees one function at a time, as prompts show it, without its surroundings, and is
fitted to the functions of all packages but the one it is asked about. Every bug gives one
defective function and a sound one, so 50 % is chance, and accuracy is balanced accuracy.
Intervals are of bugs, drawn with replacement. `pairs` compares the two versions of a bug, which
no prompt does: the share of pairs in which the sound one has more.
"""

from __future__ import annotations

import argparse
import ast
import builtins
import difflib
import io
import re
import tokenize
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ucb import plugins
from ucb.classify import Answers, Classification, Figure, classify
from ucb.types import Problem, Style

if TYPE_CHECKING:
    from ucb.task import Task

Floats = NDArray[np.float64]
Fitted = Callable[["Sample"], float]
"""From a sample to the chance that it is defective."""

_BRANCHES = (
    ast.If,
    ast.IfExp,
    ast.For,
    ast.While,
    ast.ExceptHandler,
    ast.BoolOp,
    ast.comprehension,
)
_FEATURES: dict[str, Callable[[str, list[ast.AST]], float]] = {
    "characters": lambda code, _: len(code),
    "lines": lambda code, _: code.count("\n"),
    "longest line": lambda code, _: max(map(len, code.split("\n"))),
    "blank lines": lambda code, _: sum(not line.strip() for line in code.split("\n")),
    "nodes": lambda _, nodes: len(nodes),
    "branches": lambda _, nodes: _count(nodes, *_BRANCHES),
    "try": lambda _, nodes: _count(nodes, ast.Try),
    "raise": lambda _, nodes: _count(nodes, ast.Raise),
    "return": lambda _, nodes: _count(nodes, ast.Return),
    "calls": lambda _, nodes: _count(nodes, ast.Call),
    "not": lambda _, nodes: _count(nodes, ast.Not),
    "is": lambda _, nodes: _count(nodes, ast.Is, ast.IsNot),
    "annotations": lambda _, nodes: sum(bool(getattr(each, "annotation", 0)) for each in nodes),
    # What Python gained last: a version that has it was written later.
    "new syntax": lambda _, nodes: _count(nodes, ast.JoinedStr, ast.NamedExpr, ast.Match),
    "docstring": lambda _, nodes: bool(ast.get_docstring(_function(nodes))),
}
_TOLD = {
    "fix, bug, issue, workaround": r"\b(fix\w*|bug\w*|issues?|workaround\w*|regress\w*)\b",
    "number of an issue": r"#\d+|\bgh-?\d+",
    "number of a version": r"\b\d+\.\d+(\.\d+)?\b",
    "versionchanged, deprecated": r"versionchanged|versionadded|deprecat\w*",
}
_RIDGE, _STEPS = 1.0, 25


@dataclass(frozen=True)
class Sample:
    """One function of the set."""

    bug: str
    package: str
    defective: bool
    code: str
    around: str
    """What a prompt shows besides it."""
    features: Floats
    words: frozenset[str]


def main() -> None:
    """Print what is measured."""
    samples = list(_samples(_arguments().data))
    pairs = list(zip(samples[::2], samples[1::2], strict=True))
    print(f"{len(pairs)} bugs of {len({each.package for each in samples})} packages")
    print(f"\n{'':16}{'accuracy':>10}{'95 %':>16}{'AUC':>8}{'pairs':>8}")
    for place, name in enumerate(_FEATURES):
        found = _crossed(samples, partial(_threshold, places=[place]))
        more = [np.sign(good.features[place] - bad.features[place]) for bad, good in pairs]
        _print(name, found, f"{(1 + np.mean(more)) / 2:.1%}")
    every = range(len(_FEATURES))
    _print("best of these", _crossed(samples, partial(_threshold, places=every)))
    _print("logistic", _crossed(samples, _logistic))
    _print("naive Bayes", _crossed(samples, _bayes))
    print(f"\n{'pairs that differ in, or are told by':50}{'buggy':>8}{'fixed':>8}")
    for name, (bad, good) in _told(pairs).items():
        print(f"{name:50}{bad:8}{good:8}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="bugs.jsonl of `ucb mine`; UCB's own if absent")
    return parser.parse_args()


def _samples(data: Path | None) -> Iterator[Sample]:
    task = plugins.task("ucb-py/detection").configured(data=data)
    for problem in task.problems():
        yield _sample(task, problem)


def _sample(task: Task, problem: Problem) -> Sample:
    chat = task.prompt(problem, Style.CHAT).text
    around, _, last = chat.rpartition("The function:\n\n```python\n")
    code = last.rpartition("\n```\n")[0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        nodes = list(ast.walk(ast.parse(code)))
    return Sample(
        task.cluster(problem),
        problem.row["package"],
        task.reference(problem) == "yes",
        code,
        around,
        np.array([float(feature(code, nodes)) for feature in _FEATURES.values()]),
        frozenset(_words(code)),
    )


def _words(code: str) -> Iterator[str]:
    kinds = (tokenize.NAME, tokenize.OP, tokenize.NUMBER)
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type in kinds:
            yield token.string


def _count(nodes: Sequence[ast.AST], *kinds: type[ast.AST]) -> int:
    return sum(isinstance(node, kinds) for node in nodes)


def _function(nodes: Sequence[ast.AST]) -> Any:
    return next(each for each in nodes if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef))


def _crossed(
    samples: Sequence[Sample], fit: Callable[[Sequence[Sample]], Fitted]
) -> Classification:
    """Ask about each package what was fitted to the others."""
    answers: dict[str, Answers] = {}
    for package in sorted({each.package for each in samples}):
        fitted = fit([each for each in samples if each.package != package])
        for each in samples:
            if each.package == package:
                chance = fitted(each)
                one = answers[f"{each.bug} {each.defective}"] = Answers(each.defective)
                one.said[chance >= 0.5] += 1
                one.likelihoods[chance] += 1
    return classify(answers, {name: name.rpartition(" ")[0] for name in answers})


def _threshold(train: Sequence[Sample], places: Sequence[int]) -> Fitted:
    """Choose the feature, the side and the bound that are right most often."""
    truth = np.array([each.defective for each in train])
    best, chosen = -1, (0, 0.0, 1)
    for place in places:
        values = np.array([each.features[place] for each in train])
        for bound in np.unique(values):
            right = int(((values <= bound) == truth).sum())
            for score, side in ((right, 1), (len(truth) - right, -1)):
                if score > best:
                    best, chosen = score, (place, float(bound), side)
    place, bound, side = chosen
    return lambda each: float((each.features[place] <= bound) == (side > 0))


def _logistic(train: Sequence[Sample]) -> Fitted:
    """Fit a logistic regression with a ridge, by Newton's method."""
    raw = np.log1p(np.array([each.features for each in train]))
    mean, spread = raw.mean(axis=0), raw.std(axis=0)
    spread[spread == 0] = 1.0
    truth = np.array([float(each.defective) for each in train])

    def scaled(rows: Floats) -> Floats:
        return np.column_stack([np.ones(len(rows)), (rows - mean) / spread])

    given = scaled(raw)
    ridge = _RIDGE * np.eye(given.shape[1])
    weights = np.zeros(given.shape[1])
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-given @ weights))
        slope = given.T @ (truth - chance) - ridge @ weights
        bend = (given.T * (chance * (1 - chance))) @ given + ridge
        weights += np.linalg.solve(bend, slope)
    return lambda each: float(1 / (1 + np.exp(-scaled(np.log1p(each.features[None])) @ weights))[0])


def _bayes(train: Sequence[Sample]) -> Fitted:
    """Fit naive Bayes to which names, operators and numbers a function has."""
    counts: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for each in train:
        counts[each.defective].update(each.words)
    size = len(train) / 2
    odds = {
        word: np.log((counts[True][word] + 1) / (counts[False][word] + 1))
        for word in counts[True] | counts[False]
    }
    absent = {
        word: np.log((size - counts[True][word] + 1) / (size - counts[False][word] + 1))
        for word in odds
    }

    def fitted(each: Sample) -> float:
        total = sum(odds[word] if word in each.words else absent[word] for word in odds)
        return float(1 / (1 + np.exp(-np.clip(total, -50, 50))))

    return fitted


def _told(pairs: Sequence[tuple[Sample, Sample]]) -> dict[str, tuple[int, int]]:
    """Count pairs in which one version alone has what could give it away."""
    asked = {
        "annotations that the other has not": _annotated,
        "a function around that nothing else uses": _alone,
        "a name that is not around": lambda each, other: bool(_missing(each) - _missing(other)),
        "layout of the same code": _laid_out,
    }
    found = {name: [0, 0] for name in (*_TOLD, *asked)}
    for bad, good in pairs:
        ours = [_only(bad.code, good.code), _only(good.code, bad.code)]
        for side, (each, other) in enumerate(((bad, good), (good, bad))):
            for name, pattern in _TOLD.items():
                found[name][side] += bool(re.search(pattern, ours[side], re.IGNORECASE))
            for name, differs in asked.items():
                found[name][side] += differs(each, other)
    return {name: (bad, good) for name, (bad, good) in found.items()}


def _only(code: str, other: str) -> str:
    """Return the lines that the other version does not have."""
    lines = difflib.ndiff(other.split("\n"), code.split("\n"))
    return "\n".join(line[2:] for line in lines if line.startswith("+ "))


def _annotated(each: Sample, other: Sample) -> bool:
    place = list(_FEATURES).index("annotations")
    return bool(each.features[place] > other.features[place])


def _missing(each: Sample) -> set[str]:
    """Return the names that a function reads and that neither it, its file nor Python has."""
    names = [node for node in ast.walk(ast.parse(each.code)) if isinstance(node, ast.Name)]
    own = {node.id for node in names if not isinstance(node.ctx, ast.Load)}
    own |= {node.arg for node in ast.walk(ast.parse(each.code)) if isinstance(node, ast.arg)}
    around = set(re.findall(r"\w+", each.around))
    return {node.id for node in names} - own - around - set(dir(builtins))


def _laid_out(each: Sample, other: Sample) -> bool:
    """Whether a statement that both versions have is written otherwise, indentation apart."""
    ours, theirs = _statements(each.code), _statements(other.code)
    return any(ours[name] != theirs[name] for name in ours.keys() & theirs.keys())


def _statements(code: str) -> dict[str, set[str]]:
    """Return how statements without a block are written, by what they are."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.stmt) and not hasattr(node, "body"):
            written = " ".join((ast.get_source_segment(code, node) or "").split())
            found.setdefault(ast.dump(node), set()).add(written)
    return found


def _alone(each: Sample, other: Sample) -> bool:
    """Whether a function is shown that only this version uses, and nothing else that is shown."""
    return any(
        re.search(rf"\bdef {re.escape(word)}\b", each.around)
        and len(re.findall(rf"\b{re.escape(word)}\b", each.around)) == 1
        for word in each.words - other.words
        if word.isidentifier()
    )


def _print(name: str, found: Classification, pairs: str = "") -> None:
    accuracy, area = found.figures[Figure.ACCURACY], found.figures.get(Figure.AUC)
    interval = f"{accuracy.low:.1%} - {accuracy.high:.1%}"
    print(
        f"{name:16}{accuracy.value:10.1%}{interval:>16}{area.value if area else 0:8.3f}{pairs:>8}"
    )


if __name__ == "__main__":
    main()
