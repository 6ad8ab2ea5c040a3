"""What is known of the parts of a place: their values, the quantities that they are, what was assigned before."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from microgradnet.check.align import Known, Match, is_exact
from microgradnet.check.aside import last_name
from microgradnet.check.kinds.syntax import (
    PRODUCTS,
    REDUCTIONS,
    TURNS,
    are_reads,
    called,
    reads,
    root,
    substituted,
)
from microgradnet.check.mend.rewrite import assigned, descends, names_in
from microgradnet.check.mend.variables import Variables, exchanged
from microgradnet.check.observe import Observation, Place, Source, function_around

__all__ = ["Parts", "Values"]

Values = list[Any]
"""What an expression is, at each draw."""

MOST_TURNS = 100_000
"""As many turns of a loop are counted."""

NUMBERS = (np.ndarray, np.generic, int, float)
"""What can be computed with."""

INLINED = 3
"""How many calls of the user's own formulas are written out in an expression."""


class Parts:
    """What is known of the parts of a place."""

    def __init__(
        self, place: Place, program: Source, known: Known, observed: list[Observation], parameters: frozenset[str]
    ) -> None:
        self.place, self.program, self.known, self.observed = place, program, known, observed
        self.parameters = parameters
        self.is_newer = False  # what stands there than what belongs there, as the loss computes them
        self._variables = Variables(program, observed, place)

    def is_rate(self, new: ast.AST) -> bool:
        """Whether a number is what updates are multiplied by, and belongs to be 0: there is to be none."""
        name = self.place.variable
        if self.number(new) != 0 or name is None:
            return False
        return any(descends(node) and name in reads(node.value) for node in self.assignments(name))

    def is_descended(self, old: ast.AST) -> bool:
        """Whether something was taken off a parameter's variable before, as in a step of gradient descent."""
        own = root(old)
        taken = any(
            are_reads(target) and root(target) == own and descends(node)
            for node in self.assignments(own)
            for target in (node.targets[:1] if isinstance(node, ast.Assign) else [node.target])
            if node.lineno <= self.place.line
        )
        given = self.defined(own, self.place.line)
        held = [] if given is None else [self.values(given) or []]
        return taken and any(self._parameter_with(values) is not None for values in (*held, *self._earlier(own)))

    def assignments(self, name: str) -> list[Any]:
        """List the assignments of the function that a place is in; of the whole file, for what an object holds."""
        tree = self.program.trees[self.place.file] if name.split(".")[0] == "self" else self._function()
        return [n for n in ast.walk(tree) if isinstance(n, ast.Assign | ast.AugAssign)]

    def _function(self) -> ast.AST:
        """Find the function that a place is in."""
        tree = self.program.trees[self.place.file]
        return function_around(tree, self.place.line) or tree

    def of_a_turn(self, node: ast.AST) -> bool:
        """Whether an expression reads what a loop of the function counts, or what is counted in one, or an entry."""
        loops = [f for f in ast.walk(self._function()) if isinstance(f, ast.For)]
        counted = (s for f in loops for s in ast.walk(f) if isinstance(s, ast.AugAssign) and _is_one(s.value))
        targets = [f.target for f in loops] + [s.target for s in counted]
        entries = (n for n in ast.walk(node) if isinstance(n, ast.Subscript) and last_name(n.value) != "shape")
        return any(names_in(n.slice) for n in entries) or any(
            not names_in(t).isdisjoint(names_in(node)) for t in targets
        )

    def is_called(self, node: ast.AST) -> bool:
        """Whether an entry is a function that is called: here, or by the name that the statement gives it."""
        statement = self.place.statement
        named = isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name)
        name = statement.targets[0].id if named else None
        calls = (n.func for n in ast.walk(self._function()) if isinstance(n, ast.Call))
        entries = [n for n in ast.walk(statement) if isinstance(n, ast.Subscript) and node in ast.walk(n)]
        return any(f in entries or (isinstance(f, ast.Name) and f.id == name) for f in calls)

    def turns(self, node: ast.expr) -> float | None:
        """Count the turns of a loop over something, if they are as many at every draw; it may have no end."""
        some = f"zip({ast.unparse(node)}, range({MOST_TURNS}))"
        return self.number(ast.parse(f"sum(1 for _ in {some})", mode="eval").body)

    def is_elementwise(self, call: Any) -> bool:
        """Whether a call gives a number for each number that it takes."""
        given, value = self.values(call.args[0]), self.values(call)
        if given is None or value is None:
            return called(call) not in REDUCTIONS | PRODUCTS | TURNS
        return np.shape(given[0]) == np.shape(value[0])

    def may_be_told(self, call: ast.Call) -> bool:
        """Whether a call is one of NumPy's, and none of the user's."""
        return self._variables.computed(call) is not None

    def is_a_value(self, node: ast.AST) -> bool:
        """Whether a variable holds what the forward pass of the loss has, so that it is meant as that."""
        match = self.match_of(node) if are_reads(node) else None
        return is_exact(match, "value")

    def is_forward(self, node: ast.AST) -> bool:
        """Whether an expression holds what the forward pass of the loss computes."""
        return self.is_a_value(node) and not self.is_parameter(self.match_of(node))

    def values(self, node: ast.AST) -> Values | None:
        """Return what an expression is at every draw: as observed, or computed from the variables at the place."""
        place = self.program.at(node, self.place.file) if hasattr(node, "lineno") else None
        if place is not None and place.node is node:
            seen = [o.first(place.index) for o in self.observed]
            if all(isinstance(v, NUMBERS) for v in seen):
                return seen
        for _ in range(INLINED):
            own = ((n, self.inlined(n)) for n in ast.walk(node) if isinstance(n, ast.Call))
            call, inlined = next(((n, i) for n, i in own if i is not None), (None, None))
            node = node if call is None or inlined is None else exchanged(node, call, inlined)
        return self._variables.computed(node)

    def is_zero(self, node: ast.AST, values: Values) -> bool:
        """Whether an expression is zero at every draw, and whenever it was computed."""
        return not any(np.any(v) for v in (*values, *self._whenever(node)))

    def number(self, node: ast.AST) -> float | None:
        """Return the number that an expression is at every draw, and whenever it was computed, if it is one."""
        values = self.values(node)
        if values is None or any(np.ndim(v) or v != values[0] for v in (*values, *self._whenever(node))):
            return None
        return float(values[0])

    def _whenever(self, node: ast.AST) -> list[Any]:
        """Return the numbers that an expression was whenever it was computed, as far as that was observed."""
        place = self.program.at(node, self.place.file) if hasattr(node, "lineno") else None
        seen = [o.seen[place.index].values for o in self.observed if place is not None and place.index in o.seen]
        return [v for values in seen for v in values if isinstance(v, NUMBERS)]

    def another_value(self) -> str:
        """Say what it is to take one value for another: of a product's operands an older one, or at which point."""
        return "stale-value" if self.in_a_product() and not self.is_newer else "wrong-point"

    def in_a_product(self) -> bool:
        """Whether the place is an operand of a product of matrices: a value there, and not a point of a derivative."""
        around = (p for p in self.program.around(self.place) if not (p.is_read or self._is_whole(p.index)))
        node = next((p.node for p in around), None)
        if isinstance(node, ast.BinOp):
            return isinstance(node.op, ast.MatMult)
        return called(node) in PRODUCTS

    def _is_whole(self, index: int) -> bool:
        """Whether a value is a whole number."""
        return isinstance(self.observed[0].first(index), int)

    def is_update(self, statement: ast.Assign | ast.AugAssign) -> bool:
        """Whether what a statement takes something off is a parameter."""
        if isinstance(statement, ast.Assign):
            return self.takes_off(statement.value)
        return self.parameter_of(statement.target) is not None

    def takes_off(self, old: ast.AST) -> bool:
        """Whether a formula takes something off a parameter."""
        differs = isinstance(old, ast.BinOp) and isinstance(old.op, ast.Sub | ast.Add)
        return differs and self.is_parameter(self.match_of(old.left))  # type: ignore[attr-defined]

    def is_count(self, text: str) -> bool:
        """Whether a text is a number of rows or the like."""
        value = self.observed[0].names.get(self.place.index, {}).get(text)
        counted = isinstance(value, int) or text.startswith("len(") or ".shape[" in text or text.endswith(".size")
        return counted and "sqrt(" not in text

    def counts_each(self, node: ast.AST) -> bool:
        """Whether an expression holds whole numbers, as many as there are of each, and not only a 2."""
        values = self.values(node)
        if values is None or not all(isinstance(v, np.ndarray | np.generic) and np.size(v) for v in values):
            return False
        numbers = [np.asarray(v, float) for v in values]
        return all(bool((v == np.rint(v)).all()) and v.min() >= 1 and v.max() > 2 for v in numbers)

    def written_out(self, node: ast.AST) -> Iterable[ast.AST]:
        """List an expression with what its variables were given in their place."""
        names = names_in(node)
        known = {n: v for n in names if (v := self.defined(n, self.place.line)) is not None}
        for name, value in known.items():
            yield substituted(node, {name: value})
        if len(known) > 1:
            yield substituted(node, known)

    def inlined(self, call: Any) -> ast.expr | None:
        """Write what a function of the same file returns, in the place of a call of it; None where it does more."""
        tree = self.program.trees[self.place.file]
        known = [f for f in ast.walk(tree) if isinstance(f, ast.FunctionDef) and f.name == called(call)]
        if len(known) != 1 or not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.keywords:
            return None
        names = [a.arg for a in known[0].args.args]
        match known[0].body:
            case [*described, ast.Return(ast.expr() as value)] if len(names) == len(call.args):
                alone = all(isinstance(d, ast.Expr) and isinstance(d.value, ast.Constant) for d in described)
                return substituted(value, dict(zip(names, call.args, strict=True))) if alone else None
        return None

    def names_in_indices(self) -> set[str]:
        """Name the variables that stand in an index, somewhere in the function."""
        entries = (n for n in ast.walk(self._function()) if isinstance(n, ast.Subscript))
        return set[str]().union(*(names_in(e.slice) for e in entries))

    def was_before(self, node: ast.AST, values: Values) -> bool:
        """Whether a variable, or an entry, held some values earlier, and was changed in its place since."""
        for held in self._earlier(ast.unparse(node)):
            pairs = zip(held, values, strict=True)
            if all(isinstance(h, np.ndarray) and h.shape == v.shape and np.allclose(h, v) for h, v in pairs):
                return True
        return False

    def _earlier(self, text: str) -> Iterator[Values]:
        """List what an expression was, in the function, before the place was reached."""
        start = self._time_of(self.place)
        for place in self.program.places:
            same = place.kind == "expression" and place.function == self.place.function
            if same and self._time_of(place) < start and ast.unparse(place.node) == text:
                yield [o.first(place.index) for o in self.observed]

    def _time_of(self, place: Place) -> float:
        at = self.observed[0].seen.get(place.index)
        return at.times[0] if at is not None and at.times else math.inf

    def defined(self, name: str, line: int) -> ast.expr | None:
        """Find what was last assigned to a variable before a line of its function."""
        found = None
        for node in self.assignments(name):
            if not isinstance(node, ast.Assign) or node.lineno >= line:
                continue
            for target, value in assigned(node):
                if ast.unparse(target) == name and (found is None or node.lineno > found[0]):
                    found = node.lineno, value
        return None if found is None else found[1]

    def match_of(self, node: ast.AST) -> Match | None:
        """Say which quantity an expression is."""
        values = self.values(node)
        return None if values is None else self.known.identify(values)

    def is_a_gradient(self, match: Match) -> bool:
        """Whether a quantity is the gradient of a parameter."""
        return match.quantity.entry in self.known.draws[0].chain.parameters.values()

    def parameter_of(self, node: ast.AST) -> str | None:
        """Name the parameter of which some elements are read, as the rows of an embedding are."""
        values = self.values(node)
        return None if values is None else self._parameter_with(values)

    def _parameter_with(self, values: Values) -> str | None:
        """Name the parameter among whose elements some values are, at every draw."""
        if not values or not all(isinstance(v, NUMBERS) and np.size(v) for v in values):
            return None
        pairs = [*zip(values, (d.chain for d in self.known.draws), strict=True)]
        names = self.known.draws[0].chain.parameters
        held = (n for n in names if all(np.isin(v, chain.values[chain.parameters[n]]).all() for v, chain in pairs))
        return next(held, None)

    def is_parameter(self, match: Match | None) -> bool:
        """Whether a quantity is a parameter."""
        return match is not None and match.exact and match.quantity.name in self.parameters


def _is_one(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value == 1
