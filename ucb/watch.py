"""
New checkpoints, evaluated and gated as they appear.

A trainer writes a checkpoint over seconds or minutes. One is taken when its
parts are all there and nothing about it changed between two looks. What was
done is read from the run folders, so a watch that was stopped goes on where it
was; a checkpoint that changes later is another checkpoint.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from ucb.errors import ConfigError
from ucb.files import replacing

_WEIGHTS = ("*.safetensors", "*.bin", "*.gguf", "*.pt")
_STATE = "watch.json"
_LENGTH = 8  # Bytes that say how long the header of a safetensors file is.

Evaluate = Callable[[Path, Path], int]
"""Evaluates a checkpoint into a run folder; returns an exit code."""
Gate = Callable[[Path], tuple[int, str]]
"""Gates a run folder; returns an exit code and a sentence."""
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A model's folder as it was at one look."""

    path: Path
    fingerprint: str
    """Of the names, sizes and times of its files."""

    def run(self, results: Path) -> Path:
        """Return its run folder: another one whenever the checkpoint has changed."""
        name = re.sub(r"[^\w.-]+", "-", self.path.name).strip("-.") or "checkpoint"
        return results / f"{name}-{self.fingerprint[:8]}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a checkpoint; stored in its run folder."""

    checkpoint: str
    fingerprint: str
    exit: int
    """0: evaluated, and passed the gate; 9: failed the gate; otherwise what `ucb` exits with."""
    said: str
    tries: int = 1


def checkpoints(folder: Path) -> list[Checkpoint]:
    """
    Return the complete checkpoints right inside a folder, by name.

    Complete is a folder with a readable `config.json` and weights of which no
    file is cut off. Raises `ConfigError` when there is no such folder.
    """
    try:
        inside = sorted(folder.iterdir())
    except OSError as error:
        raise ConfigError(
            f"{folder} cannot be watched: {error.strerror}. Give the folder in which "
            "checkpoints appear."
        ) from error
    found = []
    for path in inside:
        # A trainer may move or delete what is being looked at; then it is not complete.
        try:
            if path.is_dir() and _complete(path):
                found.append(Checkpoint(path, _fingerprint(path)))
        except OSError:
            continue
    return found


def _complete(path: Path) -> bool:
    weights = [file for pattern in _WEIGHTS for file in path.glob(pattern)]
    if not weights or _json(path / "config.json") is None:
        return False
    for index in path.glob("*.index.json"):
        about = _json(index)
        if about is None:
            return False
        if not all((path / name).is_file() for name in about.get("weight_map", {}).values()):
            return False
    return all(_whole(file) for file in weights)


def _json(path: Path) -> dict[str, dict[str, str]] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _whole(file: Path) -> bool:
    """A safetensors file says how long it is; of another, only that it is not empty is known."""
    size = file.stat().st_size
    if file.suffix != ".safetensors":
        return size > 0
    with file.open("rb") as opened:
        length = int.from_bytes(opened.read(_LENGTH), "little")
        if not 2 <= length <= size - _LENGTH:
            return False
        try:
            header = json.loads(opened.read(length))
            ends = [about["data_offsets"][1] for n, about in header.items() if n != "__metadata__"]
        except (ValueError, KeyError, TypeError, AttributeError, IndexError):
            return False
    return bool(size == _LENGTH + length + max(ends, default=0))


def _fingerprint(path: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(path.rglob("*")):
        about = file.stat()
        name = file.relative_to(path).as_posix()
        digest.update(f"{name}\0{about.st_size}\0{about.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def stored(run: Path) -> Outcome | None:
    """Return what became of the checkpoint of a run folder, or None if that is still open."""
    found = _json(run / _STATE)
    try:
        return Outcome(**found) if found else None  # type: ignore[arg-type]
    except TypeError:
        return None


class Watch:
    """
    Evaluates and gates each new checkpoint of a folder, one after the other.

    `evaluate` must not raise for a bad checkpoint, which is recorded and passed
    over. One that failed for another reason than itself (`again`) is tried
    `tries` times in all, and once more when the watch is started anew.
    """

    def __init__(
        self,
        folder: Path,
        results: Path,
        evaluate: Evaluate,
        gate: Gate | None,
        *,
        say: Say,
        tries: int = 2,
    ) -> None:
        self._folder = folder
        self._results = results
        self._evaluate = evaluate
        self._gate = gate
        self._say = say
        self._tries = tries
        self._seen: set[Checkpoint] = set()
        self._failed: dict[Checkpoint, int] = {}

    def look(self) -> list[Outcome]:
        """Look once: evaluate what is complete and has not changed since the look before."""
        now = checkpoints(self._folder)
        ready = [checkpoint for checkpoint in now if checkpoint in self._seen]
        self._seen = set(now)
        return list(self._settle(ready))

    def forever(self, every: float) -> None:
        """Look every so many seconds until interrupted."""
        while True:
            self.look()
            time.sleep(every)

    def _settle(self, ready: list[Checkpoint]) -> Iterator[Outcome]:
        for checkpoint in ready:
            run = checkpoint.run(self._results)
            known = stored(run)
            if known is not None and not (known.exit in _AGAIN and self._may_retry(checkpoint)):
                continue
            yield self._one(checkpoint, run, known)

    def _may_retry(self, checkpoint: Checkpoint) -> bool:
        return self._failed.get(checkpoint, 0) < self._tries

    def _one(self, checkpoint: Checkpoint, run: Path, known: Outcome | None) -> Outcome:
        self._say(f"{checkpoint.path.name}: evaluating into {run}")
        code = self._evaluate(checkpoint.path, run)
        said = "Evaluated." if code == 0 else _MEANING.get(code, f"`ucb run` ended with {code}.")
        if code == 0 and self._gate is not None:
            code, said = self._gate(run)
        if code in _AGAIN:
            self._failed[checkpoint] = self._failed.get(checkpoint, 0) + 1
        tries = 1 if known is None else known.tries + 1
        outcome = Outcome(str(checkpoint.path), checkpoint.fingerprint, code, said, tries)
        with replacing(run / _STATE) as file:
            json.dump(asdict(outcome), file, indent=2)
            file.write("\n")
        self._say(f"{checkpoint.path.name}: {said}")
        return outcome


_AGAIN = frozenset({1, 4, 6, 7, -6, -9, -11, 137})
"""Not the checkpoint's own fault, or a crash that may not come again."""

_MEANING = {
    2: "The settings do not fit this checkpoint.",
    3: "The model cannot be loaded.",
    4: "The sandbox broke.",
    5: "A dataset is missing or damaged.",
    6: "The run folder cannot be written.",
    7: "Rows are missing.",
}
