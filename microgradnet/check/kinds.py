"""What sort of mistake a change undoes: the difference between what stands in the source and what belongs there.

Both are read as formulas, with the names in them written out where that helps, and as numbers at several arguments.
"""

from __future__ import annotations

import ast
import contextlib
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from microgradnet.check.align import Known, Match
from microgradnet.check.explain.wording import counted
from microgradnet.check.mend.mends import Mend
from microgradnet.check.mend.variables import Variables, parsed
from microgradnet.check.observe import Observation, Place, Source

__all__ = ["Correction", "Told", "kind_of"]

CERTAIN = frozenset({"diagonal-jacobian", "reversed"})
"""Kinds of rewrites that say more than the two texts do."""

REDUCTIONS = frozenset({"sum", "mean", "max", "min", "prod", "cumsum", "average", "norm", "argmax", "softmax"})
PRODUCTS = frozenset({"dot", "matmul", "einsum", "outer", "tensordot"})
COMPARISONS = frozenset({"isclose", "equal", "not_equal", "greater", "greater_equal", "less", "less_equal", "isin"})
TURNS = frozenset({"transpose", "swapaxes", "moveaxis", "reshape"})

Values = list[Any]


class Told(NamedTuple):
    """What sort of mistake a mend undoes, whether that is certain, and what is to be said of it beside its kind."""

    kind: str
    certain: bool
    words: str = ""


def kind_of(mend: Mend, program: Source, known: Known, observed: list[Observation], parameters: Iterable[str]) -> Told:
    """Say what sort of mistake a mend undoes; ``"unexplained"`` where that isn't known."""
    difference = Correction(mend.place, program, known, observed, frozenset(parameters))
    if mend.left_out:
        return Told(difference.of_what_is_left_out(), True)
    if mend.rewrite is None:
        return Told(difference.of_a_quantity(mend), False)
    kind, certain = difference.of_text(mend.rewrite.kind, mend.rewrite.source)
    return Told(kind, certain, difference.words(kind, mend.rewrite.source))


@dataclass(frozen=True)
class _Change:
    """The smallest part that is another: what stands there, what belongs there, and what is around, innermost last."""

    old: Any
    new: Any
    around: list[tuple[ast.AST, str]]

    def inside(self, *, of: type[ast.AST], field: str) -> Any:
        """Return the nearest expression around of a type, if the part is in that field of it."""
        return next((node for node, name in reversed(self.around) if isinstance(node, of) and name == field), None)


