"""The user's own derivation with the quantity beside each statement that it computes: the best explanation there is."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from microgradnet.check.align import Aligned, Match
from microgradnet.check.findings import Diagnoses, Diagnosis
from microgradnet.check.observe import Place, Source
from microgradnet.text import legible, printable

__all__ = ["ListedLine", "Listing"]

WIDTH = 80

CODE = 44
"""How wide code is at most that has its quantity beside it; that of longer lines stands below them."""

UNKNOWN = "unknown"


@dataclass(frozen=True)
class ListedLine:
    """A line of the source, what it computes, and what is wrong there.

    Attributes
    ----------
    number : int
    code : str
    quantities : tuple of str
        What its statement computes, as mathematics: ``"∂L/∂z2"``; ``"unknown"`` for what the automatic derivation
        doesn't have.
    parts : tuple of (str, str)
        Of a statement that is wrong, the expressions in it and what each is.
    diagnosis : Diagnosis or None
    """

    number: int
    code: str
    quantities: tuple[str, ...] = ()
    parts: tuple[tuple[str, str], ...] = ()
    diagnosis: Diagnosis | None = None


class Listing:
    """The source of a derivation, with the quantity of each statement; printed at 80 columns.

    Attributes
    ----------
    lines : tuple of ListedLine
    note : str
        Why there is nothing to list, or nothing to blame; empty otherwise.

    Examples
    --------
    >>> import microgradnet as mg
    >>> import numpy as np
    >>> def loss(w, x):
    ...     y = np.tanh(x @ w)
    ...     return np.sum(y**2)
    >>> def by_hand(w, x):
    ...     y = np.tanh(x @ w)
    ...     dy = 2 * y
    ...     return x.T @ dy  # where is tanh′?
    >>> x = np.array([[1.0, 2.0], [0.5, -1.0], [0.0, 0.3]])
    >>> mg.compare(loss, by_hand, np.array([0.2, -0.4]), x, argnums=0).listing
       1   def by_hand(w, x):
       2       y = np.tanh(x @ w)                        y
       3 ✗     dy = 2 * y                                ∂L/∂y
                  2 * y  is  ∂L/∂y
           ^ missing-factor: 2 * y
             write: dy = 2 * y * (1 - y ** 2)
       4       return x.T @ dy  # where is tanh′?        unknown
    """

    def __init__(self, lines: Sequence[ListedLine] = (), note: str = "") -> None:
        self.lines, self.note = tuple(lines), note

    def __str__(self) -> str:
        said = [textwrap.fill(self.note, WIDTH)] * bool(self.note)
        return printable("\n".join([*said, *(row for line in self.lines for row in _rows(line))]))

    __repr__ = __str__

    def excerpt(self, around: int = 2) -> str:
        """Return the text of the lines that are wrong, with their neighbours; of the whole where none is marked."""
        wrong = [k for k, line in enumerate(self.lines) if line.diagnosis is not None]
        if not wrong:
            return str(self)
        chosen = [k for k in range(len(self.lines)) if any(abs(k - w) <= around for w in wrong)]
        rows = [textwrap.fill(self.note, WIDTH)] * bool(self.note)
        for k in chosen:
            rows += [f"{'⋮':>4}"] * (k > 0 and k - 1 not in chosen)
            rows += _rows(self.lines[k])
        return printable("\n".join([*rows, *[f"{'⋮':>4}"] * (chosen[-1] < len(self.lines) - 1)]))

    def __bool__(self) -> bool:
        return bool(self.lines)


def _rows(line: ListedLine) -> Iterator[str]:
    mark = "✗" if line.diagnosis is not None else " "
    indent = len(line.code) - len(line.code.lstrip())
    code = textwrap.wrap(
        line.code.strip(), WIDTH - 7, initial_indent=" " * indent, subsequent_indent=" " * (indent + 8),
        break_on_hyphens=False,
    ) or [""]  # fmt: skip
    told = list(line.quantities)
    if told and len(code) == 1 and len(code[0]) <= CODE and len(told[0]) <= WIDTH - CODE - 9:
        code = [f"{code[0].ljust(CODE)}  {told.pop(0)}"]
    yield f"{line.number:>4} {mark} {code[0]}".rstrip()
    yield from (" " * 7 + row for row in code[1:])
    for text in told:
        for k, row in enumerate(textwrap.wrap(text, WIDTH - 18)):
            yield " " * 14 + ("  " if k else "· ") + row
    for text, quantity in line.parts:
        yield from textwrap.wrap(
            f"{legible(text, 50)}  is  {quantity}", WIDTH - 2, initial_indent=" " * 14, subsequent_indent=" " * 18
        )
    if line.diagnosis is not None:
        d = line.diagnosis
        yield " " * 7 + f"^ {d.kind}: {legible(d.expression or '', 60)}"
        if d.correction is not None:
            yield " " * 7 + f"  write: {legible(d.correction, 200)}"
        elif d.right:
            yield " " * 7 + f"  {legible(d.right, 200)}"


def listed(program: Source, aligned: Aligned, found: Sequence[Diagnosis] = ()) -> Listing:
    """List a derivation, with what was found to be wrong at its place.

    That is its own function, and those that it calls in which something flows back, or is wrong.
    """
    quantities: dict[tuple[str, int], list[str]] = {}
    back = {(d.file or "", d.line or 0) for d in found}
    for place in _told(program, aligned):
        at = place.file, place.statement.end_lineno or place.line
        quantities.setdefault(at, []).append(_text(program, place, aligned))
        if any(m is not None and m.quantity.kind in ("cotangent", "contribution") for m in aligned.matches(place)):
            back.add((place.file, place.line))
    wrong: dict[tuple[str, int], Diagnosis] = {}
    for d in found:
        wrong.setdefault((d.file or "", d.line or 0), d)
    lines = []
    for file, node in _listed(program, back):
        source, skipped = program.files[file].splitlines(), _docstring(node)
        indent = len(source[node.lineno - 1]) - len(source[node.lineno - 1].lstrip())
        for number in range(node.lineno, (node.end_lineno or node.lineno) + 1):
            if number in skipped:
                continue
            at = file, number
            parts = tuple(_parts(program, aligned, *at)) if at in wrong else ()
            code = source[number - 1][indent:].rstrip() if source[number - 1].strip() else ""
            lines.append(ListedLine(number, code, tuple(quantities.get(at, ())), parts, wrong.get(at)))
    return Listing(lines, found.headline if isinstance(found, Diagnoses) else "")


def _listed(program: Source, back: Collection[tuple[str, int]]) -> list[tuple[str, Any]]:
    """Choose the functions to list: the derivation's own, then others, none of them inside of another."""
    chosen: list[tuple[str, Any]] = []
    for file, tree in program.trees.items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                continue
            first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
            end = node.end_lineno or node.lineno
            own = file == program.file and first == program.first_line
            told = own or any(f == file and node.lineno <= line <= end for f, line in back)
            inner = any(f == file and n.lineno <= node.lineno and end <= (n.end_lineno or 0) for f, n in chosen)
            if told and not inner:
                chosen.insert(0 if own else len(chosen), (file, node))
    return chosen


