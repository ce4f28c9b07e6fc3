"""Test classes as answers: how they begin, what a reply holds of one, and where it stands."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from pathlib import PurePosixPath

from ucb.extract import Extraction, Rule, named_code
from ucb.project import TREES, store
from ucb.project.java.suite import TESTS, Target
from ucb.syntax.java import Method, Source, Type, block_end, last_member_end
from ucb.types import Prompt, Style
from ucb.work.kit import Row, Texts

from .answers import only

LEFT_OUT = "// The project's own tests of what is asked for are left out.\n"
_TEST = frozenset({"@Test", "@ParameterizedTest", "@RepeatedTest", "@TestFactory", "@TestTemplate"})
_PACKAGE = re.compile(r"^\s*package\s", re.MULTILINE)
_MARKED = re.compile(rf"(?:{'|'.join(sorted(_TEST))})\b")
_EXTENDS = re.compile(r"\bextends\b")
_ABSTRACT = re.compile(r"\b(?:abstract|interface|@interface)\b")


def package(row: Row) -> str:
    """Return the package of a row's method, which its tests share."""
    folder = PurePosixPath(row["file"]).parent.as_posix()
    return folder.removeprefix("src/main/java").strip("/").replace("/", ".")


def class_name(row: Row) -> str:
    """Return the name that an answer's class is asked to have."""
    outer = str(row["qualname"]).partition(".")[0]
    return f"{outer}AnswerTest"


def begun(row: Row, texts: Texts) -> str:
    """Return how a test class begins that a model goes on with: up to its first test's name."""
    return f"{_head(row, texts)}class {class_name(row)} {{\n\n    @Test\n    void "


def names(row: Row, texts: Texts) -> dict[str, str]:
    """Return what a prompt may say of the test class that it asks for."""
    return {
        "place": path_of(package(row), class_name(row)),
        "test_class": class_name(row),
        "test_package": package(row),
        "begun": begun(row, texts),
    }


def tested(row: Row, texts: Texts, body: str) -> str:
    """Return a test class whose one test has this body."""
    return f"{begun(row, texts)}nothing() {{\n        {body.strip()}\n    }}\n}}\n"


def of_reply(prompt: Prompt, text: str, row: Row, texts: Texts) -> Extraction:
    """
    Return the test class of a reply: a chat's longest code block, or what goes on from `begun`.

    A block without a class is the inside of one, and a file without a package is in the method's.
    A completion ends with its class; of a test that is cut off nothing is left, unless it is the
    first.
    """
    if prompt.style is Style.COMPLETE:
        if not text.strip():
            return Extraction("", (Rule.NO_CODE,))
        # A user's own prompt may end otherwise.
        whole = (begun(row, texts) if prompt.text.endswith(begun(row, texts)) else "") + text
        code = _whole(whole)
        return Extraction(code, () if code.rstrip() == whole.rstrip() else (Rule.CUT,))
    code, told, _ = named_code(prompt.prefill + text, "Test")
    if not code.strip():
        return Extraction("", (*told, Rule.NO_CODE))
    source = Source(code)
    if not source.types and source.methods:
        head = f"{_head(row, texts)}class {class_name(row)} {{\n\n"
        return Extraction(f"{head}{code.rstrip()}\n}}\n", (*told, Rule.PREAMBLE))
    if _PACKAGE.search(code):
        return Extraction(code, told)
    return Extraction(f"package {package(row)};\n\n{code}", (*told, Rule.PREAMBLE))


def placed(code: str, row: Row) -> tuple[str, list[str]]:
    """Return the path at which a test class must stand, and the names of the classes with tests."""
    source = Source(code)
    outer = [each for each in source.types if "." not in each.name]
    first = next((each for each in outer if each.public), outer[0] if outer else None)
    name = first.name if first is not None else class_name(row)
    inside = source.package if first is not None else package(row)
    tests = [each.name for each in outer if _has_tests(code, each)] or [name]
    return path_of(inside, name), [f"{inside}.{each}".lstrip(".") for each in tests]


def path_of(inside: str, name: str) -> str:
    """Return the path of a test class."""
    return "/".join([TESTS, *inside.split("."), f"{name}.java"]).replace("//", "/")


def file_of(test: str) -> str:
    """Return the path of the file that holds a test or a class of tests."""
    return f"{TESTS}/{test.partition('#')[0].partition('$')[0].replace('.', '/')}.java"


