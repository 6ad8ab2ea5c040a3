"""What sort of mistake a change undoes: the difference between what stands in the source and what belongs there.

Both are read as formulas, with the names in them written out where that helps, and as numbers at several arguments.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from microgradnet.check.align import Known, Match
from microgradnet.check.aside import last_name
from microgradnet.check.explain.wording import counted
from microgradnet.check.kinds.parts import Parts, Values
from microgradnet.check.kinds.syntax import (
    COMPARISONS,
    JOINED,
    JOINS,
    KEPT,
    PRODUCTS,
    REDUCTIONS,
    SELECTIONS,
    TURNS,
    Narrowed,
    are_in_another_order,
    are_reads,
    called,
    counts_from_the_end,
    holds,
    holds_read,
    is_added_up,
    is_below,
    is_exponent,
    is_given,
    is_in_a_product,
    is_led_through,
    is_reshaped,
    narrowed,
    one_minus,
    operands,
    reads,
    reductions,
    root,
    takes_from_one,
    turns_round,
    untransposed,
    ways,
    without_calls,
    without_power,
    without_sign,
)
from microgradnet.check.kinds.terms import compared, factors_of, is_of_one_value, terms_of
from microgradnet.check.kinds.values import (
    flipped,
    is_array,
    is_mask,
    is_multiple,
    is_real_array,
    of_a_factor,
    of_values,
)
from microgradnet.check.mend.mends import Mend
from microgradnet.check.mend.rewrite import descends, is_one_less, names_in, rows_for_columns, squared
from microgradnet.check.mend.variables import exchanged, parsed
from microgradnet.check.observe import Observation, Source

__all__ = ["Correction", "Told", "kind_of"]

CERTAIN = frozenset({"diagonal-jacobian", "reversed"})
"""Kinds of rewrites that say more than the two texts do."""

FLAT = frozenset({"flatten", "ravel", "reshape"})
"""What lays an array out in a row, or makes one of that."""


FOR = {
    ("sum", "mean"): "sum-for-mean", ("mean", "sum"): "mean-for-sum", ("zeros", "ones"): "missing-term",
    ("ones", "zeros"): "repeated-term",
}  # fmt: skip
"""What sort of mistake it is to call one function for another."""


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
    if kind == "sum-for-mean" and difference.is_done_again():
        return Told("repeated-term", certain)
    return Told(kind, certain, difference.words(kind, mend.rewrite.source))


class Correction(Parts):
    """What stands at a place, beside what belongs there."""

    def of_text(self, hint: str, source: str) -> tuple[str, bool]:
        """Compare what stands there with other text; where that says nothing for certain, it is as the hint says."""
        whole = parsed(source)
        statement = self.place.statement
        if isinstance(statement, ast.Assign | ast.AugAssign) and descends(statement) and self.is_update(statement):
            return "updated-parameter", True
        if hint == "stale-value" and self.place.is_moved and self._reads_an_update():
            return "updated-parameter", True
        self.is_newer = whole is not None and self._comes_later(self.place.node, whole)
        if hint == "diagonal-jacobian" and whole is not None and is_led_through(whole, self.place.node):
            return "missing-factor", True  # it was left out as a whole
        if hint == "diagonal-jacobian" and self._is_nothing(self.place.node):
            return "detached", True
        copied = self.place.kind == "expression" and whole is not None and called(whole) == "copy"
        if copied or (self.place.kind == "statement" and hint == "stale-value" and source.endswith(".copy()")):
            given = self.place.node if copied else getattr(statement, "value", statement)
            names = (n for n in ast.walk(given) if are_reads(n))
            return ("updated-parameter" if any(self.is_parameter(self.match_of(n)) for n in names) else hint), True
        joined = isinstance(whole, ast.Subscript) and last_name(whole.value) in JOINS and hint == "repeated-term"
        said = called(whole) == "at" or joined or (called(whole) == "einsum" and hint == "wrong-axis")
        if self.place.kind != "expression" or whole is None or said or hint in CERTAIN:
            return hint, True
        element = rows_for_columns(self.place.node)
        if element is not None and ast.unparse(element) == source:
            return "transpose", True
        if hint == "transpose" and _is_turned_over(self.place.node, whole):
            return hint, True
        change = narrowed(self.place.node, whole, self._around())
        if isinstance(change.new, ast.Constant) and change.new.value == 0 and is_in_a_product(change.around):
            return "repeated-term", True  # nothing is left of it
        entry = change.around[-1][0] if change.around else change.old
        entry = entry if isinstance(entry, ast.Subscript) else change.old
        if hint == "wrong-parameter" and not self.is_forward(entry):
            return hint, True
        for rule in (
            self._of_turns, self._of_a_place, self._of_a_mask, self._of_a_function, self._of_order,
            self._of_a_parameter, self._of_what_was_held, self._of_a_sum, self._of_a_jacobian, self._of_a_sign,
            self._of_zeros, self._of_a_point, self._of_formulas, self._of_zero, self._of_operators,
        ):  # fmt: skip
            if (kind := rule(change)) is not None:
                if rule in (self._of_a_place, self._of_a_mask) or not self._is_a_switch(change.old):
                    return kind, True
                return ("missing-term" if self.number(change.old) == 0 else kind), False
        olds, news = self.values(self.place.node), self.values(whole)
        if olds is not None and news is not None and (kind := of_values(self, olds, news)) is not None:
            another = kind.endswith("-term") and is_given(change)
            another |= kind.endswith("-factor") and self.is_a_value(change.old) and self.is_a_value(change.new)
            another |= kind in ("wrong-shape", "detached") and root(change.old) != root(change.new)
            another &= are_reads(change.old, change.new)  # of two values, neither of which is made of the other
            return self.another_value() if another else kind, not self._is_a_switch(change.old)
        if are_reads(change.old, change.new):
            kind = "wrong-parameter" if is_added_up(change) else self.another_value()
            return kind, self.is_forward(change.old) and self.is_a_value(change.new)
        return "wrong-point" if hint == "unexplained" else hint, False

    def is_done_again(self) -> bool:
        """Whether each turn of a loop adds the same, for nothing that the statement reads is another one in it."""
        around = (n for n in ast.walk(self.program.trees[self.place.file]) if isinstance(n, ast.For))
        own = [n for n in around if n.lineno < self.place.line <= (n.end_lineno or n.lineno)]
        inner = max(own, key=lambda n: n.lineno, default=None)
        adds = isinstance(self.place.statement, ast.AugAssign)
        made = {
            n.id
            for s in getattr(inner, "body", ())
            for n in ast.walk(s)
            if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
        }
        return adds and inner is not None and not (names_in(inner.target) | made) & names_in(self.place.statement.value)

    def _is_nothing(self, node: ast.AST) -> bool:
        """Whether an expression is always zero."""
        values = self.values(node)
        return values is not None and self.is_zero(node, values)

    def _comes_later(self, old: ast.AST, new: ast.expr) -> bool:
        """Whether a value of the loss is computed after the one that belongs there; of an index, what it is of."""
        index = next(
            (n for n, field in reversed(self._around()) if isinstance(n, ast.Subscript) and field == "slice"), None
        )
        if index is not None:
            old, new = index, exchanged(index, old, new)
        first, second = (self.match_of(n) if self.is_a_value(n) else None for n in (new, old))
        return first is not None and second is not None and (first.quantity.entry or 0) < (second.quantity.entry or 0)

    def _is_a_switch(self, node: ast.AST) -> bool:
        """Whether a number turns something on or off: what it stands before is what was forgotten."""
        number = self.number(node)
        return number in (0.0, 1.0, -1.0) or (number == 2.0 and isinstance(node, ast.Name))

    def words(self, kind: str, source: str) -> str:
        """Say what a factor is, or which term is there without the loss having it; nothing for what says itself."""
        whole = parsed(source)
        olds, news = self.values(self.place.node), None if whole is None else self.values(whole)
        if olds is None or news is None or any(np.shape(o) != np.shape(n) for o, n in zip(olds, news, strict=True)):
            return ""
        chain = self.known.draws[0].chain
        if kind in ("sum-for-mean", "mean-for-sum") and (factor := is_multiple(news, olds)) is not None:
            factor = 1 / factor if is_below([*self._around()]) else factor
            count = counted(chain.graph, max(factor, 1 / factor), names_in(parsed(source)))
            return f"{count}: {'not ' * (kind == 'sum-for-mean')}divided by that"
        match = (
            self.known.identify([o - n for o, n in zip(olds, news, strict=True)]) if kind == "repeated-term" else None
        )
        if match is not None and self.is_parameter(replace(match, factor=1.0)):
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
            is_multiple([chain.values[node]], [d]) is not None for d in parts if d.shape == chain.graph[node].shape
        )

    def _around(self) -> list[tuple[ast.AST, str]]:
        """List the expressions around the place, and by which field it is in each, from the statement on."""
        return list(ways(self.place.statement, self.place.node))

    def _of_a_place(self, change: Narrowed) -> str | None:
        """Tell an index, an axis, an exponent, a count from other numbers."""
        if isinstance(change.old, ast.Tuple) and change.index is None and len(change.around) == 1:
            return "wrong-axis"  # axes that have a name
        if self._counts_as_an_index(change):
            return self.another_value()
        if any(getattr(getattr(n, "value", n), "attr", None) in ("shape", "size") for n, _ in change.around):
            return "scale"
        return (
            self._of_an_element(change)
            or _of_an_axis(change)
            or self._of_a_power(change)
            or (self._of_a_count(change) if change.index is None else self._of_an_index(change))
        )

    def _of_an_element(self, change: Narrowed) -> str | None:
        """Tell zero from what belongs into an element, and the other way round."""
        statement = self.place.statement
        if not isinstance(statement, ast.Assign) or change.old is not statement.value:
            return None
        numbers = [self.number(n) for n in (change.old, change.new)]
        if isinstance(statement.targets[0], ast.Subscript) and 0.0 in numbers:
            return "missing-term" if numbers[0] == 0 else "repeated-term"
        return None

    def _of_a_power(self, change: Narrowed) -> str | None:
        """Tell an exponent from another one."""
        if not is_exponent(change.around):
            return None
        a, b = self.number(change.old), self.number(change.new)
        if a is None or b is None or a * b < 0:
            return "wrong-point"
        return "missing-factor" if abs(b) > abs(a) else "repeated-factor"

    def _of_a_count(self, change: Narrowed) -> str | None:
        counts = [self.values(n) for n in (change.old, change.new)]
        other = counts[1]
        below = is_below(change.around) and self.is_count(ast.unparse(change.old))
        if other is not None and below and isinstance(other[0], float):
            return "scale"  # the sum of weights for how many there are
        if all(v is not None and isinstance(v[0], int | np.integer) for v in counts):
            more, fewer = (_counts_more(*pair) for pair in ((change.old, change.new), (change.new, change.old)))
            if (more or fewer) and is_below(change.around):
                return "mean-for-sum" if more else "sum-for-mean"
            if self.of_a_turn(change.old):
                return self.another_value()
            least = 0 if holds(change.new, change.old) else 1  # n − 1 for n may be one
            if all(v is not None and v[0] > least for v in counts):
                return "scale"
        return self.another_value() if isinstance(getattr(change.old, "op", None), ast.Mod | ast.FloorDiv) else None

    def _of_an_index(self, change: Narrowed) -> str | None:
        if any(isinstance(n, ast.Slice) and field == "step" for n, field in change.around):
            return "reversed"
        if isinstance(change.old, ast.Slice) and isinstance(change.new, ast.Slice):
            back = [n.step is not None and ast.unparse(n.step).startswith("-") for n in (change.old, change.new)]
            if back[0] != back[1]:
                return "reversed"
            if self._is_cut_elsewhere(change):
                return "wrong-shape"
            whole = change.index.value if isinstance(change.index, ast.Subscript) else None
            rest = whole is not None and _is_the_rest(change.old, change.new) and not self.is_a_value(whole)
            return "wrong-parameter" if rest else self.another_value()  # of what was joined, the other part's gradient
        if are_in_another_order(change.old, change.new, ast.Tuple):
            return "transpose"
        both = [ast.unparse(n).strip("()") for n in (change.old, change.new)]
        if both[0] != both[1] and all(set(text) <= set(":-1, ") and text.count("::-1") == 1 for text in both):
            return "wrong-axis"  # turned round along another one
        if self._is_cut_elsewhere(change):
            return "wrong-shape"
        if is_real_array(self.values(change.old)):
            return None
        if self.is_called(change.index):
            return "wrong-activation"
        if isinstance(self.place.statement, ast.Assign) and self.number(self.place.statement.value) == 0:
            return "wrong-mask"  # which element is left out
        if change.index is not None:
            elements = change.index, exchanged(change.index, change.old, change.new)
            own, other = (self.parameter_of(e) for e in elements)
            if None not in (own, other) and own != other:  # of the layer before
                return "wrong-parameter"
        return "reversed" if counts_from_the_end(change.old, change.new) else self.another_value()

    def _is_cut_elsewhere(self, change: Narrowed) -> bool:
        """Whether a gradient is cut off at other numbers: its elements are shifted."""
        both = [ast.unparse(n) for n in (change.old, change.new)]
        bounds = isinstance(change.old, ast.Slice) or any(isinstance(n, ast.Slice) for n, _ in change.around)
        bounds |= isinstance(change.old, ast.Tuple) and any(isinstance(n, ast.Slice) for n in change.old.elts)
        entry = next((n for n, _ in reversed(change.around) if isinstance(n, ast.Subscript)), change.old)
        whole = entry.value if isinstance(entry, ast.Subscript) else None
        plain = not any(c.isalpha() for text in both for c in text)
        return bounds and plain and whole is not None and not self.is_a_value(whole)

    def _counts_as_an_index(self, change: Narrowed) -> bool:
        """Whether a whole number, or several, are given names that stand in an index."""
        if not isinstance(self.place.statement, ast.Assign):
            return False
        nodes = change.old.elts if isinstance(change.old, ast.Tuple) else [change.old]
        whole = [self.values(n) for n in nodes]
        if not all(v is not None and isinstance(v[0], int | np.integer) for v in whole):
            return False
        named = (n for t in self.place.statement.targets for n in ast.walk(t) if isinstance(n, ast.Name))
        return not {n.id for n in named if isinstance(n.ctx, ast.Store)}.isdisjoint(self.names_in_indices())

    def _of_turns(self, change: Narrowed) -> str | None:
        """Tell turns of a loop that are left out, or too many."""
        statement = self.place.statement
        if not isinstance(statement, ast.For):
            return None
        now, then = (self.turns(n) for n in (statement.iter, exchanged(statement.iter, change.old, change.new)))
        return None if now is None or then is None or now == then else f"{'missing' if now < then else 'repeated'}-term"

    def _of_what_was_held(self, change: Narrowed) -> str | None:
        """Tell a value that was changed in its place, where the one that it was belongs."""
        olds, news = self.values(change.old), self.values(change.new)
        if olds is None or news is None or not (is_real_array(olds) and is_real_array(news)):
            return None
        if not are_reads(change.old) or are_reads(change.new):
            return None
        if all(np.shape(o) == np.shape(n) and np.allclose(o, n) for o, n in zip(olds, news, strict=True)):
            return None  # at first, as in a loop
        if not self.was_before(change.old, news):
            return None
        return "updated-parameter" if self.parameter_of(change.new) is not None else "stale-value"

    def _of_a_function(self, change: Narrowed) -> str | None:
        """Tell the function that is called from another one."""
        if change.around and change.around[-1][1] == "func":
            names = [last_name(n) for n in (change.old, change.new)]
            if set(names) <= {"append", "insert", "appendleft"}:
                return "reversed"
            if (kind := FOR.get((names[0].removesuffix("_like"), names[1].removesuffix("_like")))) is not None:
                return kind
            if names[1] in PRODUCTS and names[0] == "multiply":
                return "elementwise-for-matmul"
            if names[0] in PRODUCTS and names[1] == "multiply":
                return "matmul-for-elementwise"
            if set(names) <= {"repeat", "tile"}:  # each as often, in another order
                return "wrong-shape"
            return "swapped-operands" if set(names) <= PRODUCTS else "wrong-activation"
        return None

    def _of_a_parameter(self, change: Narrowed) -> str | None:
        """Tell a parameter's value from another's, and from its own after an update."""
        old, new = change.old, change.new
        statement = self.place.statement
        if (
            isinstance(statement, ast.Assign)
            and old is statement.value
            and ((descends(statement) and not holds_read(new, statement.targets[0])) or self.is_rate(new))
        ):
            return "updated-parameter"
        kept = are_reads(new) or ast.unparse(old) in ast.unparse(new)
        if are_reads(old) and kept and self.is_descended(old) and self.parameter_of(new) is not None:
            return "updated-parameter"
        elements = [self.parameter_of(n) for n in (old, new)] if are_reads(old, new) else [None]
        if None not in elements and elements[0] != elements[1]:
            return "wrong-parameter"
        sums = isinstance(old, ast.BinOp) and isinstance(old.op, ast.Sub | ast.Add)
        given = self.match_of(new) if are_reads(old, new) and self.is_parameter(self.match_of(old)) else None
        if given is not None and self.is_a_gradient(given) and given.quantity.kind == "cotangent":
            return "wrong-parameter"  # its value for its gradient
        meant = self.match_of(new)
        if not are_reads(new) or meant is None or not self.is_parameter(meant) or not (sums or are_reads(old)):
            return None
        parts = {ast.unparse(n) for n in ast.walk(old)} if sums else set()
        taken_off = ast.unparse(new) in parts or self.takes_off(old)
        if taken_off and self.parameter_of(new) is not None:
            return "updated-parameter"
        if self._is_updated(self.values(old), meant.quantity.entry):
            return "updated-parameter"
        match = self.match_of(old)
        ends = match is not None and (self.is_parameter(match) or match.quantity.kind in ("cotangent", "contribution"))
        counted = self.values(old)
        ends = ends or (counted is not None and isinstance(counted[0], int | np.integer))  # what a loop counts
        return "wrong-parameter" if ends and are_reads(old) else None

    def _of_a_mask(self, change: Narrowed) -> str | None:
        masks = [self.values(n) for n in (change.old, change.new)]
        compared = any(isinstance(n, ast.Compare) or called(n) in COMPARISONS for n, _ in change.around)
        both = all(isinstance(n, ast.Compare | ast.BoolOp) for n in (change.old, change.new))
        chosen = bool(change.around) and called(change.around[-1][0]) == "where" and ast.unparse(change.new) == "0"
        masked = called(change.old) == "maximum" and any(isinstance(n, ast.Compare) for n in ast.walk(change.new))
        selects = {called(n) for n in (change.old, change.new, *(n for n, _ in change.around))} & SELECTIONS
        decides = any(is_mask(self.values(n)) for n, _ in change.around if isinstance(n, ast.expr))
        summed = bool(change.around) and called(change.around[-1][0]) in REDUCTIONS  # as the degrees of a graph are
        if compared or both or chosen or masked or selects or decides or (all(map(is_mask, masks)) and not summed):
            return "wrong-mask"
        return None

    def _of_a_jacobian(self, change: Narrowed) -> str | None:
        """Tell p (1 − p) g, the diagonal of a softmax's Jacobian, from p (g − Σ g p)."""
        new = ast.unparse(change.new)
        whole = exchanged(self.place.node, change.old, change.new)
        if takes_from_one(self.place.node) and isinstance(whole, ast.AST) and not takes_from_one(whole):
            return "diagonal-jacobian"
        if not any(s in new and s not in ast.unparse(change.old) for s in ("sum(", "einsum(", " @ ", "dot(", "outer(")):
            return None
        squares = [ast.dump(base) for n in ast.walk(change.old) if (base := squared(n)) is not None]
        if isinstance(change.new, ast.BinOp) and ast.dump(change.new.left) in squares:  # u Σ u g for u² g
            return "diagonal-jacobian"
        goes_on = isinstance(change.new, ast.BinOp) and ast.dump(change.new.left) == ast.dump(change.old)
        added = getattr(change.new, "right", None) if goes_on else None
        multiplied = isinstance(getattr(change.old, "op", None), ast.MatMult) or called(change.old) in PRODUCTS
        for node in (change.old, *(self.written_out(change.old) if not multiplied else ())):
            text = ast.unparse(node)
            reads = [ast.unparse(n) for n in ast.walk(node) if are_reads(n) and f"(1 - {ast.unparse(n)})" in text]
            if reads and (added is None or any(p in ast.unparse(added) for p in reads)):
                return "diagonal-jacobian"
        return None

    def _of_a_sign(self, change: Narrowed) -> str | None:
        olds, news = self.values(change.old), self.values(change.new)
        if olds is not None and news is not None:
            return "sign" if is_multiple(olds, news) == -1 else None
        a, b = change.old, change.new
        if without_sign(a) is not None and ast.dump(without_sign(a)) == ast.dump(b):
            return "sign"
        if without_sign(b) is not None and ast.dump(without_sign(b)) == ast.dump(a):
            return "sign"
        return None

    def _of_zeros(self, change: Narrowed) -> str | None:
        """Tell what was held constant, as zeros are there instead; or that it began with nothing, and is added to."""
        if are_reads(change.old) and called(change.new).startswith("zeros"):
            return "repeated-term"  # it is added to what was there
        if not (isinstance(change.old, ast.Call) and called(change.old).startswith("zeros")):
            return None
        own = str(self.place.variable) if self.place.parent is None else ""
        sums = (n for n in self.assignments(own) if isinstance(n, ast.AugAssign) or own in reads(n.value))
        targets = (root(n.target if isinstance(n, ast.AugAssign) else n.targets[0]) for n in sums)
        return "missing-term" if own in targets else "detached"

    def _of_zero(self, change: Narrowed) -> str | None:
        """Tell what was held constant in other words."""
        olds = self.values(change.old)
        target = getattr(self.place.statement, "target", None)
        if target is not None and ast.unparse(change.old) == ast.unparse(target):
            return "wrong-parameter"  # it is added to itself
        if olds is None or isinstance(olds[0], int) or not self.is_zero(change.old, olds):
            return None
        outer = change.around[-1][0] if change.around else None
        factor = isinstance(getattr(outer, "op", None), ast.Mult | ast.Div | ast.MatMult)
        return "detached" if is_array(olds) or factor else None

    def _of_a_point(self, change: Narrowed) -> str | None:
        """Tell a value from another one, at which a derivative or a product is taken."""
        old, new = change.old, change.new
        if (kind := self._of_a_root(change)) is not None:
            return kind
        applied, value = without_power(old), without_power(new)
        within = applied.args[0] if isinstance(applied, ast.Call) and len(applied.args) == 1 else None
        if within is not None and ast.dump(within) == ast.dump(value) and any(is_one_less(n) for n, _ in change.around):
            return "wrong-point"  # 1 − tanh² of what is a tanh already
        others = [pair for pair in zip(reads(old), reads(new), strict=False) if pair[0] != pair[1]]
        if len(others) > 1 == len({*others}):
            return self.another_value()  # a variable for another one, wherever it is read
        branches = (old.body, old.orelse) if isinstance(old, ast.IfExp) else ()
        if any(all(term in terms_of(new) for term in terms_of(branch)) for branch in branches):
            return "missing-term"
        if isinstance(new, ast.Call) and isinstance(old, ast.Subscript) and called(new) == "sum" and len(new.args) == 1:
            return "missing-term" if ast.dump(new.args[0]) == ast.dump(old.value) else None
        if ast.dump(one_minus(old)) == ast.dump(new) or ast.dump(one_minus(new)) == ast.dump(old):
            return "wrong-point" if self.number(old) is None else "scale"
        applied = isinstance(old, ast.Call) and len(old.args) == 1 and called(old) not in PRODUCTS
        given = old.args[0] if applied else old
        inner = [n for n in ast.walk(old) if isinstance(n, ast.Call) and len(n.args) == 1 and self.is_elementwise(n)]
        inner = [n for n in inner if not called(n).endswith("_like")]  # these make numbers of none
        if any(ast.dump(new) == ast.dump(without_calls(old, called(n))) for n in inner):
            slope = isinstance(old, ast.Call) and called(old) == "sign"  # of a penalty of absolute values
            return "wrong-activation" if slope else "wrong-point"  # the value of a function for what it is of
        if are_reads(old) and ast.unparse(old) in self._targets() and not are_reads(new) and not holds(new, old):
            return "stale-value"  # what the variable held in the turn before
        named = isinstance(new, ast.Call) and ("deriv" in ast.unparse(new) or "prime" in ast.unparse(new.func).lower())
        if named and len(new.args) == 1 and ast.dump(new.args[0]) == ast.dump(given):
            return "wrong-activation"
        calls = isinstance(old, ast.Call) and isinstance(new, ast.Call) and old.args and new.args
        if calls and ast.dump(old.args[0]) == ast.dump(new.args[0]) and called(old) != called(new):
            return "wrong-activation" if self.is_elementwise(old) and self.is_elementwise(new) else None
        another = given is not old and holds(new, given) and not holds(new, old) and not are_reads(new)
        if another and self.is_elementwise(old):
            return "wrong-activation"
        if self._is_of_an_array_in_reverse(old, new):
            return "reversed"
        inlined = self.inlined(new)
        if inlined is not None and (found := compared(factors_of(old, True), factors_of(inlined, True))) is not None:
            return self._of_factors(*found, change)
        if isinstance(new, ast.Call) and are_reads(old) and new.args and ast.dump(new.args[0]) == ast.dump(old):
            if called(new) in ("sign", "inv"):  # the slope of a size, and not of a square; a matrix for its inverse
                return "wrong-activation" if called(new) == "sign" else "wrong-point"
            return self.another_value() if self.is_elementwise(new) else None
        outer, field = change.around[-1] if change.around else (None, "")
        match outer, field:
            case (ast.BinOp(_, ast.Div()), "right") | (ast.BinOp(_, ast.Pow(), ast.UnaryOp()), "left"):
                point = True
            case _, "operand":  # as in exp(-z)
                point = len(change.around) > 1 and change.around[-2][1] == "args"
            case _:
                point = False
        if field == "args" and called(outer) not in PRODUCTS:  # a user's own takes gradients as well as points
            point = isinstance(outer, ast.Call) and self.values(outer) is not None and self.is_elementwise(outer)
        sums = isinstance(new, ast.BinOp) and isinstance(new.op, ast.Add | ast.Sub)
        return "wrong-point" if point and sums and are_reads(old) and holds(new, old) else None

    def _is_of_an_array_in_reverse(self, old: ast.AST, new: ast.AST) -> bool:
        """Whether a function of the user's turns an array round that is handed to it."""
        if not isinstance(new, ast.Call) or not new.args or ast.dump(new.args[0]) != ast.dump(old):
            return False
        olds, news = self.values(old), self.values(new)
        if olds is None or news is None or not is_real_array(olds) or not is_real_array(news):
            return False
        pairs = [*zip(olds, news, strict=True)]
        return all(o.shape == n.shape and not np.array_equal(o, n) for o, n in pairs) and flipped(pairs)

    def _targets(self) -> set[str]:
        nodes = getattr(self.place.statement, "targets", ())
        return {ast.unparse(n) for n in nodes}

    def _of_order(self, change: Narrowed) -> str | None:
        """Tell the order of factors, of axes, of elements."""
        old, new = change.old, change.new
        if ast.dump(untransposed(old)) == ast.dump(untransposed(new)):
            return "transpose"
        a, b = (operands(n) for n in (old, new))
        if a is not None and b is not None:
            plain = [[ast.unparse(untransposed(x)) for x in factors] for factors in (a, b)]
            if plain[0] == plain[1][::-1]:
                return "swapped-operands"
        joined = called(change.around[-1][0]) in JOINED if change.around else False
        joined = joined or (isinstance(old, ast.Tuple) and any(isinstance(e, ast.BinOp | ast.Call) for e in old.elts))
        if are_in_another_order(old, new, ast.List) or (joined and are_in_another_order(old, new, ast.Tuple)):
            return "swapped-operands"
        pops = called(change.around[-1][0] if change.around else old) == "pop" or called(old) == called(new) == "pop"
        if turns_round(old) != turns_round(new) or pops:
            return "reversed"
        turns = called(new) in TURNS | {"T"} or (isinstance(new, ast.Call) and not self.may_be_told(new))
        if (
            called(old) in TURNS
            and turns
            and {root(n) for n in ast.walk(old)} & {root(n) for n in ast.walk(new)} - {""}
        ):
            return "transpose"
        if isinstance(old, ast.Call) and isinstance(new, ast.Call) and ast.dump(old.func) == ast.dump(new.func):
            given = [[ast.dump(a) for a in n.args] for n in (old, new)]
            if given[0] != given[1] and sorted(given[0]) == sorted(given[1]):
                return "wrong-mask" if called(old) == "where" else "swapped-operands"
        if is_reshaped(new, old) or is_reshaped(old, new):
            return "wrong-shape"
        ops = [getattr(n, "op", None) for n in (old, new)]
        sums, products = ([isinstance(op, some) for op in ops] for some in (ast.Add | ast.Sub, ast.Mult | ast.Div))
        apart = not holds(new, old) and not holds(old, new)
        if sums == products[::-1] and any(sums) and apart and sorted(reads(old)) == sorted(reads(new)):
            return "missing-factor" if sums[0] else "repeated-factor"  # (a + b) c for a c + b
        pairs = {frozenset(pair) for pair in zip(reads(old), reads(new), strict=False) if pair[0] != pair[1]}
        swapped = len(pairs) == 1 and sorted(reads(old)) == sorted(reads(new)) and len([*reads(old)]) > 2
        if not swapped or not isinstance(getattr(old, "op", None), ast.Add | ast.Sub):
            return None
        meant = self.match_of(new)
        return "another-loss" if meant is not None and meant.quantity.kind == "value" else "wrong-parameter"

    def _of_formulas(self, change: Narrowed) -> str | None:
        """Say what one formula has and the other hasn't, with the names in them written out if need be."""
        both = change.old, change.new
        if not all(isinstance(n, ast.expr) and not isinstance(n, ast.Slice | ast.Starred) for n in both):
            return None
        values = all(self.is_a_value(n) for n in (change.old, change.new))
        olds = [change.old, *([] if values else self.written_out(change.old))]
        news = [change.new, *([] if values else self.written_out(change.new))]
        if called(change.old) == called(change.new) and called(change.old) in FLAT:
            return "transpose"  # in another order
        for a, b in itertools.product(olds, news):
            for split in (factors_of, terms_of):
                if (found := compared(split(a, True), split(b, True))) is not None:
                    return self._of_factors(*found, change)
            if not is_below(change.around) and is_of_one_value([ast.unparse(a)], [ast.unparse(b)]):
                return "wrong-activation"
            if (found := compared(terms_of(a), terms_of(b))) is not None:
                return self._of_factors(*found, change)
        return None

    def _of_a_root(self, change: Narrowed) -> str | None:
        """Tell what is divided by from its root, and a factor from what is divided by it."""
        old, new = change.old, change.new
        if is_below(change.around):
            roots = [called(n) == "sqrt" and len(n.args) == 1 and ast.dump(n.args[0]) for n in (new, old)]
            for root, of, kind in ((roots[0], old, "repeated-factor"), (roots[1], new, "missing-factor")):
                if root == ast.dump(of):
                    return kind if self.number(of) is None else "scale"
        ops = {type(n.op) for n in (old, new) if isinstance(n, ast.BinOp)}
        same = ops == {ast.Mult, ast.Div} and ast.dump(old.left) == ast.dump(new.left) and holds(new.right, old.right)
        if same and not isinstance(old.right, ast.BinOp):
            return "wrong-point" if self.number(old.right) is None else "scale"
        return None

    def _of_factors(self, kind: str, factors: list[str], change: Narrowed) -> str:
        """Tell a factor that is a number of rows or the like from others; below a fraction bar all is upside down."""
        if kind == "repeated-term" and isinstance(change.new, ast.Constant) and is_in_a_product(change.around):
            return "repeated-factor"  # (1 − s) for 1
        if kind == "missing-term" and change.around:
            whole = exchanged(self.place.node, change.old, change.new)
            return "scale" if compared(terms_of(self.place.node), terms_of(whole)) == ("scale", []) else kind
        if kind not in ("missing-factor", "repeated-factor"):
            return kind
        missing = kind == "missing-factor"
        if len(factors) > 1 and all(self.is_count(f.lstrip("/")) for f in factors):
            return "scale"
        if len(factors) == 1:
            factor = factors[0].lstrip("/")
            node = ast.parse(factor, mode="eval").body
            divides = factors[0].startswith("/") != is_below(change.around)
            counted = self.of_a_turn(node)
            if (self.is_count(factor) and not counted) or (divides and self.counts_each(node)):
                return "sum-for-mean" if divides == missing else "mean-for-sum"
            near = itertools.takewhile(lambda w: isinstance(w[0], ast.BinOp | ast.UnaryOp), reversed(change.around))
            whole = [change.old, *(n for n, _ in near)]  # and not what is given to a function beside it
            divided = any(factors[0] in some for n in whole for _, some in terms_of(n))
            if missing and divides and not divided and any(factor in reads(n) for n in whole):
                return "repeated-factor"  # divided by what it was multiplied by
            number = self.number(node)
            if number and not missing and not counted:
                found = of_a_factor(self.known.draws[0].chain, 1 / number if divides else number)
                # What has a name means something, and is there once too often.
                return "repeated-factor" if found == "scale" and are_reads(node) else found
        return "missing-factor" if missing else "repeated-factor"

    def _of_a_sum(self, change: Narrowed) -> str | None:
        """Tell what is summed from what isn't, or is along other axes."""
        old, new = change.old, change.new
        a, b = (list(reductions(n)) for n in (old, new))
        if not a and len(b) == 1 and called(new) == "sum" and ast.dump(b[0][0]) == ast.dump(old):
            return "missing-sum"
        if not b and len(a) == 1 and called(old) == "sum" and ast.dump(a[0][0]) == ast.dump(new):
            return "wrong-axis"
        for (of, name, how), (of_too, other, otherwise) in itertools.product(a, b):
            if ast.dump(of) == ast.dump(of_too) and (name, how) != (other, otherwise):
                if name == other:
                    return "wrong-shape" if {*how} ^ {*otherwise} == {KEPT} else "wrong-axis"
                return FOR.get((name, other))
        return None

    def _of_operators(self, change: Narrowed) -> str | None:
        old, new = change.old, change.new
        ops = [type(n.op) if isinstance(n, ast.BinOp) else None for n in (old, new)]
        matmul = [op is ast.MatMult or called(n) in PRODUCTS for op, n in zip(ops, (old, new), strict=True)]
        if matmul == [False, True] and ops[0] is ast.Mult:
            return "elementwise-for-matmul"
        if matmul == [True, False] and ops[1] is ast.Mult and called(old) != "outer":  # a[:, None] * b is one, too
            return "matmul-for-elementwise"
        if set(ops) == {ast.Add, ast.Sub}:
            return "sign"
        return None

    def of_what_is_left_out(self) -> str:
        """Compare a statement that shouldn't be there with what its variable held before."""
        if isinstance(self.place.statement, ast.Break):
            return "missing-term"  # the turns that are left out
        statement = self.place.statement
        if isinstance(statement, ast.Assign | ast.AugAssign) and descends(statement):
            return "updated-parameter"
        if any(self.is_parameter(self.match_of(n)) for n in self._read_and_written(statement)):
            return "updated-parameter"
        match statement:
            case ast.Expr(ast.Call(ast.Attribute(attr="at"), [target, *_])):
                return "repeated-term" if self.parameter_of(target) is None else "updated-parameter"
        if isinstance(statement, ast.AugAssign):
            product = isinstance(statement.op, ast.Mult | ast.Div | ast.MatMult)
            return "repeated-factor" if product else "repeated-term"
        if not isinstance(statement, ast.Assign):
            return "unexplained"
        target = statement.targets[0]
        before = target if holds_read(statement.value, target) else self.defined(ast.unparse(target), statement.lineno)
        if isinstance(statement.value, ast.Constant) or "zeros" in ast.unparse(statement.value):
            return "detached"
        if before is None:
            return "unexplained"
        return self._of_formulas(Narrowed(statement.value, before, [])) or "unexplained"

    def _read_and_written(self, statement: Any) -> list[ast.Name]:
        """List the variables that a statement takes something off, as one of gradient descent does."""
        targets = [statement.target] if isinstance(statement, ast.AugAssign) else getattr(statement, "targets", [])
        written = {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}
        return [n for n in ast.walk(statement) if isinstance(n, ast.Name) and n.id in written]

    def _reads_an_update(self) -> bool:
        """Whether of a statement and that which it belongs behind, or ahead of, one reads what the other updates."""
        update, other = self.place.statement, self.place.node
        if self.place.kind == "moved ahead":
            update, other = other, update
        if not isinstance(update, ast.AugAssign) or not descends(update):
            return False
        read = (n for n in ast.walk(other) if ast.unparse(n) == ast.unparse(update.target))
        parameters = self.known.draws[0].chain.parameters.values()
        return any(self._is_updated(self.values(n), entry) for n in read for entry in parameters)

    def _is_updated(self, olds: Values | None, entry: int | None) -> bool:
        """Whether a value is a parameter's but for a multiple of its gradient."""
        gradient = next((q for q in self.known.quantities if (q.kind, q.entry) == ("cotangent", entry)), None)
        if olds is None or entry is None or gradient is None:
            return False
        news = [d.chain.values[entry] for d in self.known.draws]
        try:
            differences = [np.asarray(o, float) - n for o, n in zip(olds, news, strict=True)]
        except (TypeError, ValueError):
            return False
        return is_multiple(differences, gradient.values) is not None

    def of_a_quantity(self, mend: Mend) -> str:
        """Compare what was computed with the quantity that belongs there."""
        assert mend.quantity is not None
        olds = [o.first(mend.place.index) for o in self.observed]
        news = [_turned(v, mend.quantity) * mend.quantity.factor for v in mend.quantity.quantity.values]
        if any(not isinstance(v, np.ndarray) for v in olds):
            return "unexplained"
        entry = mend.quantity.quantity.entry
        if self.is_parameter(mend.quantity) and (self.takes_off(self.place.node) or self._is_updated(olds, entry)):
            return "updated-parameter"
        return of_values(self, olds, news) or ("missing-term" if self._adds_nothing() else "unexplained")

    def _adds_nothing(self) -> bool:
        """Whether a term of the sum that stands there is always zero."""
        node: Any = self.place.node
        adds = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub)
        return adds and any(map(self._is_nothing, (node.left, node.right)))


