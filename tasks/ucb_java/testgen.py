"""Write tests for a method that is right."""

from __future__ import annotations

from ucb.work.kit import Templates
from ucb.work.testing import TestGeneration

from .kit import KIT
from .prompts import ABOVE, FILE, OTHERS

CHAT = (
    """\
Write tests for the method `{{ name }}` in `{{ file }}` of the Java project {{ project }}.
"""
    + OTHERS
    + """\
The file, without the method:

"""
    + FILE
    + """\
The method:

```java
{{ given | trim }}
```

The method is right, so all tests must pass. They should run every line and branch of it. Reply \
with one whole test class for JUnit 5, `{{ test_class }}` in the package `{{ test_package }}`, in \
one code block with all imports that it needs.
"""
)
COMPLETE = (
    ABOVE
    + """\
{{ before }}{{ function }}{{ after }}

// {{ place }}

{{ begun }}"""
)
CONTROLS = {
    "reaches nothing": "nothing() {\n    }\n}\n",
    "skips": (
        "nothing() {\n        org.junit.jupiter.api.Assumptions.assumeTrue(false);\n    }\n}\n"
    ),
    "no value": "nothing(int unknown) {\n    }\n}\n",
    "halt": "nothing() {\n        Runtime.getRuntime().halt(0);\n    }\n}\n",
}
"""Continuations that must fail."""
TASK = TestGeneration("ucb-java/testgen", KIT, Templates(CHAT, COMPLETE), CONTROLS)
