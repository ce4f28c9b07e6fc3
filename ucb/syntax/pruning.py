"""What an answer needs and what only shows it off: statements dropped, helpers joined."""

from __future__ import annotations

from collections.abc import Iterable

from ucb.syntax.names import STAR
from ucb.syntax.python import Source, Statement, regions

# Where these are reached, code before the tests waits for input, ends the
# program, runs other tests or prints.
_SHOWS = frozenset(
    {
        "print",
        "input",
        "exit",
        "quit",
        "breakpoint",
        "sys.exit",
        "sys.stdin",
        "os._exit",
        "unittest.main",
        "doctest.testmod",
        "pytest.main",
        "timeit.timeit",
    }
)
# What a prompt gives the answer to use.
_GIVEN = frozenset({"import", "future", "function", "class", "decorated", "assignment"})
# Names through which code can reach others by their text alone.
_REFLECTION = frozenset({"globals", "locals", "vars", "eval", "exec", "__import__", "sys.modules"})


def without_demo(code: str, entry_point: str) -> str:
    """
    Drop top-level statements that only show or test the answer.

    A statement goes if it calls `entry_point`, prints, asserts, reads input,
    exits or is a main guard, itself or through functions that it calls; and
    functions, classes and imports that only such statements use. It stays if
    `entry_point` may depend on it: it gives a value to a name that
    `entry_point` reaches, or may change one in place.
    """
    source = Source(code)
    if not source.ok or source.definition(entry_point) is None:
        return code
    graph = _Graph(source, entry_point)
    if graph.reads(graph.needed) & _REFLECTION:
        return code
    dropped = graph.demo()
    if not dropped:
        return code
    pruned = source.without(dropped).strip("\n") + "\n"
    return pruned if Source(pruned).ok else code


def joined(code: str, others: Iterable[str], entry_point: str) -> str:
    """Put what the code misses before it, from other blocks: definitions, and what fills them."""
    source, donor = Source(code), _donor(others)
    if not source.missing:
        return code
    stars = {name for name in donor.binds if name.startswith(STAR)}
    return _with(source, donor, source.missing | stars, entry_point)


def with_preamble(code: str, prompt: str, entry_point: str) -> str:
    """Put the prompt's imports, functions, classes and assignments that the code lacks before it.

    All of them, because the tests may use one that the code does not.
    """
    source, donor = Source(code), _donor([prompt])
    lacked = {
        name
        for statement in donor.statements
        if set(statement.kinds) <= _GIVEN
        for name in statement.names.binds - source.binds
    }
    return _with(source, donor, lacked, entry_point)


def _donor(texts: Iterable[str]) -> Source:
    """Return everything whole in these texts as one source."""
    parts = (part for text in texts for part in ([text] if Source(text).ok else regions(text)))
    return Source("".join(f"{part.rstrip()}\n" for part in parts))


def _with(source: Source, donor: Source, names: Iterable[str], entry_point: str) -> str:
    graph = _Graph(donor, entry_point)
    taken = [donor.statements[index] for index in sorted(graph.behind(set(names) - {entry_point}))]
    # A helper may call the entry point, but never an older one.
    found = (donor.slice(each) for each in taken if entry_point not in each.names.binds)
    return _before(source, "".join(found))


def _before(source: Source, text: str) -> str:
    """Put text at the top, below the `__future__` imports, which Python wants first."""
    if not text:
        return source.text
    ends = [each.end for each in source.statements if "future" in each.kinds]
    lines = source.text.split("\n")
    at = max(ends, default=0)
    head = "".join(f"{line}\n" for line in lines[:at])
    return f"{head}{text}\n\n" + "\n".join(lines[at:])


