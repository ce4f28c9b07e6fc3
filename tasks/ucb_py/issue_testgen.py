"""Write a test that shows a reported bug."""

from __future__ import annotations

from typing import ClassVar

from ucb.work import testing
from ucb.work.kit import Templates

from . import shared
from .kit import KIT

CHAT = (
    """\
This was reported of the Python package {{ package }}:

{{ quoted }}
"""
    + shared.OTHERS
    + """\
The bug is in the function `{{ name }}` in `{{ file }}`. The file, without the function:

"""
    + shared.FILE
    + """\
The function, with the bug:

```python
{{ given | trim }}
```

Write a test for pytest that fails because of the bug, and will pass once it is repaired. Reply \
with one whole test file in one code block; it imports what it needs, the file above as \
`{{ module }}`.
"""
)
COMPLETE = (
    shared.ABOVE
    + """\
{{ before }}{{ function }}{{ after }}

# {{ place }}
#
# A test of what was reported, which fails until the bug is repaired:
#
{{ commented }}

{{ begun }}"""
)
CONTROLS = {
    "always fails": "nothing():\n    assert False\n",
    "always passes": "nothing():\n    assert True\n",
    "import error": "nothing():\n    raise ImportError\n",
    "no tests": " = 1\n",
    "sys.exit": "nothing():\n    import sys\n\n    sys.exit(0)\n",
    "pytest.exit": 'nothing():\n    pytest.exit("done", returncode=0)\n',
}
"""Continuations that must fail."""


class IssueTestGeneration(testing.IssueTestGeneration):
    """Write a test from a report: it fails with the bug, and passes without."""

    never: ClassVar = frozenset({"ImportError", "ModuleNotFoundError"})
    broken: ClassVar = frozenset({
        "SyntaxError", "IndentationError", "TabError", "SystemExit", "MemoryError", "TimeoutError",
    })  # fmt: skip


TASK = IssueTestGeneration("ucb-py/issue_testgen", KIT, Templates(CHAT, COMPLETE), CONTROLS)
