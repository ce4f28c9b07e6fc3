"""The packages that run every project's tests: pytest, and what measures coverage."""

from __future__ import annotations

import tempfile
from pathlib import Path

from ucb.mine.environment import Pin, materialise
from ucb.project import ENVIRONMENTS, store

PINS = (
    Pin(
        "coverage", "7.10.7",
        "coverage-7.10.7-cp311-cp311-manylinux1_x86_64.manylinux_2_28_x86_64.manylinux_2_5_x86_64.whl",
        "35f5e3f9e455bb17831876048355dca0f758b6df22f49258cb5a91da23ef437d",
    ),
    Pin(
        "iniconfig", "2.3.1", "iniconfig-2.3.1-py3-none-any.whl",
        "9121e2c1fdb355232495be3194c8dfe87ccc2d5dee45947b78e68f499790d7a7",
    ),
    Pin(
        "packaging", "26.3", "packaging-26.3-py3-none-any.whl",
        "d7193f7c8e4e93f444fde0262bf90af30e16fa0ad0ad44cb553c87339b23cd1c",
    ),
    Pin(
        "pluggy", "1.7.0", "pluggy-1.7.0-py3-none-any.whl",
        "7dd7b0d8832ba3cb632c306926ded123429211b83641b35dc5c41ad2d34f9bec",
    ),
    # Releases of ten years run under this one.
    Pin(
        "pytest", "7.4.4", "pytest-7.4.4-py3-none-any.whl",
        "b090cdf5ed60bf4c45261be03239c2c1c22df034fbffe691abe93cd80cea01d8",
    ),
)  # fmt: skip
"""Wheels for CPython 3.11."""
PROVIDED = tuple(f"{pin.name}=={pin.version}" for pin in PINS if pin.name in {"coverage", "pytest"})
"""The same as requirements, for the resolution of what a project needs besides."""
_NAME = "runner"
"""What the rooms of `python-projects` have on their import path."""


def put_in_store() -> None:
    """
    Have the store's `runner` be these wheels, fetched the first time.

    A folder of that name that is no link is somebody's own, and stays.

    Raises `DataError` if they cannot be had or stored.
    """
    place = store() / ENVIRONMENTS / _NAME
    if place.is_dir() and not place.is_symlink():
        return
    name = materialise(PINS).parent.name
    if place.is_symlink() and place.readlink() == Path(name):
        return
    with tempfile.TemporaryDirectory(dir=place.parent, prefix=".link-") as scratch:
        link = Path(scratch, _NAME)
        # Relative, since rooms see the store elsewhere.
        link.symlink_to(name)
        link.replace(place)
