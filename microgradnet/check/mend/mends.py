"""A change that makes wrong gradients right, and what can be told of one by the text alone."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from microgradnet.check.align import Match
from microgradnet.check.mend.rewrite import Rewrite, descends, given_by, names_in
from microgradnet.check.mend.surroundings import Surroundings
from microgradnet.check.observe import READ, Place
from microgradnet.check.rerun import Edit

Generator = Callable[[Surroundings], Iterator[Rewrite]]
"""What lists the texts that may stand at a place."""


@dataclass(frozen=True, eq=False)
class Mend:
    """A change at one place that makes wrong gradients right, at all draws.

    Attributes
    ----------
    place : Place
    names : frozenset of str
        The gradients that it mends.
    rewrite : Rewrite or None
        Other text; None where it isn't known how to write what belongs there.
    left_out : bool
        Whether the statement is to be left out.
    quantity : Match or None
        What the right value is.
    forward : bool
        Whether that is a value of the forward pass.
    """

    place: Place
    names: frozenset[str]
    edits: Sequence[Mapping[int, Edit]]  # for each draw
    left_out: frozenset[int] = frozenset()
    rewrite: Rewrite | None = None
    quantity: Match | None = None
    forward: bool = False

    @property
    def is_written(self) -> bool:
        """Whether the change is known as text, so that it can be made in the source."""
        return self.rewrite is not None or bool(self.left_out)

    @property
    def is_of_the_source(self) -> bool:
        """Whether it is another statement, which can't be put in place of what is computed while it runs."""
        return not self.left_out and not any(self.edits)

    @property
    def far(self) -> float:
        """How far it is from what stands there."""
        statement = self.place.statement
        stepped = isinstance(statement, ast.Assign) and descends(statement)
        if self.left_out and (stepped or isinstance(statement, ast.AugAssign | ast.Expr)):
            return TOO_MUCH
        return 3.0 if self.quantity is not None else 0.7 if self.rewrite is None else self.rewrite.far


TOO_MUCH = 0.44
"""How far it is to leave out what is only added to something, or only called for what it does."""

_JOINING = frozenset({"array", "concatenate", "hstack", "stack", "vstack"})


def on_top(
    done: Sequence[Mend], edits: Mapping[int, Edit], left_out: frozenset[int], draw: int
) -> tuple[Mapping[int, Edit], int, frozenset[int]]:
    """Return what a rerun takes: some edits on top of what is mended, the draw, and the statements left out."""
    for mend in done:
        edits = {**mend.edits[draw], **edits}
        left_out |= mend.left_out
    return edits, draw, left_out


def hands_on(statement: ast.stmt) -> bool:
    """Whether a statement does no more than give a name to what has one, or to a constant; or add it to an entry."""
    value = getattr(statement, "value", None)
    reads = ast.Name | ast.Constant | ast.Attribute | ast.Subscript
    if isinstance(statement, ast.AugAssign):
        entry = isinstance(statement.target, ast.Subscript) and isinstance(statement.target.slice, ast.Constant)
        return entry and isinstance(statement.op, ast.Add) and isinstance(value, ast.Name)
    parts = value.elts if isinstance(value, ast.Tuple) else [value]
    return isinstance(statement, ast.Assign) and all(isinstance(p, reads) for p in parts)


def joined(tree: ast.AST) -> Iterator[ast.expr]:
    """List what is put together to one array: each part may be the gradient of something of its own."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(ast.Attribute(attr=name) | ast.Name(id=name), [ast.List(parts) | ast.Tuple(parts), *_]):
                yield from parts if name in _JOINING else ()


def is_simple(source: str) -> bool:
    """Whether a text is no more than a variable, an attribute, an element or a number."""
    return isinstance(ast.parse(source, mode="eval").body, READ | ast.Constant)


def takes_off(statement: ast.stmt) -> bool:
    """Whether a statement subtracts from what was there: what it takes off may be right, and the sign wrong."""
    return isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.Sub)


def returns_a_variable(place: Place) -> bool:
    """Whether a statement returns a variable as it is: a function that should make something of it."""
    return isinstance(place.statement, ast.Return) and isinstance(place.statement.value, ast.Name)


def reads_target(mend: Mend, other: Mend) -> bool:
    """Whether the statement of a mend reads what that of another assigns: they have one cause."""
    return not given_by(other.place.statement).isdisjoint(names_in(mend.place.statement))


def counts(mend: Mend) -> bool:
    """Whether a mend is no more than to divide by a count, or to multiply by one: where doesn't matter much."""
    return mend.rewrite is not None and mend.rewrite.kind in ("sum-for-mean", "mean-for-sum")


def is_summed(mend: Mend) -> bool:
    """Whether a sum was left out."""
    return mend.rewrite is not None and mend.rewrite.kind == "missing-sum"
