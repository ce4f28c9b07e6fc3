"""Write tests for a function that is right."""

from __future__ import annotations

from typing import ClassVar

from ucb.project import measures
from ucb.types import Execution, Problem
from ucb.work import testing
from ucb.work.kit import Templates

from . import shared
from .kit import KIT, mutants_of

CHAT = (
    """\
Write tests for the function `{{ name }}` in `{{ file }}` of the Python package {{ package }}.
"""
    + shared.OTHERS
    + """\
The file, without the function:

"""
    + shared.FILE
    + """\
The function:

```python
{{ given | trim }}
```

The function is right, so all tests must pass. They should run every line and branch of it, and \
fail if a fault were put into it. Reply with one whole test file for pytest in one code block; it \
imports what it needs, the file above as `{{ module }}`.
"""
)
COMPLETE = (
    shared.ABOVE
    + """\
{{ before }}{{ function }}{{ after }}

# {{ place }}

{{ begun }}"""
)
CONTROLS = {
    "reaches nothing": "nothing():\n    assert True\n",
    "skips": 'nothing():\n    pytest.skip("later")\n',
    "no tests": " = 1\n",
    "sys.exit": "nothing():\n    import sys\n\n    sys.exit(0)\n",
    "pytest.exit": 'nothing():\n    pytest.exit("done", returncode=0)\n',
}
"""Continuations that must fail."""


class TestGeneration(testing.TestGeneration):
    """Write tests of a function, scored also by the faults they notice."""

    __test__ = False  # Not a pytest class.

    measures: ClassVar = (measures.LINES, measures.BRANCHES, measures.MUTATION)

    def figures(self, problem: Problem, execution: Execution) -> dict[str, float]:
        found = super().figures(problem, execution)
        return found | measures.mutation_score(execution, mutants_of(self.texts(problem)))


TASK = TestGeneration("ucb-py/testgen", KIT, Templates(CHAT, COMPLETE), CONTROLS)
