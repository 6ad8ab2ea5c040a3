"""What each statement of a derivation computes, told line by line: what a listing is made of.

It reads an alignment, and concludes nothing from it.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from microgradnet.check.align import Aligned, Match, is_exact
from microgradnet.check.findings import Diagnoses, Diagnosis, called
from microgradnet.check.formulas import Formulas
from microgradnet.check.listing import DOLLAR, UNKNOWN, ListedLine, Listing, Quoted, mark_of
from microgradnet.check.observe import Place, Source, operation, written_at
from microgradnet.notation import LATEX, TEXT, Style, definition
from microgradnet.text import legible, number

__all__ = ["Teller", "label_of", "listed", "statements"]

LONGEST = 50
"""How many characters a quantity and its formula have at most, as text."""

MOST = 160
"""How many a formula has at most that is typeset."""


def listed(program: Source, aligned: Aligned, formulas: Formulas, found: Sequence[Diagnosis] = ()) -> Listing:
    """List a derivation, with what was found to be wrong at its place.

    That is its own function, and those that it calls in which something flows back, or is wrong.
    """
    quantities: dict[tuple[str, int], list[Quoted]] = {}
    wrong: dict[tuple[str, int], list[Diagnosis]] = {}
    for d in found:
        if d.line is not None:
            wrong.setdefault((d.file or "", d.line), []).append(d)
    back, teller = set(wrong), Teller(program, aligned, formulas)
    for place in statements(program, aligned):
        at = place.file, place.statement.end_lineno or place.line
        quantities.setdefault(at, []).append(teller.told(place))
        if any(m is not None and m.quantity.kind in ("cotangent", "contribution") for m in aligned.matches(place)):
            back.add((place.file, place.line))
    for i in aligned.observed[0].seen:  # what is handed a gradient goes back, be all wrong that it makes of it
        place = program.places[i]
        matches = aligned.matches(place) if place.kind == "expression" and isinstance(place.node, ast.Name) else []
        if any(is_exact(m, "cotangent") for m in matches):
            back.add((place.file, place.line))
    lines = []
    for file, node in _listed(program, back):
        source, skipped = program.files[file].split("\n"), _docstring(node)
        indent = len(source[node.lineno - 1]) - len(source[node.lineno - 1].lstrip())
        for k in range(node.lineno, (node.end_lineno or node.lineno) + 1):
            if k in skipped:
                continue
            at = file, k
            parts = tuple(_parts(program, aligned, *at)) if at in wrong else ()
            code = source[k - 1][indent:].rstrip().expandtabs(4) if source[k - 1].strip() else ""
            here = tuple(wrong.get(at, ()))
            marks = tuple(mark_of(d, source[k - 1], indent) for d in here)
            lines.append(ListedLine(file, k, code, tuple(quantities.get(at, ())), parts, here, marks))
    elsewhere = [f"{d.kind} ({', '.join(d.parameters)})" for d in found if d.line is None]
    notes = [found.headline] if isinstance(found, Diagnoses) and found.headline else []
    notes += [f"No line is blamed for {' and '.join(elsewhere)}."] * bool(elsewhere)
    if not program.observed:
        notes = ["The source can't be followed expression by expression, but line by line: nothing in it is blamed."]
    return Listing(lines, " ".join(notes), f"{program.main.split('.')[-1]} in {called(program.file)}")


def _listed(program: Source, back: Collection[tuple[str, int]]) -> list[tuple[str, Any]]:
    """Choose the functions to list: the derivation's own, then others, none of them inside of another."""
    chosen: dict[int, tuple[str, Any]] = {}
    for file, tree in program.trees.items():
        functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)]
        own = [n for n in functions if file == program.file and _first(n) == program.first_line]
        around = ([n for n in functions if n.lineno <= k <= _end(n)] for f, k in sorted(back) if f == file)
        innermost = [min(found, key=lambda n: _end(n) - n.lineno) for found in around if found]
        for node in [*own, *innermost]:
            chosen.setdefault(id(node), (file, node))
    kept: list[tuple[str, Any]] = []
    for file, node in sorted(chosen.values(), key=lambda item: item[1].lineno - _end(item[1])):  # the longest first
        if not any(f == file and n.lineno <= node.lineno and _end(node) <= _end(n) for f, n in kept):
            kept.append((file, node))
    return [item for item in chosen.values() if item in kept]


def _first(node: Any) -> int:
    return min([int(node.lineno), *(int(d.lineno) for d in getattr(node, "decorator_list", []))])


def _end(node: Any) -> int:
    return int(node.end_lineno or node.lineno)


