"""The hostile suite in bubblewrap as an ordinary user, where the tests themselves run as root."""

from __future__ import annotations

import json
import os

import pytest

from tests.contract import sandboxes
from tests.contract.ordinary import ordinary_user

_SCRIPT = """
import json
from ucb.sandbox.select import open_sandbox
from ucb.selftest import selftest
sandbox = open_sandbox("bubblewrap", 1, deduplicate=False)
assert sandbox.describe()["isolation"] == "namespace", sandbox.describe()
for row in selftest(sandbox):
    print(json.dumps([row.ok, row.name, row.form, row.expected, row.got, row.detail]), flush=True)
sandbox.close()
"""


@pytest.mark.bubblewrap
@pytest.mark.skipif(os.geteuid() != 0, reason="not root: the other tests are the ordinary user's")
def test_hostile_as_an_ordinary_user() -> None:
    """Without root, namespaces of its own keep every program from all others."""
    sandboxes.require("bubblewrap")
    with ordinary_user() as user:
        done = user.python(_SCRIPT)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stderr
    assert len(rows) > 200
    assert [row for row in rows if not row[0]] == []
