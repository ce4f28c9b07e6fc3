"""A release in the store of projects: its tree, its own metadata, and the wheels that it needs."""

from __future__ import annotations

import compileall
import logging
import shutil
import sys
import tempfile
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from py_compile import PycInvalidationMode

from ucb.errors import DataError
from ucb.mine import runner
from ucb.mine.environment import Pin, materialise, requirements, resolve, write_dist_info
from ucb.mine.index import Release
from ucb.mine.sdist import Tree
from ucb.project import TREES, store
from ucb.project.suite import Project

log = logging.getLogger("ucb")

_MOST_FILES, _MOST_BYTES = 12_000, 160 << 20
"""What a room's folder holds: a larger tree cannot be copied into it."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A release that can be run."""

    project: Project
    pins: tuple[Pin, ...]


def prepare(
    release: Release, tree: Tree, more: Sequence[str] = (), *, python: str = "3.11"
) -> Prepared:
    """
    Put a release into the store, with the packages that it and its tests say they need.

    Args:
        release: Where `tree` comes from.
        tree: The unpacked source distribution.
        more: Requirements besides those that are declared.
        python: The version of Python that rooms have.

    Raises:
        DataError: the tree is too large for a room, or what it needs cannot be had as wheels.

    """
    try:
        pins = _pins(release, requirements(tree.metadata, python=python), more, python)
    except DataError as error:
        # One requirement of the tests that no longer resolves must not cost the release.
        log.info("%s %s without its test extras: %s", release.package, release.version, error)
        pins = _pins(release, requirements(tree.metadata, [], python=python), more, python)
    runner.put_in_store()
    environment = materialise(pins, python=python).parent.name if pins else ""
    project = Project(
        tree=keep(release, tree, python=python),
        environment=environment,
        roots=(tree.source_root,),
        modules=tree.modules,
        tests=tree.tests,
    )
    return Prepared(project, pins)


def name_of(package: str, version: str, digest: str) -> str:
    """Return what a release is called in the store, by the sha256 of its source distribution."""
    return f"{package}-{version}-{digest[:12]}"


def _pins(
    release: Release, declared: Sequence[str], more: Sequence[str], python: str
) -> tuple[Pin, ...]:
    wanted = sorted({*declared, *more})
    return resolve(wanted, provided=runner.PROVIDED, without=[release.package], python=python)


def keep(release: Release, tree: Tree, *, python: str = "3.11") -> str:
    """
    Copy a tree into the store, unless it is there, and return its name.

    Raises `DataError` for a tree that is too large for a room.
    """
    name = name_of(release.package, release.version, release.sha256)
    folder = store() / TREES / name
    if folder.is_dir():
        return name
    files = [path for path in tree.root.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files)
    if len(files) > _MOST_FILES or size > _MOST_BYTES:
        raise DataError(
            f"{release.package} {release.version} has {len(files)} files of {size >> 20} MiB: "
            "too many for a room."
        )
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".copy-") as scratch:
        copy = Path(scratch, "tree")
        shutil.copytree(tree.root, copy, symlinks=True)
        write_dist_info(tree.metadata, copy / tree.source_root)
        if f"{sys.version_info[0]}.{sys.version_info[1]}" == python:
            # What a room copies it need not compile for every program. A release of another
            # age holds files that this Python cannot compile: those are left as they are.
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                compileall.compile_dir(
                    copy, quiet=2, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH
                )
        copy.replace(folder)
    return name
