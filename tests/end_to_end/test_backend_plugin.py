"""The tutorial in docs/backends.md, done as it says."""

from __future__ import annotations

import json
import os
import re
import tomllib
from pathlib import Path

import pytest

from tests.end_to_end.commands import ucb

DOCS = Path(__file__).parents[2] / "docs" / "backends.md"


def block(kind: str) -> str:
    """The tutorial's block of this language."""
    tutorial = DOCS.read_text().partition("## A backend of your own in ten lines")[2]
    found = re.search(rf"```{kind}\n(.*?)```", tutorial, re.DOTALL)
    assert found
    return found[1]


@pytest.mark.bubblewrap
def test_a_backend_in_ten_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The class and the entry point, installed, are a backend like any other."""
    code = block("python")
    body = code.partition("class ")[2]
    assert len([line for line in body.splitlines() if line.strip()]) <= 10
    site = tmp_path / "site"
    site.mkdir()
    (site / "ucb_constant.py").write_text(code)
    project = tomllib.loads(block("toml"))["project"]
    # What an installer leaves of a package.
    about = site / f"ucb_constant-{project['version']}.dist-info"
    about.mkdir()
    about.joinpath("METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    entries = project["entry-points"]["ucb.backends"]
    lines = [f"{name} = {value}" for name, value in entries.items()]
    about.joinpath("entry_points.txt").write_text("\n".join(["[ucb.backends]", *lines, ""]))
    here = os.environ.get("PYTHONPATH", "")
    monkeypatch.setenv("PYTHONPATH", f"{site}{os.pathsep}{here}" if here else str(site))
    assert "constant" in ucb("list").stdout

    command = re.search(r"ucb (run .*constant.*)", DOCS.read_text())
    assert command
    out = tmp_path / "run"
    done = ucb(*command[1].split(), "--limit", "2", "--sandbox", "bubblewrap", "--out", out)
    assert done.returncode == 0, done.stderr
    rows = (out / "humaneval" / "completions.jsonl").read_text().splitlines()
    assert [json.loads(row)["text"] for row in rows] == ["    return True\n"] * 2
    refused = ucb(*command[1].split(), "--max-cost", "1", "--out", tmp_path / "other")
    assert refused.returncode == 2
    assert "The backend constant takes no --max-cost." in refused.stderr