class Correction:
    """What stands at a place, beside what belongs there."""

    def __init__(
        self, place: Place, program: Source, known: Known, observed: list[Observation], parameters: frozenset[str]
    ) -> None:
        self.place, self.program, self.known, self.observed = place, program, known, observed
        self.parameters = parameters
        self._variables = Variables(program, observed, place)

    # --- from text -----------------------------------------------------------------------------------------------

    def of_text(self, hint: str, source: str) -> tuple[str, bool]:
        """Compare what stands there with other text; where that says nothing for certain, it is as the hint says."""
        whole = parsed(source)
        if self.place.kind != "expression" or whole is None or _called(whole) in ("at", "copy") or hint in CERTAIN:
            return hint, True
        change = _narrowed(self.place.node, whole, self._around())
        entry = change.around[-1][0] if change.around else change.old
        entry = entry if isinstance(entry, ast.Subscript) else change.old
        if hint == "wrong-parameter" and not self._is_forward(entry):
            return hint, True
        for rule in (
            self._of_a_place, self._of_a_function, self._of_order, self._of_a_parameter, self._of_a_mask,
            self._of_a_jacobian, self._of_a_sign, self._of_zeros, self._of_a_sum, self._of_a_point, self._of_formulas,
            self._of_zero, self._of_operators,
        ):  # fmt: skip
            if (kind := rule(change)) is not None:
                if rule in (self._of_a_place, self._of_a_mask) or not self._is_a_switch(change.old):
                    return kind, True
                return ("missing-term" if self._number(change.old) == 0 else kind), False
        olds, news = self._values(self.place.node), self._values(whole)
        if olds is not None and news is not None and (kind := self._of_numbers(olds, news)) is not None:
            another = kind.endswith("-term") and _are_reads(change.old, change.new) and _is_given(change)
            return self._another_value() if another else kind, not self._is_a_switch(change.old)
        if _are_reads(change.old, change.new):
            return self._another_value(), self._is_forward(change.old) and self._is_a_value(change.new)
        return "wrong-point" if hint == "unexplained" else hint, False

    def _is_a_switch(self, node: ast.AST) -> bool:
        """Whether a number turns something on or off: what it stands before is what was forgotten."""
        number = self._number(node)
        return number in (0.0, 1.0, -1.0) or (number == 2.0 and isinstance(node, ast.Name))

    def words(self, kind: str, source: str) -> str:
        """Say what a factor is, or which term is there without the loss having it; nothing for what says itself."""
        whole = parsed(source)
        olds, news = self._values(self.place.node), None if whole is None else self._values(whole)
        if olds is None or news is None or any(np.shape(o) != np.shape(n) for o, n in zip(olds, news, strict=True)):
            return ""
        chain = self.known.draws[0].chain
        if kind in ("sum-for-mean", "mean-for-sum") and (factor := _is_multiple(news, olds)) is not None:
            factor = 1 / factor if _is_below([*self._around()]) else factor
            count = counted(chain.graph, max(factor, 1 / factor))
            return f"{count}: {'not ' * (kind == 'sum-for-mean')}divided by that"
        match = (
            self.known.identify([o - n for o, n in zip(olds, news, strict=True)]) if kind == "repeated-term" else None
        )
        if match is not None and self._is_parameter(replace(match, factor=1.0)):
            name = match.quantity.name
            penalised = name not in chain.parameters or self._is_penalised(name)  # what isn't learnt is no penalty
            return "" if penalised else f"you penalise {name}, the loss doesn't"
        return ""

    def _is_penalised(self, name: str) -> bool:
        """Whether the loss adds a multiple of a parameter to its gradient."""
        chain = self.known.draws[0].chain
        node = chain.parameters[name]
        parts = [np.asarray(chain.right.contribution(link)) for link in chain.incoming[node]]
        return any(
            _is_multiple([chain.values[node]], [d]) is not None for d in parts if d.shape == chain.graph[node].shape
        )

    def _around(self) -> list[tuple[ast.AST, str]]:
        """List the expressions around the place, and by which field it is in each, from the statement on."""
        return list(_ways(self.place.statement, self.place.node))

    def _of_a_place(self, change: _Change) -> str | None:
        """Tell an index, an axis, an exponent from other numbers."""
        if isinstance(getattr(change.old, "op", None), ast.Mod | ast.FloorDiv):
            return self._another_value()
        index = change.inside(of=ast.Subscript, field="slice")
        if any(isinstance(n, ast.Attribute) and n.attr in ("shape", "size") for n, _ in change.around):
            return "scale"
        if isinstance(change.old, ast.Tuple) and index is None and len(change.around) == 1:
            return "wrong-axis"  # axes that have a name
        if isinstance(self.place.statement, ast.Assign) and change.old is self.place.statement.value:
            element = isinstance(self.place.statement.targets[0], ast.Subscript)
            if element and self._number(change.new) == 0:
                return "repeated-term"
            if element and self._number(change.old) == 0:
                return "missing-term"
        call = change.around[-1][0] if change.around and change.around[-1][1] in ("args", "value") else None
        if isinstance(call, ast.keyword):
            call = next((n for n, _ in reversed(change.around) if isinstance(n, ast.Call)), None)
        if isinstance(change.old, ast.Constant) and change.around and isinstance(change.around[-1][0], ast.Tuple):
            call = next((n for n, _ in reversed(change.around) if isinstance(n, ast.Call)), None)  # one of several axes
        if isinstance(call, ast.Call) and isinstance(change.old, ast.Constant | ast.Tuple | ast.UnaryOp):
            name = _called(call)
            if name in REDUCTIONS:
                return "wrong-axis"
            if name in TURNS:
                return "transpose"
        if index is not None and isinstance(change.old, ast.Slice) and isinstance(change.new, ast.Slice):
            turned = (change.old.step is None) != (change.new.step is None)
            return "reversed" if turned else self._another_value()
        if index is not None and _are_in_another_order(change.old, change.new, ast.Tuple):
            return "transpose"
        counts = [self._values(n) for n in (change.old, change.new)]
        if index is None and all(v is not None and isinstance(v[0], int) and v[0] > 1 for v in counts):
            return "scale"
        if index is not None and not _is_real_array(self._values(change.old)):
            flipped = isinstance(change.old, ast.BinOp) and isinstance(change.old.op, ast.Sub)
            if flipped and isinstance(change.old.right, ast.Name) and isinstance(change.new, ast.Name):
                return "reversed"  # k − 1 − j for j
            return self._another_value()
        outer = change.around[-1] if change.around else (None, "")
        if isinstance(outer[0], ast.BinOp) and isinstance(outer[0].op, ast.Pow) and outer[1] == "right":
            a, b = self._number(change.old), self._number(change.new)
            if a is None or b is None or a * b < 0:
                return "wrong-point"
            return "missing-factor" if abs(b) > abs(a) else "repeated-factor"
        return None

    def _of_a_function(self, change: _Change) -> str | None:
        """Tell the function that is called from another one."""
        if change.around and change.around[-1][1] == "func":
            names = [_last_name(n) for n in (change.old, change.new)]
            if set(names) == {"sum", "mean"}:
                return "sum-for-mean" if names == ["sum", "mean"] else "mean-for-sum"
            if names[1] in PRODUCTS and names[0] == "multiply":
                return "elementwise-for-matmul"
            if names[0] in PRODUCTS and names[1] == "multiply":
                return "matmul-for-elementwise"
            return "swapped-operands" if set(names) <= PRODUCTS else "wrong-activation"
        return None

    def _of_a_parameter(self, change: _Change) -> str | None:
        """Tell a parameter's value from another's, and from its own after an update."""
        old, new = change.old, change.new
        statement = self.place.statement
        if (
            isinstance(statement, ast.Assign)
            and old is statement.value
            and (_descends(statement) or self._is_rate(new))
        ):
            return "updated-parameter"
        if _are_reads(old) and self._is_descended(old) and (_are_reads(new) or ast.unparse(old) in ast.unparse(new)):
            return "updated-parameter"
        sums = isinstance(old, ast.BinOp) and isinstance(old.op, ast.Sub | ast.Add)
        given = self._match_of(new) if _are_reads(old, new) and self._is_parameter(self._match_of(old)) else None
        if given is not None and self._is_a_gradient(given) and given.quantity.kind == "cotangent":
            return "wrong-parameter"  # its value for its gradient
        if not _are_reads(new) or not self._is_parameter(self._match_of(new)) or not (sums or _are_reads(old)):
            return None
        parts = {ast.unparse(n) for n in ast.walk(old)} if sums else set()
        if ast.unparse(new) in parts or self._is_update(old) or self._is_near(self._values(old), self._values(new)):
            return "updated-parameter"
        match = self._match_of(old)
        ends = match is not None and (self._is_parameter(match) or match.quantity.kind == "cotangent")
        return "wrong-parameter" if ends and _are_reads(old) else None

    def _is_rate(self, new: ast.AST) -> bool:
        """Whether a number is what updates are multiplied by, and belongs to be 0: there is to be none."""
        name = self.place.variable
        if self._number(new) != 0 or name is None:
            return False
        return any(_descends(node) and name in _read(node.value) for node in self._assignments(name))

    def _is_descended(self, old: ast.AST) -> bool:
        """Whether something was taken off a variable before, as in a step of gradient descent."""
        root = _root(old)
        return any(
            _are_reads(target) and _root(target) == root and _descends(node)
            for node in self._assignments(root)
            for target in (node.targets[:1] if isinstance(node, ast.Assign) else [node.target])
            if node.lineno <= self.place.line
        )

    def _assignments(self, name: str) -> list[Any]:
        """List the assignments of the function that a place is in; of the whole file, for what an object holds."""
        tree: ast.AST = self.program.trees[self.place.file]
        if name.split(".")[0] != "self":
            for node in ast.walk(tree):  # those inside come later
                if isinstance(node, ast.FunctionDef) and node.lineno <= self.place.line <= (node.end_lineno or 0):
                    tree = node
        return [n for n in ast.walk(tree) if isinstance(n, ast.Assign | ast.AugAssign)]

    def _is_near(self, olds: Values | None, news: Values | None) -> bool:
        """Whether one value is another but for a multiple of its gradient."""
        if olds is None or news is None:
            return False
        try:
            differences = [np.asarray(o, float) - n for o, n in zip(olds, news, strict=True)]
        except (TypeError, ValueError):
            return False
        match = self.known.identify(differences)
        return match is not None and match.quantity.kind == "cotangent"

    def _of_a_mask(self, change: _Change) -> str | None:
        masks = [self._values(n) for n in (change.old, change.new)]
        compared = any(isinstance(n, ast.Compare) or _called(n) in COMPARISONS for n, _ in change.around)
        both = all(isinstance(n, ast.Compare | ast.BoolOp) for n in (change.old, change.new))
        if compared or both or all(_is_mask(m) for m in masks):
            return "wrong-mask"
        return None

    def _of_a_jacobian(self, change: _Change) -> str | None:
        """Tell p (1 − p) g, the diagonal of a softmax's Jacobian, from p (g − Σ g p)."""
        new = ast.unparse(change.new)
        if not any(s in new and s not in ast.unparse(change.old) for s in ("sum(", "einsum(", " @ ", "dot(")):
            return None
        for node in (change.old, *self._written_out(change.old)):
            text = ast.unparse(node)
            if any(f"(1 - {ast.unparse(n)})" in text for n in ast.walk(node) if isinstance(n, ast.Name)):
                return "diagonal-jacobian"
        return None

    def _of_a_sign(self, change: _Change) -> str | None:
        olds, news = self._values(change.old), self._values(change.new)
        if olds is not None and news is not None:
            return "sign" if _is_multiple(olds, news) == -1 else None
        a, b = change.old, change.new
        if _without_sign(a) is not None and ast.dump(_without_sign(a)) == ast.dump(b):
            return "sign"
        if _without_sign(b) is not None and ast.dump(_without_sign(b)) == ast.dump(a):
            return "sign"
        return None

    def _of_zeros(self, change: _Change) -> str | None:
        """Tell what was held constant: zeros are written where something else belongs."""
        zeros = isinstance(change.old, ast.Call) and _called(change.old).startswith("zeros")
        return "detached" if zeros else None

    def _of_zero(self, change: _Change) -> str | None:
        """Tell what was held constant in other words."""
        olds = self._values(change.old)
        target = getattr(self.place.statement, "target", None)
        if target is not None and ast.unparse(change.old) == ast.unparse(target):
            return "wrong-parameter"  # it is added to itself
        if olds is None or any(isinstance(o, int) or np.any(np.asarray(o) != 0) for o in olds):
            return None
        outer = change.around[-1][0] if change.around else None
        factor = isinstance(getattr(outer, "op", None), ast.Mult | ast.Div | ast.MatMult)
        return "detached" if _is_array(olds) or factor else None

    def _of_a_point(self, change: _Change) -> str | None:
        """Tell a value from another one, at which a derivative or a product is taken."""
        old, new = change.old, change.new
        if ast.dump(_one_minus(old)) == ast.dump(new) or ast.dump(_one_minus(new)) == ast.dump(old):
            return "wrong-point"
        given = old.args[0] if isinstance(old, ast.Call) and len(old.args) == 1 else old
        if _are_reads(old) and ast.unparse(old) in self._targets() and not _are_reads(new):
            return "stale-value"  # what the variable held in the turn before
        named = isinstance(new, ast.Call) and ("deriv" in ast.unparse(new) or "prime" in ast.unparse(new.func).lower())
        if named and len(new.args) == 1 and ast.dump(new.args[0]) == ast.dump(given):
            return "wrong-activation"
        calls = isinstance(old, ast.Call) and isinstance(new, ast.Call) and old.args and new.args
        if calls and ast.dump(old.args[0]) == ast.dump(new.args[0]) and _called(old) != _called(new):
            return "wrong-activation" if self._is_elementwise(old) and self._is_elementwise(new) else None
        another = given is not old and _holds(new, given) and not _holds(new, old) and not _are_reads(new)
        if another and self._is_elementwise(old):
            return "wrong-activation"
        if isinstance(new, ast.Call) and _are_reads(old) and new.args and ast.dump(new.args[0]) == ast.dump(old):
            return self._another_value() if self._is_elementwise(new) else None
        outer, field = change.around[-1] if change.around else (None, "")
        point = (isinstance(getattr(outer, "op", None), ast.Div) and field == "right") or field in ("args", "operand")
        sums = isinstance(new, ast.BinOp) and isinstance(new.op, ast.Add | ast.Sub)
        return "wrong-point" if point and sums and _are_reads(old) and _holds(new, old) else None

    def _targets(self) -> set[str]:
        nodes = getattr(self.place.statement, "targets", ())
        return {ast.unparse(n) for n in nodes}

    def _is_elementwise(self, call: Any) -> bool:
        given, value = self._values(call.args[0]), self._values(call)
        if given is None or value is None:
            return _called(call) not in REDUCTIONS | PRODUCTS | TURNS
        return np.shape(given[0]) == np.shape(value[0])

    def _of_order(self, change: _Change) -> str | None:
        """Tell the order of factors, of axes, of elements."""
        old, new = change.old, change.new
        if ast.dump(_untransposed(old)) == ast.dump(_untransposed(new)):
            return "transpose"
        a, b = (_operands(n) for n in (old, new))
        if a is not None and b is not None:
            plain = [[ast.unparse(_untransposed(x)) for x in operands] for operands in (a, b)]
            if plain[0] == plain[1][::-1]:
                return "swapped-operands"
        joined = isinstance(old, ast.Tuple) and any(isinstance(e, ast.BinOp | ast.Call) for e in old.elts)
        if _are_in_another_order(old, new, ast.Tuple if joined else ast.List):
            return "swapped-operands"
        texts = [ast.unparse(n) for n in (old, new)]
        if "::-1" in texts[0] + texts[1] and texts[0].replace("::-1", ":") == texts[1].replace("::-1", ":"):
            return "reversed"
        turns = _called(new) in TURNS | {"T"} or (isinstance(new, ast.Call) and not self._may_be_told(new))
        if (
            _called(old) in TURNS
            and turns
            and {_root(n) for n in ast.walk(old)} & {_root(n) for n in ast.walk(new)} - {""}
        ):
            return "transpose"
        if isinstance(old, ast.Call) and isinstance(new, ast.Call) and ast.dump(old.func) == ast.dump(new.func):
            given = [[ast.dump(a) for a in n.args] for n in (old, new)]
            if given[0] != given[1] and sorted(given[0]) == sorted(given[1]):
                return "swapped-operands"
        if _is_reshaped(new, old) or _is_reshaped(old, new):
            return "wrong-shape"
        return None

    def _may_be_told(self, call: ast.Call) -> bool:
        """Whether a call is one of NumPy's, and none of the user's."""
        return self._variables.computed(call) is not None

    def _of_formulas(self, change: _Change) -> str | None:
        """Say what one formula has and the other hasn't, with the names in them written out if need be."""
        both = change.old, change.new
        if not all(isinstance(n, ast.expr) and not isinstance(n, ast.Slice | ast.Starred) for n in both):
            return None
        values = all(self._is_a_value(n) for n in (change.old, change.new))
        olds = [change.old, *([] if values else self._written_out(change.old))]
        news = [change.new, *([] if values else self._written_out(change.new))]
        for a, b in itertools.product(olds, news):
            for split in (_factor, _terms):
                if (found := _compared(split(a, True), split(b, True))) is not None:
                    return self._of_factors(*found, change)
            if _is_of_one_value([ast.unparse(a)], [ast.unparse(b)]):
                return "wrong-activation"
            if (found := _compared(_terms(a), _terms(b))) is not None:
                return self._of_factors(*found, change)
        return None

    def _is_a_value(self, node: ast.AST) -> bool:
        """Whether a variable holds what the forward pass of the loss has, so that it is meant as that."""
        match = self._match_of(node) if _are_reads(node) else None
        return match is not None and match.exact and match.quantity.kind == "value"

    def _is_forward(self, node: ast.AST) -> bool:
        """Whether an expression holds what the forward pass of the loss computes."""
        return self._is_a_value(node) and not self._is_parameter(self._match_of(node))

    def _of_factors(self, kind: str, factors: list[str], change: _Change) -> str:
        """Tell a factor that is a number of rows or the like from others; below a fraction bar all is upside down."""
        if kind == "repeated-term" and isinstance(change.new, ast.Constant) and _is_in_a_product(change.around):
            return "repeated-factor"  # (1 − s) for 1
        if kind not in ("missing-factor", "repeated-factor"):
            return kind
        missing = kind == "missing-factor"
        if len(factors) == 1:
            divides = factors[0].startswith("/") != _is_below(change.around)
            if self._is_count(factors[0].lstrip("/")):
                return "sum-for-mean" if divides == missing else "mean-for-sum"
            whole = [change.old, *(n for n, _ in change.around)]
            if (
                missing
                and divides
                and any(factors[0].lstrip("/") in _read(n) for n in whole if isinstance(n, ast.expr))
            ):
                return "repeated-factor"  # divided by what it was multiplied by
            number = self._number(ast.parse(factors[0].lstrip("/"), mode="eval").body)
            if number and not missing:
                return self._of_a_number(1 / number if divides else number)
        return "missing-factor" if missing else "repeated-factor"

    def _of_a_number(self, c: float) -> str:
        """Say what it is to be multiplied by a number: not divided by a count, divided by one, or nothing of that."""
        chain = self.known.draws[0].chain
        if any(np.isclose(c, n) for n in chain.means - {2}):
            return "sum-for-mean"
        if any(np.isclose(c * n, 1) for n in chain.counts - {2}):
            return "mean-for-sum"
        return "sign" if c == -1 else "scale"

    def _of_a_sum(self, change: _Change) -> str | None:
        """Tell what is summed from what isn't, or is along other axes."""
        old, new = change.old, change.new
        a, b = (list(_reductions(n)) for n in (old, new))
        if not a and len(b) == 1 and _called(new) == "sum" and ast.dump(b[0][0]) == ast.dump(old):
            return "missing-sum"
        if not b and len(a) == 1 and _called(old) == "sum" and ast.dump(a[0][0]) == ast.dump(new):
            return "wrong-axis"
        for (of, name, how), (of_too, other, otherwise) in itertools.product(a, b):
            if ast.dump(of) == ast.dump(of_too) and (name, how) != (other, otherwise):
                if {name, other} == {"sum", "mean"}:
                    return "sum-for-mean" if name == "sum" else "mean-for-sum"
                return "wrong-axis" if name == other else None
        return None

    def _of_operators(self, change: _Change) -> str | None:
        old, new = change.old, change.new
        ops = [type(n.op) if isinstance(n, ast.BinOp) else None for n in (old, new)]
        matmul = [op is ast.MatMult or _called(n) in PRODUCTS for op, n in zip(ops, (old, new), strict=True)]
        if matmul == [False, True] and ops[0] is ast.Mult:
            return "elementwise-for-matmul"
        if matmul == [True, False] and ops[1] is ast.Mult:
            return "matmul-for-elementwise"
        if set(ops) == {ast.Add, ast.Sub}:
            return "sign"
        if set(ops) == {ast.Mult, ast.Div}:
            number = self._values(old.right)
            return "wrong-point" if _is_array(number) else "scale"
        return None

    # --- what there is to know of parts -------------------------------------------------------------------------

    def _values(self, node: ast.AST) -> Values | None:
        """Return what an expression is at every draw: as observed, or computed from the variables at the place."""
        place = self.program.at(node, self.place.file) if hasattr(node, "lineno") else None
        if place is not None and place.node is node:
            seen = [o.first(place.index) for o in self.observed]
            if all(v is not None for v in seen):
                return seen
        return self._variables.computed(node)

    def _number(self, node: ast.AST) -> float | None:
        """Return the number that an expression is at every draw, if it is one."""
        values = self._values(node)
        if values is None or any(np.ndim(v) or v != values[0] for v in values):
            return None
        return float(values[0])

    def _another_value(self) -> str:
        return "stale-value" if self._in_a_product() else "wrong-point"

    def _in_a_product(self) -> bool:
        """Whether the place is an operand of a product of matrices: a value there, and not a point of a derivative."""
        parent = self.place.parent
        node = None if parent is None else self.program.places[parent].node
        while parent is not None and (isinstance(node, ast.Attribute | ast.Subscript) or self._is_whole(parent)):
            parent = self.program.places[parent].parent
            node = None if parent is None else self.program.places[parent].node
        if isinstance(node, ast.BinOp):
            return isinstance(node.op, ast.MatMult)
        return _called(node) in PRODUCTS

    def _is_whole(self, index: int) -> bool:
        return isinstance(self.observed[0].first(index), int)

    def _is_update(self, old: ast.AST) -> bool:
        """Whether a formula takes something off a parameter."""
        differs = isinstance(old, ast.BinOp) and isinstance(old.op, ast.Sub | ast.Add)
        return differs and self._is_parameter(self._match_of(old.left))  # type: ignore[attr-defined]

    def _is_count(self, text: str) -> bool:
        value = self.observed[0].names.get(self.place.index, {}).get(text)
        return isinstance(value, int) or text.startswith("len(") or ".shape[" in text or text.endswith(".size")

    def _written_out(self, node: ast.AST) -> Iterable[ast.AST]:
        names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
        known = {n: v for n in names if (v := self._defined(n, self.place.line)) is not None}
        for name, value in known.items():
            yield _substituted(node, {name: value})
        if len(known) > 1:
            yield _substituted(node, known)

    def _defined(self, name: str, line: int) -> ast.expr | None:
        """Find what was last assigned to a variable before a line of its function."""
        found = None
        for node in self._assignments(name):
            if not isinstance(node, ast.Assign) or node.lineno >= line:
                continue
            for target, value in _assigned(node):
                if ast.unparse(target) == name and (found is None or node.lineno > found[0]):
                    found = node.lineno, value
        return None if found is None else found[1]

    def _match_of(self, node: ast.AST) -> Match | None:
        """Say which quantity an expression is."""
        values = self._values(node)
        return None if values is None else self.known.identify(values)

    def _is_a_gradient(self, match: Match) -> bool:
        """Whether a quantity is the gradient of a parameter."""
        return match.quantity.entry in self.known.draws[0].chain.parameters.values()

    def _is_parameter(self, match: Match | None) -> bool:
        return match is not None and match.exact and match.quantity.name in self.parameters

    # --- statements ----------------------------------------------------------------------------------------------

    def of_what_is_left_out(self) -> str:
        """Compare a statement that shouldn't be there with what its variable held before."""
        if isinstance(self.place.statement, ast.Break):
            return "missing-term"  # the turns that are left out
        statement = self.place.statement
        if isinstance(statement, ast.Assign | ast.AugAssign) and _descends(statement):
            return "updated-parameter"
        if any(self._is_parameter(self._match_of(n)) for n in self._read_and_written(statement)):
            return "updated-parameter"
        if isinstance(statement, ast.AugAssign):
            product = isinstance(statement.op, ast.Mult | ast.Div | ast.MatMult)
            return "repeated-factor" if product else "repeated-term"
        if not isinstance(statement, ast.Assign):
            return "unexplained"
        target = statement.targets[0]
        before = (
            target if _holds_read(statement.value, target) else self._defined(ast.unparse(target), statement.lineno)
        )
        if isinstance(statement.value, ast.Constant) or "zeros" in ast.unparse(statement.value):
            return "detached"
        if before is None:
            return "unexplained"
        return self._of_formulas(_Change(statement.value, before, [])) or "unexplained"

    def _read_and_written(self, statement: Any) -> list[ast.Name]:
        """List the variables that a statement takes something off, as one of gradient descent does."""
        targets = [statement.target] if isinstance(statement, ast.AugAssign) else getattr(statement, "targets", [])
        written = {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}
        return [n for n in ast.walk(statement) if isinstance(n, ast.Name) and n.id in written]

    # --- from numbers --------------------------------------------------------------------------------------------

    def of_a_quantity(self, mend: Mend) -> str:
        """Compare what was computed with the quantity that belongs there."""
        assert mend.quantity is not None
        olds = [o.first(mend.place.index) for o in self.observed]
        news = [_turned(v, mend.quantity) * mend.quantity.factor for v in mend.quantity.quantity.values]
        if any(not isinstance(v, np.ndarray) for v in olds):
            return "unexplained"
        if self._is_parameter(mend.quantity) and (self._is_update(self.place.node) or self._is_near(olds, news)):
            return "updated-parameter"
        return self._of_numbers(olds, news) or "unexplained"

    def _is_multiplied(self, pairs: list[tuple[Any, Any]]) -> bool:
        """Whether one matrix times one that the loss has is the other, up to a factor."""
        matrices = [q.values for q in self.known.quantities if q.kind == "value" and q.values[0].ndim == 2]
        if pairs[0][0].ndim != 2:
            return False
        for known, turned, left in itertools.product(matrices, (False, True), (False, True)):
            made = []
            for m, (o, _) in zip(known, pairs, strict=True):
                a, b = (m.T if turned else m, o)[:: 1 if left else -1]
                made += [a @ b] if a.shape[1] == b.shape[0] else []
            if made and made[0].shape == pairs[0][1].shape and _is_multiple(made, [n for _, n in pairs]) is not None:
                return True
        return False

    def _of_numbers(self, olds: Values, news: Values) -> str | None:
        """Compare two values at every draw."""
        olds, news = [np.asarray(o) for o in olds], [np.asarray(n) for n in news]
        if any(o.size != n.size for o, n in zip(olds, news, strict=True)):
            return _of_sizes(olds, news)
        if not olds[0].size or any(x.dtype.kind not in "fiub" for x in (*olds, *news)):
            return None
        if all(o.dtype.kind in "iu" and o.ndim == 0 for o in olds):
            return self._another_value()
        olds = [o.astype(float) for o in olds]
        news = [n.reshape(o.shape).astype(float) for o, n in zip(olds, news, strict=True)]
        if all(np.all(o == 0) for o in olds):
            return "detached"
        if all(np.array_equal(o, n) for o, n in zip(olds, news, strict=True)):
            return None  # at first, as in a loop
        pairs = list(zip(olds, news, strict=True))
        if olds[0].size > 1 and all(np.allclose(np.sort(o, None), np.sort(n, None)) for o, n in pairs):
            return "reversed" if _flipped(pairs) else "transpose"
        factor = _is_multiple(olds, news)
        if factor is not None:
            return self._of_a_number(1 / factor)
        if all(_is_mask([x]) for x in (*olds, *news)):
            return "wrong-mask"
        with np.errstate(all="ignore"):
            for kind, ratios in (
                ("missing-factor", [n / o for o, n in zip(olds, news, strict=True)]),
                ("repeated-factor", [o / n for o, n in zip(olds, news, strict=True)]),
            ):
                if self.known.identify(ratios) is not None or _rowwise(ratios):
                    return kind
        for kind, differences in (
            ("missing-term", [n - o for o, n in zip(olds, news, strict=True)]),
            ("repeated-term", [o - n for o, n in zip(olds, news, strict=True)]),
        ):
            if (match := self.known.identify(differences)) is not None and (match.factor > 0 or kind[0] == "r"):
                return kind
        pairs = list(zip(olds, news, strict=True))
        for kind, some in (("missing-factor", pairs), ("repeated-factor", [(n, o) for o, n in pairs])):
            if self._is_multiplied(some):
                return kind
        if all(np.allclose(o[n != 0], n[n != 0]) for o, n in pairs):
            match = self.known.identify(news)
            masked = match is not None and match.quantity.kind == "cotangent" and not self._is_a_gradient(match)
            return "missing-factor" if masked else "repeated-term"
        if not all(np.allclose(o[o != 0], n[o != 0]) for o, n in pairs):
            return None
        return "wrong-activation" if all(_is_mask([o]) for o in olds) else "missing-term"


