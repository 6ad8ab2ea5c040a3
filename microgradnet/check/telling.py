"""What each statement of a derivation computes, told line by line: what a listing is made of.

It reads an alignment, and concludes nothing from it.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from microgradnet.check.align import Aligned, Match
from microgradnet.check.findings import Diagnosis, called
from microgradnet.check.listing import UNKNOWN, ListedLine, Listing, Told
from microgradnet.check.observe import Place, Source
from microgradnet.notation import LATEX, TEXT, Style, definition
from microgradnet.text import legible, number

__all__ = ["listed"]

LONGEST = 50
"""How many characters the formula of a forward value has at most; a longer one is told by its name."""


def listed(program: Source, aligned: Aligned, found: Sequence[Diagnosis] = ()) -> Listing:
    """List a derivation, with what was found to be wrong at its place.

    That is its own function, and those that it calls in which something flows back, or is wrong.
    """
    quantities: dict[tuple[str, int], list[Told]] = {}
    wrong: dict[tuple[str, int], list[Diagnosis]] = {}
    for d in found:
        if d.line is not None:
            wrong.setdefault((d.file or "", d.line), []).append(d)
    back = set(wrong)
    for place in _told(program, aligned):
        at = place.file, place.statement.end_lineno or place.line
        quantities.setdefault(at, []).append(_quantity(program, place, aligned))
        if any(m is not None and m.quantity.kind in ("cotangent", "contribution") for m in aligned.matches(place)):
            back.add((place.file, place.line))
    lines = []
    for file, node in _listed(program, back):
        source, skipped = program.files[file].splitlines(), _docstring(node)
        indent = len(source[node.lineno - 1]) - len(source[node.lineno - 1].lstrip())
        for k in range(node.lineno, (node.end_lineno or node.lineno) + 1):
            if k in skipped:
                continue
            at = file, k
            parts = tuple(_parts(program, aligned, *at)) if at in wrong else ()
            code = source[k - 1][indent:].rstrip().expandtabs(4) if source[k - 1].strip() else ""
            lines.append(ListedLine(file, k, code, tuple(quantities.get(at, ())), parts, tuple(wrong.get(at, ()))))
    elsewhere = [f"{d.kind} ({', '.join(d.parameters)})" for d in found if d.line is None]
    note = f"No line is blamed for {' and '.join(elsewhere)}." if elsewhere else ""
    return Listing(lines, note, f"{program.main.split('.')[-1]} in {called(program.file)}")


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
        if place.variable is None and not isinstance(statement, ast.Return | ast.Lambda):
            continue
        if any(v is not None for v in aligned.observed[0].seen[i].values):
            yield place


def _quantity(program: Source, place: Place, aligned: Aligned) -> Told:
    return Told(_text(program, place, aligned, TEXT), _text(program, place, aligned, LATEX))


def _text(program: Source, place: Place, aligned: Aligned, style: Style) -> str:
    """Say what a statement computes: once, in every step of a loop, or in some."""
    statement = place.statement
    whole = getattr(statement, "value", place.node)
    if place.node is not whole and whole is not None:
        return f"{_label(program, place, aligned, whole)}: {_what(place, aligned, style)}"
    if isinstance(statement, ast.AugAssign):
        after = next((p for p in program.places if p.kind == "after" and p.statement is statement and p.variable), None)
        ends = aligned.matches(after) if after is not None else []
        if ends and all(m is not None and (m.exact or len(ends) == 1) for m in ends):
            return _steps(ends, style)
        if ends and ends[-1] is not None and ends[-1].exact:
            return f"in the end {_math(ends[-1], style)}"
    return _what(place, aligned, style)


def _label(program: Source, place: Place, aligned: Aligned, whole: Any) -> str:
    """Name one of several values that a statement computes: its variable, its key, the parameter, what stands there."""
    if isinstance(whole, ast.Dict):
        for key, value in zip(whole.keys, whole.values, strict=True):
            if value is place.node and isinstance(key, ast.Constant):
                return legible(str(key.value), 24)
    parameters = list(aligned.known.draws[0].gradients)
    returned = isinstance(place.statement, ast.Return) and isinstance(whole, ast.Tuple) and not place.is_read
    if returned and place.function == program.main.split(".")[-1] and len(whole.elts) == len(parameters):
        return next((legible(p, 24) for p, e in zip(parameters, whole.elts, strict=True) if e is place.node), "")
    return place.variable or legible(program.text(place), 24)


def _what(place: Place, aligned: Aligned, style: Style) -> str:
    """Say what an expression computes; of a forward value that is called as in the loss, how the loss computes it."""
    matches = aligned.matches(place)
    if len(matches) == 1 and matches[0] is not None and matches[0].text() == place.variable:
        graph, entry = aligned.known.draws[0].chain.graph, matches[0].quantity.entry
        if entry is not None and graph[entry].operation is not None and definition(graph, entry, most=LONGEST):
            return _formula(definition(graph, entry, style) or style.rest, style)
    what = _steps(matches, style)
    return _constant(place, aligned) or what if what == UNKNOWN else what


def _constant(place: Place, aligned: Aligned) -> str:
    """Write what is the same number everywhere and at all arguments; nothing, if it isn't."""
    values = [v for o in aligned.observed if place.index in o.seen for v in o.seen[place.index].values]
    if not values or not all(isinstance(v, np.ndarray | int | float) and not isinstance(v, bool) for v in values):
        return ""
    arrays = [np.asarray(v) for v in values]
    first = arrays[0].ravel()[:1]
    if not all(a.dtype.kind in "iuf" and a.size and (a == first).all() for a in arrays):
        return ""
    written = number(first[0].item())
    return {"0": "zeros", "1": "ones"}.get(written, f"{written} everywhere") if arrays[0].ndim else written


