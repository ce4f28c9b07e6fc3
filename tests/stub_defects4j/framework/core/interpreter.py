"""Runs as much Java as the stub's projects are written in: static methods of numbers and text.

One statement a line; every block has its braces. What it does not know does not compile.
"""

from __future__ import annotations

import re
import time

_TYPES = {"int", "long", "boolean", "String", "double", "void", "int[]", "char", "Object"}
_METHOD = re.compile(
    r"^\s*(?:(?:public|private|protected|static|final)\s+)*([\w<>\[\]]+)\s+(\w+)\(([^)]*)\)"
    r"(?:\s+throws\s+[\w., ]+)?\s*\{\s*$"
)
_CALL = re.compile(r"(?<![\w.\"])(?:(\w+)\.)?(\w+)\(")
_KNOWN = {
    "assertEquals", "assertTrue", "assertFalse", "fail", "sleep", "exit", "println", "length",
    "equals", "abs", "max", "min", "repeat", "valueOf",
}  # fmt: skip
_WORDS = {"if", "for", "while", "return", "throw", "new", "switch", "catch"}


class Thrown(Exception):
    """A Java exception, by its type's full name."""


class Exited(Exception):
    """`System.exit`."""


class NotJava(Exception):
    """What javac says, with the number of the line."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line, self.message = line, message


class Method:
    """One method: its name, its parameters' names and its lines with their numbers."""

    def __init__(self, name: str, names: list[str], test: bool) -> None:
        self.name, self.names, self.test = name, names, test
        self.lines: list[tuple[int, str]] = []


def plain(line: str) -> str:
    """Return a line without comments and what strings hold."""
    line = re.sub(r'"(?:\\.|[^"\\])*"', '""', line)
    return re.sub(r"//.*|/\*.*?\*/", "", line).rstrip()


def methods(text: str) -> dict[str, Method]:
    """Return the methods of a class; raise `NotJava` for one that does not parse."""
    found: dict[str, Method] = {}
    depth, inside, comment, marked = 0, None, False, False
    for number, raw in enumerate(text.split("\n"), 1):
        line = plain(raw)
        if comment or line.lstrip().startswith(("/*", "*")):
            comment = "*/" not in raw
            continue
        if not line.strip():
            continue
        if not line.rstrip().endswith((";", "{", "}")) and not line.strip().startswith("@"):
            raise NotJava(number, "';' expected")
        marked = marked or line.strip() == "@Test"
        if depth == 1 and (head := _METHOD.match(line)):
            names = [each.split()[-1] for each in head[3].split(",") if each.strip()]
            inside = Method(head[2], names, marked or head[2].startswith("test"))
            marked = False
            found[inside.name] = inside
        elif inside is not None:
            inside.lines.append((number, re.sub(r"//.*", "", raw).strip()))
        depth += line.count("{") - line.count("}")
        if depth == 1:
            inside = None
        if depth < 0:
            raise NotJava(number, "class, interface, enum, or record expected")
    if depth:
        raise NotJava(text.count("\n") + 1, "reached end of file while parsing")
    return found


def check(name: str, text: str, known: dict[str, dict[str, Method]]) -> None:
    """Raise `NotJava` for a class that javac would not compile beside the others."""
    own = methods(text)
    for method in own.values():
        for number, line in method.lines:
            for owner, called in _CALL.findall(plain(line)):
                there = known.get(owner) if owner else own
                missing = there is not None and called not in there
                if called not in _WORDS | _KNOWN and missing and not called[0].isupper():
                    raise NotJava(number, "cannot find symbol")
        try:
            compile(_python(name, method), name, "exec")
        except SyntaxError as error:
            raise NotJava(method.lines[0][0], "illegal start of expression") from error


class Machine:
    """A virtual machine with some classes: it runs methods and says which lines were run."""

    def __init__(self, classes: dict[str, str], hidden: str = "") -> None:
        self.hits: set[tuple[str, int]] = set()
        self._globals = {
            "_hit": lambda name, line: self.hits.add((name, line)), "_raise": _raise,
            "assertEquals": _equal, "assertTrue": lambda found: _equal(True, bool(found)),
            "assertFalse": lambda found: _equal(False, bool(found)), "fail": _fail,
            "Thread": _Thread, "System": _System, "Math": _Math,
        }  # fmt: skip
        for name, text in classes.items():
            space = type(name, (), {})
            for method in methods(text).values():
                made = dict(self._globals)
                exec(_python(name, method), self._globals, made)
                setattr(space, method.name, staticmethod(made[method.name]))
                self._globals.setdefault(method.name, made[method.name])
            self._globals[name] = space

    def call(self, name: str, method: str) -> None:
        """Run a method without parameters; raise `Thrown` or `Exited`."""
        try:
            getattr(self._globals[name], method)()
        except ZeroDivisionError:
            raise Thrown("java.lang.ArithmeticException: / by zero") from None
        except IndexError:
            raise Thrown("java.lang.ArrayIndexOutOfBoundsException") from None
        except RecursionError:
            raise Thrown("java.lang.StackOverflowError") from None


