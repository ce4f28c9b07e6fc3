"""Write a method from its signature and Javadoc, in its place in a project."""

from __future__ import annotations

from ucb.work.functions import Generation
from ucb.work.kit import Templates

from .kit import KIT
from .prompts import ABOVE, FILE, OTHERS

CHAT = (
    """\
Of the Java project {{ project }} the method `{{ name }}` in `{{ file }}` is yet to be written.
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
    ...
}
```

Write it. Reply with the whole method in one code block, with the same name and parameters.
"""
)
COMPLETE = (
    ABOVE
    + """\
{{ before }}{{ signature }}
"""
)
TASK = Generation("ucb-java/generation", KIT, Templates(CHAT, COMPLETE))
