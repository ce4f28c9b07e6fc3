"""HumanEval-X: its languages, its data files, and what its harness adds to a program."""

from __future__ import annotations

from dataclasses import dataclass

SITE = "https://raw.githubusercontent.com/THUDM/CodeGeeX/main/codegeex/benchmark/humaneval-x"


@dataclass(frozen=True, slots=True)
class Spoken:
    """One language as HumanEval-X, and HumanEvalPack after it, write it."""

    suffix: str
    """Its name in the dataset; an alias of the folder in `sandboxes/`."""
    title: str
    tag: str
    """The line that CodeGeeX puts before a prompt."""
    fence: str
    """What follows the fence of a code block."""
    unit: str = "function"
    """What a chat is asked to reply with."""
    stop: tuple[str, ...] = ()
    """What can only stand behind the function: the published harness counts braces instead."""
    mode: str = "run"
    """The mode of the toolchain whose flags are the published ones."""
    apostrophes: str = ""
    """`*` where an apostrophe quotes text of any length, and not one character."""
    head: str = ""
    """Lines of the prompt that a reply's code may lack: a regular expression."""
    main: str = ""
    """Where a main program of the reply's own begins: a regular expression."""
    given: tuple[str, ...] = ()
    """Lines put before every program whose own text does not have them."""


CPP_HEADERS = (
    "#include<stdlib.h>", "#include<algorithm>", "#include<math.h>", "#include<stdio.h>",
    "#include<vector>", "#include<string>", "#include<climits>", "#include<cstring>",
    "#include<iostream>",
)  # fmt: skip
PYTHON_STOPS = ("\ndef", "\nclass", "\nif", "\n#", "\nprint", "\nassert")
SPOKEN = {
    each.suffix: each
    for each in (
        Spoken(
            "cpp", "C++", "// language: C++", "cpp", mode="c++11",
            given=CPP_HEADERS,
            stop=("\nint main", "\n#include", "\nusing namespace"),
            head=r"#\s*include|using namespace", main=r"^(?:int|auto|void)\s+main\s*\(",
        ),
        Spoken("go", "Go", "// language: Go", "go", main=r"^func\s+main\s*\(",
            stop=("\nfunc ", "\n// ", "\npackage "),
        ),
        Spoken("java", "Java", "// language: Java", "java", "class", head=r"import\b",
            stop=("public static void main", "\npublic class ", "\nclass ", "\nimport "),
        ),
        Spoken(
            "js", "JavaScript", "// language: JavaScript", "javascript", apostrophes="*",
            stop=("\nconsole.log", "\nmodule.exports", "\n/*"),
        ),
        Spoken("python", "Python", "# language: Python", "python", stop=PYTHON_STOPS),
        Spoken(
            "rust", "Rust", "// language: Rust", "rust", mode="crates",
            head=r"use\b", main=r"^(?:pub )?fn\s+main\s*\(",
            stop=("\nfn main", "\n#[", "\nmod ", "\nuse "),
        ),
    )
}  # fmt: skip

PYTHON_IMPORTS = """\
import math
import re
import sys
import copy
import datetime
import itertools
import collections
import heapq
import statistics
import functools
import hashlib
import string
from typing import *
from collections import *
"""
"""Put before every Python program; the published list has `numpy` too, which no solution uses."""
GO_IMPORTS = (
    "math", "strings", "fmt", "strconv", "time", "bytes", "regexp", "sort", "math/rand",
    "crypto/md5",
)  # fmt: skip
"""Imported by a Go program that uses them."""
SHA256 = {
    "cpp": (
        "dcf2e280a1e91bbc3c5f90edb41397e8a9ac1ccc9f5d2b70082f0b0fbfb6dbb0",
        "af420b4b58c1b5e7f4cac9c1257daad7b20b5c77e88d59ccc120e63825f03325",
    ),
    "go": (
        "09126ef64ac68f87296c5f3781186aedc5dec799b114d9df99d6de4a715a7830",
        "87aba5e8ab3be26aec48a355b77c73790900ebae3731c44ea9e3fdd5ea51f1fe",
    ),
    "java": (
        "276f36db2eb7aeb864f36a19a2f4e1bb2460fb6e22ff100f0b5bedabe3799967",
        "2157a77a6ff808020adc20142228b4ff698048c0696b33110786400c47c5d79c",
    ),
    "js": (
        "fe5d467f2c1a027b3f6f18d3729aca01f6458c1de2e2d1292a019c5aa9bed424",
        "da529500a73fcbc86bc8f6c7855c0f2c0fc7af1c4dc530e26a54bbfd17f97cef",
    ),
    "python": (
        "5752fb122efddb0e9b47c77907ae6ce9a15aac4dea14e44c46032c831e6b987a",
        "f0e21637407b08a725dbc5bfcc20f909049f73564dd0d55dcc11619fa0838849",
    ),
    "rust": (
        "ae5cabbbfc8fe25244a608b04f09ac3b324c645ac969dfc033756c12f0f9924c",
        "36938439d536c34418b582db82f7bfa5d0331990424fc69b1915c5067634b4e7",
    ),
}
"""Of each file, gzipped and not, by language."""