def _docstring(node: Any) -> range:
    """Return the lines of the docstring, which computes nothing."""
    body = getattr(node, "body", None)
    if isinstance(body, list) and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        return range(body[0].lineno, (body[0].end_lineno or body[0].lineno) + 1)
    return range(0)


def statements(program: Source, aligned: Aligned) -> Iterator[Place]:
    """List what is told of: what is assigned, added, returned, or put into a list, a dictionary or an object."""
    order = sorted(aligned.observed[0].seen)
    for i in order:
        place = program.places[i]
        if place.kind != "expression" or not (_is_whole(place) or _is_handed_over(program, aligned, place)):
            continue
        if (seen := aligned.observed[0].seen[i]).lists or any(v is not None for v in seen.values):
            yield place


def _is_whole(place: Place) -> bool:
    """Whether it is what a statement assigns or returns, or an entry of that."""
    statement = place.statement
    if place.parent is not None:
        return False
    entry = isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Dict)
    return place.variable is not None or entry or isinstance(statement, ast.Return | ast.Lambda)


def _is_handed_over(program: Source, aligned: Aligned, place: Place) -> bool:
    """Whether it is an array, or a number, that a statement puts into a list, or gives a name in an object."""
    seen = aligned.observed[0].seen[place.index]
    if place.parent is None or not isinstance(seen.numbers(0) if seen.values else None, np.ndarray | float):
        return False
    outer = program.places[place.parent]
    call = outer.node
    if outer.parent is not None or not isinstance(call, ast.Call) or aligned.observed[0].first(outer.index) is not None:
        return False
    puts = isinstance(place.statement, ast.Expr) and getattr(call.func, "attr", "") in _PUTS
    return (puts and call.args[-1] is place.node) or any(k.arg and k.value is place.node for k in call.keywords)


_PUTS = frozenset({"append", "appendleft", "at", "insert"})
"""Methods that put their last argument into what they are of."""


class Teller:
    """Says what statements compute, in a style: once, in every step of a loop, or in some."""

    def __init__(self, program: Source, aligned: Aligned, formulas: Formulas | None = None) -> None:
        self.program, self.aligned, self.formulas = program, aligned, formulas

    def told(self, place: Place) -> Quoted:
        """Say what a statement computes, and how."""
        return Quoted(self._text(place, TEXT), self._text(place, LATEX))

    def _text(self, place: Place, style: Style) -> str:
        statement = place.statement
        whole = getattr(statement, "value", place.node)
        if isinstance(statement, ast.Expr):
            return self._what(place, style) if written_at(statement) is None else self._changed(place, statement, style)
        if place.node is not whole and whole is not None:
            label = label_of(self.program, place, self.aligned, whole)
            return f"{label.replace('$', DOLLAR) if style is LATEX else label}: {self._what(place, style)}"
        if isinstance(statement, ast.AugAssign):
            return self._changed(place, statement, style)
        return self._what(place, style)

    def _changed(self, place: Place, statement: ast.AugAssign | ast.Expr, style: Style) -> str:
        """Say what a variable is after a statement has changed it; where that is unknown, what was added."""
        op = operation(statement)
        ends, after = self.ends(place), self.program.after(statement)
        if ends and all(m is not None and (m.exact or len(ends) == 1) for m in ends):
            return self._unnamed(place, ends, style) or _steps(ends, style)
        if ends and ends[-1] is not None and ends[-1].exact:
            formula = self._formula(place, style) if op is ast.Add else None
            adding = f", adding {formula}" if formula else ""
            return f"in the end {_math(ends[-1].text(style), style)}{adding}"
        if after is not None and (rows := self.aligned.rows(after)):
            return _steps(rows, style)
        if any(ends) or op not in (ast.Add, ast.Sub):
            return _steps(ends, style)
        what = UNKNOWN if _constant(place, self.aligned) else self._what(place, style)
        return f"subtracting {what}" if what != UNKNOWN and op is ast.Sub else what

    def quantity(self, place: Place) -> str:
        """Say which quantity a statement computes, and no more."""
        return _constant(place, self.aligned) or _steps(self.ends(place)[-1:] or self.aligned.matches(place), TEXT)

    def ends(self, place: Place) -> list[Match | None]:
        """Say what a variable is after a statement has added to it; nothing of other statements."""
        statement = place.statement
        if not isinstance(statement, ast.AugAssign | ast.Expr):
            return []
        after = self.program.after(statement)
        return self.aligned.matches(after) if after is not None else []

    def _what(self, place: Place, style: Style) -> str:
        """Say what an expression computes, and how; of a forward value that has the name of its variable, only how."""
        matches = self.aligned.matches(place)
        if len(matches) > 1 and not any(matches):
            matches = self.aligned.rows(place) or matches
        what = _steps(matches, style)
        if what == UNKNOWN and (constant := _constant(place, self.aligned)):
            return constant
        formula = self._formula(place, style)
        if len(matches) == 1 and matches[0] is not None and matches[0].text() == place.variable:
            return formula or self._definition(matches[0], style) or what
        if unnamed := self._unnamed(place, matches, style):
            return unnamed
        if formula is None or (style is TEXT and (what == UNKNOWN or len(what) + len(formula) > LONGEST)):
            return what
        if what == UNKNOWN:
            name = _math(style.name(place.variable), style) + " = " if place.variable else ""
            return f"{what}: {name}{formula}"
        match = matches[min(1, len(matches) - 1)]
        if len(matches) == 1:
            return formula if match is not None and match.quantity.given else f"{what} = {formula}"
        if match is None or style is TEXT:
            return what
        return f"{what}; in step 2 {_math(match.text(style), style)} = {formula}"

    def _formula(self, place: Place, style: Style) -> str | None:
        matches, most = self.aligned.matches(place), LONGEST if style is TEXT else MOST
        if self.formulas is None or self.formulas.write(place, TEXT, most) is None:
            return None
        written = self.formulas.write(place, style, 40 * MOST)
        if written is None or any(m is not None and m.text(style) == written for m in matches):  # it says no more
            return None
        return _math(written, style)

    def _unnamed(self, place: Place, matches: Sequence[Match | None], style: Style) -> str | None:
        """Write a forward value that has its name from a later statement as the loss computes it."""
        match = matches[0] if len(matches) == 1 else None
        named = self.aligned.named.get(match.text()) if match is not None else None
        later = named is not None and named.file == place.file and named.line > place.line
        return self._definition(match, style) if later and match is not None else None

    def _definition(self, match: Match, style: Style) -> str | None:
        """Write how the loss computes a forward value."""
        graph, entry = self.aligned.known.draws[0].chain.graph, match.quantity.entry
        if entry is None or graph[entry].operation is None or not definition(graph, entry, most=LONGEST):
            return None
        return _math(definition(graph, entry, style) or style.rest, style)


