"""Write a test that shows a reported bug."""

from __future__ import annotations

from typing import ClassVar

from ucb.work import testing
from ucb.work.kit import Templates

from .kit import KIT
from .prompts import ABOVE, FILE, OTHERS

CHAT = (
    """\
This was reported of the Java project {{ project }}:

{{ quoted }}
"""
    + OTHERS
    + """\
The bug is in the method `{{ name }}` in `{{ file }}`. The file, without the method:

"""
    + FILE
    + """\
The method, with the bug:

```java
{{ given | trim }}
```

Write a test for JUnit 5 that fails because of the bug, and will pass once it is repaired. Reply \
with one whole test class, `{{ test_class }}` in the package `{{ test_package }}`, in one code \
block with all imports that it needs.
"""
)
COMPLETE = (
    ABOVE
    + """\
{{ before }}{{ function }}{{ after }}

// {{ place }}
//
// A test of what was reported, which fails until the bug is repaired:
//
{{ commented }}

{{ begun }}"""
)
CONTROLS = {
    "always fails": "nothing() {\n        fail();\n    }\n}\n",
    "always passes": "nothing() {\n    }\n}\n",
    "class not found": "nothing() {\n        throw new NoClassDefFoundError();\n    }\n}\n",
    "no value": "nothing(int unknown) {\n    }\n}\n",
    "halt": "nothing() {\n        Runtime.getRuntime().halt(0);\n    }\n}\n",
}
"""Continuations that must fail."""


class IssueTestGeneration(testing.IssueTestGeneration):
    """Write a test from a report: it fails with the bug, and passes without."""

    never: ClassVar = frozenset({
        "NoClassDefFoundError", "ClassNotFoundException", "NoSuchMethodError",
        "NoSuchFieldError", "ExceptionInInitializerError", "LinkageError",
    })  # fmt: skip
    broken: ClassVar = frozenset({
        "StackOverflowError", "OutOfMemoryError", "TimeoutException", "InterruptedException",
    })  # fmt: skip


TASK = IssueTestGeneration("ucb-java/issue_testgen", KIT, Templates(CHAT, COMPLETE), CONTROLS)
