"""A statement that isn't there: after which one it belongs, and which variable it would change.

After each statement whose variables are read next, and where a ``pass`` holds the place, a variable is moved. Where
that can mend everything, what is to be added to it, or what it is to be, is looked for as at any place.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from types import FrameType
from typing import Any, NamedTuple

import numpy as np

from microgradnet.check.align import is_exact
from microgradnet.check.mend.expressions import Expressions
from microgradnet.check.mend.mends import Mend
from microgradnet.check.mend.one_change import patched
from microgradnet.check.mend.response import Response, Run, fitting
from microgradnet.check.mend.rewrite import (
    VALUE,
    Rewrite,
    assigned,
    closed,
    given_by,
    indices_of,
    names_in,
    targets_of,
    with_other,
)
from microgradnet.check.mend.scan import Scan, is_real
from microgradnet.check.mend.surroundings import Surroundings, is_share
from microgradnet.check.mend.variables import matrix_products
from microgradnet.check.observe import Held, Observation, Place, Seen, kept
from microgradnet.check.rerun import Edit, shaken

Array = np.ndarray[Any, np.dtype[Any]]

TEXTS = 6
"""How many texts are run of those that fit at one place."""

PRODUCTS = 24
"""How many products of matrices are run that a loop may have been meant to hand on."""

OTHERS = 4
"""How many other indices an element is looked at with that something is added to."""

SIZE = 2**20
"""How many bytes of a value are looked at."""


class _Gap(NamedTuple):
    """Where a statement may be missing, and which variable it would change."""

    at: Place
    variable: str
    anew: bool
    """Whether it may have a value anew there."""
    is_left: bool
    """Whether a loop ends there that reads the variable, zero before or a gradient, and only adds to it."""
    is_never: bool = False
    """Whether nothing is ever added to the variable, though it begins with zeros."""
    is_beside: bool = False
    """Whether something is added there to another part of it, or to what began with zeros like it."""


def handed_on(scan: Scan) -> Mend | None:
    """Find what a loop was to hand on to its next turn, and doesn't."""
    return _filled(scan, [g for g in _gaps(scan) if g.is_left or g.is_never])


def may_be_handed_on(scan: Scan) -> bool:
    """Whether there is a loop that may have been meant to hand something on, or to add something up."""
    return scan.may_be_patched and any(g.is_left or g.is_never for g in _gaps(scan))


def inserted(scan: Scan) -> Mend | None:
    """Find a statement that mends everything where it is added."""
    return _filled(scan, _gaps(scan))


def changed_before(scan: Scan, mends: Sequence[Mend]) -> Mend | None:
    """Find whether a variable that is changed alike wherever it is read may be changed once, before that."""
    first = min((m.place for m in mends), key=scan.repair.time_of)
    rewrite = mends[0].rewrite
    if rewrite is None or not scan.may_be_patched:
        return None
    ahead = replace(first, index=-1, kind="ahead", node=first.statement)
    return patched(scan, ahead, replace(rewrite, source=_as_statement(ast.unparse(first.node), rewrite.source)))


def changed_where_made(scan: Scan, mends: Sequence[Mend]) -> Mend | None:
    """Find whether variables that one statement makes may be changed there, instead of where each of them is read."""
    read = {m.place.node.id: m.rewrite for m in mends if isinstance(m.place.node, ast.Name) and m.rewrite is not None}
    if not len(read) == len(mends) > 1 or not scan.may_be_patched:
        return None
    for guard in scan.repair.guards.values():
        match guard.statement:
            case ast.Assign([ast.Tuple(targets)], ast.Tuple(values)) if len(targets) == len(values):
                names = [ast.unparse(t) for t in targets]
            case _:
                continue
        if guard.function == mends[0].place.function and read.keys() <= {*names}:
            texts = [closed(v, ast.unparse(v)) for v in values]
            new = [read[n].run.replace(VALUE, t) if n in read else t for n, t in zip(names, texts, strict=True)]
            first = next(iter(read.values()))
            mend = patched(scan, guard, replace(first, source=f"{', '.join(names)} = {', '.join(new)}"))
            if mend is not None:
                return mend
    return None


def _filled(scan: Scan, gaps: Sequence[_Gap]) -> Mend | None:
    if not scan.may_be_patched or not gaps:
        return None
    scan.repair.extend()
    for gap in gaps:
        if scan.repair.stopped:
            return None
        with _opened(scan, gap.at, gap.variable) as place:
            texts = list(_texts(scan, place, gap))
        for text in texts:
            if (mend := patched(scan, gap.at, text)) is not None:
                return mend
    return None


