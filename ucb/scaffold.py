"""A new task, language or backend: small, whole, and tested; made from `ucb/templates`."""

from __future__ import annotations

import keyword
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ucb import plugins
from ucb.errors import ConfigError
from ucb.files import replacing
from ucb.languages import languages

_TEMPLATES = Path(__file__).with_name("templates")
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST = 30
"""Characters of a name: lines that hold it stay within 100."""


@dataclass(frozen=True, slots=True)
class Made:
    """What was written, and what comes next."""

    files: tuple[Path, ...]
    next: tuple[str, ...]
    """Command lines and sentences, in this order."""


def checkout(start: Path) -> Path | None:
    """Return the checkout of UCB that a folder is in, or None."""
    for folder in (start, *start.parents):
        project = folder / "pyproject.toml"
        if (folder / "ucb" / "types.py").is_file() and project.is_file():
            return folder
    return None


def new_task(name: str, where: Path) -> Made:
    """
    Write a benchmark of three problems: into the checkout around `where`, or as a package.

    Raises `ConfigError` for a name that is none or is taken.
    """
    _check("task", name, plugins.tasks())
    root, module = checkout(where), _module(name)
    words = {"__NAME__": name, "__CLASS__": _class(name)}
    if root is None:
        found = {
            "__FROM_UCB__": "",
            "__FROM_HERE__": f"\nfrom ucb_{module} import TASKS\n",
            "__FOUND__": "TASKS[0]",
        }
        package = _Package(name, "tasks", "TASKS", "A benchmark")
        return package.write(
            where,
            {
                f"src/{package.module}/__init__.py": "task/task.py",
                f"src/{package.module}/problems.jsonl": "task/problems.jsonl",
                f"tests/test_{module}.py": "task/test_task.py",
            },
            {**words, **found},
            f"ucb check {name}",
        )
    found = {
        "__FROM_UCB__": "\nfrom ucb import plugins\n",
        "__FROM_HERE__": "",
        "__FOUND__": f'plugins.task("{name}")',
    }
    files = {
        f"tasks/{module}/task.py": "task/task.py",
        f"tasks/{module}/problems.jsonl": "task/problems.jsonl",
        f"tests/unit/test_task_{module}.py": "task/test_task.py",
    }
    return Made(
        _write(root, files, {**words, **found}),
        (
            f"pytest tests/unit/test_task_{module}.py",
            f"ucb check {name}",
            f"ucb run {name} --model smollm2-135m",
            f"Put your problems into tasks/{module}/problems.jsonl.",
        ),
    )


def new_backend(name: str, where: Path) -> Made:
    """
    Write a backend that asks a command: into the checkout around `where`, or as a package.

    Raises `ConfigError` for a name that is none or is taken.
    """
    _check("backend", name, plugins.backends())
    root, module, kind = checkout(where), _module(name), f"{_class(name)}Backend"
    words = {"__NAME__": name, "__CLASS__": _class(name)}
    use = f"ucb run humaneval --backend {name} --model 'your-command --flag'"
    if root is None:
        package = _Package(name, "backends", kind, "A backend")
        found = {"__FROM_UCB__": "", "__FROM_HERE__": f"\nfrom ucb_{module} import {kind}\n"}
        return package.write(
            where,
            {
                f"src/{package.module}/__init__.py": "backend/backend.py",
                f"tests/test_{module}.py": "backend/test_backend.py",
            },
            {**words, **found},
            use,
        )
    imported = f"\nfrom ucb.backends.{module} import {kind}\n"
    files = {
        f"ucb/backends/{module}.py": "backend/backend.py",
        f"tests/unit/backends/test_{module}.py": "backend/test_backend.py",
    }
    made = _write(root, files, {**words, "__FROM_UCB__": imported, "__FROM_HERE__": ""})
    project = root / "pyproject.toml"
    _register(project, name, f"ucb.backends.{module}:{kind}")
    return Made(
        (*made, project),
        (
            "pip install -e .   # so that the entry point is found",
            f"pytest tests/unit/backends/test_{module}.py",
            use,
            "Say in docs/backends.md what it reaches.",
        ),
    )


