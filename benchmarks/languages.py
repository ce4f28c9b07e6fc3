"""
Programs per second of each language, and how much faster than its plain command.

    python benchmarks/languages.py [LANGUAGE ...] [--programs 20] [--rounds 3]

The program is the honest one of `sandboxes/LANGUAGE/controls.toml`, run anew each
time: in one Docker room, without deduplication. The language's own mode and, where
it has one, `plain` take turns, so that a machine that is busy for a while is busy
for both. CPU seconds per program depend less on that than programs per second do.
"""

from __future__ import annotations

import argparse
import time
import tomllib
from dataclasses import dataclass

from ucb.judge import judge
from ucb.languages import SANDBOXES, language
from ucb.sandbox import Sandbox
from ucb.sandbox.select import open_sandbox
from ucb.types import Key, Program


@dataclass
class Sum:
    """What one mode of a language has taken."""

    programs: int = 0
    wall: float = 0.0
    cpu: float = 0.0

    def row(self, name: str, mode: str) -> str:
        """A line of the table: programs per second, CPU ms per program."""
        speed, spent = self.programs / self.wall, 1000 * self.cpu / self.programs
        return f"{name:8} {mode:6} {speed:10.2f} {spent:7.0f}"


def programs(name: str, mode: str, count: int) -> list[tuple[Key, Program]]:
    """The honest program of a language, `count` times."""
    table = tomllib.loads((SANDBOXES / name / "controls.toml").read_text(encoding="utf-8"))
    honest = next(case["code"] for case in table["case"] if case["name"] == "honest")
    source = honest.lstrip("\n") + "\n"
    program = language(name).program(source, suite=table["suite"], mode=mode)
    return [(Key(name, number), program) for number in range(count)]


def measure(sandbox: Sandbox, work: list[tuple[Key, Program]], total: Sum) -> None:
    """Run programs, all of which must pass, and add what they took."""
    by_key = dict(work)
    started = time.perf_counter()
    for key, execution in sandbox.run(work):
        verdict = judge(by_key[key], key, execution)
        if not verdict.passed:
            raise SystemExit(f"{key.problem}: {verdict.reason}: {verdict.output}")
        total.cpu += verdict.cpu
    total.wall += time.perf_counter() - started
    total.programs += len(work)


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    known = sorted(path.parent.name for path in SANDBOXES.glob("*/controls.toml"))
    parser.add_argument("languages", nargs="*", default=known)
    parser.add_argument("--programs", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    sandbox = open_sandbox("docker", 1, deduplicate=False)
    print("language mode   programs/s  CPU ms")
    try:
        for name in asked.languages:
            modes = [mode for mode in ("run", "plain") if mode in language(name).modes]
            sums = {mode: Sum() for mode in modes}
            measure(sandbox, programs(name, "run", 1), Sum())  # Opens the room.
            for _ in range(asked.rounds):
                for mode in modes:
                    measure(sandbox, programs(name, mode, asked.programs), sums[mode])
            for mode, total in sums.items():
                print(total.row(name, mode), flush=True)
    finally:
        sandbox.close()


if __name__ == "__main__":
    main()
