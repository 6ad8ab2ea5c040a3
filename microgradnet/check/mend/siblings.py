"""A statement as its siblings are written: ``dW1`` as ``dW2``, the input gate as the output gate.

Where several statements do the same to things of several names, one that is written otherwise may be the wrong one.
"""

from __future__ import annotations

import ast
import copy
import itertools
import re
from collections.abc import Iterator
from typing import Any

from microgradnet.check.mend.rewrite import Rewrite, targets_of
from microgradnet.check.mend.surroundings import Surroundings
from microgradnet.check.observe import READ

SIBLINGS = 6
"""How many siblings are looked at, the nearest first."""

RENAMED = 6
"""How long the part of a name may be in which two siblings differ."""


def as_its_siblings(at: Surroundings) -> Iterator[Rewrite]:
    """Write the value of a statement as statements beside it are, with its own names in place of theirs."""
    statement = at.place.statement
    own = _target_of(statement) if isinstance(statement, ast.Assign | ast.AugAssign) else None
    if own is None or at.place.node is not statement.value:
        return
    statements: Iterator[Any] = (s for s in ast.walk(at.tree) if type(s) is type(statement))
    apart = [(s, parts) for s in statements if (parts := differing(own, _target_of(s))) is not None]
    apart.sort(key=lambda found: abs(found[0].lineno - at.place.line))
    known = {*at.holding, *at.names}
    for sibling, (mine, theirs) in apart[:SIBLINGS]:
        source = renamed(sibling.value, theirs, mine, known)
        if source not in (ast.unparse(at.place.node), ast.unparse(sibling.value)):
            yield Rewrite("wrong-point", source, source, 0.3)


def _target_of(statement: Any) -> ast.expr | None:
    """Return what a statement gives a value to, or adds it to, if that is one thing."""
    targets = targets_of(statement)
    one = targets[0] if len(targets) == 1 else None
    return one if isinstance(one, READ) else None


def _words(node: ast.AST) -> list[str]:
    """List the names in an expression: of variables, attributes and entries."""
    found = (getattr(n, "id", getattr(n, "attr", getattr(n, "value", None))) for n in ast.walk(node))
    return [w for w in found if isinstance(w, str)]


def differing(own: ast.expr, other: ast.expr | None) -> tuple[str, str] | None:
    """Return the parts of one name in which two targets differ; None where they differ in more, or in nothing."""
    if other is None or [type(n) for n in ast.walk(own)] != [type(n) for n in ast.walk(other)]:
        return None
    pairs = [(a, b) for a, b in zip(_words(own), _words(other), strict=False) if a != b]
    if len(pairs) != 1:
        return None
    a, b = pairs[0]
    start = _alike(a, b)
    end = _alike(a[start:][::-1], b[start:][::-1])
    parts = a[start : len(a) - end], b[start : len(b) - end]
    return parts if start + end and all(p.isalnum() and len(p) <= RENAMED for p in parts) else None


def _alike(a: str, b: str) -> int:
    """Count the letters that two words begin with alike."""
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(a, b, strict=False)))


def renamed(value: ast.AST, theirs: str, mine: str, known: set[str]) -> str:
    """Write an expression with a part of its names exchanged wherever that gives the name of something else."""
    new = copy.deepcopy(value)
    for node in ast.walk(new):
        for field in ("id", "attr", "value"):
            word = getattr(node, field, None)
            if isinstance(word, str):
                names = (word[: m.start()] + mine + word[m.end() :] for m in re.finditer(re.escape(theirs), word))
                there = (n for n in names if any(re.search(rf"\b{re.escape(n)}\b", text) for text in known))
                setattr(node, field, next(there, word))
    return ast.unparse(new)