# --- parts of formulas -----------------------------------------------------------------------------------------------


def _ways(outer: ast.AST, node: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """Find the way from a statement down to a part of it."""
    for name, value in ast.iter_fields(outer):
        for child in value if isinstance(value, list) else [value]:
            if child is node:
                yield outer, name
                return
            if isinstance(child, ast.AST) and (below := list(_ways(child, node))):
                yield outer, name
                yield from below
                return


def _narrowed(old: Any, new: Any, around: list[tuple[ast.AST, str]]) -> _Change:
    """Go down to the smallest part in which two expressions differ."""
    while type(old) is type(new) and not _is_size(old):
        differing = []
        for name, value in ast.iter_fields(old):
            other = getattr(new, name)
            listed = isinstance(value, list) and len(value) == len(other)
            pairs = zip(value, other, strict=True) if listed else [(value, other)]
            differing += [(name, a, b) for a, b in pairs if _dump(a) != _dump(b)]
        if len(differing) != 1 or not isinstance(differing[0][1], ast.expr | ast.Slice | ast.keyword):
            break
        name, a, b = differing[0]
        if not isinstance(b, ast.expr | ast.Slice | ast.keyword):
            break
        around = [*around, (old, name)]
        old, new = a, b
    return _Change(old, new, around)


def _is_size(node: Any) -> bool:
    """Whether an expression is a number of rows or the like: what it is that of says nothing."""
    if isinstance(node, ast.Subscript):
        return isinstance(node.value, ast.Attribute) and node.value.attr == "shape"
    return (isinstance(node, ast.Call) and _last_name(node.func) == "len") or getattr(node, "attr", "") == "size"


def _dump(node: Any) -> str:
    if isinstance(node, list):
        return repr([*map(_dump, node)])
    return ast.dump(node) if isinstance(node, ast.AST) else repr(node)


def _are_reads(*nodes: ast.AST) -> bool:
    return all(isinstance(n, ast.Name | ast.Subscript | ast.Attribute) for n in nodes)


def _last_name(node: Any) -> str:
    return str(getattr(node, "attr", getattr(node, "id", "")))


def _called(node: Any) -> str:
    """Return the name of the function that an expression is a call of."""
    return _last_name(node.func) if isinstance(node, ast.Call) else "T" if _last_name(node) == "T" else ""


def _reductions(tree: ast.AST) -> Iterator[tuple[ast.AST, str, tuple[str, ...]]]:
    """Find what is reduced in an expression, by which function, and how: along which axes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (name := _called(node)) in ("sum", "mean", "max", "min"):
            func: Any = node.func
            modules = ("np", "numpy", "mg")
            method = isinstance(func, ast.Attribute) and getattr(func.value, "id", "") not in modules
            if method or node.args:
                how = sorted(map(_dump, [*node.args[0 if method else 1 :], *node.keywords]))
                yield (func.value if method else node.args[0]), name, tuple(how)


def _root(node: Any) -> str:
    """Return the variable that something is read from."""
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _descends(node: Any) -> bool:
    """Whether a statement takes a multiple of something off its own target."""
    value = node.value
    if isinstance(node, ast.AugAssign):
        negative = isinstance(node.op, ast.Add) and ast.unparse(value).startswith("-")
        return (isinstance(node.op, ast.Sub) or negative) and isinstance(value, ast.BinOp)
    own = isinstance(value, ast.BinOp) and ast.unparse(value.left) == ast.unparse(node.targets[0])
    return own and isinstance(value.op, ast.Sub) and isinstance(value.right, ast.BinOp)


def _holds(node: ast.AST, part: ast.AST) -> bool:
    return any(ast.dump(n) == ast.dump(part) for n in ast.walk(node))


def _holds_read(node: ast.AST, target: ast.AST) -> bool:
    return ast.unparse(target) in _read(node)


def _one_minus(node: Any) -> ast.AST:
    return ast.BinOp(ast.Constant(1), ast.Sub(), node)


def _is_reshaped(new: Any, old: ast.AST) -> bool:
    """Whether an expression only gives another shape to one, as y[:, None] and y.ravel() do."""
    if isinstance(new, ast.Subscript) and ast.dump(new.value) == ast.dump(old):
        return "None" in ast.unparse(new.slice) or "newaxis" in ast.unparse(new.slice)
    func = new.func if isinstance(new, ast.Call) else None
    shapes = ("ravel", "reshape", "flatten", "squeeze")
    return isinstance(func, ast.Attribute) and func.attr in shapes and ast.dump(func.value) == ast.dump(old)


def _are_in_another_order(old: Any, new: Any, kind: type[ast.Tuple | ast.List]) -> bool:
    """Whether two tuples or lists have the same elements."""
    if not (isinstance(old, kind) and isinstance(new, kind)):
        return False
    return sorted(map(ast.dump, old.elts)) == sorted(map(ast.dump, new.elts))


def _operands(node: Any) -> list[ast.AST] | None:
    """Return the two factors of a product, however it is written."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult | ast.Mult):
        return [node.left, node.right]
    if isinstance(node, ast.Call) and _called(node) in PRODUCTS:
        func: Any = node.func
        if len(node.args) == 2:
            return list(node.args)
        if len(node.args) == 1 and isinstance(func, ast.Attribute):
            return [func.value, node.args[0]]
    return None


class _Untransposed(ast.NodeTransformer):
    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        return node.value if node.attr == "T" else node


def _untransposed(node: ast.AST) -> Any:
    whole = isinstance(node, ast.expr) and not isinstance(node, ast.Slice)
    return _Untransposed().visit(_plain(node)) if whole else node


def _without_sign(node: Any) -> Any:
    return node.operand if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) else None


