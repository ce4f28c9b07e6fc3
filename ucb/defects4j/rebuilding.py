"""Whether one changed class can be compiled alone, with the verdict of compiling everything.

Ant compiles the sources that are newer than their classes, and no others. That is all that a new
body of a method asks for. A field, a signature or a type that is another may break what uses it:
then every source has to be compiled again, unless no other file names the class.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

from ucb.defects4j.copies import mentions, pristine
from ucb.syntax.java import Source


def needs_rebuilding(tree: str, changed: Mapping[str, str]) -> bool:
    """Whether files of a working copy differ from the stored ones in more than bodies of methods.

    A file that no other source mentions never asks for it, and neither does a new one.
    """
    return any(
        path.endswith(".java")
        and (before := pristine(tree, path)) is not None
        and before != text
        and outline(before) != outline(text)
        and bool(mentions(tree, PurePosixPath(path).stem) - {path})
        for path, text in changed.items()
    )


def outline(text: str) -> str:
    """Return Java without the bodies of methods and constructors."""
    for method in Source(text).methods:
        if method.body:
            text = text.replace(method.head + method.body, method.head, 1)
    return text
