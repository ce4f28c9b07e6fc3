"""Say whether a method has a defect: each bug's method, once with it and once repaired."""

from __future__ import annotations

from ucb.work.detection import Detection
from ucb.work.kit import Templates

from .kit import KIT
from .prompts import ABOVE, FILE, OTHERS

CHAT = (
    """\
The method `{{ name }}` stands in `{{ file }}` of the Java project {{ project }}.
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

Does this method have a defect? Answer yes or no first.
"""
)
COMPLETE = (
    ABOVE
    + """\
{{ before | trim }}

{{ indent }}// {{ name }} stands here.

{{ after.strip("\\n") }}

// {{ name }}:

{{ given | trim }}

// Does this method have a defect?
// Defective (yes or no):"""
)
TASK = Detection("ucb-java/detection", KIT, Templates(CHAT, COMPLETE))