def _plain(node: ast.AST) -> ast.AST:
    return ast.parse(ast.unparse(node), mode="eval").body


def _turned(value: Any, match: Match) -> Any:
    return value if match.axes is None else value.transpose(match.axes)


def _assigned(node: ast.Assign) -> Iterable[tuple[ast.expr, ast.expr]]:
    for target in node.targets:
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            if len(target.elts) == len(node.value.elts):
                yield from zip(target.elts, node.value.elts, strict=True)
        else:
            yield target, node.value


class _Substitution(ast.NodeTransformer):
    def __init__(self, known: dict[str, ast.expr]) -> None:
        self.known = known

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return self.known.get(node.id, node)


def _substituted(node: ast.AST, known: dict[str, ast.expr]) -> ast.AST:
    return _Substitution(known).visit(_plain(node))  # type: ignore[no-any-return]


_Term = tuple[float, tuple[str, ...]]
"""A product: its number, and its factors in order, with a slash before those that it is divided by."""

MOST_TERMS = 32


def _terms(node: Any, whole: bool = False) -> list[_Term]:
    """Write a formula as a sum of products: multiplied out, or with the factors that are sums kept whole."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return [(-c, f) for c, f in _terms(node.operand, whole)]
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return [(float(node.value), ())]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        sign = 1 if isinstance(node.op, ast.Add) else -1
        return [*_terms(node.left, whole), *((sign * c, f) for c, f in _terms(node.right, whole))]
    if (factors := _operands(node)) is not None:
        a, b = (_factor(n, whole) for n in factors)
        if len(a) * len(b) <= MOST_TERMS:
            return [(c * d, tuple(sorted((*f, *g)))) for (c, f), (d, g) in itertools.product(a, b)]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        above, below = _factor(node.left, whole), _factor(node.right, True)
        if len(below) == 1 and below[0][0]:
            ((d, g),) = below
            turned = tuple(f[1:] if f.startswith("/") else f"/{f}" for f in g)
            return [(c / d, tuple(sorted((*f, *turned)))) for c, f in above]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and getattr(node.right, "value", 0) in (2, 3):
        base = _factor(node.left, True)
        power = int(getattr(node.right, "value", 1))
        if len(base) == 1:
            ((c, f),) = base
            return [(c**power, tuple(sorted(f * power)))]
    return [(1.0, (ast.unparse(node),))]


def _factor(node: Any, whole: bool) -> list[_Term]:
    is_sum = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub)
    return [(1.0, (ast.unparse(node),))] if whole and is_sum else _terms(node, whole)


def _without_opposites(terms: list[_Term]) -> list[_Term]:
    """Leave out terms that take one another off."""
    left: list[_Term] = []
    for c, factors in terms:
        if (-c, factors) in left:
            left.remove((-c, factors))
        else:
            left.append((c, factors))
    return left


def _compared(old: list[_Term], new: list[_Term]) -> tuple[str, list[str]] | None:
    """Say what one sum has and the other hasn't: terms, or the same factors in some of them."""
    old, new = _without_opposites(old), _without_opposites(new)
    less, more = Counter(old) - Counter(new), Counter(new) - Counter(old)
    a, b = list(less.elements()), list(more.elements())
    if not a or not b:
        return ("repeated-term", []) if a else ("missing-term", []) if b else None
    if len(a) != len(b):
        return None
    kinds: set[tuple[str, tuple[str, ...]]] = set()
    for (c, f), (d, g) in zip(sorted(a, key=lambda t: t[1]), sorted(b, key=lambda t: t[1]), strict=True):
        extra, gone = Counter(f) - Counter(g), Counter(g) - Counter(f)
        if not extra and not gone:
            kinds.add(("sign" if c == -d else "scale", ()))
        elif c == d and not (extra and gone):
            kinds.add(("repeated-factor" if extra else "missing-factor", tuple((extra or gone).elements())))
        elif c == d and _is_of_one_value(extra, gone):
            kinds.add(("wrong-activation", ()))
        else:
            return None
    if len(kinds) != 1:
        return None
    ((kind, factors),) = kinds
    return kind, list(factors)


