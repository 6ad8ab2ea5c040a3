"""What sort of mistake a change undoes: the difference between what stands in the source and what belongs there."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from microgradnet.check.align import Known, Match
from microgradnet.check.observe import Observation, Place, Source
from microgradnet.check.repair import Mend, first_value

__all__ = ["kind_of"]

UNCERTAIN = frozenset({"wrong-point", "wrong-mask", "repeated-term", "repeated-factor", "unexplained"})
"""Kinds of rewrites that may be known better from what the names stand for."""


def kind_of(mend: Mend, program: Source, known: Known, observed: list[Observation], parameters: Iterable[str]) -> str:
    """Say what sort of mistake a mend undoes; ``"unexplained"`` where that isn't known."""
    difference = _Difference(mend.place, program, known, observed, frozenset(parameters))
    if mend.left_out:
        return difference.of_what_is_left_out()
    if mend.rewrite is not None:
        return difference.of_text(mend.rewrite.kind, mend.rewrite.source)
    return difference.of_numbers(mend)


class _Difference:
    def __init__(
        self, place: Place, program: Source, known: Known, observed: list[Observation], parameters: frozenset[str]
    ) -> None:
        self.place, self.program, self.known, self.observed = place, program, known, observed
        self.parameters = parameters

    # from text

    def of_text(self, kind: str, source: str) -> str:
        """Compare what stands there with other text."""
        if kind == "stale-value" and not self._in_a_product():
            return "wrong-point"
        if kind not in UNCERTAIN or self.place.kind != "expression":
            return kind
        old, new = self.place.node, ast.parse(source, mode="eval").body
        new_match = self._match_of(new)
        reads = _are_reads(old) or isinstance(old, ast.BinOp)
        if self._is_parameter(new_match) and reads and kind != "repeated-factor":
            sums = isinstance(old, ast.BinOp) and isinstance(old.op, ast.Sub | ast.Add)
            parts = {ast.unparse(n) for n in ast.walk(old)} if sums else set()
            updated = ast.unparse(new) in parts or self._updates(old) or self._is_update(old)
            return "updated-parameter" if updated else "wrong-parameter"
        structure = self._structure(old, new)
        if structure is None and kind == "wrong-point" and _are_reads(old, new):
            return "stale-value" if self._in_a_product() else kind
        if kind == "wrong-point" and isinstance(old, ast.Constant):
            return "scale"
        return structure or kind

    def of_what_is_left_out(self) -> str:
        """Compare a statement that shouldn't be there with what its variable held before."""
        statement = self.place.statement
        if any(self._is_parameter(self._match_of(n)) for n in self._read_and_written(statement)):
            return "updated-parameter"
        if isinstance(statement, ast.AugAssign):
            product = isinstance(statement.op, ast.Mult | ast.Div | ast.MatMult)
            return "repeated-factor" if product else "repeated-term"
        if not isinstance(statement, ast.Assign):
            return "unexplained"
        before = self._defined(ast.unparse(statement.targets[0]), statement.lineno)
        if isinstance(statement.value, ast.Constant) or "zeros" in ast.unparse(statement.value):
            return "detached"
        if before is None:
            return "unexplained"
        return self._structure(statement.value, before) or "unexplained"

    def _read_and_written(self, statement: Any) -> list[ast.Name]:
        """List the variables that a statement takes something off, as one of gradient descent does."""
        targets = [statement.target] if isinstance(statement, ast.AugAssign) else getattr(statement, "targets", [])
        written = {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}
        return [n for n in ast.walk(statement) if isinstance(n, ast.Name) and n.id in written]

    def _updates(self, old: ast.AST) -> bool:
        """Whether a variable was made from a parameter by taking something off."""
        value = self._defined(old.id, self.place.line) if isinstance(old, ast.Name) else None
        return isinstance(value, ast.BinOp) and isinstance(value.op, ast.Sub | ast.Add)

    def _in_a_product(self) -> bool:
        """Whether the place is an operand of a product of matrices: a value there, and not a point of a derivative."""
        parent = self.place.parent
        node = None if parent is None else self.program.places[parent].node
        while parent is not None and (isinstance(node, ast.Attribute | ast.Subscript) or self._is_whole(parent)):
            parent = self.program.places[parent].parent
            node = None if parent is None else self.program.places[parent].node
        if isinstance(node, ast.BinOp):
            return isinstance(node.op, ast.MatMult)
        name = getattr(getattr(node, "func", None), "attr", "")
        return name in ("dot", "matmul", "einsum", "outer", "tensordot")

    def _is_whole(self, index: int) -> bool:
        value = first_value(self.observed[0], self.program.places[index])
        return isinstance(value, int)

    def _is_update(self, old: ast.AST) -> bool:
        """Whether a formula takes something off a parameter."""
        differs = isinstance(old, ast.BinOp) and isinstance(old.op, ast.Sub | ast.Add)
        return differs and self._is_parameter(self._match_of(old.left))  # type: ignore[attr-defined]

    def _structure(self, old: ast.AST, new: ast.AST) -> str | None:
        """Say what one formula has and the other hasn't, with the names in them written out if need be."""
        for a in (old, *self._written_out(old)):
            for b in (new, *self._written_out(new)):
                if (kind := _compared(a, b)) is not None:
                    return self._by_count(kind, a, b)
        return None

    def _by_count(self, kind: str, old: ast.AST, new: ast.AST) -> str:
        """Tell a factor that is a number of rows or the like from others."""
        a, b = _parts(old, _factors), _parts(new, _factors)
        extra = list((b - a) if kind == "missing-factor" else (a - b) if kind == "repeated-factor" else ())
        if len(extra) == 1 and extra[0].lstrip("/-").replace(".", "").isdigit():
            return "scale"
        if len(extra) != 1 or not self._is_count(extra[0].lstrip("/")):
            return kind
        return "sum-for-mean" if extra[0].startswith("/") == (kind == "missing-factor") else "mean-for-sum"

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
        for node in ast.walk(self.program.trees[self.place.file]):
            if not isinstance(node, ast.Assign) or node.lineno >= line:
                continue
            for target, value in _assigned(node):
                if ast.unparse(target) == name and (found is None or node.lineno > found[0]):
                    found = node.lineno, value
        return None if found is None else found[1]

    # from numbers

    def of_numbers(self, mend: Mend) -> str:
        """Compare what was computed with the quantity that belongs there."""
        assert mend.quantity is not None
        olds = [first_value(o, mend.place) for o in self.observed]
        news = [_turned(v, mend.quantity) * mend.quantity.factor for v in mend.quantity.quantity.values]
        if any(not isinstance(v, np.ndarray) for v in olds):
            return "unexplained"
        if any(o.size != n.size for o, n in zip(olds, news, strict=True)):
            return "wrong-shape"
        news = [n.reshape(o.shape) for o, n in zip(olds, news, strict=True)]
        if all(np.allclose(np.sort(o, None), np.sort(n, None)) for o, n in zip(olds, news, strict=True)):
            return "transpose"
        with np.errstate(all="ignore"):
            ratios = [n / o for o, n in zip(olds, news, strict=True)]
            inverse = [o / n for o, n in zip(olds, news, strict=True)]
            if all(np.ptp(r[np.isfinite(r)]) < 1e-9 for r in ratios if np.isfinite(r).any()):
                return "scale"
            if self.known.identify(ratios) is not None or _rowwise(ratios):
                return "missing-factor"
            if self.known.identify(inverse) is not None or _rowwise(inverse):
                return "repeated-factor"
        if self.known.identify([n - o for o, n in zip(olds, news, strict=True)]) is not None:
            return "missing-term"
        if all(np.isin(o, (0, 1)).all() for o in olds):
            return "wrong-mask" if all(np.isin(n, (0, 1)).all() for n in news) else "missing-factor"
        return "unexplained"

    def _match_of(self, node: ast.AST) -> Match | None:
        """Say which quantity an expression is, if it was computed somewhere, or is a variable at the place."""
        text = ast.dump(_plain(node))
        for place in self.program.places:
            if place.kind == "expression" and place.function == self.place.function and ast.dump(place.node) == text:
                return self.known.identify([first_value(o, place) for o in self.observed])
        if isinstance(node, ast.Name):
            held = [o.names.get(self.place.index, {}).get(node.id) for o in self.observed]
            return self.known.identify(held)
        return None

    def _is_parameter(self, match: Match | None) -> bool:
        return match is not None and match.exact and match.quantity.name in self.parameters


