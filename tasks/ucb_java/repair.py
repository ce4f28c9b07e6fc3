"""Repair a method with a bug."""

from __future__ import annotations

from ucb.work.functions import Repair
from ucb.work.kit import Templates

from .kit import KIT
from .prompts import ABOVE, FILE, OTHERS

CHAT = (
    """\
The method `{{ name }}` in `{{ file }}` of the Java project {{ project }} has a bug.
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

Repair it. Reply with the whole method in one code block, with the same name and parameters.
"""
)
COMPLETE = (
    ABOVE
    + """\
{{ before }}{{ indent }}// Buggy:
{{ commented }}
{{ indent }}// Fixed:
{{ signature }}
"""
)
TASK = Repair("ucb-java/repair", KIT, Templates(CHAT, COMPLETE))