def _is_of_one_value(*parts: Iterable[str]) -> bool:
    """Whether factors are formulas of one and the same value: a (1 − a) and 1 − a²."""
    try:
        trees = [[ast.parse(f.lstrip("/"), mode="eval") for f in part] for part in parts]
    except SyntaxError:  # of a call: what is given by a name
        return False
    names = [{name for tree in some for name in _read(tree)} for some in trees]
    sums = all(any(isinstance(n, ast.BinOp | ast.Compare) for tree in some for n in ast.walk(tree)) for some in trees)
    return sums and names[0] == names[1] and len(names[0]) == 1


def _read(node: ast.AST) -> Iterator[str]:
    """Write what an expression reads: variables, and attributes and elements as a whole."""
    if _are_reads(node):
        yield ast.unparse(node)
        return
    for child in ast.iter_child_nodes(node):
        yield from _read(child)


def _is_given(change: _Change) -> bool:
    """Whether something is given to a function of the user's, among other arguments."""
    call, field = change.around[-1] if change.around else (None, "")
    return field == "args" and isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and len(call.args) > 1


def _is_below(around: list[tuple[ast.AST, str]]) -> bool:
    """Whether something stands below a fraction bar, as a factor of what does."""
    for node, field in reversed(around):
        if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Mult | ast.Div):
            return False
        if isinstance(node.op, ast.Div) and field == "right":
            return True
    return False