def new_language(name: str, where: Path) -> Made:
    """
    Write the folder of a language into the checkout around `where`.

    Raises `ConfigError` for a name that is none or is taken, and outside a checkout.
    """
    known = languages()
    _check("language", name, {*known, *(a for each in known.values() for a in each.aliases)})
    root = checkout(where)
    if root is None:
        raise ConfigError(
            f"A language lives in UCB's own checkout, and {where} is in none. Clone UCB, and run "
            f"`ucb new language {name}` there."
        )
    files = {
        f"sandboxes/{name}/{file}": f"language/{file}"
        for file in ("language.toml", "Dockerfile", "controls.toml")
    }
    files[f"tests/unit/test_language_{_module(name)}.py"] = "language/test_language.py"
    return Made(
        _write(root, files, {"__NAME__": name}),
        (
            f"pytest tests/unit/test_language_{_module(name)}.py",
            f"ucb sandbox build {name}",
            f"UCB_REQUIRE_IMAGES={name} pytest tests/contract/test_languages.py -k {name}",
            f"Put your tools into sandboxes/{name}; docs/languages.md explains every key.",
        ),
    )


@dataclass(frozen=True, slots=True)
class _Package:
    """An installable plugin."""

    name: str
    group: str
    object: str
    what: str

    @property
    def module(self) -> str:
        return f"ucb_{_module(self.name)}"

    def write(
        self, where: Path, files: Mapping[str, str], words: Mapping[str, str], use: str
    ) -> Made:
        folder = where / f"ucb-{self.name}"
        about = {
            "__PACKAGE__": folder.name,
            "__MODULE__": self.module,
            "__GROUP__": self.group,
            "__OBJECT__": self.object,
            "__WHAT__": self.what,
            "__USE__": use,
        }
        whole = {"pyproject.toml": "pyproject.toml", "README.md": "README.md", **files}
        whole[f"src/{self.module}/py.typed"] = ""
        made = _write(folder, whole, {**words, **about})
        return Made(made, (f"cd {folder.name}", "pip install -e '.[dev]'", "pytest", use))


def _check(kind: str, name: str, taken: Iterable[str]) -> None:
    if not _NAME.fullmatch(name) or len(name) > _LONGEST or keyword.iskeyword(name):
        raise ConfigError(
            f"{name!r} is no name for a {kind}: use lower-case letters, digits and single hyphens, "
            f"a letter first, at most {_LONGEST}, such as my-{kind}."
        )
    if name in taken:
        raise ConfigError(f"There is a {kind} named {name!r} already. Choose another name.")


def _module(name: str) -> str:
    return name.replace("-", "_")


def _class(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("-"))


def _write(root: Path, files: Mapping[str, str], words: Mapping[str, str]) -> tuple[Path, ...]:
    """Write the files from their templates, or none if one of them exists."""
    paths = {root / file: template for file, template in files.items()}
    for path in paths:
        if path.exists():
            raise ConfigError(f"{path} exists already. Choose another name, or remove it.")
    for path, template in paths.items():
        source = _TEMPLATES / f"{template}.tmpl"
        text = source.read_text(encoding="utf-8") if template else ""
        for word, meant in words.items():
            text = text.replace(word, meant)
        with replacing(path) as file:
            file.write(text)
    return tuple(paths)


def _register(project: Path, name: str, value: str) -> None:
    """Add an entry point to the checkout's own backends, in the order of their names."""
    header = '[project.entry-points."ucb.backends"]\n'
    before, found, rest = project.read_text(encoding="utf-8").partition(header)
    if not found:
        raise ConfigError(f"{project} has no section {header.strip()}.")
    section, blank, after = rest.partition("\n\n")
    lines = sorted([*section.splitlines(), f'{name} = "{value}"'])
    text = before + header + "\n".join(lines) + blank + after
    tomllib.loads(text)
    with replacing(project) as file:
        file.write(text)
