"""From a reply to one method's source."""

from __future__ import annotations

from ucb.extract import Extraction, Rule, named_code
from ucb.syntax.java import Method, Source, block_end, shifted


def of_chat(text: str, given: str, name: str) -> Extraction:
    """
    Return the method `name` that a chat's reply defines, without indentation or Javadoc.

    Of several overloads it is the one with the parameters of `given`, which is what was shown of
    the method: a reply of a body alone goes behind its signature.
    """
    code, told, _ = named_code(text, name)
    rules: tuple[str, ...] = tuple(told)
    if not code.strip():
        return Extraction("", (*rules, Rule.NO_CODE))
    if (found := definition(code, name, _parameters(given, name))) is not None:
        return Extraction(found, rules)
    body = f"{header(given)}\n{code.rstrip()}\n}}\n"
    if definition(body, name) is not None and Source(body).ok:
        return Extraction(body, (*rules, Rule.BODY))
    return Extraction(code, rules)


def of_completion(text: str, signature: str) -> Extraction:
    """Return the method that goes on from its indented `signature`, up to its closing brace."""
    indent = _indent_of(signature)
    end = block_end(text)
    body = (text if end is None else text[:end]).rstrip()
    if not body.strip():
        return Extraction("", (Rule.NO_CODE,))
    rules = (Rule.CUT,) if body != text.rstrip() else ()
    return Extraction(shifted(f"{signature}\n{body}\n", -indent), rules)


def header(function: str) -> str:
    """Return a method's Javadoc, annotations and signature: source that ends in `{`."""
    method = only(function)
    return f"{_above(function, method)}{method.head}"


def documentation(function: str) -> str:
    """Return a method's Javadoc, whole lines; nothing for a method without."""
    return _above(function, only(function))


def undocumented(function: str) -> str:
    """Return a method without its Javadoc."""
    return function.removeprefix(documentation(function))


def only(function: str) -> Method:
    """Return the one method of a text; raise `ValueError` if there is none."""
    methods = Source(function).methods
    if not methods:
        raise ValueError(f"no Java method: {function[:80]!r}")
    return methods[0]


def definition(code: str, name: str, parameters: tuple[str, ...] | None = None) -> str | None:
    """Return the method of this name in code, without what is around it; None if there is none."""
    found = Source(code).method(name, parameters)
    if found is None or not found.head.endswith("{"):
        return None
    indent = _indent_of(code.split("\n")[found.first - 1])
    return shifted(f"{' ' * indent}{found.head}{found.body}}}\n", -indent)


def _above(function: str, method: Method) -> str:
    return "".join(f"{line}\n" for line in function.split("\n")[: method.first - 1])


def _parameters(given: str, name: str) -> tuple[str, ...] | None:
    whole = Source(given)
    # What is shown may end with the signature.
    found = (whole if whole.ok else Source(f"{given}\n}}")).method(name)
    return found.parameters if found is not None else None


def _indent_of(text: str) -> int:
    first = next((line for line in text.split("\n") if line.strip()), "")
    return len(first) - len(first.lstrip(" "))
