"""Something else was written: another operand, axis, sign, order, index or number, or something too much."""

from __future__ import annotations

import ast
import copy
import itertools
from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import partial
from typing import Any

import numpy as np

from microgradnet.check.aside import last_name
from microgradnet.check.mend.calls import axes_of, elementwise, in_other_orders, of_a_call, of_vectors, transposed
from microgradnet.check.mend.expressions import counted_along, ranges_of, sums_of, uncalled
from microgradnet.check.mend.mends import hands_on
from microgradnet.check.mend.rewrite import (
    UNLIKELY,
    VALUE,
    Rewrite,
    along,
    call,
    factors_in,
    indices_of,
    is_one_less,
    is_read,
    names_in,
    rows_for_columns,
    squared,
    swapped,
    with_other,
)
from microgradnet.check.mend.siblings import as_its_siblings
from microgradnet.check.mend.statements import NEXT
from microgradnet.check.mend.surroundings import Surroundings, is_share
from microgradnet.check.mend.variables import parsed, with_names
from microgradnet.check.observe import READ

CALLS = 32
"""How many calls of a function with other variables are tried beside one."""

BESIDE = 4
"""As in how many other calls of a function an argument is written, the nearest first."""

LEAKS = 6
"""How many numbers are tried as what is let through where a ReLU lets nothing through."""

KEYS = 12
"""How many words are tried for one another."""

EXCHANGED = 8
"""How many variables of an expression are put in each other's places."""

KERNELS = {2: ["[::-1, ::-1]"], 3: ["[:, :, ::-1]"], 4: ["[:, :, ::-1, ::-1]"]}
"""How what has so many axes is turned round along the last of them, as kernels are."""

BORDER = 4
"""How much is cut off an axis at most where it may be cut off at other ends."""

