"""The same operands, put together otherwise: parentheses elsewhere, and the formulas that people shorten.

As of any `Rewrite`, nothing here is believed before it was run.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from microgradnet.check.mend.rewrite import VALUE, Rewrite, factors_in, fits
from microgradnet.check.mend.surroundings import Surroundings

__all__ = ["rearranged"]

TERMS, FACTORS, OPERANDS = 3, 4, 6
"""Sums, products and formulas of more parts aren't taken apart."""

_WRITTEN: dict[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.MatMult: "@", ast.Pow: "**",
}  # fmt: skip


def rearranged(at: Surroundings) -> Iterator[Rewrite]:
    """Put parentheses elsewhere, change all of one name, or complete a formula."""
    if at.place.kind != "expression" or at.is_written_to:
        return
    seen = {at.text(at.place.node)}
    for kind, source in itertools.chain(_parentheses(at), _renamed(at), _several(at), _between(at)):
        if source not in seen and "\n" not in source:
            seen.add(source)
            yield Rewrite(kind, source, source, 0.5)
    yield from _projections(at)


# --- parentheses ---------------------------------------------------------------------------------------------------


def _parentheses(at: Surroundings) -> Iterator[tuple[str, str]]:
    node = at.place.node
    if isinstance(node, ast.BinOp | ast.UnaryOp):
        yield from _of_a_sum(at, node)
        yield from _of_a_product_with_a_sum(at, node)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        yield from _of_a_quotient(at, node)
    yield from _of_a_matrix_product(at, node)
    if isinstance(node, ast.Call) and node.args and not node.keywords:
        yield from _out_of_a_call(at, node)
    if isinstance(node, ast.BinOp) and at.place.parent is None:
        yield from (("missing-factor", source) for source in _bracketed(at, node))


def _bracketed(at: Surroundings, node: ast.BinOp) -> Iterator[str]:
    """Put all parentheses of a formula elsewhere: every way to compute it in the order in which it is written."""
    operands, operators = _in_a_row(node)
    texts = [at.closed(n) for n in operands]
    if 2 < len(texts) <= OPERANDS:
        yield from (ast.unparse(ast.parse(tree, mode="eval")) for tree in _trees(texts, operators))


def _in_a_row(node: ast.expr) -> tuple[list[ast.expr], list[str]]:
    """List the operands of a formula, and the operators between them."""
    if not isinstance(node, ast.BinOp) or type(node.op) not in _WRITTEN:
        return [node], []
    left, right = _in_a_row(node.left), _in_a_row(node.right)
    return [*left[0], *right[0]], [*left[1], _WRITTEN[type(node.op)], *right[1]]


def _trees(texts: Sequence[str], operators: Sequence[str]) -> Iterator[str]:
    """List all ways to put parentheses around what is computed from left to right."""
    if len(texts) == 1:
        yield texts[0]
    for k, operator in enumerate(operators):
        lefts, rights = _trees(texts[: k + 1], operators[:k]), [*_trees(texts[k + 1 :], operators[k + 1 :])]
        yield from (f"({a} {operator} {b})" for a in lefts for b in rights)


