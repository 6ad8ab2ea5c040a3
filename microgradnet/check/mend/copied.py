"""A statement that isn't there, though its siblings are: a gate forgotten, what is put nowhere, axes not turned."""

from __future__ import annotations

import ast
import itertools
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np

from microgradnet.check.mend.expressions import unread
from microgradnet.check.mend.mends import Mend
from microgradnet.check.mend.one_change import patched
from microgradnet.check.mend.rewrite import Rewrite, names_in
from microgradnet.check.mend.scan import Scan
from microgradnet.check.mend.siblings import differing, renamed
from microgradnet.check.mend.surroundings import held
from microgradnet.check.observe import Place

MOST = 80
"""How many statements are tried."""


def copied(scan: Scan) -> Mend | None:
    """Find a statement that mends everything where it is added, and is written as another one is."""
    if not scan.may_be_patched:
        return None
    scan.repair.extend()
    turned = ((place, "transpose", text) for place, text in _turned(scan))
    added = ((place, "missing-term", text) for place, text in _copies(scan))
    for place, kind, text in itertools.islice(itertools.chain(turned, added), MOST):
        if scan.repair.stopped:
            return None
        if (mend := patched(scan, place, Rewrite(kind, text, "", 0.3))) is not None:
            return mend
    return None


def _copies(scan: Scan) -> Iterator[tuple[Place, str]]:
    """List statements, and where they may be: those that read what nothing reads come first."""
    first, others = list[tuple[Place, str]](), list[tuple[Place, str]]()
    for function, own in _functions(scan):
        unused = {*unread(function)}
        known = _known(scan, own)
        words = {*known, *_keys(scan, own)}
        there = {ast.unparse(s) for s in own}
        blocks = [b for n in ast.walk(function) for b in (getattr(n, "body", None), getattr(n, "orelse", None))]
        for block in (b for b in blocks if isinstance(b, list)):
            for k, s in enumerate(block):
                if s not in own or not _adds(s):
                    continue
                alike = [*_alike(s, known, words)]
                for text in (*alike, *(_taken_off(t) for t in alike if _adds_to(t))):
                    if text not in there:
                        own_quotes = '"' in scan.program.text(own[s], s) and "'" not in scan.program.text(own[s], s)
                        reads = names_in(ast.parse(text))
                        last = max((i for i, b in enumerate(block) if _gives(b) & reads), default=k)
                        found = first if reads & unused else others
                        written = text.replace("'", '"') if own_quotes else text
                        found.append((_behind(block[max(k, last)], own[s]), written))
        first += [(_ahead(function.body[-1], own), text) for text in _put_somewhere(function, unused, known)]
    return iter([*first, *others])


def _functions(scan: Scan) -> Iterator[tuple[ast.FunctionDef, dict[ast.stmt, Place]]]:
    """List the functions that ran, each with the statements in it and a place of each."""
    ran = {p.statement: p for p in scan.program.places if p.index in scan.seen.seen}
    for tree in scan.program.trees.values():
        for function in (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)):
            own = {s: ran[s] for s in ast.walk(function) if isinstance(s, ast.stmt) and s in ran}
            if own:
                yield function, own


def _known(scan: Scan, own: dict[ast.stmt, Place]) -> dict[str, Any]:
    """Return what the variables of a function held, and what they held of numbers."""
    names: dict[str, Any] = {}
    for place in own.values():
        names |= scan.seen.names.get(place.index, {})
    return {**dict(held(names)), **names}