_ADJOINT = {ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*"}

_OTHERS: dict[type[ast.operator], tuple[str, str]] = {
    ast.Div: ("swapped-operands", "{1} / {0}"),
    ast.Add: ("missing-factor", "{0} * {1}"),
    ast.Mult: ("missing-term", "{0} + {1}"),
    ast.Pow: ("scale", "{0} * {1}"),
}
"""Another operator between two operands, or these the other way round."""

_COMPARED = {ast.Gt: ">", ast.Lt: "<", ast.GtE: ">=", ast.LtE: "<=", ast.Eq: "==", ast.NotEq: "!="}

_OPPOSITE = {ast.Gt: "<", ast.Lt: ">", ast.GtE: "<=", ast.LtE: ">=", ast.Eq: "!=", ast.NotEq: "=="}

_TIED: dict[type[ast.cmpop], str] = {ast.Gt: ">=", ast.Lt: "<=", ast.GtE: ">", ast.LtE: "<"}


def slips(at: Surroundings) -> Iterator[Rewrite]:
    """Undo what may have been written by mistake: another operand, axis, sign, order, or something too much."""
    node = at.place.node
    seen = {at.taken_from}  # what is left of it then is nothing
    if at.is_written_to:  # what it gives another name is changed by that
        if isinstance(at.value, np.ndarray):
            yield Rewrite("stale-value", f"{at.text(node)}.copy()", f"{VALUE}.copy()", 0.1)
        return
    in_a_formula = isinstance(at.outer, ast.BinOp | ast.UnaryOp)
    adds = isinstance(at.outer, ast.Call) and getattr(at.outer.func, "attr", "") == "at"
    added_to = adds and node is at.outer.args[0]  # type: ignore[union-attr]
    for kind, source in _slips(at, node):
        if added_to and source not in sums_of(at.tree):
            continue  # into what is computed, or into a parameter, nothing is written
        if source not in seen and source not in (at.text(node), at.place.variable):
            seen.add(source)
            far = 0.9 if _is_hacked(at, node, source) else 0.0 if is_read(source) else 0.5
            hands_on_less = isinstance(node, ast.Name) and kind != "missing-factor" and not isinstance(at.value, int)
            if source in at.targets | at.unchanged or (hands_on_less and at.is_unlikely_to_hand_on(source)):
                far = 0.8
            elif source in at.applied:
                far = 0.2
            elif source == "1" and isinstance(at.outer, ast.BinOp) and isinstance(at.outer.op, ast.Mult | ast.Div):
                far = 0.51  # it would rather be left out
            elif (source in at.masks and _is_real(at.value)) or (source.startswith("(1 - ") and not in_a_formula):
                far = 0.6
            undone = kind in ("transpose", "reversed") and isinstance(node, ast.Attribute | ast.Call)
            if undone and len(source) < len(at.text(node)):
                far = -0.01  # nearer than what is turned inside of it
            elif kind not in ("wrong-point", "wrong-mask") and far <= 0.5:
                far = 0.05 if isinstance(node, ast.Constant) and source in at.counts else 0.0
            yield Rewrite(kind, source, source, far)
    if added_to:
        return
    shape = at.shape
    if isinstance(node, ast.BinOp) and shape is not None and not isinstance(at.value, int) and type(node.op) in _OTHERS:
        kind, written = _OTHERS[type(node.op)]
        source = written.format(at.closed(node.left), at.closed(node.right))
        yield Rewrite(kind, source, source, 0.6)
    if isinstance(at.value, np.ndarray) and at.place.is_read and hands_on(at.place.statement):
        yield Rewrite("stale-value", f"{at.closed(node)}.copy()", f"{VALUE}.copy()", 0.1)
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        for leak in _leaks(at) if isinstance(at.operator, ast.Mult) else ():
            where = f"{at.numpy('where')}({at.text(node)}, 1, {leak})"
            yield Rewrite("wrong-activation", where, where, 0.1)
        left = at.text(node.left)
        if size := at.numpy("abs"):  # of either sign
            sized = f"{size}({left}){at.text(node).removeprefix(left)}"
            yield Rewrite("wrong-mask", sized, sized, 0.2)
        if (sign := _OPPOSITE.get(type(node.ops[0]))) and _compares_numbers(at, node):
            opposite = f"{left} {sign} {at.text(node.comparators[0])}"
            yield Rewrite("wrong-mask", opposite, opposite)
        if sign := _TIED.get(type(node.ops[0])):
            tied = f"{left} {sign} {at.text(node.comparators[0])}"  # as at 0, where a ReLU gives that
            yield Rewrite("wrong-mask", tied, tied, 0.1)
    match node, at.outer:
        case ast.Call(ast.Attribute(attr="exp") | ast.Name(id="exp"), [x]), ast.BinOp(ast.Constant(1), ast.Add()):
            minus = f"{at.text(node.func)}(-{at.closed(x)})"  # of a sigmoid
            yield Rewrite("sign", minus, minus, 0.05)
    if shape is not None and is_share(at.value):
        far = 0.12 if shape else 0.0
        if is_one_less(node) and isinstance(node.right, READ):
            yield Rewrite("swapped-operands", at.text(node.right), at.text(node.right), far)
        elif at.place.is_read and not is_one_less(at.outer):
            yield Rewrite("swapped-operands", f"(1 - {at.text(node)})", f"(1 - {VALUE})", far)
    match at.outer:
        case ast.Call(ast.Attribute(attr="where") | ast.Name(id="where"), [_, a, b]) if node is a or node is b:
            yield Rewrite("wrong-mask", "0", "0", -0.01)  # nearer than what happens to be zero there
    for name in _read_again(at, node):  # a (1 − a) of z, which isn't squashed yet, or of another layer
        nodes = [n for n in ast.walk(node) if isinstance(n, ast.Name) and n.id == name]
        held: Any = at.names[name]
        others = [n for n, s in at.arrays.items() if s == np.shape(held) and n != name]
        for text in (*(f"{f}({name})" for f in at.functions), *sorted(others, key=partial(_unlike, name))[:KEYS]):
            source = at.replaced(nodes, text)
            yield Rewrite("wrong-point", source, source, 0.15)
    for source, run in _squashed(at, node):
        yield Rewrite("wrong-point", source, run, 0.4)
    yield from (Rewrite("wrong-mask", rows, rows, 0.2) for rows in _masked_rows(at))
    for source in _called_again(at, node):
        handed = isinstance(at.place.statement, ast.Return)  # a helper: it may as well be called with something else
        yield Rewrite("repeated-factor", source, source, 0.4 if handed else 0.15)
    yield from (Rewrite("wrong-point", source, source, 0.3) for source in _as_in_other_calls(at, node))
    yield from (Rewrite("missing-term", source, source, 0.3) for source in _as_around_other_calls(at, node))
    yield from (Rewrite("missing-term", source, source, 0.3) for source in _as_of_its_value(at, node))
    yield from (Rewrite("missing-term", source, source, 0.3) for source in _called_with_others(at, node))
    yield from as_its_siblings(at)
    if at.is_penalised and "abs" in at.elementary:
        yield Rewrite("wrong-activation", f"{at.numpy('sign')}({at.text(node)})", f"{at.numpy('sign')}({VALUE})", 0.1)
    for source in _without_the_first(at) if at.is_penalised and at.numpy("r_") else ():
        yield Rewrite("repeated-term", source, source, 0.2)
    if at.element == () and isinstance(at.value, float) and at.is_assigned:
        source = f"-{_row_of(at)}.sum()"  # what is left of it is the element itself, 0 as yet
        yield Rewrite("missing-sum", source, source, 0.2)
    unpacks = isinstance(getattr(at.place.statement, "targets", [None])[0], ast.Tuple)
    if at.value is None and isinstance(node, ast.Call | ast.Name) and not unpacks:  # a list, as may be
        yield Rewrite("reversed", f"{at.text(node)}[::-1]", f"{VALUE}[::-1]", 0.2)
    if at.place.variable is not None and at.place.kind == "expression" and at.is_assigned:
        own = f"{at.place.variable} + {at.term(node)}"  # it was to be added to what is there
        yield Rewrite("missing-term", own, own, 0.1 if at.starts_at_zero else 0.6)
    if shape is not None and at.place.kind == "expression" and at.place.is_read and at.is_operand:
        own, has_letters = at.closed(node), last_name(getattr(at.outer, "func", None)) == "einsum"
        if len(shape) == 2 and not own.endswith(".T") and not has_letters:
            yield Rewrite("transpose", f"{own}.T", f"{VALUE}.T")
        if len(shape) in (3, 4) and not has_letters:
            for order in list(itertools.permutations(range(len(shape))))[1:]:
                turned = f".transpose({', '.join(map(str, order))})"
                yield Rewrite("transpose", f"{own}{turned}", f"{VALUE}{turned}", 0.1)
        if len(shape) == 1:
            yield Rewrite("wrong-shape", f"{own}[:, None]", f"{VALUE}[:, None]", 0.1)
        for index in (*("[::-1]", "[:, ::-1]")[: len(shape)], *KERNELS.get(len(shape), ())):
            yield Rewrite("reversed", f"{own}{index}", f"{VALUE}{index}", 0.2)
    if isinstance(node, ast.Call) and shape and at.place.parent is None:  # what it makes is to be turned round
        own, backwards = at.text(node), ", ".join(["::-1"] * len(shape))
        yield from (Rewrite("wrong-point", f"{f}({own})", f"{f}({VALUE})", 0.4) for f in at.functions)
        yield Rewrite("reversed", f"{own}[{backwards}]", f"{VALUE}[{backwards}]", 0.4)
    is_part = at.place.kind == "expression" and (at.place.parent is None or at.place.is_read)
    if shape is not None and is_part and not at.is_indexed and _is_real(at.value):
        own = at.closed(node)
        yield Rewrite("sign", f"-{own}", f"-{VALUE}", -0.01 if at.is_taken_off else 0.3)


def _compares_numbers(at: Surroundings, test: ast.expr) -> bool:
    """Whether it is a comparison of numbers: what is asked of anything else is which way was meant to be gone."""
    parts = [test.left, *test.comparators] if isinstance(test, ast.Compare) else [None]
    values = [None if p is None else at.value_of(p) for p in parts]
    return all(isinstance(v, int | float | np.ndarray | np.generic) for v in values)


def _is_real(value: Any) -> bool:
    return np.asarray(value).dtype.kind == "f"


def _read_again(at: Surroundings, node: Any) -> list[str]:
    """Name the variables that a whole sum or product reads more than once."""
    whole = at.place.kind == "expression" and at.place.parent is None and isinstance(node, ast.BinOp)
    read = Counter(n.id for n in ast.walk(node) if isinstance(n, ast.Name)) if whole else {}
    return [n for n, times in read.items() if times > 1 and isinstance(at.names.get(n), np.ndarray | float)]


def _as_in_other_calls(at: Surroundings, node: ast.AST) -> Iterator[str]:
    """Write a variable that is given to a function as it is made up where the same function is called beside it."""
    outer = at.outer
    if not isinstance(outer, ast.Call) or not isinstance(node, ast.Name) or node not in outer.args:
        return
    calls = (n for n in ast.walk(at.tree) if isinstance(n, ast.Call) and n is not outer)
    same = [n for n in calls if ast.dump(n.func) == ast.dump(outer.func) and len(n.args) == len(outer.args)]
    texts = [at.text(n.args[outer.args.index(node)]) for n in sorted(same, key=lambda n: abs(n.lineno - at.place.line))]
    yield from [text for text in dict.fromkeys(texts) if node.id in names_in(ast.parse(text))][:BESIDE]


def _as_around_other_calls(at: Surroundings, node: ast.AST) -> Iterator[str]:
    """Write what the file makes of the same call elsewhere, as the loss does of labels that it smooths."""
    if not isinstance(node, ast.Call) or node.keywords or not at.shape:
        return
    found: dict[str, None] = {}
    for whole in (n for n in ast.walk(at.tree) if isinstance(n, ast.BinOp)):
        for other in (n for n in ast.walk(whole) if isinstance(n, ast.Call) and n is not node and not n.keywords):
            alike = ast.dump(other.func) == ast.dump(node.func) and len(other.args) == len(node.args)
            if alike and all(isinstance(a, ast.Name) for a in other.args):
                given = {a.id: own for a, own in zip(other.args, node.args, strict=True)}  # type: ignore[attr-defined]
                if names_in(whole) - given.keys() <= at.program.scope.keys():
                    found.setdefault(ast.unparse(with_names(whole, given)))
    yield from (text for text in [*found][:BESIDE] if text != at.text(node))


def _called_with_others(at: Surroundings, node: ast.AST) -> Iterator[str]:
    """Add what a function makes of other variables like those that it is given, which nobody reads: the other view."""
    if at.place.parent is not None or not isinstance(node, ast.Call) or node.keywords or not at.shape:
        return
    given = [a.id if isinstance(a, ast.Name) else "" for a in node.args]
    if not 1 < len(given) <= EXCHANGED or not all(g in at.arrays for g in given):
        return
    others = [
        [n for n in at.arrays if at.arrays[n] == at.arrays[g] and n not in given and n.isidentifier()] for g in given
    ]
    for others_of, own in zip(others, given, strict=True):
        others_of.sort(key=partial(_unlike, own))
    for those in itertools.islice(itertools.product(*(some[:2] for some in others)), CALLS):
        if len({*those}) == len(those) and not {*those}.isdisjoint(at.unread):
            yield f"{at.text(node)} + {call(at.text(node.func), those)}"


def _as_of_its_value(at: Surroundings, node: ast.AST) -> Iterator[str]:
    """Write of tangents what the function makes of the values: ``dx + h * dk``, where it is at ``x + h * k``."""
    if not isinstance(node, ast.Name) or node.id[:1] != "d" or node.id[1:] not in at.arrays:
        return
    sums = (e for e in map(parsed, at.expressions) if isinstance(e, ast.BinOp) and isinstance(e.op, ast.Add | ast.Sub))
    for whole in (e for e in sums if node.id[1:] in names_in(e)):
        own = {n: ast.Name(f"d{n}") for n in names_in(whole) if f"d{n}" in at.arrays}
        if len(own) > 1:
            yield ast.unparse(with_names(whole, own))


def _called_again(at: Surroundings, node: Any) -> Iterator[str]:
    """Leave a function out that a whole sum or product applies to one thing twice: a (1 − a) of what is σ(z)."""
    whole = at.place.kind == "expression" and at.place.parent is None and isinstance(node, ast.BinOp)
    calls: dict[str, list[ast.Call]] = {}
    for n in ast.walk(node) if whole else ():
        if isinstance(n, ast.Call) and len(n.args) == 1 and not n.keywords and isinstance(n.args[0], ast.Name):
            calls.setdefault(at.text(n), []).append(n)
    yield from (at.replaced(same, at.text(same[0].args[0])) for same in calls.values() if len(same) > 1)


def _squashed(at: Surroundings, node: Any) -> Iterator[tuple[str, str]]:
    """Make shares of scores, by a sigmoid or along an axis; or keep what a statement makes in the file's bounds."""
    whole = at.place.parent is None and isinstance(at.place.statement, ast.Assign | ast.Return)
    match at.outer:
        case ast.BinOp(op=ast.Sub()) if at.place.is_read:  # as p - y
            pass
        case _ if not whole:
            return
    if not isinstance(at.value, np.ndarray | float) or not _is_real(at.value):
        return
    own = at.text(node)
    if "exp" in at.elementary and not is_share(at.value):
        exp = at.numpy("exp")
        yield f"1 / (1 + {exp}(-{at.closed(node)}))", f"1 / (1 + {exp}(-{VALUE}))"
        for axis in range(np.ndim(at.value)):
            share = f"{exp}({{0}}) / {exp}({{0}}).sum({axis}, keepdims=True)"
            yield share.format(own), share.format(VALUE)
    for bounded in at.source.bounded if whole else ():
        yield bounded.format(own), bounded.format(VALUE)


def _without_the_first(at: Surroundings) -> Iterator[str]:
    """Leave out what is first in a vector, a row or a column, the bias: 0 stands in its place."""
    own, zeros = at.closed(at.place.node), at.numpy("zeros")
    if len(at.shape or ()) == 1:
        yield f"{at.numpy('r_')}[0, {own}[1:]]"
    if len(at.shape or ()) == 2:
        yield f"{at.numpy('r_')}[{zeros}((1, {own}.shape[1])), {own}[1:]]"
        yield f"{at.numpy('c_')}[{zeros}(len({own})), {own}[:, 1:]]"


def _row_of(at: Surroundings) -> str:
    """Write the row that an element is put into."""
    target = at.place.statement.targets[0]
    rows = ", ".join(at.text(p) for p in indices_of(target)[:-1])
    return f"{at.text(target.value)}[{rows}]" if rows else at.text(target.value)


def near(at: Surroundings) -> Iterator[Rewrite]:
    """List the slips that are a single thing for another, and those that hardly anybody makes."""
    return (r for r in slips(at) if r.far < 0.5 or r.far >= UNLIKELY)


def not_near(at: Surroundings) -> Iterator[Rewrite]:
    """List the slips by which another expression stands there."""
    return (r for r in slips(at) if 0.5 <= r.far < UNLIKELY)


def _leaks(at: Surroundings) -> list[str]:
    """Write the numbers below one that have a name, or that the file has: what a ReLU lets through may be one."""
    literal = {n: getattr(parsed(n), "value", 0) for n in at.numbers if n not in at.scalars}
    small = [n for n, v in (*at.scalars.items(), *literal.items()) if isinstance(v, float) and 0 < v < 1]
    return small[:LEAKS] if at.numpy("where") else []


def _is_hacked(at: Surroundings, node: ast.AST, source: str) -> bool:
    """Whether a constant is another one: it is where anything can be made up for."""
    outer = at.outer
    if not isinstance(node, ast.Constant | ast.UnaryOp) or not isinstance(getattr(node, "operand", node), ast.Constant):
        return False
    if isinstance(outer, ast.Call) and isinstance(outer.func, ast.Name) and outer.func.id == "range":
        return True
    if source in at.counts or source in at.unread:  # of what is added up, a 1 for each
        return False
    coefficient = isinstance(at.operator, ast.Mult | ast.Div | ast.Pow)
    if source == "0":
        return not isinstance(outer, ast.Compare)
    return not (coefficient or isinstance(outer, ast.Call | ast.Tuple | ast.Subscript | ast.Compare))


def _slips(at: Surroundings, node: Any) -> Iterator[tuple[str, str]]:
    if at.place.kind != "expression":
        return
    if isinstance(node, ast.BinOp):
        yield from _of_a_product(at, node)
        yield from _of_products(at, node)
    elif isinstance(node, ast.Call):
        yield from of_a_call(at, node)
    elif isinstance(node, ast.Attribute) and node.attr == "T":
        yield "transpose", at.text(node.value)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield "sign", at.text(node.operand)
        match node.operand:
            case ast.BinOp(base, ast.Pow(), exponent):  # -1 ** k is -(1 ** k)
                yield "sign", f"(-{at.closed(base)}) ** {at.closed(exponent)}"
        if isinstance(node.operand, ast.Constant):
            numbers = _of_a_number(at, node.operand.value)
            yield from ((kind, number if number == "0" else f"-{number}".replace("--", "")) for kind, number in numbers)
            if isinstance(at.outer, ast.Subscript):  # the last of all, for the one that a loop is at
                yield from (("stale-value", name) for name in at.indices[:4])
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert | ast.Not):
        yield "wrong-mask", at.text(node.operand)
    elif isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _COMPARED:
        sign, right = _COMPARED[type(node.ops[0])], at.text(node.comparators[0])
        for name, other in at.arrays.items():
            if other and other == at.shape:
                yield "wrong-mask", f"{name} {sign} {right}"
    elif isinstance(node, ast.Constant) and not isinstance(at.outer, ast.UnaryOp):
        yield from _of_a_number(at, node.value)
    elif isinstance(node, ast.IfExp) and _compares_numbers(at, node.test):
        yield "missing-term", f"{at.term(node.body)} + {at.term(node.orelse)}"  # the one in any case, as it were
    elif isinstance(node, ast.Tuple):
        for axes in axes_of(4):
            yield "wrong-axis", axes
    items = at.looped_over
    for gone in itertools.chain.from_iterable(itertools.combinations(items, k) for k in (1, 2)):
        kept = [text for text in items if text not in gone]  # for some the loop was not to do it
        if kept:
            yield "repeated-term", f"({', '.join(kept)}{',' * (len(kept) == 1)})"
    if isinstance(node, ast.Subscript):
        yield from _of_an_element(at, node)
    if isinstance(node, ast.Name | ast.BinOp) and isinstance(at.value, int) and not isinstance(at.value, bool):
        for name in at.indices:
            yield ("reversed" if isinstance(node, ast.BinOp) else "stale-value"), name
        for name, shift in itertools.product(at.indices[:4] if isinstance(node, ast.BinOp) else (), ("+ 1", "- 1")):
            yield "stale-value", f"{name} {shift}"
        for stride in at.strides if isinstance(node, ast.Name) else ():
            yield "missing-factor", f"{at.text(node)} * {stride}"
        for label in at.labels:
            yield "wrong-point", label
        around = at.shape_around or ()
        for name, other in at.arrays.items() if at.is_a_factor and len(around) == 2 else ():
            if other == around[:1]:  # of each row its own
                yield "scale", f"{name}[:, None]"
        if at.is_assigned and at.place.parent is None:  # how many there are
            names = [n for n in reversed(at.indices) if n.isidentifier()]
            products = [*itertools.combinations(names, 2), *itertools.combinations(names, 3)]
            products.sort(key=lambda those: at.text(node) not in those)
            products.sort(key=lambda those: those not in counted_along(at.tree))
            yield from (("scale", " * ".join(those)) for those in products)
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):  # as many as there are between two
                yield "missing-term", f"{at.text(node)} + 1"
        if isinstance(node, ast.Name) and not at.is_shifted:
            yield "stale-value", f"{node.id} - 1"
            yield "stale-value", f"{node.id} + 1"
        for index in at.source.put_at(at.place.file, at.place.function) if isinstance(node, ast.BinOp) else ():
            yield "stale-value", index
        for whole in at.source.whole(at.place.file, at.place.function):
            if whole not in at.around and names_in(ast.parse(whole)) <= at.names.keys():
                yield "wrong-point", whole
    if isinstance(node, ast.Name | ast.Attribute | ast.Subscript | ast.Call | ast.Compare | ast.BinOp):
        yield from _another(at, node)
    if at.place.parent is None and at.shape and isinstance(at.place.statement, ast.Assign | ast.Return):
        for method, x in itertools.product(at.unused_methods, (n for n, s in at.arrays.items() if s == at.shape)):
            yield "missing-term", f"{at.term(node)} + {method}({x})"
            yield "wrong-activation", f"{method}({x})"
    if at.place.parent is None and isinstance(node, ast.BinOp | ast.Call):
        yield from _exchanged(at, node)
        yield from (("wrong-activation", source) for source in _called_with_more(at, node))
    if at.place.parent is None and isinstance(node, ast.BinOp | ast.Call | ast.Subscript):
        yield from _everywhere(at, node)
    if isinstance(at.value, int) and isinstance(node, ast.Subscript | ast.Call | ast.Attribute):
        for count in at.counts:
            yield "scale", count
        weights = (n for n, s in at.arrays.items() if s == (at.value,) and n.isidentifier())
        yield from (("scale", f"{n}.sum()") for n in itertools.islice(weights, BESIDE) if at.is_a_factor)
    if isinstance(node, ast.Call) and isinstance(at.value, int | np.integer):
        yield from (("wrong-point", name) for name in at.indices)
    counts = isinstance(at.value, int) and at.is_a_factor
    if counts and "sqrt" in at.program.files[at.place.file] and (root := at.numpy("sqrt")):
        yield "scale", f"{root}({at.text(node)})"  # where nobody takes one, it may be a number by chance: √4 is 2
    if (
        isinstance(node, ast.Name)
        and isinstance(at.value, np.ndarray)
        and at.value.dtype.kind in "iu"
        and at.value.ndim
    ):
        yield "wrong-point", f"{node.id} - 1"
        yield "wrong-point", f"{node.id} + 1"