def _sum_of(node: Any) -> list[tuple[str, Any]]:
    """Take a sum apart into signs and terms."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        flip = {"+": "-", "-": "+"}
        right = _sum_of(node.right)
        if isinstance(node.op, ast.Sub):
            right = [(flip[s], t) for s, t in right]
        return [*_sum_of(node.left), *right]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return [("-" if s == "+" else "+", t) for s, t in _sum_of(node.operand)]
    return [("+", node)]


def _joined(terms: list[tuple[str, str]]) -> str:
    text = " ".join(f"{sign} {term}" for sign, term in terms)
    return text[2:] if text.startswith("+ ") else f"-{text[2:]}"


def _of_a_sum(at: Surroundings, node: Any) -> Iterator[tuple[str, str]]:
    """Put parentheses around a sum: (a + b)·f for a·f + b; or change one of its signs."""
    terms = _sum_of(node)
    if not 2 <= len(terms) <= TERMS:
        return
    texts = [(sign, at.term(t)) for sign, t in terms]
    for k in range(len(terms)):  # one more sign
        flipped = [(("-" if s == "+" else "+") if i == k else s, t) for i, (s, t) in enumerate(texts)]
        yield "sign", _joined(flipped)
    for k, (_, term) in enumerate(terms):
        factors = [at.closed(f) for f in factors_in(term)]
        for chosen in range(1, 2 ** len(factors) - 1) if 1 < len(factors) <= FACTORS else ():
            moved = [f for i, f in enumerate(factors) if chosen >> i & 1]
            stay = [f for i, f in enumerate(factors) if not chosen >> i & 1]
            rest = [(s, " * ".join(stay) if j == k else t) for j, (s, t) in enumerate(texts)]
            first = moved[:1] if chosen & 1 else []  # what stood before the others still does
            yield "missing-factor", " * ".join([*first, f"({_joined(rest)})", *moved[len(first) :]])
        if isinstance(term, ast.BinOp) and isinstance(term.op, ast.Div):
            rest = [(s, at.closed(term.left) if j == k else t) for j, (s, t) in enumerate(texts)]
            yield "missing-factor", f"({_joined(rest)}) / {at.closed(term.right)}"
        if isinstance(term, ast.Call) and len(term.args) >= 1 and not term.keywords:  # a + f(b) for f(a + b)
            inner = [(s, at.closed(term.args[0]) if j == k else t) for j, (s, t) in enumerate(texts)]
            more = [at.text(a) for a in term.args[1:]]
            yield "wrong-point", f"{at.text(term.func)}({', '.join([_joined(inner), *more])})"


def _of_a_product_with_a_sum(at: Surroundings, node: Any) -> Iterator[tuple[str, str]]:
    """Take parentheses off a sum: f·a + b for f·(a + b)."""
    divisor = ""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        node, divisor = node.left, f" / {at.closed(node.right)}"
    factors = factors_in(node)
    if isinstance(node, ast.UnaryOp) or (len(factors) == 1 and not divisor) or len(factors) > FACTORS:
        return
    for k, group in enumerate(factors):
        terms = [(s, at.closed(t)) for s, t in _sum_of(group)]
        if not 2 <= len(terms) <= TERMS:
            continue
        others = [at.closed(f) for i, f in enumerate(factors) if i != k]
        parts = [*others, *([divisor] if divisor else [])]
        for chosen in range(1, 2 ** len(parts)):
            moved = [p for i, p in enumerate(parts) if chosen >> i & 1]
            stay = [p for i, p in enumerate(parts) if not chosen >> i & 1]
            for which in range(1, 2 ** len(terms) - 1):
                new = [(s, _multiplied(x, moved) if which >> i & 1 else x) for i, (s, x) in enumerate(terms)]
                yield "repeated-factor", _multiplied(f"({_joined(new)})" if stay else _joined(new), stay)


def _multiplied(text: str, parts: list[str]) -> str:
    factors = [p for p in parts if not p.startswith(" / ")]
    return " * ".join([*factors, text]) + "".join(p for p in parts if p.startswith(" / "))


def _of_a_matrix_product(at: Surroundings, node: Any) -> Iterator[tuple[str, str]]:
    """Multiply by what is a factor in a product of matrices before it or behind it: (A @ x)·y for A @ (x·y)."""
    text = at.closed
    match node:
        case ast.BinOp(a, ast.MatMult(), ast.BinOp(x, ast.Mult(), y)):
            for p, q in ((x, y), (y, x)):
                yield "wrong-point", f"({text(a)} @ {text(p)}) * {text(q)}"
        case ast.BinOp(ast.BinOp(x, ast.Mult(), y), ast.MatMult(), a):
            for p, q in ((x, y), (y, x)):
                yield "wrong-point", f"({text(p)} @ {text(a)}) * {text(q)}"
        case ast.BinOp(ast.BinOp(a, ast.MatMult(), x), ast.Mult(), y):
            yield "wrong-point", f"{text(a)} @ ({text(x)} * {text(y)})"
            yield "wrong-point", f"({text(a)} * {text(y)}) @ {text(x)}"


def _of_a_quotient(at: Surroundings, node: ast.BinOp) -> Iterator[tuple[str, str]]:
    """Divide by one factor more."""
    below = factors_in(node.right)
    if 1 < len(below) <= FACTORS:
        top = at.closed(node.left)
        for k in range(len(below)):
            kept = [at.closed(b) for i, b in enumerate(below) if i != k]
            yield "scale", f"{top} / {' / '.join(kept)} * {at.closed(below[k])}"


def _out_of_a_call(at: Surroundings, node: ast.Call) -> Iterator[tuple[str, str]]:
    """Take a term or a factor out of a call: write a + f(b) for f(a + b)."""
    func, more = at.text(node.func), [at.text(a) for a in node.args[1:]]
    first: Any = node.args[0]
    terms = [(s, at.closed(t)) for s, t in _sum_of(first)]
    factors = [("+", at.closed(f)) for f in factors_in(first)]
    for parts, sign in ((terms, "+"), (factors, "*")):
        if not 2 <= len(parts) <= TERMS:
            continue
        for k in range(len(parts)):
            kept = [p for i, p in enumerate(parts) if i != k]
            inner = _joined(kept) if sign == "+" else " * ".join(t for _, t in kept)
            call = f"{func}({', '.join([inner, *more])})"
            yield "wrong-point", f"{parts[k][1]} {parts[k][0] if sign == '+' else '*'} {call}"


# --- one name for another, and two ---------------------------------------------------------------------------------


def _renamed(at: Surroundings) -> Iterator[tuple[str, str]]:
    """Read another variable wherever a statement reads one, or computes the same."""
    if at.place.parent is not None or at.shape is None:
        return
    reads: dict[str, list[Any]] = {}
    for n in ast.walk(at.place.node):
        if isinstance(n, ast.Name | ast.Attribute | ast.BinOp) and not _is_called(at.place.node, n):
            reads.setdefault(at.text(n), []).append(n)
    for own, nodes in reads.items():
        if len(nodes) < 2:
            continue
        shape = at.arrays.get(own, at.expressions.get(own))
        for name, other in at.arrays.items():
            if shape is not None and (len(other) == len(shape) or (other and fits(other, shape))) and name != own:
                yield "wrong-point", at.replaced(nodes, name)


def _is_called(tree: ast.AST, node: ast.AST) -> bool:
    return any(isinstance(n, ast.Call) and n.func is node for n in ast.walk(tree))


def _several(at: Surroundings) -> Iterator[tuple[str, str]]:
    """Undo a factor or a point together with what was left out: g·(1 − y²) for 1 − g²."""
    if at.place.parent is not None or not at.shape or not isinstance(at.place.node, ast.BinOp | ast.Call):
        return
    alike = [n for n, s in at.arrays.items() if s == at.shape][:8]
    for g, y in itertools.permutations(alike, 2):
        for slope in (f"(1 - {y} ** 2)", f"{y} * (1 - {y})", f"({y} > 0)"):
            yield "wrong-activation", f"{g} * {slope}"
        for f in at.functions:
            yield "wrong-activation", f"{g} * {f}({y}) * (1 - {f}({y}))"
            yield "wrong-activation", f"{g} * (1 - {f}({y}) ** 2)"


def _between(at: Surroundings) -> Iterator[tuple[str, str]]:
    """Count what lies between two indices, for another whole number."""
    if isinstance(at.value, int) and not isinstance(at.value, bool) and isinstance(at.place.node, ast.Name | ast.BinOp):
        for first, last in itertools.permutations(at.indices, 2):
            yield "scale", f"{last} - {first}"


def _projections(at: Surroundings) -> Iterator[Rewrite]:
    """Complete the derivative of what is normalised: g − mean g − x̂ mean (g x̂), and p (g − Σ g p)."""
    shape = at.shape
    if not shape or at.place.kind != "expression":
        return
    own = at.closed(at.place.node)
    alike = [n for n, s in at.arrays.items() if s == shape and n != own][:8]
    given = [(own, VALUE), *((n, n) for n in alike if at.place.parent is None)]
    for axis in dict.fromkeys((len(shape) - 1, 0)):
        keep = f"({axis}, keepdims=True)"
        for g, value in given:
            yield _completed("missing-term", "{g} - {g}.mean{keep}", g, value, "", keep)
            for x in alike:
                for kind, formula in _NORMALISED if x != g else ():
                    yield _completed(kind, formula, g, value, x, keep)
            if g != own:  # what stands there is the p alone
                source, run = (f"{x} * ({g} - ({g} * {x}).sum{keep})" for x in (own, VALUE))
                yield Rewrite("diagonal-jacobian", source, run, 0.5)


_NORMALISED = (
    ("diagonal-jacobian", "{x} * ({g} - ({g} * {x}).sum{keep})"),
    ("missing-term", "{g} - {x} * ({g} * {x}).sum{keep}"),
    ("missing-term", "{g} - {x} * ({g} * {x}).mean{keep}"),
    ("detached", "{g} - {g}.mean{keep} - {x} * ({g} * {x}).mean{keep}"),
)


def _completed(kind: str, formula: str, g: str, value: str, x: str, keep: str) -> Rewrite:
    return Rewrite(kind, formula.format(g=g, x=x, keep=keep), formula.format(g=value, x=x, keep=keep), 0.5)