def _python(name: str, method: Method) -> str:
    lines = [f"def {method.name}({', '.join(method.names)}):", "  pass"]
    depth = 1
    for number, line in method.lines:
        depth -= line.startswith("}")
        rest = line.removeprefix("}").strip()
        if not rest:
            continue
        if not rest.startswith("else"):
            lines.append("  " * depth + f"_hit({name!r}, {number})")
        lines.append("  " * depth + _head(rest))
        if rest.endswith("{"):
            depth += 1
            lines.append("  " * depth + "pass")
    return "\n".join(lines) + "\n"


def _head(line: str) -> str:
    line = line.rstrip(";").strip()
    if found := re.fullmatch(r"(else )?if \((.*)\) \{", line):
        return f"{'elif' if found[1] else 'if'} {_value(found[2])}:"
    if line == "else {":
        return "else:"
    if found := re.fullmatch(r"while \((.*)\) \{", line):
        return f"while {_value(found[1])}:"
    if found := re.fullmatch(r"for \(\w+ (\w+) = (.*); \w+ < (.*); \w+\+\+\) \{", line):
        return f"for {found[1]} in range({_value(found[2])}, {_value(found[3])}):"
    if found := re.fullmatch(r"for \(\w+ (\w+) : (.*)\) \{", line):
        return f"for {found[1]} in {_value(found[2])}:"
    if found := re.fullmatch(r"throw (?:new (\w+)\((.*)\)|null)", line):
        name = found[1] or "NullPointerException"
        return f'_raise("java.lang.{name}", {_value(found[2] or "") or None})'
    if found := re.fullmatch(r"return(?: (.*))?", line):
        return f"return {_value(found[1] or '')}"
    if (found := re.fullmatch(r"(\S+) (\w+) = (.*)", line)) and found[1] in _TYPES:
        return f"{found[2]} = {_value(found[3])}"
    if found := re.fullmatch(r"(\w+)(\+\+|--)", line):
        return f"{found[1]} {found[2][0]}= 1"
    return _value(line)


def _value(text: str) -> str:
    text = re.sub(r"new int\[\] ?\{(.*?)\}", r"[\1]", text)
    text = text.replace("&&", " and ").replace("||", " or ")
    text = re.sub(r"!(?!=)", " not ", text)
    text = re.sub(r"(\w+)\.length\b(?:\(\))?", r"len(\1)", text)
    for java, python in (("true", "True"), ("false", "False"), ("null", "None")):
        text = re.sub(rf"\b{java}\b", python, text)
    text = text.replace("Integer.MAX_VALUE", "2147483647")
    text = re.sub(r"\b(\w+)\.repeat\(", r"\1.__mul__(", text)
    text = re.sub(r'("[^"]*")\.repeat\(', r"\1.__mul__(", text)
    return re.sub(r"(?<=[\w)]) / (?=[\w(])", " // ", text).strip()


def _raise(name: str, message: object = None) -> None:
    raise Thrown(name if message is None else f"{name}: {message}")


def _equal(expected: object, found: object) -> None:
    if expected != found:
        raise Thrown(f"junit.framework.AssertionFailedError: expected:<{expected}> was:<{found}>")


def _fail(message: str = "") -> None:
    raise Thrown(f"junit.framework.AssertionFailedError: {message}")


class _Thread:
    @staticmethod
    def sleep(milliseconds: int) -> None:
        """As it says."""
        time.sleep(milliseconds / 1000)


class _Printer:
    @staticmethod
    def println(_: object) -> None:
        """Go where tests' output goes: into a log of the build that nobody is shown."""


class _System:
    out = err = _Printer

    @staticmethod
    def exit(_: int) -> None:
        """End the virtual machine."""
        raise Exited


class _Math:
    abs, max, min = abs, max, min