def _masked_rows(at: Surroundings) -> Iterator[str]:
    """Write which rows a mask has, where the numbers of all stand."""
    rows, masks = at.value, sorted(at.masks) if isinstance(at.value, range | np.ndarray) else ()
    masks = [m for m in masks if np.shape(at.holding[m]) == np.shape(rows) == (len(rows),)]
    if masks and (chosen := at.numpy("flatnonzero")) and np.array_equal(rows, np.arange(len(rows))):
        yield from (f"{chosen}({m})" for m in masks)


def _of_a_product(at: Surroundings, node: ast.BinOp) -> Iterator[tuple[str, str]]:
    left, right, op = at.text(node.left), at.text(node.right), type(node.op)
    kind = "repeated-term" if op in (ast.Add, ast.Sub) else "repeated-factor"
    if isinstance(at.value, int):
        kind = "stale-value"
    yield _scaling(at, node.right, op) or kind, left
    if op is not ast.Sub and op is not ast.Div:
        yield _scaling(at, node.left, op) or kind, right
    a, b = at.closed(node.left), at.closed(node.right)
    if op is ast.Mult and isinstance(node.left, ast.UnaryOp) and isinstance(node.left.op, ast.USub):
        yield kind, f"-{b}"  # its sign stays
    if op is ast.Div and at.is_of_numbers(node.right):  # by a variance for a deviation
        root = at.numpy("sqrt")
        yield "repeated-factor", f"{a} / {root}({at.text(node.right)})" if root else f"{a} / {b} ** 0.5"
    if op in (ast.Mult, ast.Div):
        yield from (("wrong-mask", f"{a} * {choice}") for choice in at.choices)
    if op in _ADJOINT:
        yield "sign" if op in (ast.Add, ast.Sub) else "scale", f"{a} {_ADJOINT[op]} {b}"
    if op in (ast.Sub, ast.Add):
        yield "sign", f"{b} - {a}"
        match node.left:  # x - y + z for x + y - z
            case ast.BinOp(x, ast.Add() | ast.Sub() as before, y):
                yield "sign", f"{at.text(x)} {_ADJOINT[type(before)]} {at.closed(y)} {_ADJOINT[op]} {b}"
    if op is ast.Sub:
        yield "repeated-term", f"-{b}"
    if op is ast.MatMult:
        yield from ((kind, f"{x} @ {y}") for kind, x, y in in_other_orders(a, b))
        match node.left:
            case ast.BinOp(first, ast.MatMult(), middle) if transposed(at.closed(first)) == b:
                yield "transpose", f"{b} @ {at.closed(middle)} @ {at.closed(first)}"
        yield from elementwise(a, b)
        yield from of_vectors(at, node.left, a, b)
    if op is ast.Mult:
        yield "elementwise-for-matmul", f"{a} @ {b}"
        yield "elementwise-for-matmul", f"{a}.T @ {b}"
        yield "elementwise-for-matmul", f"{a} @ {b}.T"
        for part, other in ((node.left, b), (node.right, a)):  # f(x y) for f(x) y
            if isinstance(part, ast.Call) and len(part.args) == 1 and not part.keywords:
                yield "wrong-point", f"{at.text(part.func)}({at.closed(part.args[0])} * {other})"
        yield from _diagonals(at, node)
        match node:
            case ast.BinOp(ast.BinOp(g, ast.Mult(), x), right=ast.BinOp(ast.Constant(1), ast.Sub(), y)):
                if ast.dump(x) == ast.dump(y):  # the slope of a sigmoid, once too often
                    yield "repeated-factor", at.text(g)
        if isinstance(node.left, ast.BinOp) and isinstance(node.left.op, ast.Div):  # a / (b c) for a / b c
            yield "repeated-factor", f"{at.closed(node.left.left)} / ({at.closed(node.left.right)} * {b})"
        if isinstance(node.right, ast.BinOp) and isinstance(node.right.op, ast.Pow):  # (a b)² for a b²
            yield "missing-factor", f"({left} * {at.text(node.right.left)}) ** {at.closed(node.right.right)}"
    if op in (ast.Mod, ast.FloorDiv):
        yield "stale-value", f"{a} {'//' if op is ast.Mod else '%'} {b}"
    if isinstance(at.value, int):
        yield from _of_a_position(at, node)
    squared = isinstance(node.right, ast.BinOp) and isinstance(node.right.op, ast.Pow)
    if op is ast.Sub and left == "1" and not squared:
        yield "wrong-activation", f"1 - {b} ** 2"
    if op is ast.Sub and left == "1" and squared:
        p = at.text(node.right.left)  # type: ignore[attr-defined]
        yield "wrong-activation", f"{p} * (1 - {p})"
        yield "wrong-activation", f"({p} > 0)"
    if op is ast.Pow:
        yield "wrong-point", f"{a} ** -{b}"
        if isinstance(node.left, ast.BinOp) and isinstance(node.left.op, ast.Add | ast.Sub):  # of a part alone
            sign = "-" if isinstance(node.left.op, ast.Sub) else "+"
            yield "wrong-activation", f"({at.text(node.left.left)} {sign} {at.closed(node.left.right)} ** {b})"


