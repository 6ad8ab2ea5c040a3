"""Something else was written in a call: another axis, function, order of arguments, or letter of `einsum`."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from microgradnet.check.aside import last_name
from microgradnet.check.mend.rewrite import call, indices_of, swapped, whole_axes, with_other
from microgradnet.check.mend.surroundings import Surroundings

AXES = 6
"""Of how many axes at most some are put elsewhere before they are turned."""

OTHERS = 8
"""How many other arrays a sum of all numbers may be of."""

_REDUCTIONS = {"sum": "mean", "mean": "sum"}

_INSTEAD = {
    "ones": "zeros", "zeros": "ones", "ones_like": "zeros_like", "zeros_like": "ones_like", "maximum": "minimum",
    "minimum": "maximum", "max": "min", "min": "max", "mean": "max", "sin": "cos", "cos": "sin", "argmax": "argmin",
}  # fmt: skip
"""Functions of NumPy's that are taken for one another."""


def of_a_call(at: Surroundings, node: ast.Call) -> Iterator[tuple[str, str]]:
    """List what else may have been meant to be called, or with what."""
    func = node.func
    name = last_name(func)
    is_method = isinstance(func, ast.Attribute) and not at.is_module(func.value)
    called = at.text(func)
    args = [at.text(a) for a in node.args]
    keywords = {k.arg: at.text(k.value) for k in node.keywords if k.arg}
    options = [f"{k}={v}" for k, v in keywords.items()]
    operand: Any = func.value if is_method else node.args[0] if node.args else None  # type: ignore[attr-defined]
    if name in ("transpose", "swapaxes", "moveaxis") and operand is not None:
        yield "transpose", at.text(operand)
    if keywords.get("order", "'C'") != "'C'":
        kept = [*args, *(f"{k}={v}" for k, v in keywords.items() if k != "order")]
        yield "transpose", call(called, kept)
    if name in ("sum", "mean", "max", "min", "prod", "norm", "var", "std") and operand is not None:
        first = [] if is_method else args[:1]
        rest = {k: v for k, v in keywords.items() if k != "axis"}
        tail = [f"{k}={v}" for k, v in rest.items()]
        for axes in axes_of(at.ndim_of(operand)):
            kept = [] if axes == "None" else [f"axis={axes}"]
            kept = kept or ([] if not rest else ["axis=None"])
            kind = "missing-sum" if axes == "None" else "wrong-axis"
            yield kind, call(called, [*first, *kept, *tail])
            if "keepdims" not in keywords and axes != "None":
                yield kind, call(called, [*first, *kept, "keepdims=True", *tail])
        axis = keywords.get("axis") or (args[0 if is_method else 1] if len(args) > (0 if is_method else 1) else None)
        if "keepdims" not in keywords and axis is not None:
            yield "wrong-axis", call(called, [*first, f"axis={axis}", "keepdims=True"])
        if axis is None and isinstance(operand, ast.Name | ast.Subscript):  # of all numbers: any shape would do
            for other in [n for n in at.variables if at.arrays[n] and n != at.text(operand)][:OTHERS]:
                yield "wrong-point", at.replaced([operand], other)
        yield "repeated-term", at.text(operand)
        if at.shape == () and isinstance(operand, ast.Subscript):  # the one that a loop is at
            whole = whole_axes(operand)
            for part, i in itertools.product(whole, at.indices[:4]):
                yield "wrong-axis", at.replaced([part], i, operand)
            for some in itertools.permutations(at.indices[:4], 0 if whole else at.ndim_of(operand)):
                named = [at.text(p) for p in indices_of(operand)]
                yield "wrong-axis", f"{at.text(operand.value)}[{', '.join([*named, *some])}]"
        match operand:
            case ast.BinOp(base, ast.Mult() | ast.Pow(), by) if ast.dump(base) == ast.dump(by) or _is_two(by):
                yield "wrong-point", at.text(base)  # the penalty itself for its slope
                yield "wrong-point", f"2 * {at.text(base)}"
        if at.ndim_of(operand) == 1 and at.is_a_factor:  # of each row its own
            yield "repeated-term", f"{at.closed(operand)}[:, None]"
        if name in _REDUCTIONS:
            other = called[: -len(name)] + _REDUCTIONS[name]
            kind = "mean-for-sum" if name == "mean" else "sum-for-mean"
            yield kind, call(other, [*args, *options])
    elif name == "rot90" and args:
        yield "reversed", args[0]
        plane = [*args[2:], *(f"axes={v}" for k, v in keywords.items() if k == "axes")]
        yield from (("reversed", call(called, [args[0], turns, *plane])) for turns in "213")
    elif name == "einsum" and args and isinstance(letters := getattr(node.args[0], "value", None), str):
        yield from ((kind, call(called, [other, *args[1:], *options])) for kind, other in of_letters(letters))
    elif name == "multiply" and len(node.args) == 2:
        a, b = (at.closed(x) for x in node.args)
        yield "elementwise-for-matmul", f"{a} @ {b}"
        yield "repeated-factor", args[0]
        yield "repeated-factor", args[1]
    elif name in ("dot", "matmul") and len(node.args) == 2 - is_method:
        a, b = (at.closed(x) for x in ([operand] * is_method + node.args))
        for kind, x, y in in_other_orders(a, b):
            yield kind, f"{x}.{name}({y})" if is_method else f"{called}({x}, {y})"
        yield from elementwise(a, b)
        yield from of_vectors(at, operand, a, b)
    elif len(node.args) > 1 and not node.keywords:
        yield from (("swapped-operands", call(called, swapped(args, k, k + 1))) for k in range(len(args) - 1))
        for arg, part in zip(args, node.args, strict=True):
            yield "repeated-factor", arg
            if isinstance(part, ast.Call):
                yield from ((kind, source) for kind, source in of_a_call(at, part) if kind == "wrong-axis")
    elif len(node.args) == 1 and not node.keywords and not is_method:
        yield "repeated-factor", args[0]
        if isinstance(at.value, np.ndarray):  # the slope of what the value is of: eᶻ − 1, tanh z, σ(z)
            own = at.closed(node.args[0])
            again = _applied_twice(at, node)  # σ(a), where a is σ(z) already
            for slope in (f"({own} + 1)", f"(1 - {own} ** 2)", f"{own} * (1 - {own})"):
                yield "wrong-activation" if slope == again.format(own) else "wrong-point", slope
        for other in at.functions if not isinstance(at.value, int) else ():
            if other != called:
                yield "wrong-activation", f"{other}({args[0]})"
        part = node.args[0]
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Mult):  # f(x) y for f(x y)
            x, y = at.closed(part.left), at.closed(part.right)
            yield "wrong-point", f"{called}({x}) * {y}"
            yield "wrong-point", f"{x} * {called}({y})"
    elif is_method and not node.args and not node.keywords:
        yield "unexplained", at.text(operand)
    if name in ("range", "reversed", "enumerate") and not is_method:
        yield from _of_a_loop(name, args)
    if name in ("cumsum", "cumprod") and operand is not None and (flip := at.numpy("flip")):
        axis = keywords.get("axis") or next(iter(args[0 if is_method else 1 :]), None)
        along = "" if axis is None else f", {axis}"
        turned = f"{flip}({at.text(operand)}{along})"
        inner = f"{turned}.{name}({axis or ''})" if is_method else f"{called}({turned}{along})"
        yield "reversed", f"{flip}({inner}{along})"
    if name in _INSTEAD:
        yield "wrong-activation", call(called[: -len(name)] + _INSTEAD[name], [*args, *options])
    if node.args and isinstance(node.args[0], ast.Tuple | ast.List):  # of what is joined, two in another order
        parts = [at.text(e) for e in node.args[0].elts]
        for k in range(len(parts) - 1):
            joined = ", ".join(swapped(parts, k, k + 1))
            joined = f"[{joined}]" if isinstance(node.args[0], ast.List) else f"({joined})"
            yield "swapped-operands", call(called, [joined, *args[1:], *options])
    for other in at.functions_like(func):
        yield "wrong-parameter", call(other, [*args, *options])
    for k, handed in enumerate(node.args):
        for other in at.like(handed):
            yield "wrong-parameter", call(called, [*with_other(args, k, other), *options])
    yield from _as_called_elsewhere(at, node, args, keywords)
    yield from _with_more(at, node, args)
    yield from _unpacked_of_another(at, args)
    if name == "copy" and operand is not None and not args:
        yield "repeated-term", call(at.numpy("zeros_like"), [at.text(operand)])
    if name in ("transpose", "sum", "mean") and is_method:
        yield from _cut_otherwise(at, node)
    if name in ("transpose", "reshape") and operand is not None and isinstance(at.value, np.ndarray):
        given = np.shape(at.value_of(operand))
        turning = (f for f, of, made in at.turning if (of, made) == (given, at.shape))
        for f in dict.fromkeys((*turning, *at.functions)):
            yield "wrong-shape", f"{f}({at.text(operand)})"
        ndim = at.value.ndim
        if name == "transpose" and ndim <= 4:
            own = at.closed(operand) if is_method else args[0]
            for order in itertools.permutations(range(ndim)):
                yield "transpose", f"{own}.transpose({', '.join(map(str, order))})"
    if name == "reshape" and operand is not None and isinstance(at.value, np.ndarray):
        sizes = node.args if is_method else node.args[1:]
        sizes = sizes[0].elts if len(sizes) == 1 and isinstance(sizes[0], ast.Tuple) else sizes
        yield from (("transpose", source) for source in _turned_beside(at, operand, [at.text(n) for n in sizes]))


