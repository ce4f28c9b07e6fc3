"""What MultiPL-E is made of: its languages, its data files, its self-tests."""

from __future__ import annotations

from dataclasses import dataclass

REVISION = "bf4f3c31a1e0a164b7886c9eb04f82534edf4ce9"
"""Of `nuprl/MultiPL-E` on the hub: the one that the published harness asks for."""
FIELDS = ("name", "language", "prompt", "tests", "stop_tokens")


@dataclass(frozen=True, slots=True)
class Translation:
    """One language as MultiPL-E writes it."""

    suffix: str
    """Its name in the dataset; an alias of the folder in `sandboxes/`."""
    title: str
    fence: str
    """What follows the fence of a code block."""
    unit: str = "function"
    """What a chat is asked to reply with."""
    mode: str = "run"
    """The mode of the toolchain whose flags are the published ones."""
    head: str = ""
    """Lines of the prompt that a reply's code may lack: a regular expression."""
    types: str = ""
    """A type that the prompt defines for the function's signature: a regular expression whose
    group is its name."""
    main: str = ""
    """Where a main program or a test of the reply's own begins: a regular expression."""
    drop: str = ""
    """Lines of a reply that cannot stand before the tests: a regular expression."""
    clash: str = ""
    """Where a reply declares a name that the tests declare too: a regular expression whose
    group is the name."""
    imports: bool = False
    """Whether a file that imports what it does not use is no program: Go's."""
    wrapper: str = ""
    """The class, object or module that holds the function, where the language wants one."""
    mend: tuple[str, str] = (r"\Z.", "")
    """What the prompts of a file have wrong: a regular expression, and what takes its place."""


LANGUAGES = {
    each.suffix: each
    for each in (
        Translation("js", "JavaScript", "javascript", clash=r"^(?:const|let|var)\s+(assert)\b"),
        Translation("lua", "Lua", "lua", drop=r"^return\b.*\s*\Z"),
        Translation("php", "PHP", "php", head=r"<\?php", drop=r"^\?>\s*\Z"),
        Translation("r", "R", "r"),
        Translation(
            "cpp", "C++", "cpp", head=r"#\s*include", main=r"^(?:int|auto|void)\s+main\s*\(",
            types=r"^union (\w+)\s*\{.*?^\};$",
        ),
        Translation(
            "java", "Java", "java", "class", head=r"import\b", wrapper="Problem",
            main=r"^[ \t]*(?:(?:public|static|final)\s+)+void\s+main\s*\(",
        ),
        # Published scores are of rustc without an edition, which is 2015.
        Translation(
            "rs", "Rust", "rust", mode="2015", head=r"(?:use|extern)\b",
            main=r"^(?:pub )?fn\s+main\s*\(",
        ),
        # Its own tests would run with the benchmark's.
        Translation(
            "d", "D", "d", head=r"import\b",
            main=r"^(?:(?:int|void|auto)\s+main\s*\(|unittest\b)",
        ),
        Translation("rkt", "Racket", "racket", head=r"#lang\b"),
        Translation(
            "swift", "Swift", "swift", head=r"(?:import|extension)\b",
            types=r"^enum (\w+).*?^\}$",
        ),
        Translation("jl", "Julia", "julia"),
        Translation("rb", "Ruby", "ruby"),
        Translation("pl", "Perl", "perl"),
        Translation("sh", "Bash", "bash"),
        Translation("py", "Python", "python", head=r"(?:from|import)\b"),
        Translation(
            "cs", "C#", "csharp", "class", head=r"using\b", wrapper="Problem",
            main=r"^[ \t]*(?:(?:public|private|static|async)\s+)+(?:void|int|Task)\s+Main\s*\(",
            # In the file of HumanEval the signature stands in a comment.
            mend=(r"^    // ( +public static .*\{\n)\Z", r"\1"),
        ),
        Translation(
            "ts", "TypeScript", "typescript", head=r"type\b",
            clash=r"^(?:const|let|var|import)\s+(assert|require)\b",
        ),
        Translation("ml", "OCaml", "ocaml"),
        Translation(
            "hs", "Haskell", "haskell", head=r"import\b",
            drop=r"^module\b.*\bwhere\b|^main\b.*(?:\n+[ \t]+.*)*",
        ),
        Translation("go", "Go", "go", main=r"^func\s+(?:main|Test\w*)\s*\(", imports=True),
        Translation(
            "scala", "Scala", "scala", "object", head=r"import\b", wrapper="Problem",
            main=r"^[ \t]*def\s+main\s*\(", drop=r"[ \t]+extends\s+App\b(?=\s*\{)",
        ),
        Translation(
            "elixir", "Elixir", "elixir", "module", wrapper="HumanEval",
            drop=r"^ExUnit\.start\b[\s\S]*\Z",
            # In the file of MBPP the signature has ", " behind every character.
            mend=(r"(.), (?=[^()\n]*\) do\Z)", r"\1"),
        ),
    )
}  # fmt: skip