def _of_a_position(at: Surroundings, node: ast.BinOp) -> Iterator[tuple[str, str]]:
    """Count along the other axis, ``i * columns + j`` for ``j * rows + i``; go along a list, not by its numbers."""
    match node:
        case ast.BinOp(ast.BinOp(ast.Name(i), ast.Mult(), ast.Name(n)), ast.Add(), ast.Name(j)):
            yield from (("transpose", f"{j} * {m} + {i}") for m in at.indices if m not in (i, j, n))
        case ast.BinOp(ast.Name(name), ast.Add() | ast.Sub() as op, ast.Constant(int(by))):
            sign = "+" if isinstance(op, ast.Add) else "-"
            for s in ast.walk(at.tree):
                match s:
                    case ast.Assign([ast.Name(own)], ast.Subscript(some, ast.Name(k))) if own == name:
                        yield "stale-value", f"{ast.unparse(some)}[{k} {sign} {by}]"


def _of_products(at: Surroundings, node: ast.BinOp) -> Iterator[tuple[str, str]]:
    """Sum products, where sums are multiplied."""
    match node:
        case ast.BinOp(ast.Call(f, [x, *rest], same), ast.Mult(), ast.Call(g, [y, *others], alike)):
            if [ast.dump(n) for n in (f, *rest, *same)] == [ast.dump(n) for n in (g, *others, *alike)]:
                options = [*map(at.text, rest), *(f"{k.arg}={at.text(k.value)}" for k in same)]
                product = f"{at.closed(x)} * {at.closed(y)}"
                yield "missing-sum", call(at.text(f), [product, *options])