def _is_the_rest(one: ast.Slice, other: ast.Slice) -> bool:
    """Whether a part of an axis is all that another one leaves: the first n, and all from the n-th on."""
    match one, other:
        case (ast.Slice(lower=None, upper=ast.Name(n)), ast.Slice(lower=ast.Name(m), upper=None)) | (
            ast.Slice(lower=ast.Name(n), upper=None),
            ast.Slice(lower=None, upper=ast.Name(m)),
        ):
            return n == m
    return False


def _counts_more(some: ast.AST, others: ast.AST) -> bool:
    """Whether a number of things is that of others, times something: ``n * k`` or ``x.size`` for n."""
    product = isinstance(some, ast.BinOp) and isinstance(some.op, ast.Mult) and holds(some, others)
    if product and any(isinstance(n, ast.Constant) for n in (some.left, some.right)):  # type: ignore[attr-defined]
        return False  # a 2 counts nothing
    sized = isinstance(some, ast.Attribute) and some.attr == "size"
    return product or (sized and not (isinstance(others, ast.Attribute) and others.attr == "size"))


def _of_an_axis(change: Narrowed) -> str | None:
    """Tell an axis that something is summed over, or turned by, from another one."""
    signed = [(n, field) for n, field in change.around if not isinstance(n, ast.UnaryOp)]
    outer, field = signed[-1] if signed else (None, "")
    if not isinstance(change.old, ast.Constant | ast.Tuple | ast.UnaryOp):
        return None
    one_of_several = isinstance(change.old, ast.Constant) and isinstance(outer, ast.Tuple)
    if isinstance(outer, ast.keyword) or one_of_several:
        call = next((n for n, _ in reversed(change.around) if isinstance(n, ast.Call)), None)
    else:
        call = outer if isinstance(outer, ast.Call) and field == "args" else None
    letters = [str(getattr(n, "value", "")) for n in (change.old, change.new)]
    if called(call) == "einsum" and sorted(letters[0]) == sorted(letters[1]):
        return "transpose"
    if called(call) in REDUCTIONS:
        too_few = _axes(change.old) < _axes(change.new)
        return "missing-sum" if called(call) == "sum" and too_few else "wrong-axis"
    return "transpose" if called(call) in TURNS else None


def _axes(node: ast.AST) -> set[str]:
    """List the axes that are written, as they are."""
    return {ast.unparse(n) for n in getattr(node, "elts", [node])}


def _turned(value: Any, match: Match) -> Any:
    return value if match.axes is None else value.transpose(match.axes)


def _is_turned_over(old: ast.AST, new: ast.AST) -> bool:
    """Whether a product is another one as a whole, transposed: ``(a.T @ b).T`` is ``b.T @ a``."""
    if not (isinstance(old, ast.BinOp) and isinstance(new, ast.BinOp) and isinstance(new.op, ast.MatMult)):
        return False
    pairs = (old.left, new.right), (old.right, new.left)
    return all(_is_turned(a, b) or _is_turned(b, a) for a, b in pairs)


def _is_turned(a: ast.AST, b: ast.AST) -> bool:
    return isinstance(b, ast.Attribute) and b.attr == "T" and ast.dump(b.value) == ast.dump(a)