ROWS = {
    "humaneval": {
        "js": (161, "162251e32753fca73256f963bcc5315a244c49d8d7dbbc26928dd8bd6e3cc510"),
        "lua": (161, "83812537201e0e149df14f30fbbe7e938d0db9b97d01dc212bb662aa7fc44cfc"),
        "php": (161, "6112c8e391408e06edeae02f3736b28b5dd7d7abca2520e763f1e622ccb70e08"),
        "r": (161, "59f62659a9016b36460654e124bca5ec5e619cdf95f153547a9a227384bbb48c"),
        "cpp": (161, "e658b39dc3ff7e33a728b5e2221ff0f0f5b72bb3f82ce4f420932f8b019bea73"),
        "java": (158, "1744a49419c4c1628bb47d6f47feeab64d554c9503906af7e56b5b3d206aeaed"),
        "rs": (156, "00b9f7e106b1321f04770c8d2e4308694286f97207228e32617819fc49cc213b"),
        "d": (156, "0d5ab7a3c4b4723a8e718e6279fead2470f10a774ba492046f7f769ba27fc49a"),
        "rkt": (161, "438d659e1a7f1c646fb860c888e32846d15b1dd44cf5580d6ed61b0ed9d983f8"),
        "swift": (158, "54e45ce51132ad16849b1519cd0d0ae96376eee84dbeb8406558ecdc0c391f46"),
        "jl": (159, "3756feacb2f3bc2a6d265f0db46ff2a2685d6d8152f4022b6ee01fa49e7dd504"),
        "rb": (161, "f121a3c90b2af271d9f51fc428397ddab90f5a4fc9d162b7d5320021cfa4718d"),
        "pl": (161, "a29a193a6a83aa56cace6960a5ef9cceb226871c7c31a0a2043359c2cdcdb731"),
        "sh": (158, "374ce73f7725aacd8476ed15dc10de4d3bb2f5f46f271fe2c76428acd090162e"),
        "py": (161, "9b175d1882711bcfd51511129234358e83c86bf9d5fcbaf69a19ec7e76f2f346"),
        "cs": (158, "43c8d76f9bfcbe28a6c7ad0b3a5fc1ac00aedd67ecd0404c88c6eb20442830ad"),
        "ts": (159, "01e73c73e89a355562564c8a170b2fde0707a679254886468e33c9a62c7dc0e1"),
        "ml": (155, "ca157fb677b9e5e35a2a2243cdf60d88918d5ae8362c1a25b9dd5a968a62b226"),
        "hs": (156, "f3c62a3d4882347bdd33faa6de9448abd04fdfabee85f8b51988bc8809e46ed5"),
        "go": (154, "2ff7de6c573bc5456d70730504c1d1c673ca3636084dc4409c6ebb3e6087ab6f"),
        "scala": (160, "2ea3213d8d1ac24f36e3bbb1547e79b57c74c579403808a8b77524e3cd6dd1b7"),
        "elixir": (161, "16cdd2a35c4866050ffae16b3d4ff5dd994045996ec1abf012a7ec99733044f4"),
    },
    "mbpp": {
        "js": (399, "14162d94344fdffd54e1d135de58f2ee033eb16868ebe78fc98f92dc6293226e"),
        "lua": (399, "0a378a08bc04360517780b68a4c1659864e2cb035e7cdedd368e9a107442a54c"),
        "php": (399, "ed0915ce72891a69be3fa23ee79f61177bed80e888f7a0a0665ecec832141d01"),
        "r": (397, "b0981ede138d2d6d80c6c54aef8809fbc4a72a1cb6c76e3b9dc583e72cf4b708"),
        "cpp": (398, "17ef0e3fe1887b2bbc1f98c1331075c0a3ec4a9bb0ee099edbab26de27c265db"),
        "java": (387, "1628ceb8841738a2418c54198db36e8b3f841a5d49f5777f8f35273308b56fc8"),
        "rs": (354, "37c8ddfde2ca84b741e23f9f26f2d91b20807f8a7286870074287cdf1e6135de"),
        "d": (358, "81654881dfff99d678dbf1a6d23ab9389a97804e9065223cba482b48127039f6"),
        "rkt": (399, "6b4fd852f3929b76b09262474dde0171496d9739d6108e7052673d5d24d510b3"),
        "swift": (398, "2b78be95dda0f3e88aeaae594d9beea6b905e321e21cd13202032943f17578c7"),
        "jl": (391, "8937798af5e3909bff27cef2de6678b00d4ee6e280035972a8ade4889e64b774"),
        "rb": (399, "6e46e834c2ed8145d9c409cdd12078dc2e00c6711f1b3287203affb40f6f091c"),
        "pl": (399, "1b41d2d4dc96aeccbcc9f9ed40e514d1fed72bec38da40d45689dfdec539ed52"),
        "sh": (389, "998f553ba9441e314005628e63825e72388d35bad2ed46873adff382d70a7505"),
        "py": (399, "ffbd54619aebeca529dbdbed804c9ba535b33f12935ea200713589e96dec5128"),
        "cs": (387, "9f70c3a8b802014b96055d4939f53a487baf4fdb17652c4d0e8a28ccf184b319"),
        "ts": (391, "98ba29b81c3eb18082473064e1708f64901b11a6301c254d39226158c0b11e44"),
        "ml": (355, "85fbe2d5def7242e3f7a4412676f0e9a8da6c208d2e1b81603116a4510517354"),
        "hs": (355, "eaeb3cb846912b0709d1bdc3d34b6b2bf554a2bb503df0a8d3cd29b41a9a1ccf"),
        "go": (375, "20df1867675a6990c438afe357d4edb5f88589382e412b11a38dfffb667c7ae0"),
        "scala": (397, "53ad7074003a0235506a1e8abf83911d62d3bd9767e7b8d7b73b129173f09bd8"),
        "elixir": (397, "2b65dd4bc44f152b6e7e1aa94d0eb2d15216142b615db52280c21b14e0ca1679"),
    },
}
"""Rows and sha256 of each file, by source and language."""

