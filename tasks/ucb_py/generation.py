"""Write a function from its signature and docstring, in its place in a project."""

from __future__ import annotations

from ucb.work.functions import Generation
from ucb.work.kit import Templates

from . import shared
from .kit import KIT

CHAT = (
    """\
Of the Python package {{ package }} the function `{{ name }}` in `{{ file }}` is yet to be written.
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
    ...
```

Write it. Reply with the whole function in one code block, with the same name and parameters.
"""
)
COMPLETE = (
    shared.ABOVE
    + """\
{{ before }}{{ signature }}
"""
)
TASK = Generation("ucb-py/generation", KIT, Templates(CHAT, COMPLETE))