def _math(match: Match, style: Style) -> str:
    return _formula(match.text(style), style)


def _formula(written: str, style: Style) -> str:
    """Put mathematics between dollars where it stands among words in LaTeX."""
    return f"${written}$" if style is LATEX else written


def _steps(matches: Sequence[Match | None], style: Style) -> str:
    """Say which quantities an expression is that runs once, or once in each step of a loop."""
    known = [m for m in matches if m is not None]
    if not known:
        return UNKNOWN
    texts = list(dict.fromkeys(_math(m, style) for m in known))
    said = f"{texts[0]}, …, {texts[-1]}" if len(texts) > 2 else ", ".join(texts)
    missing = [k + 1 for k, m in enumerate(matches) if m is None]
    if not missing:
        return said
    if len(known) == 1:
        return f"{said} in step {matches.index(known[0]) + 1}, {UNKNOWN} in {_count(missing, matches)}"
    return f"{said}; {UNKNOWN} in {_count(missing, matches)}"


def _count(missing: Sequence[int], of: Sequence[Any]) -> str:
    if len(missing) == 1:
        return "the last step" if missing[0] == len(of) else f"step {missing[0]}"
    return f"{len(missing)} of {len(of)} steps"


class _Part(NamedTuple):
    """An expression in a statement that is wrong, and what it is."""

    expression: str
    quantity: Told


def _parts(program: Source, aligned: Aligned, file: str, line: int) -> Iterator[_Part]:
    """List the expressions inside a statement, and what each is."""
    told: dict[str, Told] = {}
    for i in aligned.observed[0].seen:
        place = program.places[i]
        if (place.file, place.node.lineno) != (file, line) or isinstance(place.node, ast.Constant):
            continue
        if place.kind != "expression" or place.parent is None:
            continue
        matches = aligned.matches(place)
        text = program.text(place)
        if any(m is not None for m in matches):
            what = _steps(matches, TEXT)
            if what.replace("−", "-") != text:
                told.setdefault(text, Told(what, _steps(matches, LATEX)))
    yield from (_Part(*item) for item in told.items())