def _texts(scan: Scan, place: Place, gap: _Gap) -> Iterator[Rewrite]:
    """List the statements with which a variable would mend everything: what changes it, or gives it a value anew."""
    seen = _seen(scan, place)
    if seen is None or not is_real(seen, place.index) or not _reaches(scan, place):
        return
    value = seen.seen[place.index].values[0]
    if np.any(value) and any(
        np.array_equal(q.values[0], value) for q in scan.repair.known.quantities if q.kind == "value"
    ):
        return  # it is as in the loss
    at = Surroundings(Expressions(scan.program, seen), place)
    own, far = names_in(ast.parse(str(place.variable))), 0.15 if gap.is_left or gap.is_never else 0.5
    counts = scan.rerun.of_some(scan.wrong | scan.kept)
    ways = ("after", _adding(scan), {"missing-term"}), ("assigned", scan.row, {"missing-factor", "unexplained"})
    for how, run, only in ways if gap.anew else ways[:1]:
        scan.program.places[place.index] = place = replace(place, kind=how)
        row = partial(_of_some, run, counts)
        response = Response.of(place, row, scan.rerun.true[0][counts], scan.rerun.near[0][counts])
        if response is None or not response.mends():
            continue
        found = (t for t in fitting(at, response.first, row, scan.repair.code) if t.kind in only)
        for text in itertools.islice(found, TEXTS):
            kind = "missing-term" if text.kind == "unexplained" else text.kind
            if (names_in(ast.parse(text.source)) - own) & seen.names[place.index].keys():  # and not a number alone
                yield Rewrite(kind, _as_statement(str(place.variable), text.source), "", far)
    if not gap.is_left:
        return
    # Where the gradients are few they don't tell which value is needed: what an LSTM's gate or a layer makes is tried.
    gates = [n for n, shape in at.arrays.items() if shape == np.shape(value) and n not in own]
    gates.sort(key=lambda n: is_share(at.holding[n]))
    products = matrix_products(dict([*at.arrays.items()][::-1]), np.shape(value)) if not np.any(value) else iter(())
    parts = [t for t, shape in at.parts.items() if shape == np.shape(value) and t.endswith("]") and ":" in t]
    gated = (f"{place.variable} * {name}" for name in gates[-TEXTS:])
    for made in (*gated, *parts[-TEXTS:], *itertools.islice(products, PRODUCTS)):
        yield Rewrite("missing-term", f"{place.variable} = {made}", "", 0.15)


def _of_some(run: Run, counts: Array, edits: Mapping[int, Edit]) -> Array | None:
    """Run with some edits: those of the gradients that count."""
    row = run(edits)
    return None if row is None else row[counts]


def _adding(scan: Scan) -> Run:
    """Run with something added at some places: what a loop adds up is made of all of them."""

    def added(edit: Edit) -> Edit:
        return lambda v, frame, k: v + edit(0 * v, frame, k)

    return lambda edits: scan.row({i: added(edit) for i, edit in edits.items()})


def _seen(scan: Scan, place: Place) -> Observation | None:
    """Look at a variable, and at what is at hand where it stands; None where nothing is."""
    at, names = Seen(), dict[str, Any]()

    def look(v: Any, frame: FrameType, k: int) -> Any:
        if k == 0:
            at.values.append(kept(v, SIZE))
            names.update(Held().at(place.statement, frame))
        at.count += 1
        return v

    if scan.row({place.index: look}) is None or not at.count:
        return None
    seen = scan.seen
    return replace(seen, seen={**seen.seen, place.index: at}, names={**seen.names, place.index: names})


def _reaches(scan: Scan, place: Place) -> bool:
    """Whether all that is wrong changes with a variable, and nothing that is right."""
    edit = {place.index: shaken(np.random.default_rng(23))}
    found = scan.repair.outcome(edit, frozenset(), 0, scan.done)
    if found is None or not scan.kept <= found.right:
        return False
    moved = (found.row != scan.base.row) & np.isfinite(found.row)
    return all(moved[part].any() for name, part in scan.rerun.parts.items() if name in scan.wrong)


def _as_statement(variable: str, source: str) -> str:
    """Write what a variable is to be as a statement, ``dW += d`` for ``dW + d``."""
    for sign in "+-*/":
        if source.startswith(f"{variable} {sign} "):
            return f"{variable} {sign}= {_bare(source[len(variable) + 3 :])}"
    return f"{variable} = {_bare(source)}"


def _bare(text: str) -> str:
    """Take off the parentheses around a text, where there are any."""
    return ast.unparse(ast.parse(text)) if text.startswith("(") else text


# --- where ---------------------------------------------------------------------------------------------------------


@contextmanager
def _opened(scan: Scan, at: Place, variable: str) -> Iterator[Place]:
    """Let a variable be put something else where a statement may be missing, beside what is mended already."""
    places = scan.program.places
    node = ast.parse(variable, mode="eval").body
    place = Place(len(places), "after", node, at.statement, at.file, at.function, variable)
    places.append(place)
    try:
        scan.rerun.exchange(scan.program.only(scan.mended_statements, place, ahead=at.kind == "ahead"))
        yield place
    finally:
        places.pop()