def blanked(row: Row) -> dict[str, str]:
    """Return what stands in the place of the project's own tests of a row's method: a remark."""
    files = {file_of(name) for name in (*row.get("reaching", ()), *row["triggers"])}
    return dict.fromkeys(sorted(files), LEFT_OUT)


def reference(row: Row, texts: Texts) -> str | None:
    """Return the project's own tests that need the method, as far as one file holds them."""
    files = Counter(map(file_of, row["triggers"]))
    file = min(files, key=lambda file: (-files[file], file))
    path = store() / TREES / texts.tree / file
    if not path.is_file():
        return None
    wanted = {name for name in row["triggers"] if file_of(name) == file}
    return _with_only(path.read_text(encoding="utf-8"), wanted, row["others"])


def target(row: Row, texts: Texts) -> Target:
    """Return the method that the tests are for, as it is in the project."""
    lines = _statements(row, texts)
    first, last = row["span"]
    return Target(row["qualname"], row["file"], (min(lines, default=first), last))


def fixed_lines(row: Row, texts: Texts) -> set[int]:
    """Return the lines of the statements that the fix put in or changed, or of those at its gap."""
    buggy, fixed = (text.rstrip().split("\n") for text in (texts.buggy, texts.fixed))
    matcher = SequenceMatcher(None, buggy, fixed, autojunk=False)
    top = row["span"][0]
    differing: set[int] = set()
    for kind, _, _, start, end in matcher.get_opcodes():
        if kind == "delete":
            differing |= {top + start - 1, top + start}
        elif kind != "equal":
            differing.update(range(top + start, top + end))
    found: set[int] = set()
    for first, last in _statements(row, texts).items():
        own = range(first, last + 1)
        if differing.intersection(own):
            found.update(own)
    return found


def _statements(row: Row, texts: Texts) -> Mapping[int, int]:
    """Return the file's lines on which statements of the method begin, each with its last."""
    source = Source(texts.fixed)
    lines = source.statement_lines(only(texts.fixed))
    above = row["span"][0] - 1
    return {first + above: last + above for first, last in lines.items()}


def _head(row: Row, texts: Texts) -> str:
    """Return the package and the imports: JUnit's, and those that the method's file has."""
    source = Source(texts.source)
    lines = texts.source.split("\n")
    own = sorted(
        {
            lines[number - 1]
            for number in source.preamble
            if lines[number - 1].startswith("import ") and "static" not in lines[number - 1]
        }
        | {"import org.junit.jupiter.api.Test;"}
    )
    imports = "\n".join(own)
    static = "import static org.junit.jupiter.api.Assertions.*;"
    return f"package {package(row)};\n\n{static}\n\n{imports}\n\n"


def _whole(text: str) -> str:
    """Return the beginning of a text that is a whole file: up to the end of its first class."""
    opened = text.find("{") + 1
    inside = text[opened:]
    if opened and (end := block_end(inside)) is not None:
        return f"{text[: opened + end]}\n"
    last = last_member_end(inside) if opened else None
    return text if last is None else f"{text[: opened + last]}\n}}\n"


def _has_tests(code: str, each: Type) -> bool:
    """Whether a class is run: it is concrete and has tests, or may inherit some."""
    lines = code.split("\n")
    header = "\n".join(lines[each.first - 1 : each.opens])
    inside = "\n".join(lines[each.first - 1 : each.last])
    if _ABSTRACT.search(header):
        return False
    return bool(_MARKED.search(inside) or _EXTENDS.search(header))


def _with_only(text: str, wanted: Iterable[str], others: Iterable[str]) -> str | None:
    """Return a test file without its other tests: fields, helpers and imports stay."""
    source = Source(text)
    names = set(wanted) - set(others)
    lines = text.split("\n")
    found = False
    # From the end, so that the lines above keep their numbers.
    for method in reversed([each for each in source.methods if _is_test(each)]):
        owner = method.owner.replace(".", "$")
        if f"{source.package}.{owner}#{method.name}".lstrip(".") in names:
            found = True
        else:
            del lines[method.top - 1 : method.last]
    return "\n".join(lines) if found else None


def _is_test(method: Method) -> bool:
    return bool(_TEST & method.modifiers)
