"""Say whether a function has a defect: each bug's function, once with it and once repaired."""

from __future__ import annotations

from ucb.work.detection import Detection
from ucb.work.kit import Templates

from . import shared
from .kit import KIT

CHAT = (
    """\
The function `{{ name }}` stands in `{{ file }}` of the Python package {{ package }}.
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

Does this function have a defect? Answer yes or no first.
"""
)
COMPLETE = (
    shared.ABOVE
    + """\
{{ before | trim }}

# {{ name }} stands here.

{{ after | trim }}

# {{ name }}:

{{ given | trim }}

# Does this function have a defect?
# Defective (yes or no):"""
)
TASK = Detection("ucb-py/detection", KIT, Templates(CHAT, COMPLETE))