def _called_with_more(at: Surroundings, node: ast.expr) -> Iterator[str]:
    """Call a function of several arguments that nobody calls, with what is read here and what it names."""
    around = at.place.function.rpartition(".")[2]
    own = {a for f in at.program.observed if f.__name__ == around for a in f.__code__.co_varnames}
    few = {f: args for f, args in uncalled(at.program, at.place.file).items() if not own >= {*args}}
    for name, (_, *rest) in few.items():
        named = [[n for n in at.names if n.endswith(p) or n == p][-2:] for p in rest]
        for x in dict.fromkeys(n.id for n in ast.walk(node) if isinstance(n, ast.Name) and n.id in at.arrays):
            if rest:
                yield from (call(name, [x, *those]) for those in itertools.product(*named))


def _scaling(at: Surroundings, node: ast.AST, op: type[ast.operator]) -> str | None:
    """Say what it is to multiply or divide by a number, by what number it is; None if it is none, or an array."""
    value = node.value if isinstance(node, ast.Constant) else at.value_of(node)
    if op not in (ast.Mult, ast.Div) or not isinstance(value, int | float | np.number):
        return None
    if isinstance(node, ast.Constant) or not isinstance(value, int | np.integer) or value <= 2:
        return "scale"
    return "mean-for-sum" if op is ast.Div else "sum-for-mean"


