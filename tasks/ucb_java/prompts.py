"""Parts of prompts that the tasks share. These are Jinja templates."""

from __future__ import annotations

OTHERS = """\
{% for path, part in others.items() %}
From `{{ path }}`:

```java
{{ part | trim }}
```
{% endfor %}
"""
"""Of a prompt for a chat: what is shown of other files."""
FILE = """\
```java
{{ before | trim }}

{{ indent }}// {{ name }} stands here.

{{ after.strip("\\n") }}
```

"""
"""Of a prompt for a chat: the method's file around it."""
ABOVE = """\
{% for path, part in others.items() %}// From {{ path }}:

{{ part | trim }}


{% endfor %}// {{ file }}

"""
"""How a text to be continued begins: what is shown of other files, and the file's name."""
