"""CodeUJB's detection: which answer is taken for which label, and the figures of labels."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import codeujb_rows
from tests.unit.codeujb.asking import first, module, task
from ucb.classify import Answers, Classification, Figure, classify
from ucb.task import Task
from ucb.types import Completion, Key, Reason, Stage, Style, Verdict

YES, NO, ERROR = "yes", "no", ""


def said(asked: Task, style: Style, text: str) -> str:
    """What an answer is taken to say."""
    problem = first(asked)
    return asked.extract(problem, asked.prompt(problem, style), text).code


@pytest.mark.parametrize(
    ("text", "strict", "published"),
    [
        ("A. Yes, it has defects", YES, YES),
        ("B. No, it doesn't have defects", NO, NO),
        ("A. Yes, there are defects", YES, YES),
        ("B. No, there are no defects", NO, NO),
        ("Yes", YES, YES),
        ("No.", NO, NO),
        # Letters and words of another case are no answer to the harness.
        ("A", YES, ERROR),
        ("**B**", NO, ERROR),
        ("The answer is (B).", NO, ERROR),
        ("yes, it does", YES, ERROR),
        ("no", NO, ERROR),
        # It looks for a defect first, wherever and in whatever sentence.
        ("No, it has defects in no line", NO, YES),
        ("B. No, but Yes was close", NO, YES),
        ("B. No. It doesn't has defect", NO, YES),
        ("No. Whether it has defect reports is open.", NO, YES),
        # Words that begin like its own.
        ("Note that the loop is odd.", ERROR, NO),
        ("The Node is null.", ERROR, NO),
        ("Not sure.", ERROR, NO),
        # What joins two of its phrases has no effect: such answers are errors anyway.
        ("It is difficult to determine.", ERROR, ERROR),
        ("I cannot determine whether there are any defects", ERROR, ERROR),
        ("ERROR", ERROR, ERROR),
        ("", ERROR, ERROR),
        ("Perhaps.", ERROR, ERROR),
        # Its other phrases and patterns, in its order.
        ("here, there are potential defects", YES, YES),
        ("it is potentially flawed", ERROR, YES),
        ("There are defects.", YES, YES),
        ("There are several issues.", ERROR, YES),
        ("Perhaps there is a potential defect", YES, YES),
        ("Where I see a potential issue", ERROR, YES),
        ("There seem to be a few issues", ERROR, YES),
        ("I find no defects", ERROR, NO),
        ("it doesn't have defects", NO, NO),
        ("I do not have defects to tell of", ERROR, NO),
        ("this function is not flawed", NO, NO),
        ("There are no real defects", NO, NO),
        ("I do not see any defects", ERROR, NO),
        ("I don't see a defect", ERROR, NO),
        ("there are no defect reports", NO, NO),
        # The default takes back nothing that was only thought, and contradicts nobody.
        ("<think>Yes or no?</think>B. No", NO, YES),
        ("A. No, it doesn't have defects", ERROR, NO),
        ("Yes or no?", ERROR, YES),
    ],
)
def test_labels(data: Path, text: str, strict: str, published: str) -> None:
    """Of the default and of the published harness, side by side."""
    assert said(task("defectdetection", data), Style.CHAT, text) == strict
    assert said(task("defectdetection", data, "ucb"), Style.CHAT, text) == published


def test_the_order_in_which_the_harness_cuts_an_answer() -> None:
    """The first phrase of its list that is there ends it, not the earliest in the text."""
    answer_of = module("ancestor").answer_of
    row = {"prompt_complete": ""}
    for text, cut in (
        ("No. Yes, it has defects.", "No. Yes, it has defect"),
        ("No, and Yes. More", "No, and Yes"),
        ("It has defects. No", "It has defect"),
        ("I say No, it doesn't have defects!", "I say No, it doesn't have defects"),
        ("It doesn't have defects. Note", "It doesn't have defects. No"),
        ("It doesn't has defect, I say", "It doesn't has defect"),
        ("I do not has defects", "I do not has defect"),
        ("there are no defects", "there are no defects"),
    ):
        assert answer_of(row, "", text, chat=True) == cut


def test_a_stream_ends_with_either_answer() -> None:
    """So what a model says behind it is never seen, though a phrase of it would come first."""
    answer_of, row = module("ancestor").answer_of, {"prompt_complete": ""}
    text = "No, it doesn't have defects. Yes, it has defects."
    assert answer_of(row, "", text, chat=True) == "No, it doesn't have defects"


def test_a_completions_beginning_may_be_cut_off(tmp_path: Path) -> None:
    """The length of the prompt before it was stripped is cut, as with the other tasks."""
    row = codeujb_rows.rows("defectdetection")[0]
    field = f"{row['prompt_complete'].strip()}\n\n\n"
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps({**row, "prompt_complete": field}))
    strict, published = (task("defectdetection", path, mode) for mode in ("strict", "ucb"))
    assert said(strict, Style.COMPLETE, "Yes") == YES
    assert said(published, Style.COMPLETE, "Yes") == ERROR
    assert said(published, Style.COMPLETE, "Yes, No") == NO
    assert said(published, Style.CHAT, "Yes") == YES


def test_letters_mean_something_where_they_are_offered(tmp_path: Path) -> None:
    """A prompt of other words asks for words."""
    row = codeujb_rows.rows("defectdetection")[0]
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps({**row, "prompt_complete": "Wrong?", "prompt_chat": "Wrong?"}))
    asked = task("defectdetection", path)
    assert said(asked, Style.CHAT, "A") == ERROR
    assert said(asked, Style.CHAT, "Yes") == YES
    assert asked.prompt(first(asked), Style.CHAT).choices == ("yes", "no")


def test_how_likely_the_letters_are(data: Path) -> None:
    """The default asks for it; the published harness does not."""
    asked = task("defectdetection", data)
    assert asked.prompt(first(asked), Style.COMPLETE).choices == ("A", "B")
    parity = task("defectdetection", data, "ucb")
    assert parity.prompt(first(parity), Style.COMPLETE).choices == ()
    likely = {"A": math.log(0.6), "B": math.log(0.2)}
    completion = Completion(Key("p", 0), "A", choices=likely)
    verdict = asked.decide(first(asked), YES, completion)
    assert verdict is not None
    assert verdict.measures["likelihood"] == pytest.approx(0.75)


def test_a_verdict_holds_truth_and_answer(data: Path) -> None:
    """One that cannot be read has no answer, and is wrong."""
    asked = task("defectdetection", data)
    defective, sound, *_ = asked.problems()
    completion = Completion(Key("p", 0), "")
    for problem, answer, stage, reason, measures in (
        (defective, YES, Stage.PASSED, Reason.PASSED, {"defective": 1, "answered": 1}),
        (defective, NO, Stage.EXTRACTED, Reason.WRONG, {"defective": 1, "answered": 0}),
        (sound, NO, Stage.PASSED, Reason.PASSED, {"defective": 0, "answered": 0}),
        (sound, ERROR, Stage.NOTHING, Reason.NO_CODE, {"defective": 0}),
    ):
        verdict = asked.decide(problem, answer, completion)
        assert verdict is not None
        assert (verdict.stage, verdict.reason, verdict.judge) == (stage, reason, "answer")
        assert verdict.measures == measures
    assert asked.cluster(defective) == asked.cluster(sound) == "Till-1"
    assert not asked.executes


def test_the_phrase_that_decided_is_told(data: Path) -> None:
    """For the audit of a run."""
    asked = task("defectdetection", data, "ucb")
    problem = first(asked)
    prompt = asked.prompt(problem, Style.CHAT)
    assert asked.extract(problem, prompt, "Note this.").rules == ("phrase: No",)
    assert asked.extract(problem, prompt, "Hm.").rules == ("no code",)


def published(labels: list[tuple[bool, str]]) -> dict[str, float | None]:
    """The harness's five figures of (truth, label); None where it divides by zero."""
    total, error = len(labels), sum(label == ERROR for _, label in labels)
    positive, negative = (sum(t is w and bool(s) for t, s in labels) for w in (True, False))
    tp = sum(truth and label == YES for truth, label in labels)
    tn = sum(not truth and label == NO for truth, label in labels)
    fp, fn = negative - tn, positive - tp

    def over(above: float, below: float) -> float | None:
        return above / below if below else None

    precision, recall = over(tp, tp + fp), over(tp, tp + fn)
    f1 = None
    if precision is not None and recall is not None:
        f1 = over(2 * precision * recall, precision + recall)
    return {
        "acc": over(tp + tn, total - error), "acc_w_error": over(tp + tn, total),
        "precision": precision, "recall": recall, "f1": f1,
    }  # fmt: skip