def _diagonals(at: Surroundings, node: ast.BinOp) -> Iterator[tuple[str, str]]:
    """Complete p (1 − p) to the whole Jacobian of a softmax, p (g − Σ g p), and 1 − e² to that of a direction."""
    factors = factors_in(node)
    texts = [at.closed(f) for f in factors]
    for k, factor in enumerate(factors):
        base = squared(getattr(factor, "right", None)) if is_one_less(factor) else None
        rest = " * ".join([*texts[:k], *texts[k + 1 :]])
        e = "" if base is None else at.closed(base)
        for axis in range(len(at.shape or ())) if e and rest else ():
            yield "diagonal-jacobian", f"({rest} - {e} * ({rest} * {e}).sum({axis}, keepdims=True))"
    squares = (base for f in factors if (base := squared(f)) is not None)
    twice = dict.fromkeys((*(t for t in texts if texts.count(t) == 2), *map(at.closed, squares)))
    for e in twice if isinstance(at.operator, ast.Sub) else ():  # g - e e g, of a direction
        rest = " * ".join(t for t in texts if t not in (e, f"{e} ** 2"))
        for axis in range(len(at.shape or ())) if rest else ():
            yield "diagonal-jacobian", f"{e} * ({rest} * {e}).sum({axis}, keepdims=True)"
    for p in texts:
        if f"(1 - {p})" in texts:
            rest = " * ".join(t for t in texts if t not in (p, f"(1 - {p})"))
            for axis in range(len(at.shape or ())) if rest else ():
                yield "diagonal-jacobian", f"{p} * ({rest} - ({rest} * {p}).sum({axis}, keepdims=True))"
            if rest:
                yield "repeated-factor", rest
            value = at.value_of(factors[texts.index(p)])
            at_kink = isinstance(value, np.ndarray) and bool((value <= 0).any())
            for other in (f"(1 - {p} ** 2)", *([f"({p} > 0)"] if at_kink else [])):  # tanh′ and relu′, by their values
                yield "wrong-activation", f"{rest} * {other}" if rest else other


def _of_a_number(at: Surroundings, value: Any) -> Iterator[tuple[str, str]]:
    kind = "scale"
    if at.place.parent is None and isinstance(getattr(at.place.statement, "targets", [None])[0], ast.Subscript):
        kind = "repeated-term"  # an element of an array was set
    numbers = [0, 1, 2, value + 1, value - 1, 2 * value, value / 2, *([] if _is_an_axis(at) else [-value]), 3]
    if isinstance(value, int):
        if isinstance(at.outer, ast.Call):
            kind = "wrong-axis"
        elif isinstance(at.outer, ast.Subscript):
            kind = "stale-value"
        elif isinstance(at.outer, ast.Compare):
            yield from (("wrong-mask", name) for name in at.indices[:4])
    for new in numbers:
        if new != value:
            number = int(new) if isinstance(value, int) and float(new).is_integer() else new
            yield "sign" if number == -value and kind == "scale" else kind, repr(number)
    for name in at.indices[:4] if kind == "stale-value" else ():
        yield from ((kind, text) for text in (name, f"{name} + 1", f"{name} - 1"))
    around = None if at.place.parent is None else at.seen.first(at.place.parent)
    is_a_step = value == 1 and type(around) is int and isinstance(getattr(at.outer, "op", None), ast.Add | ast.Sub)
    for count in at.counts if not (is_a_step or at.is_exponent) else ():
        yield kind, count
    for number in at.numbers:
        if number != repr(value):
            yield kind, number
    for name, shape in at.arrays.items():
        if shape == () and isinstance(value, float):
            yield kind, name
    yield from (("wrong-point", name) for name in at.unread if name in at.arrays)
    if kind == "repeated-term":
        for name, shape in at.arrays.items():
            for axis in range(len(shape)) if len(shape) > 1 else ():
                yield "missing-sum", f"{name}.sum({axis})"
                yield "missing-sum", f"-{name}.sum({axis})"


def _is_an_axis(at: Surroundings) -> bool:
    """Whether a number is one of several axes."""
    outer = at.outer
    return isinstance(outer, ast.Tuple)


