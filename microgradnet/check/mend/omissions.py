"""Something was left out: a sign, a count, a factor, a term, a sum."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator
from math import prod

import numpy as np

from microgradnet.check.aside import last_name
from microgradnet.check.mend.rewrite import (
    INVOLVED,
    SIMPLE,
    VALUE,
    Rewrite,
    along,
    closed,
    fits,
    is_read,
    is_sum,
    names_in,
)
from microgradnet.check.mend.surroundings import Surroundings
from microgradnet.check.mend.variables import matrix_products, parsed

_NO_INDEX = str.maketrans("", "", '[]", ')

POOL = 40
"""How many expressions of the source are tried as a part of another one."""


def omissions(at: Surroundings) -> Iterator[Rewrite]:
    """Add what may have been left out: a sign, a count, a factor, a term, a sum.

    What is added to an operand of a product or a sum is the same as if it were added to the whole: there it is tried.
    """
    shape = at.shape
    if shape is None or (isinstance(at.value, int | bool) and at.place.kind == "expression") or at.is_written_to:
        return
    node, outer = at.place.node, at.outer
    if isinstance(outer, ast.Attribute) and outer.attr in ("shape", "size", "ndim"):
        return  # its numbers don't matter there
    own, whole = at.own, closed(node, at.own)
    op = type(outer.op) if isinstance(outer, ast.BinOp | ast.UnaryOp) else None
    if not (op in (ast.Mult, ast.USub) or (isinstance(outer, ast.BinOp) and op is ast.Div and outer.left is node)):
        yield from _with_a_factor(at, shape, whole, whole if is_sum(node) else own)
    if op is not ast.Pow and not isinstance(node, ast.Constant):
        yield Rewrite("missing-factor", f"{whole} ** 2", f"{VALUE} ** 2", 0.1)
        if at.place.is_read:  # as in the slope of a root
            yield Rewrite("missing-factor", f"{whole} ** 3", f"{VALUE} ** 3", 0.2)
    for axis in range(len(shape)):
        yield Rewrite("missing-sum", f"{whole}.sum({axis})", f"{VALUE}.sum({axis})", 0.1)
        yield Rewrite("missing-sum", f"{whole}.sum({axis}, keepdims=True)", f"{VALUE}.sum({axis}, keepdims=True)", 0.15)
        if at.place.is_read:  # a statistic
            yield Rewrite("missing-sum", f"{whole}.mean({axis})", f"{VALUE}.mean({axis})", 0.3)
    if shape:
        yield Rewrite("missing-sum", f"{whole}.sum()", f"{VALUE}.sum()", 0.1)
    if op not in (ast.Add, ast.Sub):
        sums = own if not isinstance(node, ast.Compare | ast.IfExp) else whole
        yield Rewrite("missing-term", f"1 + {sums}", f"1 + {VALUE}", 0.3)
        yield Rewrite("missing-term", f"{sums} - 1", f"{VALUE} - 1", 0.3)
        if len(shape) == 2 and shape[0] == shape[1]:
            yield Rewrite("missing-term", f"{sums} + {whole}.T", f"{VALUE} + {VALUE}.T", 0.2)
        for term, far in _terms(at, shape):
            for sign in "+-":
                again = sign == "-" and isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add)
                source = at.text(node.left) if again and at.text(node.right) == term else f"{sums} {sign} {term}"
                yield Rewrite("missing-term", source, f"{VALUE} {sign} {term}", far)


def simple(at: Surroundings) -> Iterator[Rewrite]:
    """List what is no more than a name, a sign or a number."""
    return (r for r in omissions(at) if r.far < SIMPLE)


def plain(at: Surroundings) -> Iterator[Rewrite]:
    """List what is no more than one name with what belongs to it."""
    return (r for r in omissions(at) if SIMPLE <= r.far < INVOLVED)


def masked(at: Surroundings) -> Iterator[Rewrite]:
    """List what masks, where a statement makes a value."""
    masks = tuple(f"{VALUE} * {m}" for m in at.switches)
    return (r for r in plain(at) if at.place.parent is None and r.run.startswith(masks))


def involved(at: Surroundings) -> Iterator[Rewrite]:
    """List what is more than that."""
    return (r for r in omissions(at) if r.far >= INVOLVED)


def _with_a_factor(at: Surroundings, shape: tuple[int, ...], closed: str, times: str) -> Iterator[Rewrite]:
    if not at.is_indexed:  # else of the part alone
        yield from _with_a_number(at, closed, times)
    for factor, far in _factors(at, shape):
        yield Rewrite("missing-factor", f"{times} * {factor}", f"{VALUE} * {factor}", far)
    for divisor, far in _divisors(at, shape):
        yield Rewrite("missing-factor", f"{times} / {divisor}", f"{VALUE} / {divisor}", far)
    for axis in range(len(shape)):
        whole = f"{closed}.sum({axis}, keepdims=True)"
        yield Rewrite("missing-factor", f"{times} / {whole}", f"{VALUE} / {VALUE}.sum({axis}, keepdims=True)", 0.2)
    yield from _times_a_matrix(at, times, shape)


def _with_a_number(at: Surroundings, closed: str, times: str) -> Iterator[Rewrite]:
    yield Rewrite("sign", f"-{closed}", f"-{VALUE}")
    yield Rewrite("scale", f"2 * {times}", f"2 * {VALUE}")
    yield Rewrite("scale", f"{times} / 2", f"{VALUE} / 2")
    for power in _powers_in(at.place.node):  # as in the slope of a cube
        yield Rewrite("missing-factor", f"{power + 1} * {times}", f"{power + 1} * {VALUE}", 0.05)
    for count in (c for c, n in at.counts.items() if n != 2):
        yield Rewrite("sum-for-mean", f"{times} / {count}", f"{VALUE} / {count}")
        yield Rewrite("mean-for-sum", f"{times} * {count}", f"{VALUE} * {count}")
    root = at.numpy("sqrt")
    for count in at.counts if root else ():
        if count.endswith((".size", ".sum()")):
            continue  # no length of a vector
        yield Rewrite("missing-factor", f"{times} / {root}({count})", f"{VALUE} / {root}({count})", 0.2)


def _powers_in(node: ast.AST) -> set[int]:
    """Return the whole exponents of the factors of a product."""
    match node:
        case ast.BinOp(a, ast.Mult(), b):
            return _powers_in(a) | _powers_in(b)
        case ast.BinOp(_, ast.Pow(), ast.Constant(int(power))) if power > 1:
            return {power}
    return set()


def _times_a_matrix(at: Surroundings, times: str, shape: tuple[int, ...]) -> Iterator[Rewrite]:
    """Multiply by a matrix, where that keeps the shape or gives that of what the value is put into."""
    for name, other in at.arrays.items():
        if len(shape) < 2 or len(other) != 2 or name == at.text(at.place.node):
            continue
        for text, (rows, columns) in ((name, other), (f"{name}.T", other[::-1])):
            if rows == shape[-1]:
                yield Rewrite("missing-factor", f"{times} @ {text}", f"{VALUE} @ {text}", 0.4)
            if columns == shape[-2]:
                yield Rewrite("missing-factor", f"{text} @ ({times})", f"{text} @ {VALUE}", 0.4)


def _factors(at: Surroundings, shape: tuple[int, ...]) -> Iterator[tuple[str, float]]:
    own = at.text(at.place.node)
    if at.element == shape and isinstance(at.place.statement, ast.Assign):
        yield at.text(at.place.statement.targets[0]), 0.1  # what was there before
    for name, other in at.arrays.items():
        if shape == () and other and other == at.element:
            yield name, 0.1
        if at.is_indexed and len(other) < len(shape):
            continue  # of the part alone: it has no element for each that is left out
        if fits(other, shape) and name != own:
            yield name, 0.1
            if other == shape or other:
                yield f"{name} * (1 - {name})", 0.2
                yield f"(1 - {name} ** 2)", 0.2
                if not other or prod(other) > 1:  # of one number in an array it would leave out all, or nothing
                    yield f"({name} > 0)", 0.2
                yield f"(1 - {name})", 0.2
        yield from ((text, 0.2) for text in along(name, other, shape))
    yield from ((mask, 0.2) for mask in at.choices)
    for name in at.unread:
        if isinstance(at.names.get(name), int | np.integer | np.bool):
            yield name, 0.2
            yield f"(1 - {name})", 0.2
    for text, other in at.expressions.items():
        if len(shape) > 1 and other == shape[:1] and text.endswith("]"):  # one for each row
            yield f"{text}[:, None]", 0.35
    for part, other in at.parts.items():
        if fits(other, shape) or (shape == () and other and other == at.element):
            yield part, 0.3
    for name, other in at.arrays.items():  # as of windows that were taken apart
        if shape and 1 < len(other) != len(shape) and prod(other) == prod(shape) > 1:
            yield f"{name}.reshape({own if own.isidentifier() else f'({own})'}.shape)", 0.3
    yield from ((mask, 0.3) for mask in _as_multiplied(at))
    for text, other in at.conditions.items():  # of what is padding, for all that belongs to it
        more = len(shape) - len(other)
        if fits(other, shape) and other:
            yield f"({text})", 0.3
        elif more > 0 and other == shape[: len(other)]:
            yield f"({text})[{':, ' * len(other)}{', '.join(['None'] * more)}]", 0.3
    sign = at.numpy("sign")
    rows = {text: other for text, other in at.parts.items() if text not in at.arrays}
    for f in (*at.functions, *([sign] if sign else [])):
        for name, other in {**at.arrays, **rows}.items():
            if other == shape:
                yield f"{f}({name})", 0.3
    for name, other in at.arrays.items():
        for axis in range(len(shape)) if other == shape and len(shape) > 1 and name != own else ():
            yield f"{name}.sum({axis}, keepdims=True)", 0.5
    for text, other in list(at.expressions.items())[:POOL]:
        read = is_read(text.translate(_NO_INDEX))
        if fits(other, shape) and (other or read) and text != own:
            near = 0.1 if not other else 0.3  # of a single number an entry is what a name is of an array
            yield text if read else f"({text})", near if read else 0.5
            if other == shape and read:
                yield f"(1 - {text})", 0.3
                yield f"(1 - {text} ** 2)", 0.3
        if other == shape and (slope := slope_of_branches(parsed(text))) is not None:
            yield slope, 0.3


def _as_multiplied(at: Surroundings) -> Iterator[str]:
    """Write what the file's other functions multiply a variable by that they call with it: ``a * mask(a.shape, k)``."""
    known = at.names.keys() | at.program.scope.keys()
    own = next((n for n in at.arrays if at.arrays[n] == at.shape and n in names_in(parsed(at.own))), "")
    for node in ast.walk(at.tree) if own else ():
        match node:
            case ast.BinOp(ast.Name(of), ast.Mult(), ast.Call(func=ast.Name()) as call):
                pass
            case ast.BinOp(ast.Call(func=ast.Name()) as call, ast.Mult(), ast.Name(of)):
                pass
            case _:
                continue
        if of in names_in(call) and names_in(call) - {of} <= known:
            nodes = [n for n in ast.walk(call) if isinstance(n, ast.Name) and n.id == of]
            yield at.replaced(nodes, own, call)