def _gradients(scan: Scan) -> set[tuple[str, str]]:
    """Name the variables that are gradients when they are first read, each with its function."""
    reads = (scan.program.places[i] for i in scan.seen.seen)
    named = [
        p for p in reads if p.kind == "expression" and isinstance(p.node, ast.Name) and is_real(scan.seen, p.index)
    ]
    firsts = ((p, scan.repair.aligned.first(p)) for p in named)
    return {(p.function, p.node.id) for p, m in firsts if is_exact(m, "cotangent")}


def _gaps(scan: Scan) -> list[_Gap]:
    """List where a statement may be missing; first where a ``pass`` stands, and where a loop leaves something out."""
    own = {p.statement: p for p in scan.program.places if p.index in scan.seen.seen and p.index not in scan.taken}
    gaps, gradients = list[_Gap](), _gradients(scan)
    for file, tree in scan.program.trees.items():
        for function in (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)):
            inside = [own[s] for s in ast.walk(function) if s in own]
            if inside:
                name = inside[0].function
                entries = _untouched_entries(function, scan.seen.names.get(inside[0].index, {}))
                gaps += _in_function(function, file, name, {v for f, v in gradients if f == name}, entries)
    return sorted(
        gaps, key=lambda g: (not isinstance(g.at.statement, ast.Pass), not (g.is_left or g.is_never), not g.is_beside)
    )


def _in_function(
    function: ast.FunctionDef, file: str, name: str, gradients: set[str], entries: set[str]
) -> Iterator[_Gap]:
    texts, empty = _assigned(function), _begun_empty(function)
    handed, untouched = empty | gradients, entries | {n for n in empty if not _is_changed(function, n)}
    begun = empty | {_root(t) for t in entries}
    texts |= dict.fromkeys(sorted((gradients | entries) - texts.keys()), function.lineno)
    for node in _without_functions(function):
        left = (
            {n for n in handed & names_in(node) if _is_left(node, n)}
            if isinstance(node, ast.For | ast.While)
            else set()
        )
        for block in (getattr(node, field, None) for field in ("body", "orelse")):
            made = set[str]()
            for s, later in itertools.pairwise([None, *block, None]) if isinstance(block, list) and block else ():
                made |= given_by(s)
                if (at := _between(s, later, file, name)) is None:
                    continue
                added = _root(ast.unparse(s.target)) if isinstance(s, ast.AugAssign) else None
                added = None if isinstance(later, ast.Pass) else added
                read = None if later is None or at.kind == "statement" else names_in(later)
                for text, first in texts.items():
                    never = text in untouched and text not in left
                    beside = added is not None and (added == _root(text) or (never and added in begun))
                    if first <= at.node.lineno and (read is None or _root(text) in read or beside):
                        anew = text not in made and not never
                        yield _Gap(at, text, anew, later is None and text in left, never, beside)


def _between(before: ast.stmt | None, after: ast.stmt | None, file: str, function: str) -> Place | None:
    """Return where a statement may be missing between two of a block: most likely in place of a ``pass``."""
    if isinstance(before, ast.Pass):
        return Place(-1, "statement", before, before, file, function)
    if before is None or isinstance(after, ast.Pass):
        return None if after is None else Place(-1, "ahead", after, after, file, function)
    if isinstance(before, ast.Return | ast.Raise | ast.Continue | ast.Break | ast.FunctionDef | ast.ClassDef):
        return None
    last = before
    while isinstance(body := getattr(last, "orelse", None) or getattr(last, "body", None), list):
        last = body[-1]
    return Place(-1, "added", last, before, file, function)


def _without_functions(function: ast.FunctionDef) -> Iterator[ast.AST]:
    pending: list[ast.AST] = [function]
    while pending:
        node = pending.pop(0)
        yield node
        inner = (n for n in ast.iter_child_nodes(node) if isinstance(n, ast.stmt))
        pending += [n for n in inner if not isinstance(n, ast.FunctionDef | ast.ClassDef)]


def _assigned(function: ast.FunctionDef) -> dict[str, int]:
    """Name what a function assigns, and since which line: variables, their elements in loops, attributes."""
    found: dict[str, int] = {}
    statements = [s for s in ast.walk(function) if isinstance(s, ast.stmt)]
    loops = [(n, s.lineno) for s in statements if isinstance(s, ast.For) for n in names_in(s.target)]
    picked = [(index, function.lineno) for index in _picked(function)]
    for s in statements:
        for part in _targets(s):
            found.setdefault(ast.unparse(part), s.lineno if isinstance(part, ast.Name) else function.lineno)
            if isinstance(part, ast.Name):
                for index, line in (*loops, *picked):
                    found.setdefault(f"{part.id}[{index}]", max(s.lineno, line))
            elif isinstance(part, ast.Attribute):
                for a in function.args.args:
                    found.setdefault(f"{a.arg}.{part.attr}", function.lineno)
            elif isinstance(s, ast.AugAssign) and isinstance(part, ast.Subscript):
                for text in _elsewhere(part, function):
                    found.setdefault(text, function.lineno)
    return found


