"""Every language passes what is right, fails what is not, and says why."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract import sandboxes
from ucb.judge import judge
from ucb.languages import SANDBOXES, language, languages
from ucb.sandbox import Sandbox, docker, images
from ucb.sandbox.select import open_sandbox
from ucb.types import Key, Limits, Program, Reason, Verdict

pytestmark = pytest.mark.docker

_CONTROLS = {
    path.parent.name: tomllib.loads(path.read_text(encoding="utf-8"))
    for path in sorted(SANDBOXES.glob("*/controls.toml"))
}
_CASES = [
    pytest.param(name, mode, case, id=f"{name} ({mode}): {case['name']}")
    for name, table in _CONTROLS.items()
    for mode in sorted({"run", "plain"} & set(language(name).modes), reverse=True)
    for case in table["case"]
]
_KINDS = {"honest", "wrong", "early exit", "prints", "endless", "memory"}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """One room at a time, so that programs of a language follow each other in it."""
    if not docker.available():
        if os.environ.get("UCB_REQUIRE_DOCKER") == "1":
            pytest.fail("no Docker engine answers, and UCB_REQUIRE_DOCKER=1")
        pytest.skip("no Docker engine answers")
    with_one_room = open_sandbox("docker", 1)
    yield with_one_room
    with_one_room.close()


def _require_image(name: str) -> None:
    """Skip a language whose image is not built; fail where `UCB_REQUIRE_IMAGES` names it."""
    if images.digest(name) is not None:
        return
    sandboxes.lacks(name)


def _verdict(sandbox: Sandbox, program: Program) -> Verdict:
    key = Key("p", 0)
    ((_, execution),) = sandbox.run([(key, program)])
    return judge(program, key, execution)


@pytest.mark.parametrize(("name", "mode", "case"), _CASES)
def test_a_program_gets_its_verdict(
    sandbox: Sandbox, name: str, mode: str, case: dict[str, Any]
) -> None:
    """Right passes; wrong, early or endless is called so, by the plain command and the fast one."""
    _require_image(name)
    table = _CONTROLS[name]
    program = language(name).program(
        case["code"].lstrip("\n") + "\n",
        suite=table["suite"],
        mode=mode,
        limits=Limits(**table["limits"]),
    )
    verdict = _verdict(sandbox, program)
    expected = case["reason"] if isinstance(case["reason"], list) else [case["reason"]]
    assert verdict.reason in {Reason(each) for each in expected}, verdict
    assert verdict.passed is ("passed" in expected)


def test_every_language_with_suites_has_controls() -> None:
    """A language that changes test code shows what its proof is worth."""
    wanted = {each.name for each in languages().values() if each.rewrite}
    assert wanted <= set(_CONTROLS)
    for name, table in _CONTROLS.items():
        assert {case["name"] for case in table["case"]} >= _KINDS, name
        assert language(name).proves