def slope_of_branches(node: ast.AST | None) -> str | None:
    """Write the slope of ``np.where(x > 0, x, 0.1 * x)``, each branch of which is a multiple of one variable."""
    match node:
        case ast.Call(func, [condition, *branches]) if last_name(func) == "where" and len(branches) == 2:
            multiples = [_multiple(b) for b in branches]
            (x, a), (y, b) = multiples
            if x == y is not None and a != b:
                return f"{ast.unparse(func)}({ast.unparse(condition)}, {a}, {b})"
    return None


def _multiple(node: ast.expr) -> tuple[str | None, str]:
    """Return of which variable a branch is a multiple, and by how much."""
    match node:
        case ast.BinOp(ast.Constant() | ast.Name() as by, ast.Mult(), of) if is_read(ast.unparse(of)):
            return ast.unparse(of), ast.unparse(by)
        case ast.BinOp(of, ast.Mult(), ast.Constant() as by) if is_read(ast.unparse(of)):
            return ast.unparse(of), ast.unparse(by)
    return (ast.unparse(node), "1") if is_read(ast.unparse(node)) else (None, "")


def _divisors(at: Surroundings, shape: tuple[int, ...]) -> Iterator[tuple[str, float]]:
    own = at.text(at.place.node)
    for name, other in at.arrays.items():
        if name != own and fits(other, shape):
            yield name, 0.2
        yield from ((text, 0.2) for text in along(name, other, shape))
    for text, other in list(at.expressions.items())[:POOL]:
        if not other and text not in own and not is_read(text):  # a number, as what is kept by dropout
            yield f"({text})", 0.2