def _are_reads(*nodes: ast.AST) -> bool:
    return all(isinstance(n, ast.Name | ast.Subscript | ast.Attribute) for n in nodes)


def _plain(node: ast.AST) -> ast.AST:
    return ast.parse(ast.unparse(node), mode="eval").body


def _turned(value: Any, match: Match) -> Any:
    return value if match.axes is None else value.transpose(match.axes)


def _rowwise(ratios: list[Any]) -> bool:
    """Whether a ratio is the same along an axis: a factor for each row or column."""
    for axis in range(ratios[0].ndim):
        if ratios[0].shape[axis] > 1 and all(
            np.isfinite(r).all() and np.allclose(r, r.take([0], axis), rtol=1e-9) for r in ratios
        ):
            return True
    return False


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


def _parts(node: ast.AST, split: Callable[[ast.BinOp], list[tuple[ast.AST, str]] | None]) -> Counter[str]:
    """Take a sum or a product apart."""
    found: Counter[str] = Counter()
    pending: list[tuple[ast.AST, str]] = [(node, "")]
    while pending:
        part, sign = pending.pop()
        if isinstance(part, ast.UnaryOp) and isinstance(part.op, ast.USub):
            pending.append((part.operand, "" if sign == "-" else "-"))
        elif isinstance(part, ast.BinOp) and (parts := split(part)) is not None:
            pending += [(p, sign if s == "" else s if sign == "" else "") for p, s in parts]
        else:
            found[sign + ast.unparse(part)] += 1
    return found


def _terms(node: ast.BinOp) -> list[tuple[ast.AST, str]] | None:
    if isinstance(node.op, ast.Add):
        return [(node.left, ""), (node.right, "")]
    return [(node.left, ""), (node.right, "-")] if isinstance(node.op, ast.Sub) else None


def _factors(node: ast.BinOp) -> list[tuple[ast.AST, str]] | None:
    if isinstance(node.op, ast.Mult | ast.MatMult):
        return [(node.left, ""), (node.right, "")]
    return [(node.left, ""), (node.right, "/")] if isinstance(node.op, ast.Div) else None


def _compared(old: ast.AST, new: ast.AST) -> str | None:
    a, b = _parts(old, _factors), _parts(new, _factors)
    if a != b and a <= b:
        return "missing-factor"
    if a != b and b <= a:
        return "repeated-factor"
    a, b = _parts(old, _terms), _parts(new, _terms)
    if a != b and a <= b:
        return "missing-term"
    if a != b and b <= a:
        return "repeated-term"
    less, more = a - b, b - a
    if len(less) == len(more) == 1:  # one term is another: a factor of it, maybe
        x, y = (ast.parse(t.lstrip("-"), mode="eval").body for (t, _) in (*less.items(), *more.items()))
        p, q = _parts(x, _factors), _parts(y, _factors)
        if p != q and p <= q:
            return "missing-factor"
        if p != q and q <= p:
            return "repeated-factor"
    return None