def label_of(program: Source, place: Place, aligned: Aligned, whole: Any) -> str:
    """Name one of several values that a statement computes: its variable, its key, the parameter, what stands there."""
    if isinstance(whole, ast.Dict):
        for key, value in zip(whole.keys, whole.values, strict=True):
            if value is place.node and isinstance(key, ast.Constant):
                return legible(str(key.value), 24)
    if isinstance(whole, ast.Call):
        for keyword in whole.keywords:
            if keyword.value is place.node and keyword.arg:
                return legible(keyword.arg, 24)
    parameters = list(aligned.known.draws[0].gradients)
    returned = isinstance(place.statement, ast.Return) and isinstance(whole, ast.Tuple) and not place.is_read
    if returned and program.is_own(place) and len(whole.elts) == len(parameters):
        return next((legible(p, 24) for p, e in zip(parameters, whole.elts, strict=True) if e is place.node), "")
    return place.variable or legible(program.text(place), 24)


def _constant(place: Place, aligned: Aligned) -> str:
    """Write what is the same number everywhere and at all arguments; nothing, if it isn't."""
    seen = [o.seen[place.index] for o in aligned.observed if place.index in o.seen]
    values = [s.numbers(k) for s in seen for k in range(len(s.values))]
    if not values or not all(isinstance(v, np.ndarray | int | float) and not isinstance(v, bool) for v in values):
        return ""
    arrays = [np.asarray(v) for v in values]
    first = arrays[0].ravel()[:1]
    if not all(a.dtype.kind in "iuf" and a.size and (a == first).all() for a in arrays):
        return ""
    written = number(first[0].item())
    return {"0": "zeros", "1": "ones"}.get(written, f"{written} everywhere") if arrays[0].ndim else written


def _math(written: str, style: Style) -> str:
    """Put mathematics between dollars where it stands among words in LaTeX."""
    return f"${written}$" if style is LATEX else written


def _steps(matches: Sequence[Match | None], style: Style) -> str:
    """Say which quantities an expression is that runs once, or once in each step of a loop."""
    known = [m for m in matches if m is not None]
    by_chance = 2 * len(known) < len(matches) and matches[0] is None is matches[-1]
    if not known or by_chance:
        return UNKNOWN
    texts = list(dict.fromkeys(_math(m.text(style), style) for m in known))
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
    quantity: Quoted


def _parts(program: Source, aligned: Aligned, file: str, line: int) -> Iterator[_Part]:
    """List the expressions inside a statement, and what each is."""
    told: dict[str, Quoted] = {}
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
                told.setdefault(text, Quoted(what, _steps(matches, LATEX)))
    yield from (_Part(*item) for item in told.items())