def _terms(at: Surroundings, shape: tuple[int, ...]) -> Iterator[tuple[str, float]]:
    own = at.text(at.place.node)
    for name, other in at.arrays.items():
        if not other and name != own and not isinstance(at.outer, ast.Subscript):
            yield name, 0.3
        if other and fits(other, shape) and name != own:
            yield name, 0.1
            for number, n in at.arrays.items():
                if n == () and other == shape:
                    yield f"{number} * {name}", 0.3
                    yield f"2 * {number} * {name}", 0.3
        yield from ((text, 0.2) for text in along(name, other, shape))
    for mask in at.switches if shape else ():  # what stays as it is where something is masked
        if fits(at.arrays[mask], shape):
            yield from ((f"{n} * (1 - {mask})", 0.4) for n, other in at.arrays.items() if other == shape)
    for text, other in at.parts.items():
        of_unread = text.split("[")[0] in at.unread  # it was made for something
        if (other or of_unread) and fits(other, shape) and text != own:
            yield text, 0.2 if of_unread else 0.4
    for text, other in list(at.expressions.items())[:POOL]:
        if other == shape and text != own:
            yield text if "+" not in text and "-" not in text else f"({text})", 0.5
    node, parent = at.place.node, at.outer
    if parent is None and isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):  # as of a norm
        for name in [n for n, other in at.arrays.items() if other == shape and n in names_in(node)]:
            for axis, how in itertools.product(range(len(shape)) if len(shape) > 1 else (), ("mean", "sum")):
                yield f"{name}.{how}({axis}, keepdims=True)", 0.3
    if isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Mult):  # as in p (g − Σ g p)
        for axis in range(len(shape)):
            yield f"({at.text(parent)}).sum({axis}, keepdims=True)", 0.3
    for product in matrix_products(at.arrays, shape) if shape else ():
        yield product, 0.6


