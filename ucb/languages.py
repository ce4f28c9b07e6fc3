"""Languages are data: one `sandboxes/<name>/language.toml` each."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from ucb.errors import ConfigError, DataError, UnknownName
from ucb.types import NONCE, Limits, Program, Reason, Stage, Step, Tests

_PACKAGE = Path(__file__).parent
# The wheel carries the folder as `ucb/_sandboxes`; a checkout has it beside the package.
_INSTALLED = _PACKAGE / "_sandboxes"
SANDBOXES = _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent / "sandboxes"


_COMPILE_LIMITS = Limits(cpu=60.0, wall=180.0)


@dataclass(frozen=True, slots=True)
class Mode:
    """One way to use a toolchain: `run` a main program, or `test` a test file."""

    check: tuple[str, ...]
    """Proves the source compiles: a compiler, or a syntax check."""
    run: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compiler:
    """A process that stays in a room and compiles for many programs, faster than the command."""

    argv: tuple[str, ...]
    """Starts it in the image. `docs/languages.md` says what it reads and writes."""
    memory: int
    """MiB that a room has more for it."""
    serves: tuple[tuple[str, ...], ...]
    """The commands whose results it gives: `check` of the modes it is for."""
    runs: tuple[tuple[str, ...], ...] = ()
    """Of a language for whole projects: how the commands begin that use what it makes, `run` of
    the same modes."""

    def message(self) -> dict[str, Any]:
        """What a room's agent must know of it."""
        commands = {
            name: [list(argv) for argv in found]
            for name, found in (("serves", self.serves), ("runs", self.runs))
        }
        return {"argv": list(self.argv), **commands}


@dataclass(frozen=True, slots=True)
class Brought:
    """A user's own tools: an image that has them, or folders of this machine."""

    image: str = ""
    """A name that Docker knows; empty for folders."""
    folders: tuple[Path, ...] = ()
    """What rooms show read-only, at its own place."""
    path: tuple[str, ...] = ()
    """Folders of commands, before those of the system."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables of its rooms."""
    version: str = ""
    """What verdicts depend on, for people to read."""


@dataclass(frozen=True, slots=True)
class Language:
    """What UCB knows of a language; the keys of its `language.toml`."""

    name: str
    """The folder's name."""
    file: str
    """What a program's source file is called."""
    modes: Mapping[str, Mode]
    aliases: tuple[str, ...] = ()
    image_only: bool = False
    """Its programs need what only its image has, and do not run with a host's own tools."""
    brought: bool = False
    """Its tools are what a user has installed: UCB has no image of them."""
    projects: bool = False
    """Its programs work in whole projects, from the store of `ucb.project`."""
    scratch: int = 0
    """MiB that its programs may write to files, where the usual 256 are too few."""
    python: str = ""
    """The one version of Python, such as 3.11, that its programs are made for."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables of its rooms."""
    preload: tuple[str, ...] = ()
    """Python modules that a room loads once, when a program first names their package.
    Only such as start no threads: programs are forks of what has loaded them."""
    compiler: Compiler | None = None
    """Used where a room can keep it apart from programs; the verdicts are the command's."""
    done: str = ""
    """The epilogue that proves the end of the tests was reached: it writes
    `{nonce}` to the proof channel."""
    rewrite: tuple[tuple[str, str], ...] = ()
    """What is changed in a benchmark's test code: regular expressions and what takes the
    place of each match, in this order. For tests whose end lies inside a function, and
    for calls of an assertion that a program could have replaced."""
    bodies: Mapping[str, str] = field(default_factory=dict)
    """Function bodies that must never pass, by name: `ucb check` appends them to a prompt."""
    labels: tuple[tuple[Reason, str], ...] = ()
    """What a failure is called, by regular expressions over stderr."""
    limits: Limits = Limits()
    compile_limits: Limits = _COMPILE_LIMITS

    def program(
        self,
        source: str,
        *,
        suite: str = "",
        tests: Tests | None = None,
        mode: str = "run",
        limits: Limits | None = None,
    ) -> Program:
        """
        Compile `source`, then run it.

        With `tests`, the program is judged by calling it from another process
        (Python only). Without, `source` must hold its own tests, or `suite` be
        test code to stand behind it in the same file; the epilogue goes behind
        them, and exit status 0 counts only together with its proof.

        Raises:
            UnknownName: the language has no such mode.
            DataError: `suite` has no place for the proof, where it is to stand inside.

        """
        if mode not in self.modes:
            raise UnknownName(f"{self.name} mode", mode, self.modes)
        proof = self.proves and tests is None
        check, run = (
            _filled(argv, self.file) for argv in (self.modes[mode].check, self.modes[mode].run)
        )
        return Program(
            toolchain=self.name,
            files={self.file: self._proving(source, suite) if proof else source + suite},
            steps=(
                Step(Stage.COMPILED, check, self.compile_limits, labels=self.labels),
                Step(
                    Stage.PASSED,
                    run,
                    limits or self.limits,
                    proof=proof,
                    tests=tests,
                    labels=self.labels,
                ),
            ),
        )

    @property
    def proves(self) -> bool:
        """Whether programs prove that they reached the end of their tests."""
        return any("{nonce}" in text for text in (self.done, *(put for _, put in self.rewrite)))

    def _proving(self, source: str, suite: str) -> str:
        for find, put in self.rewrite if suite else ():
            suite = re.sub(find, put, suite)
        end = f"\n{self.done}\n" if self.done else "\n"
        if "{nonce}" not in suite + end:
            raise DataError(
                f"The end of these {self.name} tests is not found: nothing can prove it."
            )
        # A program that spells the word would be told the secret.
        return source.replace(NONCE, "?") + (suite + end).replace("{nonce}", NONCE)