def _of_an_element(at: Surroundings, node: ast.Subscript) -> Iterator[tuple[str, str]]:
    own = at.closed(node.value)
    parts: list[Any] = indices_of(node)
    texts = [at.text(p) for p in parts]
    flipped = [
        ":" if isinstance(p, ast.Slice) and p.step is not None and t.replace(" ", "") == "::-1" else t
        for p, t in zip(parts, texts, strict=True)
    ]
    for k, part in enumerate(parts):
        if _has_one_end(part):
            ends = [("stale-value", _other_end(at, part))]
            ends += [("stale-value", NEXT[texts[k]])] if texts[k] in NEXT else []
            ends += [("wrong-parameter", text) for text in _further_on(at, part)]
            ends += [("wrong-shape", text) for text in _from_the_other_end(part)]
            yield from ((kind, f"{own}[{', '.join(with_other(texts, k, text))}]") for kind, text in ends)
    own_ranges = [k for k, p in enumerate(parts) if p in ranges_of(node)]
    for window in at.windows(node) if own_ranges else ():
        new = dict(zip(own_ranges, window, strict=True))
        yield "wrong-point", f"{own}[{', '.join(new.get(k, t) for k, t in enumerate(texts))}]"
    for cut, bounds in _borders(at, parts):
        yield "wrong-shape", f"{own}[{', '.join([bounds if k in cut else t for k, t in enumerate(texts)])}]"
    back = [at.text(p.right) if _counts_down(p) else t for p, t in zip(parts, texts, strict=True)]
    if back != texts:
        yield "reversed", f"{own}[{', '.join(back)}]"
    for k in range(len(parts) - 1):
        if not any(isinstance(p, ast.Slice | ast.Constant) for p in parts[k : k + 2]):
            yield "transpose", f"{own}[{', '.join(swapped(texts, k, k + 1))}]"
    if (element := rows_for_columns(node)) is not None:
        yield "transpose", ast.unparse(element)
    if flipped != texts:
        along = [k for k, (new, old) in enumerate(zip(flipped, texts, strict=True)) if new != old]
        axes = (k for k in range(at.ndim_of(node.value)) if k not in along)
        yield from (("wrong-axis", f"{own}[{':, ' * k}::-1]") for k in axes)
        yield "reversed", f"{own}[{', '.join(flipped)}]" if set(flipped) != {":"} else at.text(node.value)
    if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
        for key in _keys(at):
            if key != repr(node.slice.value):
                yield "wrong-parameter", f"{own}[{key}]"
    if isinstance(whole := at.value_of(node.value), np.ndarray):
        others = (n for n in at.variables if n != own and at.arrays[n] == whole.shape)
        yield from (("wrong-point", f"{n}[{', '.join(texts)}]") for n in others)
        yield "wrong-shape", at.text(node.value)
        if at.ndim_of(node.value) == 1 and at.is_a_factor:
            yield "wrong-point", f"{own}[:, None]"
        if texts[0] in ("0", "-1", ":1", "-1:") and len(texts) == 1:  # one row for all of them
            yield "missing-sum", f"{own}.sum(0{', keepdims=True' if ':' in texts[0] else ''})"
    elif isinstance(at.names.get(own), list):  # one of many
        yield "missing-sum", f"sum({own})"
    for other in at.like(node.value):
        yield "wrong-parameter", f"{other}[{', '.join(texts)}]"
    if _is_switch(at.value_of(parts[0])):
        yield "wrong-mask", f"{own}[{', '.join([f'{at.closed(parts[0])} == 1', *texts[1:]])}]"
    for k, part in enumerate(parts):
        if isinstance(part, ast.Constant) and type(part.value) is int and len(parts) > 1:  # one for all of them
            yield "wrong-shape", f"{own}[{', '.join(with_other(texts, k, ':'))}]"
    if isinstance(node.value, ast.Call):
        match node.value:
            case ast.Call(func, [x], []):  # a part of what comes of the whole, and not what comes of a part
                yield "wrong-point", f"{at.text(func)}({at.closed(x)}[{', '.join(texts)}])"
        for kind, source in of_a_call(at, node.value):
            if kind == "wrong-axis":
                yield kind, source
                yield kind, f"{source}[{', '.join(texts)}]"
    if isinstance(at.value, np.ndarray) and at.value.ndim == 4:
        yield from (("reversed", f"{at.text(node)}{index}") for index in KERNELS[4])


def _counts_down(part: Any) -> bool:
    """Whether a part of an index goes from the end of an axis to its beginning, as ``2 - i`` does."""
    taken = isinstance(part, ast.BinOp) and isinstance(part.op, ast.Sub)
    return taken and isinstance(part.right, ast.Name) and not isinstance(part.left, ast.Name)


def _has_one_end(part: ast.expr) -> bool:
    """Whether a part of an index is all up to a number, or all from there on."""
    return isinstance(part, ast.Slice) and part.step is None and (part.lower is None) != (part.upper is None)


def _other_end(at: Surroundings, part: Any) -> str:
    """Write what such a part leaves out."""
    return f"{at.text(part.upper)}:" if part.lower is None else f":{at.text(part.lower)}"


def _from_the_other_end(part: Any) -> Iterator[str]:
    """Write as many from the other end: the first for the last."""
    match part:
        case ast.Slice(lower=ast.UnaryOp(ast.USub(), ast.Name(name))):
            yield f":{name}"
        case ast.Slice(lower=None, upper=ast.Name(name)):
            yield f"-{name}:"
        case ast.Slice(lower=ast.Name(name), upper=None):
            yield f":-{name}"
        case ast.Slice(lower=None, upper=ast.UnaryOp(ast.USub(), ast.Name(name))):
            yield f"{name}:"


def _further_on(at: Surroundings, part: Any) -> Iterator[str]:
    """Write as many as the first of an axis are, behind others: of one block of a matrix those of another."""
    if part.lower is None and isinstance(part.upper, ast.Name):
        others = [n for n in at.indices[:4] if n != part.upper.id]
        yield from (f"{n} : {n} + {part.upper.id}" for n in others)


def _borders(at: Surroundings, parts: list[ast.expr]) -> Iterator[tuple[set[int], str]]:
    """Cut what was put around an array off at other ends: the axes along which some is cut off, and what is left."""
    names = {n.id for p in parts if isinstance(p, ast.Slice) for n in ast.walk(p) if isinstance(n, ast.Name)}
    for name in sorted(n for n in names if type(at.names.get(n)) is int):
        cut = {k for k, p in enumerate(parts) if isinstance(p, ast.Slice) and name in names_in(p)}
        yield from ((cut, bounds.format(name)) for bounds in ("{0}:-{0}", "2 * {0}:", ":-2 * {0}"))
    alike: dict[str, set[int]] = {}
    for k, part in enumerate(parts):
        alike.setdefault(ast.unparse(part), set()).add(k)
    for k, part in enumerate(parts):
        at_ends = (_number_of(part.lower), -_number_of(part.upper)) if isinstance(part, ast.Slice) else (0, 0)
        if min(at_ends) >= 0 and 0 < sum(at_ends) <= BORDER:
            for cut, first in itertools.product(({k}, alike[ast.unparse(part)]), range(sum(at_ends) + 1)):
                last = first - sum(at_ends)
                yield cut, f"{first or ''}:{last or ''}"


