"""A user's function, observed line by line where its source can't be rewritten: what its variables hold after each.

That is so for code that an import hook has changed, and for text that isn't Python as it stands. Less is seen than of
single expressions, nothing can be put in the place of a value, and so nothing is blamed.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Sequence
from types import CodeType, FrameType
from typing import Any

import numpy as np

from microgradnet.check.observe import (
    MOST_OCCURRENCES,
    Observation,
    Place,
    Seen,
    Source,
    kept,
    lines_of,
    reached,
    was_edited,
)

__all__ = ["Traced"]

LARGE = 2**16
"""Of how many elements an array may be that is looked at after each line, to see whether it was written to."""


class Traced(Source):
    """The functions of a user that run when one of them is called, with their variables after each line."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)
        self.codes: set[CodeType] = set()
        self._known: dict[tuple[str, int, str], Place] = {}

    @classmethod
    def of(cls, function: Callable[..., Any]) -> Traced | None:
        """Find the lines of a function; None where there are none, or others by now."""
        program = cls(function)
        for k, f in enumerate(reached(function)):
            code, edited = f.__code__, was_edited(f)
            if edited and not k:
                return None
            lines = [] if edited else lines_of(f)
            numbers = [n for _, _, n in code.co_lines() if n]
            if not lines or not numbers or max(numbers) > len(lines):
                continue
            program.codes.add(code)
            program.files[code.co_filename] = "".join(lines)
            tree = program.trees.setdefault(code.co_filename, ast.Module([], []))
            tree.body.append(
                _at(ast.FunctionDef(code.co_name, _NO_ARGUMENTS, [ast.Pass()], []), code.co_firstlineno, max(numbers))
            )
            if not program.file:
                program.file, program.main, program.first_line = code.co_filename, code.co_qualname, code.co_firstlineno
        return program if program.file else None

    def text(self, place: Place, node: ast.AST | None = None) -> str:  # noqa: ARG002 - there are no parts
        """Return the name of a variable; of a value that is returned, the line."""
        lines = self.files[place.file].split("\n")
        return place.variable or lines[place.line - 1].strip().removeprefix("return").strip()

    def watch(self, args: Sequence[Any], call: Callable[[Sequence[Any]], Any] | None = None) -> Observation:
        """Run once, and keep what the variables held after each line that gave them a value."""
        seen: dict[int, Seen] = {}
        before = sys.gettrace()

        def begin(frame: FrameType, event: str, _: Any) -> Any:
            return _Lines(self, frame, seen).event if event == "call" and frame.f_code in self.codes else None

        sys.settrace(begin)
        try:
            result = (call or self.call)(args)
        finally:
            sys.settrace(before)
        return Observation(result, seen, {})

    def place(self, code: CodeType, line: int, name: str) -> Place:
        """Return the place of a variable after a line; of what is returned, without a name."""
        key = code.co_filename, line, name
        if key not in self._known:
            node: Any = ast.Name(name or "_", ast.Load())
            new = ast.Assign([ast.Tuple([node])], node) if name else ast.Return(node)
            statement: Any = _at(new, line, line)
            self._known[key] = Place(
                len(self.places),
                "expression",
                _at(node, line, line),
                statement,
                code.co_filename,
                code.co_name,
                name or None,
            )
            self.places.append(self._known[key])
        return self._known[key]


class _Lines:
    """One call of a function, followed line by line."""

    def __init__(self, program: Traced, frame: FrameType, seen: dict[int, Seen]) -> None:
        self.program, self.seen = program, seen
        self.line = frame.f_lineno
        self.held = {name: (value, kept(value, LARGE)) for name, value in frame.f_locals.items()}

    def event(self, frame: FrameType, event: str, arg: Any) -> Any:
        for name, value in dict(frame.f_locals).items():
            copy = kept(value, LARGE)
            old = self.held.get(name, (_NOTHING, None))
            if value is not old[0] or (isinstance(copy, np.ndarray) and not _same(copy, old[1])):
                self._see(frame, name, copy)
            self.held[name] = value, copy
        if event == "return" and arg is not None:
            self._see(frame, "", kept(arg, LARGE))
        self.line = frame.f_lineno
        return self.event

    def _see(self, frame: FrameType, name: str, value: Any) -> None:
        if not isinstance(value, np.ndarray | float):
            return
        at = self.seen.setdefault(self.program.place(frame.f_code, self.line, name).index, Seen())
        at.count += 1
        if at.count <= MOST_OCCURRENCES:
            at.values.append(value)
            at.times.append(sum(s.count for s in self.seen.values()))


_NOTHING = object()
_NO_ARGUMENTS = ast.arguments([], [], None, [], [], None, [])


def _same(x: Any, y: Any) -> bool:
    return np.shape(x) == np.shape(y) and np.array_equal(x, y, equal_nan=np.asarray(x).dtype.kind == "f")


def _at(node: Any, first: int, last: int) -> Any:
    """Say on which lines a statement stands."""
    node.lineno, node.end_lineno, node.col_offset, node.end_col_offset = first, last, 0, 0
    return node