def _picked(function: ast.FunctionDef) -> list[str]:
    """Write how a function picks an element of each row, as that of the right class: ``np.arange(len(y)), y``."""
    read = (n.slice for n in ast.walk(function) if isinstance(n, ast.Subscript) and isinstance(n.slice, ast.Tuple))
    picked = (", ".join(map(ast.unparse, p.elts)) for p in read if any(isinstance(e, ast.Call) for e in p.elts))
    return [*dict.fromkeys(picked)][:OTHERS]


def _elsewhere(element: ast.Subscript, function: ast.FunctionDef) -> Iterator[str]:
    """Write an element that is added to with another index that the function has: of the right class, of each other."""
    parts = [ast.unparse(p) for p in indices_of(element)]
    read = (n for n in ast.walk(function) if isinstance(n, ast.Subscript) and isinstance(n.ctx, ast.Load))
    others = dict.fromkeys(
        ast.unparse(p) for n in read for p in indices_of(n) if isinstance(p, ast.Name | ast.Subscript)
    )
    for k, part in enumerate(indices_of(element)):
        for other in (
            [o for o in others if o != parts[k]][:OTHERS] if isinstance(part, ast.Name | ast.Subscript) else ()
        ):
            yield f"{ast.unparse(element.value)}[{', '.join(with_other(parts, k, other))}]"


def _targets(statement: ast.AST) -> Iterator[ast.expr]:
    """List what an assignment gives a value."""
    targets: Sequence[ast.expr] = statement.targets if isinstance(statement, ast.Assign) else ()
    for target in [statement.target] if isinstance(statement, ast.AugAssign) else targets:
        parts = target.elts if isinstance(target, ast.Tuple) else [target]
        yield from (p.value if isinstance(p, ast.Starred) else p for p in parts)


def _begun_empty(function: ast.FunctionDef) -> set[str]:
    """Name the variables that a function gives zeros."""
    given = ((t, v) for s in ast.walk(function) if isinstance(s, ast.Assign) for t, v in assigned(s))
    return {t.id for t, v in given if isinstance(t, ast.Name) and ("zeros" in ast.unparse(v) or _is_zero(v))}


def _is_changed(function: ast.FunctionDef, name: str) -> bool:
    """Whether a function gives a variable another value, or writes into it, or hands it to what may."""
    changes = [t for s in ast.walk(function) for t in _targets(s) if _root(ast.unparse(t)) == name]
    handed = (a for s in ast.walk(function) if isinstance(s, ast.Call) for a in s.args)
    return len(changes) > 1 or any(isinstance(a, ast.Name) and a.id == name for a in handed)


def _untouched_entries(function: ast.FunctionDef, names: Mapping[str, Any]) -> set[str]:
    """Name the entries of dictionaries that are zeros, where a function changes others and never these."""
    found = set[str]()
    for s in (n for n in ast.walk(function) if isinstance(n, ast.AugAssign)):
        match s.target:
            case ast.Subscript(ast.Name(holder), ast.Constant(str())) if isinstance(names.get(holder), dict):
                zeros = {k for k, v in names[holder].items() if isinstance(v, np.ndarray) and not v.any()}
                found |= {f"{holder}[{k!r}]" for k in zeros if isinstance(k, str)}
    return {t for t in found if t not in {ast.unparse(n) for n in ast.walk(function) if isinstance(n, ast.Subscript)}}


def _is_zero(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) in (int, float) and node.value == 0


def _is_left(loop: ast.stmt, name: str) -> bool:
    """Whether a loop makes use of a variable, and gives it no other value than one that is added to what it held."""
    used = False
    for s in (n for n in ast.walk(loop) if isinstance(n, ast.stmt) and not hasattr(n, "body")):
        if not any(name in names_in(t) for t in targets_of(s)):
            used |= name in names_in(s)
        elif isinstance(s, ast.Assign) and not _adds(s.value, name):
            return False
    return used


def _adds(node: Any, name: str) -> bool:
    """Whether a value is a sum of which a variable is a term."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _adds(node.left, name) or _adds(node.right, name)
    return isinstance(node, ast.Name) and node.id == name


def _root(text: str) -> str:
    """Return the variable that an element or an attribute is of."""
    return text.split("[")[0].split(".")[0]
