"""Compiles what the image needs, and has it do once what rooms will ask of it.

Made in /usr/local/lib: `room.jar`; `runner` and `compiler`, the arguments of `java` for either;
and an archive of loaded classes for each.
"""

from __future__ import annotations

import os
import pathlib
import shutil
import struct
import subprocess

LIBRARIES = ":".join(
    f"/usr/share/java/{name}.jar"
    for name in (
        "junit-jupiter-api", "junit-jupiter-params", "junit-jupiter-engine",
        "junit-platform-commons", "junit-platform-engine", "opentest4j", "apiguardian-api",
        "univocity-parsers", "junit4", "hamcrest", "junit-vintage-engine",
    )
)  # fmt: skip
COVERAGE = ":".join(
    f"/usr/share/java/{name}.jar"
    for name in ("org.jacoco.core", "asm", "asm-tree", "asm-commons", "asm-analysis")
)
PLACE = pathlib.Path("/usr/local/lib")
PROJECT, WORK = pathlib.Path("/tmp/project"), pathlib.Path("/tmp/work")  # noqa: S108 (a room's own)
# A run of tests is over before better code than the first tier's would pay.
COMMON = [
    "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData", "-Xshare:auto",
    f"-Ducb.libraries={LIBRARIES}", "-cp", f"{PLACE}/room.jar:{LIBRARIES}:{COVERAGE}",
]  # fmt: skip
SUITE = "passing\t0\ngroup\tall\tsample.SampleTest\n"
TARGET = "target\tSample.add\tsrc/main/java/sample/Sample.java\t40\t60\n"
MAIN, TEST = "src/main/java/sample/Sample.java", "src/test/java/sample/SampleTest.java"


def run(*argv: str, asked: bytes | None = None, **environment: str) -> bytes:
    """Run a command that must succeed, and return what it printed."""
    done = subprocess.run(
        argv, check=True, input=asked, stdout=subprocess.PIPE, env={**os.environ, **environment}
    )
    return done.stdout


def message(*parts: bytes) -> bytes:
    """Return a message as the compiler reads it."""
    framed = b"".join(struct.pack(">I", len(part)) + part for part in parts)
    return struct.pack(">I", len(parts)) + framed


def compile_room() -> None:
    """Compile what rooms run."""
    sources = sorted(str(path) for path in pathlib.Path().glob("*.java"))
    own = [path for path in sources if not path.startswith("Sample")]
    path = f"{LIBRARIES}:{COVERAGE}"
    run(
        "javac", "-Xlint:all,-processing,-classfile,-serial", "-Werror",
        # Texts put together otherwise need classes that are made anew at every start.
        "-XDstringConcat=inline", "-cp", path, "-d", "room", *own,
    )  # fmt: skip
    run("jar", "--create", "--file", f"{PLACE}/room.jar", "-C", "room", ".")


def train_runner() -> None:
    """Compile the sample and run its tests, watched by JaCoCo."""
    for path in (MAIN, TEST):
        target = PROJECT / path
        target.parent.mkdir(parents=True)
        shutil.copy(target.name, target)
    WORK.mkdir()
    (WORK / "suite.txt").write_text(SUITE + TARGET)
    (WORK / "proof").write_text("proof")
    run(
        "java", f"-XX:ArchiveClassesAtExit={PLACE}/runner.jsa", "-Ducb.training=1",
        *COMMON, "ucb.room.Runner", "cover", "all",
    )  # fmt: skip
    if b"executed_lines" not in (WORK / "coverage.json").read_bytes():
        raise SystemExit("The sample's tests were not watched.")


def train_compiler() -> None:
    """Show the compiler the sample, and have it compile an edition."""
    argv, tree = b"compile", b"trees/sample"
    main, test = (pathlib.Path(path).name for path in (MAIN, TEST))
    source, tests = pathlib.Path(main).read_bytes(), pathlib.Path(test).read_bytes()
    shown = [f"{tree.decode()}/{path}".encode() for path in (MAIN, TEST)]
    changed = source.replace(b"value % 2", b"value % 3")
    asked = message(argv, tree, b"", shown[0], source, shown[1], tests)
    asked += message(argv, tree, b"", f"project/{MAIN}".encode(), changed)
    answer = run(
        "java", f"-XX:ArchiveClassesAtExit={PLACE}/compiler.jsa",
        *COMMON, "ucb.room.Compiler", asked=asked,
    )  # fmt: skip
    if b".ucb-classes" not in answer:
        raise SystemExit(f"The compiler does not answer: {answer!r}")


def main() -> None:
    """Make everything, and the arguments that use it."""
    compile_room()
    for name, memory, start in (
        ("runner", "1024m", "ucb.room.Runner"),
        ("compiler", "512m", "ucb.room.Compiler"),
    ):
        archive = [f"-XX:SharedArchiveFile={PLACE}/{name}.jsa", f"-Xmx{memory}"]
        (PLACE / name).write_text("\n".join([*archive, *COMMON, start]) + "\n")
    train_runner()
    train_compiler()
    shutil.rmtree(PROJECT)
    shutil.rmtree(WORK)


if __name__ == "__main__":
    main()