def _docstring(node: Any) -> range:
    """Return the lines of the docstring, which computes nothing."""
    body = getattr(node, "body", None)
    if isinstance(body, list) and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        return range(body[0].lineno, (body[0].end_lineno or body[0].lineno) + 1)
    return range(0)


def _told(program: Source, aligned: Aligned) -> Iterator[Place]:
    """List what is told of: what is assigned, added or returned."""
    order = sorted(aligned.observed[0].seen)
    for i in order:
        place = program.places[i]
        if place.kind != "expression" or place.parent is not None:
            continue
        statement = place.statement
        if place.variable is not None or isinstance(statement, ast.Return | ast.Lambda):
            yield place


def _text(program: Source, place: Place, aligned: Aligned) -> str:
    """Say what a statement computes: once, in every step of a loop, or in some."""
    what = _steps(aligned.matches(place))
    statement = place.statement
    several = isinstance(statement, ast.Return) and isinstance(statement.value, ast.Tuple)
    several = several or (isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Tuple))
    if several:
        return f"{place.variable or legible(program.text(place), 24)}: {what}"
    if isinstance(statement, ast.AugAssign):
        after = next((p for p in program.places if p.kind == "after" and p.statement is statement and p.variable), None)
        ends = aligned.matches(after) if after is not None else []
        if ends and all(m is not None and (m.exact or len(ends) == 1) for m in ends):
            return _steps(ends)
        if ends and ends[-1] is not None and ends[-1].exact:
            return f"in the end {ends[-1].text()}"
    value = aligned.observed[0].seen[place.index].values[:1]
    if what == UNKNOWN and value and isinstance(value[0], int):
        return str(value[0])
    return what


def _steps(matches: Sequence[Match | None]) -> str:
    if not matches or all(m is None for m in matches):
        return UNKNOWN
    texts = [UNKNOWN if m is None else m.text() for m in matches]
    if len(set(texts)) == 1:
        return texts[0]
    if UNKNOWN not in texts:
        return f"{texts[0]}, …, {texts[-1]}" if len(texts) > 2 else ", ".join(texts)
    known = next(t for t in texts if t != UNKNOWN)
    return f"{known} in step {texts.index(known) + 1}, unknown in {texts.count(UNKNOWN)} of {len(texts)} steps"


def _parts(program: Source, aligned: Aligned, file: str, number: int) -> Iterator[tuple[str, str]]:
    """List the expressions of a line, and what each is."""
    told: dict[str, Any] = {}
    for i in aligned.observed[0].seen:
        place = program.places[i]
        if (place.file, place.node.lineno) != (file, number) or isinstance(place.node, ast.Constant):
            continue
        if place.kind != "expression":
            continue
        matches = aligned.matches(place)
        text = program.text(place)
        if any(m is not None for m in matches) or (matches and isinstance(place.node, ast.BinOp)):
            what = _steps(matches)
            if what.replace("−", "-") != text:
                told.setdefault(text, what)
    yield from told.items()
