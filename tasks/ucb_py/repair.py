"""Repair a function with a bug."""

from __future__ import annotations

from ucb.work.functions import Repair
from ucb.work.kit import Templates

from . import shared
from .kit import KIT

CHAT = (
    """\
The function `{{ name }}` in `{{ file }}` of the Python package {{ package }} has a bug.
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

Repair it. Reply with the whole function in one code block, with the same name and parameters.
"""
)
COMPLETE = (
    shared.ABOVE
    + """\
{{ before }}{{ indent }}# Buggy:
{{ commented }}
{{ indent }}# Fixed:
{{ signature }}
"""
)
TASK = Repair("ucb-py/repair", KIT, Templates(CHAT, COMPLETE))
