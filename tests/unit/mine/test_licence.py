"""Which licence a release is under, and whether it may be reused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.mine.packages import pkg_info, write_tree
from ucb.mine.licence import expression, permissive
from ucb.mine.sdist import describe

BSD = """Copyright (c) 2001, Nobody. Redistribution and use in source and binary forms, with or
without modification, are permitted provided that the following conditions are met:"""
MIT = "Permission is hereby\ngranted, free of charge, to any person obtaining a copy"


def licence(tmp_path: Path, *lines: str, **files: str) -> str | None:
    """Return the licence of a tree with these lines of metadata and these files."""
    return expression(
        describe(write_tree(tmp_path, {"PKG-INFO": pkg_info("t", "1", *lines), **files}))
    )


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["License-Expression: mit"], "MIT"),
        (["License-Expression: MIT", "Classifier: License :: OSI Approved :: BSD License"], "MIT"),
        (["Classifier: License :: OSI Approved :: MIT License", "License: GPL"], "MIT"),
        (
            [
                "Classifier: License :: OSI Approved :: Apache Software License",
                "Classifier: License :: OSI Approved :: BSD License",
            ],
            "Apache-2.0 AND LicenseRef-BSD",
        ),
        (["Classifier: License :: OSI Approved", "License: BSD-3-Clause"], "BSD-3-Clause"),
        (["Classifier: License :: Other/Proprietary License", "License: MIT"], None),
        (["License: The MIT License (MIT)"], "MIT"),
        (["License: New BSD"], "BSD-3-Clause"),
        (["License: GNU Lesser General Public License v3"], "LicenseRef-LGPL"),
        (["License: GPLv2+"], "LicenseRef-GPL"),
        (["License: do what you like"], None),
        ([], None),
    ],
)
def test_metadata_tells(tmp_path: Path, lines: list[str], expected: str | None) -> None:
    """The expression counts before classifiers, and classifiers before free text."""
    assert licence(tmp_path, *lines) == expected


def test_the_licences_own_file_tells_else(tmp_path: Path) -> None:
    """It is known by its words, and tells the BSD licences apart."""
    assert licence(tmp_path / "a", LICENSE=MIT) == "MIT"
    assert licence(tmp_path / "b", "License: BSD", **{"LICENCE.txt": BSD}) == "BSD-2-Clause"
    three = f"{BSD} * Neither the name of the author"
    assert licence(tmp_path / "c", "License: BSD", COPYING=three) == "BSD-3-Clause"
    assert licence(tmp_path / "d", LICENSE="GNU General Public License. " + MIT) == "LicenseRef-GPL"
    assert licence(tmp_path / "e", LICENSE=MIT, COPYING=three) is None
    assert licence(tmp_path / "f", LICENSE="All rights reserved.") is None


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("MIT", True),
        ("Apache-2.0 AND LicenseRef-BSD", True),
        ("MIT AND GPL-3.0-only", False),
        ("MIT OR GPL-3.0-only", True),
        ("GPL-2.0-only OR LGPL-3.0-only", False),
        ("(MIT OR GPL-3.0-only) AND GPL-3.0-only", False),
        ("Apache-2.0 WITH LLVM-exception", False),
        ("MPL-2.0", False),
        ("LicenseRef-LGPL", False),
        (None, False),
    ],
)
def test_permissive_is_a_written_list(text: str | None, allowed: bool) -> None:
    """What is not on the list, or not plain, is not reused."""
    assert permissive(text) is allowed
