"""CodeUJB as it is published: its datasets, their fields, and what its harness does."""

from __future__ import annotations

from dataclasses import dataclass

STRICT, UCB = "strict", "ucb"
MODES = (STRICT, UCB)
"""The default, where what CodeUJB's harness has wrong is right; and the harness as it is."""
OWNER = "ZHENGRAN"
"""Of the datasets on the Hugging Face hub."""
_EVERY = ("task_id", "project", "bug_id", "prompt_complete", "prompt_chat")
_FUNCTION = ("function_signature", "function", "testmethods", "location", "source", "start", "end")
_MEMBERS = ("/**", "/**\n", "public", "private", "protected")
_TABBED = tuple(f"\t{word}" for word in _MEMBERS)
_TESTS = ("@Test", "    @Test", "\t@Test")


@dataclass(frozen=True, slots=True)
class Published:
    """One of the five tasks."""

    dataset: str
    """Its name on the hub; other names that its files have stand in `aliases`."""
    suffix: str
    """Its name in those of the files that CodeUJB's scripts write."""
    fields: tuple[str, ...]
    """What a row must have."""
    cut: str = ""
    """The field whose length is cut off a completion with its prompt."""
    stop_words: tuple[str, ...] = ()
    """Listed in the harness, which gives them to no model."""
    stripped: bool = False
    """Whether edge whitespace of the signature is dropped before a chat is searched for it."""
    aliases: tuple[str, ...] = ()


COMPLETE = Published(
    "code_ujb_complete",
    "complete",
    (*_EVERY, *_FUNCTION, "prompt_complete_with_comment"),
    cut="prompt_complete_with_comment",
    stop_words=(*_MEMBERS, *_TABBED),
    stripped=True,
    aliases=("code_ucb_complete",),
)
TESTGEN = Published(
    "code_ujb_testgen",
    "testgen",
    (*_EVERY, *_FUNCTION, "prompt_complete_with_comment", "classmethods"),
    cut="prompt_complete_with_comment",
    stop_words=(*_MEMBERS, *_TESTS, *_TABBED),
    aliases=("code_ucb_testgen",),
)
TESTGENISSUE = Published(
    "code_ujb_testgenissue",
    "testgenissue",
    (
        *_EVERY, "prompt_complete_without_signature", "function_signature", "function",
        "testmethod", "classes_modified",
        "location_fixed", "source_fixed", "start_fixed", "end_fixed",
        "location_buggy", "source_buggy", "start_buggy", "end_buggy",
    ),
    cut="prompt_complete_without_signature",
    stop_words=(" /**", " /**\n", *_MEMBERS[2:], *_TESTS, *_TABBED),
)  # fmt: skip
REPAIR = Published(
    "code_ujb_repair",
    "repair",
    (*_EVERY, *_FUNCTION, "fix"),
    cut="prompt_complete",
    stop_words=(
        "// Provide a fix for the buggy function", "// Buggy Function", "// Fixed Function",
        "# Buggy Function", "# Fixed Function", "/* Buggy Function */", "/* Fixed Function */",
    ),
    stripped=True,
)  # fmt: skip
DEFECTDETECTION = Published(
    "code_ujb_defectdetection",
    "defectdetection",
    (*_EVERY, "defective"),
    cut="prompt_complete",
)

SECONDS = {
    "complete": (120.0, 180.0),
    "repair": (180.0, 240.0),
    "testgen": (120.0, 180.0),
    "testgenissue": (10.0, 10.0),
}
"""Wall seconds, compilation included: of one test; of all tests, or of measuring coverage."""