def classified(labels: list[tuple[bool, list[str]]]) -> Classification:
    """The figures of UCB: of each problem its truth and its samples' labels."""
    problems = {}
    for number, (truth, samples) in enumerate(labels):
        name = f"p{number}"
        problems[name] = Answers(truth)
        for sample, label in enumerate(samples):
            measures: dict[str, Any] = {"defective": float(truth)}
            if label:
                measures["answered"] = float(label == YES)
            problems[name].add(
                Verdict(Key(name, sample), Stage.NOTHING, Reason.WRONG, measures=measures)
            )
    return classify(problems, {})


NAMES = {
    "acc": Figure.ACCURACY_READABLE, "acc_w_error": Figure.ACCURACY,
    "precision": Figure.PRECISION, "recall": Figure.RECALL, "f1": Figure.F1,
}  # fmt: skip
LABELS = st.sampled_from([YES, NO, ERROR])


@settings(deadline=None)
@given(
    st.integers(1, 4).flatmap(
        lambda n: st.lists(
            st.tuples(st.booleans(), st.lists(LABELS, min_size=n, max_size=n)),
            min_size=1, max_size=6,
        )
    )
)  # fmt: skip
def test_figures_are_the_published_ones(labels: list[tuple[bool, list[str]]]) -> None:
    """Over all samples, `results_all`, and over the first of each problem, `results_one`.

    Where the harness divides by zero and ends, the figure is undefined and left out; but f1 is 0
    where neither precision nor recall is undefined or above 0.
    """
    for chosen in (labels, [(truth, samples[:1]) for truth, samples in labels]):
        wanted = published([(truth, label) for truth, samples in chosen for label in samples])
        found = classified(chosen).figures
        for name, figure in NAMES.items():
            expected = wanted[name]
            if name == "f1" and expected is None:
                assert figure not in found or found[figure].value == 0
            elif expected is None:
                assert figure not in found
            else:
                assert found[figure].value == pytest.approx(expected, abs=1e-12)
