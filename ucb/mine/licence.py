"""Under which licence a release is, by what it says, and whether that permits reuse."""

from __future__ import annotations

import re

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from ucb.mine.sdist import Metadata, Tree

PERMISSIVE = frozenset(
    {
        "0BSD", "AFL-3.0", "Apache-2.0", "BSD-1-Clause", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0",
        "CC0-1.0", "HPND", "ISC", "MIT", "MIT-0", "NCSA", "PSF-2.0", "Python-2.0", "Unlicense",
        "UPL-1.0", "WTFPL", "X11", "Zlib", "ZPL-2.1",
        "LicenseRef-BSD",
    }
)  # fmt: skip
"""SPDX ids of licences that ask for no more than a notice. `LicenseRef-BSD` is a BSD licence of
which the metadata does not say the number of clauses: each of them is permissive."""

# What free text and classifiers call a licence. The first that is found counts, so copyleft
# licences and the exact names come first.
_CALLED = (
    (r"affero|\bagpl", "LicenseRef-AGPL"),
    (r"lesser general|library general|\blgpl", "LicenseRef-LGPL"),
    (r"\bgpl|general public", "LicenseRef-GPL"),
    (r"mozilla|\bmpl", "MPL-2.0"),
    (r"eclipse|\bepl\b", "LicenseRef-EPL"),
    (r"\bmit-0\b|mit no attribution", "MIT-0"),
    (r"\bmit\b|\bexpat\b", "MIT"),
    (r"apache", "Apache-2.0"),
    (r"\b0bsd\b|zero[- ]clause", "0BSD"),
    (r"bsd[- ]?3|3[- ]clause|(new|modified|revised) bsd", "BSD-3-Clause"),
    (r"bsd[- ]?2|2[- ]clause|simplified bsd", "BSD-2-Clause"),
    (r"\bbsd\b", "LicenseRef-BSD"),
    (r"\bisc\b|\biscl\b", "ISC"),
    (r"python software foundation|\bpsf", "PSF-2.0"),
    (r"unlicense", "Unlicense"),
    (r"\bcc0\b", "CC0-1.0"),
    (r"\bzlib", "Zlib"),
    (r"zope public", "ZPL-2.1"),
    (r"boost software", "BSL-1.0"),
    (r"historical permission", "HPND"),
)
# How the text of a licence is known: all of these phrases are in it. The first counts.
_GRANTS = (
    (("gnu affero general public license",), "LicenseRef-AGPL"),
    (("gnu lesser general public license",), "LicenseRef-LGPL"),
    (("gnu general public license",), "LicenseRef-GPL"),
    (("mozilla public license",), "MPL-2.0"),
    (("permission is hereby granted, free of charge",), "MIT"),
    (("redistribution and use in source and binary forms", "neither the name"), "BSD-3-Clause"),
    (("redistribution and use in source and binary forms", "may not be used"), "BSD-3-Clause"),
    (("redistribution and use in source and binary forms",), "BSD-2-Clause"),
    (("apache license version 2.0",), "Apache-2.0"),
    (("permission to use, copy, modify, and/or distribute",), "ISC"),
    (("this is free and unencumbered software",), "Unlicense"),
)
_CLASSIFIER = "License :: "
_TITLE = 100  # Characters of a licence's text in which its name stands.
_FILE = re.compile(r"(licen[cs]e|copying)([-.]\w+)*", re.IGNORECASE)
_UNCOUNTED = "LicenseRef-BSD"


def expression(tree: Tree) -> str | None:
    """
    Return a release's licence as an SPDX expression; None when nothing tells.

    The field License-Expression counts most, then classifiers (joined by AND: the metadata does
    not say that one may choose), then the field License, then the licence's own file at the top
    of the tree, which also tells the BSD licences apart.
    """
    told = _told(tree.metadata)
    if told is None or told == _UNCOUNTED:
        return _of_file(tree) or told
    return told


def _told(metadata: Metadata) -> str | None:
    if metadata.license_expression:
        return _canonical(metadata.license_expression)
    named = [each for each in metadata.classifiers if each.startswith(_CLASSIFIER)]
    named = [each for each in named if each != "License :: OSI Approved"]
    if named:
        found = [_called(each) for each in named]
        known = sorted({each for each in found if each is not None})
        return " AND ".join(known) if known and None not in found else None
    title = metadata.license.strip()[:_TITLE]
    return _canonical(title) or _granted(metadata.license) or _called(title) if title else None


def _of_file(tree: Tree) -> str | None:
    """Return what the licence files at the top of a tree are; None when they differ."""
    files = sorted(path for path in tree.root.iterdir() if _FILE.fullmatch(path.name))
    texts = [path.read_text("utf-8", errors="replace") for path in files if path.is_file()]
    found = {_granted(text) for text in texts}
    return found.pop() if len(found) == 1 else None


def _granted(text: str) -> str | None:
    text = re.sub(r"[\s#>*]+", " ", text).lower()
    known = (spdx for phrases, spdx in _GRANTS if all(phrase in text for phrase in phrases))
    return next(known, None)


def permissive(licence: str | None) -> bool:
    """
    Whether a licence expression allows reuse under `PERMISSIVE` licences alone.

    An expression that mixes AND, OR and WITH is not taken apart, and counts as not permissive.
    """
    if licence is None:
        return False
    words = licence.replace("(", " ").replace(")", " ").split()
    operators = {word for word in words if word in {"AND", "OR", "WITH"}}
    allowed = [word in PERMISSIVE for word in words if word not in operators]
    if operators == {"OR"}:
        return any(allowed)
    return operators <= {"AND"} and all(allowed)


def _canonical(text: str) -> str | None:
    try:
        return str(canonicalize_license_expression(text))
    except InvalidLicenseExpression:
        return None


def _called(text: str) -> str | None:
    text = re.sub(r"\s+", " ", text).lower()
    return next((spdx for pattern, spdx in _CALLED if re.search(pattern, text)), None)
