"""Every hostile, unlucky and honest program gets the verdict it must get, in every engine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract import sandboxes
from ucb.sandbox import Sandbox
from ucb.selftest import Case, cases, selftest

_CASES = [pytest.param(case, id=f"{case.name} ({case.form})") for case in cases("python")]


@pytest.fixture(scope="module", params=sandboxes.ENGINES)
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """One room for the whole suite: what a program leaves, a later one meets."""
    yield from sandboxes.one_room(request.param)


@pytest.mark.parametrize("case", _CASES)
def test_hostile(case: Case, sandbox: Sandbox) -> None:
    """The verdict is right, the next program finds nothing, and the host is untouched."""
    rows = list(selftest(sandbox, [case]))
    assert len(rows) == 2
    for row in rows:
        assert row.ok, f"{row.name}: expected {row.expected}, got {row.got}: {row.detail}"


def test_every_kind_is_there() -> None:
    """The suite has cases of each kind, and names none twice in one form."""
    found = cases("python")
    kinds = {case.kind for case in found}
    assert kinds == {"must fail", "must be labelled", "must survive", "must pass"}
    assert len({(case.name, case.form) for case in found}) == len(found)