def _filled(argv: Sequence[str], file: str) -> tuple[str, ...]:
    names = {"file": file, "stem": Path(file).stem}
    return tuple(argument.format(**names) for argument in argv)


@cache
def languages() -> Mapping[str, Language]:
    """Return every language on disk, by name."""
    return {path.parent.name: load(path) for path in sorted(SANDBOXES.glob("*/language.toml"))}


def language(name: str) -> Language:
    """Look up a language by name or alias; raise `UnknownName` for another."""
    for candidate in languages().values():
        if name == candidate.name or name in candidate.aliases:
            return candidate
    raise UnknownName("language", name, languages())


def _compiler(
    table: dict[str, Any] | None, file: str, modes: Mapping[str, Mode], *, projects: bool
) -> Compiler | None:
    if table is None:
        return None
    served = table.pop("modes")
    if unknown := sorted(set(served) - set(modes)):
        raise ValueError(f"compiler: {unknown[0]!r} is no mode")
    return Compiler(
        argv=tuple(table.pop("argv")),
        memory=table.pop("memory"),
        serves=tuple(_filled(modes[mode].check, file) for mode in served),
        runs=tuple(_filled(modes[mode].run, file) for mode in served if projects),
        **table,
    )


def load(path: Path) -> Language:
    """Read one `language.toml`; raise `ConfigError` for a key it lacks or must not have."""
    try:
        table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        file = table.pop("file")
        modes = {
            mode: Mode(tuple(argv["check"]), tuple(argv["run"]))
            for mode, argv in table.pop("mode").items()
        }
        projects = table.pop("projects", False)
        loaded = Language(
            name=path.parent.name,
            file=file,
            modes=modes,
            aliases=tuple(table.pop("aliases", ())),
            image_only=table.pop("image_only", False),
            brought=table.pop("brought", False),
            projects=projects,
            scratch=table.pop("scratch", 0),
            python=table.pop("python", ""),
            environment=table.pop("environment", {}),
            preload=tuple(table.pop("preload", ())),
            compiler=_compiler(table.pop("compiler", None), file, modes, projects=projects),
            done=table.pop("done", ""),
            rewrite=tuple((edit["find"], edit["put"]) for edit in table.pop("rewrite", ())),
            bodies=table.pop("bodies", {}),
            labels=tuple((Reason(name), text) for name, text in table.pop("labels", {}).items()),
            limits=Limits(**table.pop("limits", {})),
            compile_limits=replace(_COMPILE_LIMITS, **table.pop("compile_limits", {})),
        )
    except KeyError as error:
        raise ConfigError(f"{path}: {error.args[0]!r} is missing.") from None
    except (TypeError, ValueError) as error:  # TOMLDecodeError is a ValueError.
        raise ConfigError(f"{path}: {error}.") from None
    if table:
        raise ConfigError(f"{path}: {', '.join(map(repr, table))} is not a language setting.")
    return loaded