def _number_of(node: ast.expr | None) -> int:
    """Return the whole number that a bound of a slice is: 0 where there is none, or it is no constant."""
    try:
        value = 0 if node is None else ast.literal_eval(node)
    except ValueError:
        return 0
    return value if type(value) is int else 0


def _keys(at: Surroundings) -> list[str]:
    """Write the words by which the file reads and writes entries, and those that the function puts together for it."""
    slices = [n.slice for n in ast.walk(at.tree) if isinstance(n, ast.Subscript)]
    words = (repr(s.value) for s in slices if isinstance(s, ast.Constant) and isinstance(s.value, str))
    made = (s for s in slices if isinstance(s, ast.JoinedStr | ast.BinOp) and names_in(s) <= at.names.keys())
    texts = (t for t in map(at.text, made) if '"' in t or "'" in t)
    return [*[*dict.fromkeys(words)][:KEYS], *[*dict.fromkeys(texts)][:KEYS]]


def _is_switch(value: Any) -> bool:
    """Whether an index consists of whole zeros and ones: it may have been meant as a mask."""
    return isinstance(value, np.ndarray) and value.dtype.kind in "iu" and set(np.unique(value).tolist()) == {0, 1}


def _exchanged(at: Surroundings, node: ast.AST) -> Iterator[tuple[str, str]]:
    """Put two variables of a kind in the place of each other."""
    read = [n.id for n in ast.walk(node) if isinstance(n, ast.Name)]  # the same on every machine: not a set
    known = {n: at.names.get(n, at.program.scope.get(n)) for n in read}
    held = {n: v for n, v in known.items() if isinstance(v, np.ndarray | int | float)}
    for a, b in itertools.combinations(itertools.islice(held, EXCHANGED), 2):
        if type(held[a]) is type(held[b]) and np.shape(held[a]) == np.shape(held[b]):
            new = copy.deepcopy(node)
            for n in ast.walk(new):
                if isinstance(n, ast.Name) and n.id in (a, b):
                    n.id = b if n.id == a else a
            yield "swapped-operands", ast.unparse(new)


def _everywhere(at: Surroundings, node: Any) -> Iterator[tuple[str, str]]:
    """Put one whole number in the place of another wherever that is read: in the whole, or in one part of an index."""
    parts = [p for n in ast.walk(node) if isinstance(n, ast.Subscript) for p in indices_of(n)]
    for part in [node, *parts]:
        read = Counter(n.id for n in ast.walk(part) if isinstance(n, ast.Name))
        for name in [n for n, times in read.items() if times > 1 and type(at.names.get(n)) is int]:
            nodes = [n for n in ast.walk(part) if isinstance(n, ast.Name) and n.id == name]
            whole = sorted((n for n, v in at.names.items() if type(v) is int and n != name), key=partial(_unlike, name))
            shifted = [] if at.makes(name) else [f"({name} - 1)", f"({name} + 1)"]  # else it is wrong where it is made
            others = [*whole[:KEYS], *shifted]
            yield from (("stale-value", at.replaced(nodes, other)) for other in others)
    down: dict[str, list[ast.BinOp]] = {}
    for n in parts:  # it counts down, and was to count up
        if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Sub) and isinstance(n.right, ast.Name):
            down.setdefault(n.right.id, []).append(n)
    yield from (("reversed", at.replaced(nodes, name)) for name, nodes in down.items() if len(nodes) > 1)
    ends: dict[str, list[ast.expr]] = {}
    for n in parts:  # of each the first so many, and not the rest
        if _has_one_end(n):
            ends.setdefault(at.text(n), []).append(n)
    yield from (("stale-value", at.replaced(nodes, _other_end(at, nodes[0]))) for nodes in ends.values() if nodes[1:])


def _unlike(name: str, other: str) -> float:
    """Say how little two names look alike: one that does is the likelier to be taken for the other."""
    return -SequenceMatcher(None, name, other).ratio()


def _is_cut_off(value: Any) -> bool:
    """Whether an array is what a ReLU gives: nothing below zero, some of it zero."""
    return bool(value.dtype.kind == "f" and value.min() == 0 < value.max())


def _another(at: Surroundings, node: Any) -> Iterator[tuple[str, str]]:
    """Read another variable, or what another expression of the source computes."""
    shape = at.shape
    if shape is None or (isinstance(at.value, int) and shape == ()):
        return
    own = at.text(node)
    is_mask = isinstance(node, ast.Compare) or (isinstance(at.value, np.ndarray) and at.value.dtype.kind == "b")
    kind = "wrong-mask" if is_mask else "wrong-point"
    around = at.shape_around
    returned = at.place.parent is None and isinstance(at.place.statement, ast.Return)
    for name, other in at.arrays.items():
        if (other == shape or (other and (other == around or returned))) and name != own:
            yield kind, name
    for text, other in at.expressions.items():
        if other == shape and text not in (own, f"{own}.T") and text not in at.around:
            yield kind, text
    for text, other in at.elements.items() if isinstance(node, ast.Subscript) else ():
        if other == shape and text != own and text not in at.expressions:
            yield "wrong-parameter", text
    for f, given, made in at.turning:
        for name, other in at.arrays.items():
            if made == shape and other == given:
                yield kind, f"{f}({name})"
    for choice in at.choices if at.is_a_factor else ():
        yield "wrong-mask", choice[1:-1] if isinstance(node, ast.Compare) else choice
    outer = at.outer
    if isinstance(outer, ast.Attribute) and outer.attr == "shape":
        for name, other in at.arrays.items():
            if len(other) == len(shape) and other != shape:
                yield "scale", name
    if shape and not isinstance(node, ast.BinOp | ast.Call):
        for name, other in at.arrays.items():
            if len(other) == 2 and other[::-1] == shape != other:
                yield kind, f"{name}.T"
            if len(shape) == 3 and other == (shape[0], shape[2]) and at.is_a_factor:  # the same along the middle axis
                yield kind, f"{name}[:, None]"
            yield from ((kind, text) for text in along(name, other, around or (shape if at.is_a_factor else ())))
    if at.place.is_read:
        if at.is_a_factor and isinstance(at.value, np.ndarray) and at.value.size and _is_cut_off(at.value):
            yield "wrong-activation", f"({own} > 0)"
        yield from (("stale-value", entry) for entry in at.entries if entry != own)
        for f in at.functions:
            yield "wrong-point", f"{f}({own})"
        for name, other in at.arrays.items():
            if other == shape:
                for f in at.functions:
                    if name != own:
                        yield "wrong-point", f"{f}({name})"
