"""
What a Java project's tests cost: javac and JUnit warm, cold, and by the tools' own commands.

    python benchmarks/java_projects.py [PROJECT...] [--files 6] [--rounds 3] [--sandbox docker]

Every project (by default those of UCB-Java) is judged with a comment more in one source file, for
some of its files, in turns by three ways to the same end: the project compiles, the tests of one
class pass, and all tests pass.

    warm      the room's compiler, and JUnit in a JVM with an archive of its classes
    plain     the same JVM for every step, which compiles all of the project first
    commands  `javac` for sources and for tests, and JUnit's ConsoleLauncher, without options

CPU seconds depend less on a busy machine than wall seconds do.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from ucb.judge import judge
from ucb.project.java.suite import SOURCES, TESTS, TOOLCHAIN, Project, Suite, prepare
from ucb.sandbox import Sandbox
from ucb.sandbox.select import open_sandbox
from ucb.types import Key, Limits, Program, Stage, Step, Tree

_HERE = Path(__file__).resolve().parents[1] / "tasks" / "ucb_java" / "projects"
_JARS = ":".join(
    f"/usr/share/java/{name}.jar"
    for name in (
        "junit-jupiter-api", "junit-jupiter-params", "junit-jupiter-engine",
        "junit-platform-commons", "junit-platform-engine", "junit-platform-launcher",
        "junit-platform-console", "junit-platform-reporting", "opentest4j",
        "opentest4j-reporting-events", "apiguardian-api", "univocity-parsers", "picocli",
    )
)  # fmt: skip
_COMPILE = f"""
cd /tmp/project
javac -d /tmp/work/main $(find {SOURCES} -name '*.java')
javac -cp /tmp/work/main:{_JARS} -d /tmp/work/test $(find {TESTS} -name '*.java')
"""
_CONSOLE = f"""
java -cp /tmp/work/test:/tmp/work/main:{_JARS} org.junit.platform.console.ConsoleLauncher \
    --disable-banner --details none"""
_LIMITS = Limits(cpu=120.0, wall=900.0, memory=2048)


def by_commands(tree: str, changed: Mapping[str, str], name: str) -> Program:
    """Compile and test a project with the tools' own commands."""
    scripts = {
        Stage.COMPILED: _COMPILE,
        Stage.TRIGGERED: f"{_CONSOLE} --select-class {name}",
        Stage.PASSED: f"{_CONSOLE} --scan-class-path /tmp/work/test",
    }
    steps = tuple(
        Step(stage, ("sh", "-ec", script), _LIMITS, tree=Tree(tree, changed))
        for stage, script in scripts.items()
    )
    return Program(TOOLCHAIN, {}, steps)


def by_suite(suite: Suite, changed: Mapping[str, str]) -> Program:
    """Compile and test a project as its tasks do."""
    return suite.program(
        suite.compiles(changed),
        suite.passes("one", changed, Stage.TRIGGERED),
        suite.passes_all(changed),
    )


def editions(root: Path, count: int) -> Iterator[tuple[dict[str, str], str]]:
    """Yield a project's files with a comment more, `count` at most, and a test class for each."""
    tests = sorted((root / TESTS).rglob("*Test.java"))
    files = sorted((root / SOURCES).rglob("*.java"))
    for number, path in enumerate(files[:: max(1, len(files) // count)][:count]):
        test = tests[number % len(tests)].relative_to(root / TESTS)
        changed = {path.relative_to(root).as_posix(): path.read_text("utf-8") + "// Changed.\n"}
        yield changed, ".".join(test.with_suffix("").parts)


def run(sandbox: Sandbox, program: Program) -> tuple[float, float]:
    """Return CPU and wall seconds of a program that must pass."""
    key = Key("edition", 0)
    started = time.perf_counter()
    ((_, execution),) = sandbox.run([(key, program)])
    wall = time.perf_counter() - started
    verdict = judge(program, key, execution)
    if not verdict.passed:
        raise SystemExit(f"An edition that must pass does not: {verdict}")
    return verdict.cpu, wall


def measure(sandbox: Sandbox, root: Path, count: int, rounds: int) -> None:
    """Print a project's seconds for each way, and how many times the first one's they are."""
    tree = prepare(root, root.name)
    taken: dict[str, list[tuple[float, float]]] = {"warm": [], "plain": [], "commands": []}
    for changed, name in editions(root, count):
        suite = Suite(Project(tree), {"one": [name]})
        programs = {
            "warm": by_suite(suite, changed),
            "plain": by_suite(replace(suite, mode="plain"), changed),
            "commands": by_commands(tree, changed, name),
        }
        for _ in range(rounds):
            for way, program in programs.items():
                taken[way].append(run(sandbox, program))
    for way, found in taken.items():
        cpu, wall = zip(*found, strict=True)
        ratio = statistics.median(
            mine[0] / warm[0] for mine, warm in zip(found, taken["warm"], strict=True)
        )
        print(
            f"{root.name:10} {way:9} {len(found):8} {statistics.median(cpu):13.2f} "
            f"{statistics.median(wall):14.2f} {ratio:12.1f}",
            flush=True,
        )


def main() -> None:
    """Print the seconds of every project."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("projects", nargs="*", type=Path, default=sorted(_HERE.glob("*/")))
    parser.add_argument("--files", type=int, default=6)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sandbox", default="docker")
    asked = parser.parse_args()
    print("project    way       programs  CPU s, median  wall s, median  CPU / warm")
    with tempfile.TemporaryDirectory() as cache:
        os.environ["UCB_CACHE_DIR"] = cache
        sandbox = open_sandbox(asked.sandbox, 1, deduplicate=False)
        for root in asked.projects:
            measure(sandbox, root, asked.files, asked.rounds)
        sandbox.close()


if __name__ == "__main__":
    main()
