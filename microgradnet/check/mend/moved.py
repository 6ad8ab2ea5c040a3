"""A statement that stands in the wrong place: outside of the loop that it belongs to, inside of one, or too late."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

from microgradnet.check.mend.rewrite import Rewrite, names_in, read_in, targets_of
from microgradnet.check.observe import Place, blocks_of

AWAY = 3
"""Past how many statements of its block one is moved at most."""

_SIMPLE = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr)
_BLOCKS = (ast.For, ast.While, ast.If, ast.With)


class _Where(NamedTuple):
    """Where a statement stands: at which number of which block, and what the block is of."""

    block: Sequence[ast.stmt]
    number: int
    owner: ast.AST


def moved(guard: Place, tree: ast.AST) -> Iterator[tuple[Place, Rewrite]]:
    """List where else a statement may belong: the nearest places first."""
    statement = guard.statement
    at = _places(tree).get(statement)
    if at is None or not isinstance(statement, (*_SIMPLE, ast.Return)):
        return
    text = ast.unparse(statement)

    def to(kind: str, other: ast.stmt, mistake: str) -> tuple[Place, Rewrite]:
        return replace(guard, index=-1, kind=kind, node=other), Rewrite(mistake, text, "", 0.3)

    scales = isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.Mult | ast.Div)
    before, after = at.block[: at.number][::-1], at.block[at.number + 1 :]
    if isinstance(statement, ast.Return):
        before = after = []
    loop: Any = next((s for s in before if isinstance(s, _BLOCKS)), None)
    while isinstance(loop, _BLOCKS):
        if _is_of(statement, loop):
            seldom = "repeated-factor" if scales else "repeated-term"  # under a condition it was to be done
            yield to("moved behind", loop.body[-1], seldom if isinstance(loop, ast.If) else "missing-term")
        loop = loop.body[-1]
    loop = next((s for s in after if isinstance(s, ast.For | ast.While)), None)
    while isinstance(loop, ast.For | ast.While) and isinstance(statement, ast.Assign):
        if not _made(statement).isdisjoint(_added_to(loop)):  # it is added up anew in each turn
            yield to("moved ahead", loop.body[0], "repeated-term")
        loop = next((s for s in loop.body if isinstance(s, ast.For | ast.While)), None)
    owner: Any = at.owner
    while isinstance(owner, _BLOCKS):
        early = isinstance(statement, ast.Return) or isinstance(owner, ast.If)  # the first turn is the last; or seldom
        yield to("moved behind", owner, "missing-term" if early else "repeated-factor" if scales else "repeated-term")
        owner = _places(tree)[owner].owner
    reads, makes = _read(statement), _made(statement)
    for kind, others in (("moved ahead", before), ("moved behind", after)):
        for other in others[:AWAY]:
            if isinstance(other, ast.Return | ast.FunctionDef | ast.ClassDef):
                break
            if _made(other) & (reads | makes) or _read(other) & makes:
                yield to(kind, other, "stale-value")


def _is_of(statement: ast.stmt, loop: Any) -> bool:
    """Whether a statement reads what a block makes."""
    own = names_in(loop.target) if isinstance(loop, ast.For) else set[str]()
    return bool(_read(statement) & own.union(*map(_made, loop.body)))


def _added_to(loop: ast.AST) -> set[str]:
    """Name the variables that a loop adds to."""
    return {n for s in ast.walk(loop) if isinstance(s, ast.AugAssign) for n in _roots(s.target)}


def _made(statement: ast.AST) -> set[str]:
    """Name the variables that a statement gives a value, writes into, or hands to what may."""
    made = set[str]()
    for s in ast.walk(statement):
        made |= {n for t in targets_of(s) for n in _roots(t)}
        if isinstance(s, ast.Expr) and isinstance(s.value, ast.Call):
            made |= {n for a in s.value.args[:1] for n in _roots(a)}
    return made


def _roots(target: ast.expr) -> set[str]:
    """Name what a target is of: x of ``x[i]``, with no index."""
    if isinstance(target, ast.Tuple | ast.List):
        return {n for t in target.elts for n in _roots(t)}
    while isinstance(target, ast.Subscript | ast.Starred):
        target = target.value
    return {ast.unparse(target)}


def _read(statement: ast.AST) -> set[str]:
    """Name the variables and attributes that a statement reads, those among them that it adds to."""
    return read_in(statement) | (_made(statement) if isinstance(statement, ast.AugAssign) else set())


@lru_cache(maxsize=16)
def _places(tree: ast.AST) -> dict[ast.AST, _Where]:
    found = dict[ast.AST, _Where]()
    for owner in ast.walk(tree):
        for block in blocks_of(owner):
            found |= {s: _Where(block, i, owner) for i, s in enumerate(block)}
    return found