class _Graph:
    """Which statements an entry point depends on, and which only depend on it."""

    def __init__(self, source: Source, entry_point: str) -> None:
        self._statements = source.statements
        self._entry = entry_point
        self._binders: dict[str, list[int]] = {}
        self._readers: dict[str, list[int]] = {}
        self._touchers: dict[str, list[int]] = {}
        for index, statement in enumerate(self._statements):
            for table, names in (
                (self._binders, statement.names.binds),
                (self._readers, statement.names.reads),
                (self._touchers, statement.names.touches),
            ):
                for name in names:
                    table.setdefault(name, []).append(index)
        self.needed = self.behind({entry_point})

    def reads(self, indices: Iterable[int]) -> frozenset[str]:
        """Return the names these statements read."""
        return frozenset[str]().union(*(self._statements[i].names.reads for i in indices))

    def demo(self) -> set[int]:
        """Return the statements to drop."""
        calls = self._reaching({self._entry})
        shows = calls | self._reaching(_SHOWS)
        dropped = {
            index
            for index, statement in enumerate(self._statements)
            if index not in self.needed and _is_demo(statement, index in calls, index in shows)
        }
        # What is left without a value takes those that read it along.
        queue = list(dropped)
        while queue:
            lost = [
                name
                for name in self._statements[queue.pop()].names.binds
                if dropped.issuperset(self._binders[name])
            ]
            more = {index for name in lost for index in self._readers.get(name, ())}
            more -= self.needed | dropped
            dropped |= more
            queue += more
        return dropped | self._only_for(dropped)

    def _only_for(self, dropped: set[int]) -> set[int]:
        """Return the imports that nothing but the dropped statements uses."""
        kept = set(range(len(self._statements))) - dropped
        used, gone = self.reads(kept), self.reads(dropped)
        return {
            index
            for index in kept - self.needed
            if set(self._statements[index].kinds) == {"import"}
            and (binds := self._statements[index].names.binds)
            and binds <= gone
            and not binds & used
        }

    def behind(self, names: Iterable[str]) -> set[int]:
        """Return what gives these names their values, at any depth, and what may change them."""
        taken: set[int] = set()
        queue = self._binding(names)
        while queue:
            while queue:
                taken |= queue
                queue = self._binding(self.reads(queue)) - taken
            queue = self._changing(self._state(taken)) - taken
        return taken

    def _binding(self, names: Iterable[str]) -> set[int]:
        return {index for name in names for index in self._binders.get(name, ())}

    def _state(self, indices: Iterable[int]) -> set[str]:
        """Return the variables and classes among what these statements bind."""
        return {
            name
            for index in indices
            if not set(self._statements[index].kinds) <= {"function", "import", "future"}
            for name in self._statements[index].names.binds
        }

    def _changing(self, state: set[str]) -> set[int]:
        """Return the statements that may change a value when they run, not when they are called.

        What the entry point itself changes does not count: the tests call it too.
        """
        direct = {index for name in state for index in self._touchers.get(name, ())}
        through = {
            name
            for index in direct
            if self._is_callable(index) and self._entry not in self._statements[index].names.binds
            for name in self._statements[index].names.binds
        }
        found = direct | self._reaching(through, stop=self._entry)
        return {index for index in found if self._statements[index].kinds != ("function",)}

    def _reaching(self, names: Iterable[str], stop: str = "") -> set[int]:
        """Return the statements that read a name, themselves or through what they may call."""
        found: set[int] = set()
        queue = list(names)
        while queue:
            for index in self._readers.get(queue.pop(), ()):
                if index not in found:
                    found.add(index)
                    binds = self._statements[index].names.binds
                    if self._is_callable(index) and stop not in binds:
                        queue += binds
        return found

    def _is_callable(self, index: int) -> bool:
        return bool({"function", "class"} & set(self._statements[index].kinds))


def _is_demo(statement: Statement, calls: bool, shows: bool) -> bool:
    """Whether a statement that is not needed only shows or tests the entry point."""
    if statement.guard or "assert" in statement.kinds:
        return True
    if statement.kinds == ("comment",) or set(statement.kinds) <= {"import", "future"}:
        return False
    return calls if statement.defines or "decorated" in statement.kinds else shows