SELF_TESTS = {
    "js": "0a8d5091e3c670da85dfc5b62b8751691c741c9218b0c3d7136eba546dfc562e",
    "lua": "c6d20358a562095818f5170e618cbcfc3d28743ad9be7273946c613b8690f595",
    "php": "0e94de003461518ded3e570ed8a60d7420a8aa2fbafed2a39c11a9dfc0877458",
    "r": "623ed5204e863ccb065f30ff2595b8bb48594de75678fcc6cec44b698cb53326",
    "cpp": "e271add84813a27ee8d5323a22933505a2c12cf80786530b4e0406ae74a48ecc",
    "java": "475ac2c66cdb43551194b4b6963dd3b3f33850223836e5a24e7b392b82b7037d",
    "rs": "74c7648b89362e8761f3df86c5cc34df2c9027647cf1bda0063ec3dae181bd63",
    "d": "4260fd8c77243a3a1cc4eba9a0a1948ccf20b677c42d5f65f0da07debc5f3cae",
    "rkt": "934b5874cb4bb7c07a424e23d071556d6ed64c4790dcb057d81337a4829adc2a",
    "swift": "2b9df8c6dc73de935202850b7ffdb72484016cddf24790c720c2bca99b79c6c9",
    "jl": "483826d3d2d2ed680f70e2b52d360d5d3897fe270023844f5acab2384723156b",
    "rb": "5438ffb9784e44b7e8aa79270e59d2dee79f2e8b79b171f3ea9907fe20c6a9fb",
    "pl": "ae7a5eeb074ac7ca4bd0f5a9f0616eb1eaa3a6fff2d23dc7011cf01adff619e7",
    "sh": "e2200c5ee75ed6ae0ee754f2d8c98212b99c2b106b25c08febf00ad031fe57d8",
    "py": "d4f476796715e77339f4e03b034a18c3ca27b75c740e3453048abb2b86279a3a",
    "cs": "f40700c4b2dc695b1d10b06130cc84697576eb41c7da4aa43e3e139c89d1be30",
    "ts": "4b3abd7a40ff02b5c107f9fa4a70c2019fb87dd1c765f72dd6138d5c461350f6",
    "go": "33a3d6eb35b611ba44888e344b7fe935b29e6fd3abacdf20168f9105f31090eb",
    "scala": "a42820a3da79e079366aa4a65e17d59cd629715ee98a1da25c7d3de597a617e3",
}
"""The sha256 of upstream's self-test of each language."""