def _is_two(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == 2


def _applied_twice(at: Surroundings, node: ast.Call) -> str:
    """Write the slope of what is called, in terms of its value: of a sigmoid or a tanh, told by its numbers."""
    x, value = at.value_of(node.args[0]), at.value
    if not isinstance(x, np.ndarray) or x.dtype.kind != "f" or x.shape != value.shape or (np.abs(x) >= 1).any():
        return ""
    if (x > 0).all() and np.allclose(value, 1 / (1 + np.exp(-x))):
        return "{0} * (1 - {0})"
    return "(1 - {0} ** 2)" if np.allclose(value, np.tanh(x)) else ""


def _of_a_loop(name: str, args: list[str]) -> Iterator[tuple[str, str]]:
    """Go the other way, or leave out the first turn or the last."""
    whole = call(name, args)
    yield "reversed", args[0] if name == "reversed" else f"reversed({whole})" if name == "range" else whole
    if name == "range" and len(args) == 1:
        yield "repeated-term", f"range(1, {args[0]})"
        yield "repeated-term", f"range({args[0]} - 1)"
    if name == "range" and len(args) == 2:
        yield "missing-term", f"range({args[1]})"


def _as_called_elsewhere(
    at: Surroundings, node: ast.Call, args: list[str], keywords: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Give a function what else it is given where it is called elsewhere."""
    called = at.text(node.func)
    for other in ast.walk(at.tree):
        if not isinstance(other, ast.Call) or other is node or ast.unparse(other.func) != called:
            continue
        more = {k.arg: at.text(k.value) for k in other.keywords if k.arg and isinstance(k.value, ast.Constant)}
        constants = [at.text(a) for a in other.args[len(args) :] if isinstance(a, ast.Constant)]
        if keywords.keys() <= more.keys() and (more != dict(keywords) or constants):
            given = np.shape(at.value_of(node.args[0])) if node.args else None
            kind = "wrong-activation" if given == at.shape else "wrong-shape"  # as of windows with a stride
            yield kind, call(called, [*args, *constants, *(f"{k}={v}" for k, v in more.items())])


def _with_more(at: Surroundings, node: ast.Call, args: list[str]) -> Iterator[tuple[str, str]]:
    """Hand a function of the user's what nobody reads, where it takes more than it is given."""
    called = at.text(node.func)
    defined = (n for n in at.tree.body if isinstance(n, ast.FunctionDef) and n.name == called)
    if not node.keywords and any(len(f.args.args) > len(args) for f in defined):
        yield from (("missing-factor", call(called, [*args, n])) for n in at.unread if n in at.arrays)


def _unpacked_of_another(at: Surroundings, args: list[str]) -> Iterator[tuple[str, str]]:
    """Unpack what a function of the file makes of the same: the gates, and not what they are made of."""
    unpacks = isinstance(getattr(at.place.statement, "targets", [None])[0], ast.Tuple) and at.place.parent is None
    for f in at.tree.body if unpacks and args else ():
        if isinstance(f, ast.FunctionDef) and len(f.args.args) == 1 and f.name in at.program.harmless:
            yield "wrong-point", call(f.name, args[:1])


def _turned_beside(at: Surroundings, operand: ast.expr, sizes: list[str]) -> Iterator[str]:
    """Turn two axes behind a change of shape, or before it: heads that are cut out, or joined, would be mixed."""
    own = at.closed(operand)
    for i, j in itertools.combinations(range(len(sizes)), 2) if len(sizes) in (3, 4) else ():
        order = swapped([*map(str, range(len(sizes)))], i, j)
        yield call(f"{call(f'{own}.reshape', swapped(sizes, i, j))}.transpose", order)
    ndim = at.ndim_of(operand)
    for i, j in itertools.combinations(range(ndim), 2) if ndim in (3, 4) else ():
        yield call(f"{call(f'{own}.transpose', swapped([*map(str, range(ndim))], i, j))}.reshape", sizes)


def _cut_otherwise(at: Surroundings, node: ast.Call) -> Iterator[tuple[str, str]]:
    """Cut axes into parts in the order in which they are needed, or with the parts inside of them, not around."""
    match node:
        case ast.Call(ast.Attribute(ast.Call(ast.Attribute(attr="reshape") as cut, sizes), method), args, options):
            sizes = sizes[0].elts if len(sizes) == 1 and isinstance(sizes[0], ast.Tuple) else sizes
        case _:
            return
    texts, axes = [at.text(n) for n in sizes], _numbers_in([*args, *(o.value for o in options if o.arg == "axis")])
    if method == "transpose" and sorted(axes) == [*range(len(texts))]:
        yield "transpose", call(at.text(cut), [texts[k] for k in axes])
        for order in _with_a_block_elsewhere(len(texts)):  # the same axes, out of another order of what was laid out
            laid = [texts[k] for k in order]
            if laid != texts:
                yield "transpose", call(f"{call(at.text(cut), laid)}.transpose", [str(order.index(k)) for k in axes])
    for by in (-1, 1) if method != "transpose" else ():
        beside = [k + by for k in axes]
        if all(0 <= k < len(texts) for k in (*axes, *beside)) and axes and not {*axes} & {*beside}:
            other = {**dict(zip(axes, beside, strict=True)), **dict(zip(beside, axes, strict=True))}
            parts = call(at.text(cut), [texts[other.get(k, k)] for k in range(len(texts))])
            yield "wrong-shape", f"{parts}.{method}(axis={tuple(beside)})"


def _with_a_block_elsewhere(count: int) -> Iterator[list[int]]:
    """List the orders of some things in which a few of them that are neighbours stand elsewhere."""
    found: dict[tuple[int, ...], None] = {}
    for first, last in itertools.combinations(range(count + 1), 2) if count <= AXES else ():
        block, rest = [*range(first, last)], [*range(first), *range(last, count)]
        found |= {(*rest[:k], *block, *rest[k:]): None for k in range(len(rest) + 1)}
    yield from ([*order] for order in found if order != tuple(range(count)))


def _numbers_in(nodes: Sequence[ast.expr]) -> list[int]:
    """List the whole numbers that are written, one by one or in a tuple; none where others stand."""
    parts = nodes[0].elts if len(nodes) == 1 and isinstance(nodes[0], ast.Tuple) else nodes
    found = [n.value for n in parts if isinstance(n, ast.Constant) and type(n.value) is int]
    return found if len(found) == len(parts) else []


def in_other_orders(a: str, b: str) -> Iterator[tuple[str, str, str]]:
    """List the other products of two matrices: the kind of mistake, and both operands."""
    yield "swapped-operands", b, a
    yield "transpose", f"{a}.T", b
    yield "transpose", a, f"{b}.T"
    yield "swapped-operands", f"{b}.T", a
    yield "swapped-operands", b, f"{a}.T"
    yield "transpose", transposed(b), transposed(a)


def elementwise(a: str, b: str) -> Iterator[tuple[str, str]]:
    """Multiply two operands element by element, and as they are where one of them is turned."""
    yield "matmul-for-elementwise", f"{a} * {b}"
    if a.endswith(".T") or b.endswith(".T"):
        yield "matmul-for-elementwise", f"{a.removesuffix('.T')} * {b.removesuffix('.T')}"


def of_vectors(at: Surroundings, first: ast.expr, a: str, b: str) -> Iterator[tuple[str, str]]:
    """Multiply each element of a vector by each of another: of one axis, d · dᵀ is a number, and no matrix."""
    if at.shape == () and np.ndim(at.value_of(first)) == 1 and (outer := at.numpy("outer")):
        yield "matmul-for-elementwise", call(outer, [a.removesuffix(".T"), b.removesuffix(".T")])


def transposed(text: str) -> str:
    """Write the transpose of an operand."""
    return text.removesuffix(".T") if text.endswith(".T") else f"{text}.T"


def axes_of(ndim: int) -> Iterator[str]:
    """Write the axes along which something of so many may be reduced."""
    singles = [str(k) for k in (*range(ndim), -1)]
    yield from singles
    for count in range(2, ndim + 1):
        for axes in itertools.combinations(range(ndim), count):
            yield f"({', '.join(map(str, axes))})"
    yield "None"


def of_letters(subscripts: str) -> Iterator[tuple[str, str]]:
    """Exchange two letters of what comes of `einsum`, or of an operand, or one with what is summed over."""
    parts = subscripts.replace("->", ",").split(",")
    if "->" not in subscripts or not all(p.strip().isalpha() or not p for p in parts):
        return
    summed = sorted({*"".join(parts[:-1])} - {*parts[-1]} - {" "})
    for kept, other in itertools.product(parts[-1].strip(), summed):
        yield "wrong-axis", f'"{",".join(parts[:-1])}->{parts[-1].replace(kept, other)}"'
    for k, part in [*enumerate(parts)][::-1]:
        for i, j in itertools.combinations(range(len(part)), 2):
            new = with_other(parts, k, "".join(swapped(part, i, j)))
            yield "transpose", f'"{",".join(new[:-1])}->{new[-1]}"'