def _is_in_a_product(around: list[tuple[ast.AST, str]]) -> bool:
    return bool(around) and isinstance(getattr(around[-1][0], "op", None), ast.Mult | ast.MatMult)


# --- numbers ---------------------------------------------------------------------------------------------------------


def _is_array(values: Values | None) -> bool:
    return values is not None and isinstance(values[0], np.ndarray) and values[0].ndim > 0


def _is_real_array(values: Values | None) -> bool:
    return _is_array(values) and values is not None and values[0].dtype.kind == "f"


def _is_mask(values: Values | None) -> bool:
    """Whether a value consists of zeros and ones, of both."""
    return (
        values is not None
        and all(isinstance(v, np.ndarray) and v.size > 1 and bool(np.isin(v, (0, 1)).all()) for v in values)
        and any(np.unique(v).size == 2 for v in values)
    )


def _is_multiple(olds: Values, news: Values) -> float | None:
    """Return the number that takes one value to the other at every draw."""
    factors = set()
    for o, n in zip(olds, news, strict=True):
        x, y = np.asarray(o, float).ravel(), np.asarray(n, float).ravel()
        if x.size != y.size or not x @ x > 0 or not np.isfinite(x).all() or not np.isfinite(y).all():
            return None
        c = float(x @ y) / float(x @ x)
        if np.abs(y - c * x).max() > 1e-9 * np.abs(y).max() or c == 0:
            return None
        factors.add(round(c, 9))
    return factors.pop() if len(factors) == 1 else None


