"""HumanEvalPack: its data files, and what its harness does otherwise than HumanEval-X's."""

from __future__ import annotations

from ucb.types import Limits

SITE = "https://huggingface.co/datasets/bigcode/humanevalpack/resolve/main/data"
FIELDS = (
    "task_id", "prompt", "declaration", "canonical_solution", "buggy_solution", "bug_type",
    "test", "entry_point", "instruction", "docstring",
)  # fmt: skip

STOPS = {
    "python": ("\nclass", "\ndef", "\n#", "\n@", "\nprint", "\nif", "\nassert"),
    "go": ("\n//", "\nfunc main(", "struct", "\nfunc"),
}
"""The other languages have none but where the braces close: HumanEval-X's are used."""
GIVEN = {
    "cpp": (
        "#include<stdlib.h>", "#include<algorithm>", "#include<cmath>", "#include<math.h>",
        "#include<numeric>", "#include<stdio.h>", "#include<vector>", "#include<set>",
        "#include<map>", "#include<queue>", "#include<stack>", "#include<list>",
        "#include<deque>", "#include<boost/any.hpp>", "#include<string>", "#include<climits>",
        "#include<cstring>", "#include<iostream>", "#include<sstream>", "#include<fstream>",
        "using namespace std;",
    ),
}  # fmt: skip

LIMITS = {
    "python": Limits(cpu=10.0, wall=30.0),
    "cpp": Limits(cpu=60.0, wall=180.0),
    "js": Limits(cpu=10.0, wall=30.0),
    "java": Limits(cpu=10.0, wall=30.0, memory=2048),
    "go": Limits(cpu=20.0, wall=60.0),
    # The published 300 s are for the first compilation of the crates.
    "rust": Limits(cpu=60.0, wall=180.0),
}
"""The published seconds, of CPU; compiling has limits of its own."""

SHA256 = {
    "cpp": (
        "63ba8ea1a9a8ddab4261bf111f3932fb59511c100b0a971a41677e1d32071d92",
        "891a390c1b9d2cb85dd8fbebcf1d88dbdd565734a6b2b3259f9ddb3fe95e33d7",
    ),
    "go": (
        "65285f7a5aecbed91f069ffc86bb36cbab3465623ac6cbbe99c54c1e9bd0a13b",
        "0ee2cdca46d70afb33d913a0d4b205624fe4ded2f28c2efdb241727221837993",
    ),
    "java": (
        "92648110fc5d19cc989a538c9935485c602c7d4d01e44611bee5ad5670c9fcb1",
        "a8d077d300bbdc2eda91e1a733deb2944678bce8fcc7eb272214626516768cc1",
    ),
    "js": (
        "033d8c06a5b90bf4cfefad1025b38fd62d5fff2d9b7e90f39a9098e1b8696862",
        "04c86c1fac5f33818d9187cba278ed1dfc66cc259372dd8342126aa580fb7569",
    ),
    "python": (
        "960b7b3838c0fafe556efab54c90c7731c6c53610c7c407ddd512e1d40cad9fc",
        "b1376d72be4bd016a62ad043d9de3846edb8d63edf1222da802a31330c14c3a7",
    ),
    "rust": (
        "f1d5489bfbf9b1e6ca189f399508e9b9073cd8de99c0226aadc534b33eaa0c09",
        "01ece28eaf490d7af037ce53095083dacfd38022cf5b82662ccb78024dc269a1",
    ),
}
"""Of each file, gzipped and not, by language."""
