"""Checkpoints are taken when they are whole, once, and one by one."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ucb.errors import ConfigError
from ucb.watch import Watch, checkpoints, stored


def safetensors(size: int, *, cut: int = 0) -> bytes:
    """Return a file of one tensor of `size` bytes, `cut` of them missing."""
    header = json.dumps({"w": {"dtype": "U8", "shape": [size], "data_offsets": [0, size]}})
    return len(header).to_bytes(8, "little") + header.encode() + bytes(size - cut)


def checkpoint(folder: Path, name: str, *, cut: int = 0) -> Path:
    """Write a checkpoint as a trainer would."""
    path = folder / name
    path.mkdir(parents=True, exist_ok=True)
    (path / "model.safetensors").write_bytes(safetensors(64, cut=cut))
    (path / "config.json").write_text("{}")
    return path


class Bench:
    """Stands in for evaluation and gate: notes what it was asked, answers what it is told."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.results = folder.parent / "results"
        self.codes: dict[str, int] = {}
        self.evaluated: list[str] = []
        self.said: list[str] = []

    def evaluate(self, path: Path, run: Path) -> int:
        self.evaluated.append(path.name)
        return self.codes.get(path.name, 0)

    def gate(self, run: Path) -> tuple[int, str]:
        return (9, "closed") if "bad" in run.name else (0, "open")

    def watch(self) -> Watch:
        return Watch(self.folder, self.results, self.evaluate, self.gate, say=self.said.append)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A folder to watch, and what evaluates it."""
    (tmp_path / "checkpoints").mkdir()
    return Bench(tmp_path / "checkpoints")


def test_a_checkpoint_is_taken_at_the_second_look(bench: Bench) -> None:
    """What has not changed between two looks is complete; it is evaluated once."""
    checkpoint(bench.folder, "step-1")
    watch = bench.watch()
    assert watch.look() == []
    (outcome,) = watch.look()
    assert (outcome.exit, outcome.said) == (0, "open")
    assert watch.look() == []
    assert bench.evaluated == ["step-1"]


def test_a_checkpoint_that_still_grows_is_left_alone(bench: Bench) -> None:
    """A file that changes at every look is being written."""
    watch = bench.watch()
    for moment in range(3):
        path = checkpoint(bench.folder, "step-1")
        os.utime(path / "config.json", (moment, moment))
        assert watch.look() == []
    assert len(watch.look()) == 1


def without(name: str) -> Callable[[Path], None]:
    """Remove a file."""
    return lambda path: (path / name).unlink()


def index(path: Path) -> None:
    """Name a shard that is not there yet."""
    about = {"weight_map": {"w": "model.safetensors", "v": "model-2.safetensors"}}
    (path / "model.safetensors.index.json").write_text(json.dumps(about))


@pytest.mark.parametrize(
    "damage",
    [
        without("config.json"),
        without("model.safetensors"),
        index,
        lambda path: (path / "config.json").write_text('{"half'),
        lambda path: (path / "model.safetensors").write_bytes(safetensors(64, cut=1)),
        lambda path: (path / "model.safetensors").write_bytes(b"\x08"),
        lambda path: (path / "model.safetensors").write_bytes(b""),
        lambda path: (path / "model.safetensors").write_bytes(b"\x02\0\0\0\0\0\0\0[]"),
        lambda path: (path / "pytorch_model.bin").write_bytes(b""),
    ],
)
def test_a_checkpoint_with_a_part_missing_is_not_complete(
    bench: Bench, damage: Callable[[Path], None]
) -> None:
    """However long it stays so: no configuration, no weights, or weights cut off."""
    path = checkpoint(bench.folder, "step-1")
    assert [found.path for found in checkpoints(bench.folder)] == [path]
    damage(path)
    assert checkpoints(bench.folder) == []


def test_a_bad_checkpoint_does_not_stop_the_watch(bench: Bench) -> None:
    """One cannot be loaded and one fails the gate; the others are evaluated, in order."""
    for name in ("a-broken", "b-bad", "c-good"):
        checkpoint(bench.folder, name)
    bench.codes["a-broken"] = 3
    watch = bench.watch()
    watch.look()
    assert [(o.exit, o.said) for o in watch.look()] == [
        (3, "The model cannot be loaded."),
        (9, "closed"),
        (0, "open"),
    ]
    assert watch.look() == []


def test_a_watch_goes_on_where_it_was(bench: Bench) -> None:
    """A new process does only what is new."""
    checkpoint(bench.folder, "step-1")
    first = bench.watch()
    first.look()
    first.look()
    checkpoint(bench.folder, "step-2")
    second = bench.watch()
    second.look()
    assert [Path(o.checkpoint).name for o in second.look()] == ["step-2"]
    assert bench.evaluated == ["step-1", "step-2"]


def test_a_watch_killed_in_the_middle_finishes_the_same_run(bench: Bench) -> None:
    """Without a stored outcome the same run folder is evaluated again, so that it resumes."""
    path = checkpoint(bench.folder, "step-1")
    killed = Watch(bench.folder, bench.results, interrupted, bench.gate, say=bench.said.append)
    killed.look()
    with pytest.raises(KeyboardInterrupt):
        killed.look()
    (found,) = checkpoints(bench.folder)
    assert stored(found.run(bench.results)) is None
    watch = bench.watch()
    watch.look()
    assert len(watch.look()) == 1
    kept = stored(found.run(bench.results))
    assert kept is not None
    assert kept.checkpoint == str(path)


def interrupted(path: Path, run: Path) -> int:
    """Be stopped while evaluating."""
    raise KeyboardInterrupt


def test_a_changed_checkpoint_is_another_one(bench: Bench) -> None:
    """Weights written anew under the same name get a run folder of their own."""
    path = checkpoint(bench.folder, "last")
    watch = bench.watch()
    watch.look()
    watch.look()
    os.utime(path / "model.safetensors", (5, 5))
    watch.look()
    assert len(watch.look()) == 1
    assert len(list(bench.results.iterdir())) == 2


def test_trouble_that_is_not_the_checkpoints_is_tried_again(bench: Bench) -> None:
    """A broken sandbox twice at most; then it is left until the watch is started anew."""
    checkpoint(bench.folder, "step-1")
    bench.codes["step-1"] = 4
    watch = bench.watch()
    for _ in range(5):
        watch.look()
    assert bench.evaluated == ["step-1"] * 2
    bench.codes.clear()
    again = bench.watch()
    again.look()
    (outcome,) = again.look()
    assert (outcome.exit, outcome.tries) == (0, 3)


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    """What cannot be watched, and what to give instead."""
    with pytest.raises(ConfigError, match="cannot be watched"):
        checkpoints(tmp_path / "none")