def scaled(rewrite: Rewrite, factor: float, at: Surroundings) -> Iterator[Rewrite]:
    """Write a change together with a sign or a factor, if it is one that people leave out."""
    known = {
        -1.0: ("sign", "-", ""),
        2.0: ("scale", "2 * ", ""),
        -2.0: ("scale", "-2 * ", ""),
        0.5: ("scale", "", " / 2"),
    }
    for text, n in at.counts.items():
        known.setdefault(1 / n, ("sum-for-mean", "", f" / {text}"))
        known.setdefault(float(n), ("mean-for-sum", "", f" * {text}"))
    for text, number in at.scalars.items():
        known.setdefault(number, ("missing-factor", "", f" * {text}"))
        known.setdefault(1 / number, ("missing-factor", "", f" / {text}"))
    for value, (kind, before, after) in known.items():
        if abs(factor - value) <= 1e-8 * abs(value):
            source, run = (f"{before}({t}){after}" for t in (rewrite.source, rewrite.run))
            source = f"{before}{rewrite.source}{after}" if is_read(rewrite.source) else source
            both = kind == rewrite.kind == "missing-factor"  # as a mask and what is kept of it
            far = rewrite.far + (2 * SIMPLE if both else INVOLVED)
            counted = kind not in ("sign", "scale")
            misread = counted and is_read(rewrite.source) and VALUE not in rewrite.run
            kind = kind if both else f"{kind} + {rewrite.kind}"
            yield Rewrite(kind, source, run, far, rewrite if misread else None)
            return