def _keys(scan: Scan, own: dict[ast.stmt, Place]) -> set[str]:
    """List the words in a function's file, by which entries are read."""
    tree = scan.program.trees[next(iter(own.values())).file]
    return {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def _adds(statement: ast.stmt) -> bool:
    """Whether a statement adds to what was there, or puts something in a part of an array."""
    match statement:
        case ast.AugAssign() | ast.Expr(ast.Call(ast.Attribute(attr="at"))):
            return True
        case ast.Assign([ast.Name(name)], value):
            return name in names_in(value)
        case ast.Assign([ast.Subscript()]):
            return True
    return False


def _alike(statement: ast.stmt, known: dict[str, Any], words: set[str]) -> Iterator[str]:
    """Write a statement with a part of its names exchanged, and perhaps other whole numbers for those in it."""
    texts: dict[str, None] = {ast.unparse(statement): None}
    read = [n for n in ast.walk(statement) if isinstance(n, ast.Name) and n.id in known]
    for node, name in itertools.product(read, known):
        parts = differing(ast.Name(name), ast.Name(node.id))
        if parts is not None and _looks(known[name]) == _looks(known[node.id]):
            texts.setdefault(renamed(statement, parts[1], parts[0], words))
    for text in [*texts]:
        for n in (n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Name) and _counts(known.get(n.id))):
            others = (o for o, v in known.items() if _counts(v) and np.ndim(v) == np.ndim(known[n.id]) and o != n.id)
            line = text.encode()
            texts |= {
                (line[: n.col_offset] + o.encode() + line[n.end_col_offset :]).decode(): None
                for o in others
                if n.lineno == 1 and o.isidentifier()
            }
    yield from texts


def _adds_to(text: str) -> bool:
    return isinstance(ast.parse(text).body[0], ast.AugAssign) and (" += " in text) != (" -= " in text)


def _taken_off(text: str) -> str:
    """Subtract what a statement adds, and add what it subtracts."""
    return text.replace(" += ", " -= ", 1) if " += " in text else text.replace(" -= ", " += ", 1)


def _looks(value: Any) -> Any:
    """Say what something looks like: an array by its axes."""
    return value.ndim if isinstance(value, np.ndarray) else type(value)


def _counts(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind in "iu"


def _put_somewhere(function: ast.FunctionDef, unused: set[str], known: dict[str, Any]) -> Iterator[str]:
    """Put what nothing reads into an element of an array that is written to."""
    loops = {n for f in ast.walk(function) if isinstance(f, ast.For) for n in names_in(f.target)}
    stores = (n for n in ast.walk(function) if isinstance(n, ast.Subscript) and isinstance(n.ctx, ast.Store))
    arrays = dict.fromkeys(n.value.id for n in stores if isinstance(n.value, ast.Name))
    whole = [n for n, v in known.items() if isinstance(v, int | np.integer) and n not in loops | unused]
    values = [n for n in sorted(unused) if isinstance(known.get(n), int | float | np.ndarray | np.number)]
    for value, array, index in itertools.product(values, arrays, whole):
        for how in ("= {}", "= -{}", "+= {}", "-= {}"):
            yield f"{array}[{index}] {how.format(value)}"


def _gives(statement: ast.stmt) -> set[str]:
    """Name the variables that a statement gives a value."""
    nodes = (n for n in ast.walk(statement) if isinstance(n, ast.Name))
    return {n.id for n in nodes if isinstance(n.ctx, ast.Store)}


def _behind(statement: ast.stmt, own: Place) -> Place:
    return Place(-1, "added", statement, statement, own.file, own.function)


def _ahead(statement: ast.stmt, own: dict[ast.stmt, Place]) -> Place:
    """Return the place ahead of a statement of a function."""
    at = next(iter(own.values()))
    return Place(-1, "ahead", statement, statement, at.file, at.function)


def _turned(scan: Scan) -> Iterator[tuple[Place, str]]:
    """Turn what is given to a function, and read several times there, as others are turned in its file."""
    for function, own in _functions(scan):
        known, first = _known(scan, own), _ahead(min(own, key=lambda s: s.lineno), own)
        calls = (n for n in ast.walk(scan.program.trees[first.file]) if isinstance(n, ast.Call))
        turns = [c.args for c in calls if getattr(c.func, "attr", "") == "transpose"]
        reads = Counter(n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load))
        for name in (a.arg for a in function.args.args if reads[a.arg] > 1):
            fitting = (axes for axes in turns if len(axes) == np.ndim(known.get(name, 0)) > 1)
            texts = (f"{name} = {name}.transpose({', '.join(map(ast.unparse, axes))})" for axes in fitting)
            yield from ((first, text) for text in dict.fromkeys(texts))