def _of_sizes(olds: Values, news: Values) -> str | None:
    """Tell a broadcast that wasn't summed from another shape."""
    o, n = olds[0], news[0]
    for count in range(1, o.ndim + 1):
        for axes in itertools.combinations(range(o.ndim), count):
            summed = o.sum(axes)
            if summed.size == n.size and np.allclose(summed.ravel(), n.ravel()):
                return "missing-sum"
    if o.size < n.size and o.size and np.allclose(np.sum(o), np.sum(n)):
        return "wrong-axis"
    with contextlib.suppress(ValueError):
        if np.broadcast_shapes(o.shape, n.shape) == n.shape:
            return None
    return "wrong-shape"


def _flipped(pairs: list[tuple[Any, Any]]) -> bool:
    """Whether one value is the other in reverse along some axes."""
    axes = range(pairs[0][0].ndim)
    some = itertools.chain.from_iterable(itertools.combinations(axes, k) for k in (1, 2))
    return any(all(np.allclose(np.flip(o, along), n) for o, n in pairs) for along in some)


def _rowwise(ratios: list[Any]) -> bool:
    """Whether a ratio is the same along an axis: a factor for each row or column."""
    for axis in range(ratios[0].ndim):
        if ratios[0].shape[axis] > 1 and all(
            np.isfinite(r).all() and np.allclose(r, r.take([0], axis), rtol=1e-9) for r in ratios
        ):
            return True
    return False
