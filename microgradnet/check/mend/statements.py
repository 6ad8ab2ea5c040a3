"""A whole statement was written in another form: set for added up, at another index, for one side alone."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator

import numpy as np

from microgradnet.check.aside import root_of
from microgradnet.check.mend.expressions import ranges_of
from microgradnet.check.mend.rewrite import Rewrite, call, indices_of, swapped, whole_axes, with_other
from microgradnet.check.mend.surroundings import Surroundings

SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}

RETURNED = 8
"""Of at most so many values that are returned two are put in each other's places."""

ADDED_TO = 6
"""To how many variables something is added that is lost, the last first."""

SHARES = 6
"""How many real numbers are tried by which elements may be multiplied that are set to zero."""

NEXT = {"1:": ":-1", ":-1": "1:"}


def restated(at: Surroundings) -> Iterator[Rewrite]:
    """Write the whole statement in another form: an assignment for an addition, or what adds up at every index."""
    statement = at.place.statement
    target = getattr(statement, "targets", [None])[0]
    returned = isinstance(statement, ast.Return)
    if isinstance(at.value, int | tuple) and not isinstance(target, ast.Tuple) and not returned:
        if isinstance(target, ast.Subscript):
            if isinstance(statement, ast.Assign) and at.value == 0:  # as if nothing came through where a unit leaks
                for share in dict.fromkeys([*list(at.scalars)[:SHARES], *at.numbers]):
                    yield Rewrite("missing-factor", f"{at.text(target)} *= {share}", "", 0.3)
            yield from _put_together(at, statement)
            yield from _elsewhere(at, target, f"= {at.text(statement.value)}")
        elif isinstance(statement, ast.AugAssign) and type(statement.op) in SIGNS:
            yield from _elsewhere(at, statement.target, f"{SIGNS[type(statement.op)]}= {at.text(statement.value)}")
        return
    if isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.Add | ast.Sub):
        target, value = at.text(statement.target), at.text(statement.value)
        yield Rewrite("repeated-term", f"{target} = {value}", "", 0.3)
        sign = "+" if isinstance(statement.op, ast.Add) else "-"
        yield Rewrite("stale-value", f"{target} = {target} {sign} {at.closed(statement.value)}", "", 0.4)
        yield from _added_up(at, statement.target, value if sign == "+" else f"-{at.closed(statement.value)}")
        yield from _on_both_sides(at, statement)
        yield from _shifted(at, statement)
        yield from _elsewhere(at, statement.target, f"{sign}= {value}")
    if isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.Mult | ast.Div):  # and not in its place
        target, sign = at.text(statement.target), SIGNS[type(statement.op)]
        yield Rewrite("stale-value", f"{target} = {target} {sign} {at.closed(statement.value)}", "", 0.4)
    yield from _at_the_slice(at, statement)
    yield from _put_together(at, statement)
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Subscript):
        element, value = statement.targets[0], at.text(statement.value)
        yield Rewrite("missing-term", f"{at.text(element)} += {value}", "", 0.3)
        yield Rewrite("stale-value", f"{at.text(element.value)} = {value}", "", 0.4)
        yield from _added_up(at, element, value)
        yield from _elsewhere(at, element, f"= {value}")
        if isinstance(element.slice, ast.Name | ast.Constant):  # of a dictionary that has no such entry yet
            own, key = at.text(element.value), at.text(element.slice)
            yield Rewrite("missing-term", f"{own}[{key}] = {own}.get({key}, 0) + {value}", "", 0.5)
    yield from _off_the_other_end(at, statement)
    match statement:
        case ast.Assign([ast.Name() as list_of], ast.List(places)):  # one object in many places
            for name, made in _made_by_calls(at).items():
                them = [p for p in places if isinstance(p, ast.Name) and p.id == name]
                if len(them) > 1:
                    each = at.replaced(them, made, statement.value)
                    yield Rewrite("stale-value", f"{at.text(list_of)} = {each}", "", 0.3)
        case ast.Expr(ast.Call(func, args, [])):
            texts = [at.text(a) for a in args]
            for text in texts if at.value is not None else ():  # what it returns is lost
                yield Rewrite("stale-value", f"{text} = {at.text(statement.value)}", "", 0.2)
            alike = [n for n in at.variables if at.shape is not None and n.isidentifier() and at.arrays[n] == at.shape]
            for name, sign in itertools.product(alike[:ADDED_TO], ("", "+")):
                yield Rewrite("missing-term", f"{name} {sign}= {at.text(statement.value)}", "", 0.2)
            for k in range(len(texts) - 1):
                yield Rewrite("swapped-operands", call(at.text(func), swapped(texts, k, k + 1)), "", 0.3)
            for k, both in enumerate(args):  # two indices, as of np.add.at
                if isinstance(both, ast.Tuple) and len(both.elts) == 2:
                    pair = f"({at.text(both.elts[1])}, {at.text(both.elts[0])})"
                    yield Rewrite("transpose", call(at.text(func), with_other(texts, k, pair)), "", 0.3)
        case ast.Return(ast.Tuple(parts)):
            texts = [at.text(p) for p in parts]
            for i, k in itertools.combinations(range(len(texts)), 2) if len(texts) <= RETURNED else ():
                yield Rewrite("wrong-parameter", f"return {', '.join(swapped(texts, i, k))}", "", 0.3)
            yield Rewrite("sign", f"return {', '.join(map(at.negative, parts))}", "", 0.3)
        case ast.Assign([list_of], ast.BinOp(ast.List([one]), ast.Mult(), count)):  # one array under many names
            each = f"{at.closed(one)}.copy() for _ in range({at.text(count)})"
            yield Rewrite("stale-value", f"{at.text(list_of)} = [{each}]", "", 0.2)
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Tuple):
        names = [at.text(t) for t in statement.targets[0].elts]
        parts = statement.value.elts if isinstance(statement.value, ast.Tuple) else []
        for stride in at.strides if parts and all(isinstance(p, ast.Name) for p in parts) else ():
            strided = ", ".join(f"{at.text(p)} * {stride}" for p in parts)
            yield Rewrite("missing-factor", f"{', '.join(names)} = {strided}", "", 0.4)
        arrays = [isinstance(p, ast.Name) and isinstance(at.names.get(p.id), np.ndarray) for p in parts]
        if all(arrays) and len(arrays) == len(names):  # they are written to under other names
            copies = ", ".join(f"{at.text(p)}.copy()" for p in parts)
            yield Rewrite("stale-value", f"{', '.join(names)} = {copies}", "", 0.2)
        value = at.text(statement.value)
        for k in range(len(names) - 1):
            whole = bool(parts) and all(isinstance(at.value_of(p), int | np.integer) for p in parts)
            kind = "swapped-operands" if isinstance(at.value, tuple) or whole else "wrong-parameter"
            yield Rewrite(kind, f"{', '.join(swapped(names, k, k + 1))} = {value}", "", 0.3)


def _at_the_slice(at: Surroundings, statement: ast.stmt) -> Iterator[Rewrite]:
    """Add what is made of a part of an array to that part alone: a penalty of all weights but the first."""
    match statement:
        case ast.AugAssign(ast.Name(name), ast.Add() | ast.Sub() as op, term):
            pass
        case ast.Assign([ast.Name(name)], ast.BinOp(ast.Name(own), ast.Add() | ast.Sub() as op, term)) if own == name:
            pass
        case _:
            return
    parts = [n for n in ast.walk(term) if isinstance(n, ast.Subscript)]
    some = {at.text(n.slice) for n in parts if any(isinstance(i, ast.Slice) for i in indices_of(n))}
    for index in sorted(some):
        yield Rewrite("repeated-term", f"{name}[{index}] {SIGNS[type(op)]}= {at.text(term)}", "", 0.2)


def _off_the_other_end(at: Surroundings, statement: ast.stmt) -> Iterator[Rewrite]:
    """Take what was put into a list off its end, off its beginning, or off at all."""
    for node in ast.walk(statement):
        match node:
            case ast.Call(ast.Attribute(value, "pop"), []):
                texts = [f"{at.text(value)}.pop(0)"]
            case ast.Call(ast.Attribute(value, "pop"), [ast.Constant(0)]):
                texts = [f"{at.text(value)}.pop()"]
            case ast.Subscript(value, ast.UnaryOp(ast.USub(), ast.Constant(1)), ast.Load()):
                is_list = f"{at.text(value)}.append(" in at.program.files[at.place.file]
                texts = [f"{at.text(value)}.pop()"] * is_list
            case _:
                continue
        if root_of(value) in at.program.scope:
            continue  # what the module has would be another after it
        for text in texts:
            yield Rewrite("stale-value", at.replaced([node], text, statement), "", 0.2)


def _made_by_calls(at: Surroundings) -> dict[str, str]:
    """Name what a call makes, and the call."""
    made = dict[str, str]()
    for s in ast.walk(at.tree):
        match s:
            case ast.Assign([ast.Name(name)], ast.Call() as call):
                made[name] = at.text(call)
    return made


def _put_together(at: Surroundings, statement: ast.stmt) -> Iterator[Rewrite]:
    """Put the value together with what was there otherwise: add, subtract, multiply or divide."""
    match statement:
        case ast.AugAssign(target, op, value):
            own = SIGNS.get(type(op), "")
        case ast.Assign([ast.Name() | ast.Attribute() | ast.Subscript() as target], value):
            own = "="
            name = next(n.id for n in ast.walk(target) if isinstance(n, ast.Name))
            if name not in at.names:
                return
        case _:
            return
    for sign in "+-*/":
        turned = {sign, own} == {"+", "-"} and not isinstance(value, ast.Constant)  # that is a slip of a sign
        if sign != own and not turned:
            kind = "missing-term" if sign in "+-" else "missing-factor"
            yield Rewrite(kind, f"{at.text(target)} {sign}= {at.text(value)}", "", 0.4)


def _elsewhere(at: Surroundings, target: ast.expr, rest: str) -> Iterator[Rewrite]:
    """Put it at another index: the two exchanged, or what else counts; or at one, and not everywhere."""
    if not isinstance(target, ast.Subscript):
        if rest[1:2] == "=" and len(at.arrays.get(at.text(target), ())) > len(at.shape or ()):
            yield from (Rewrite("repeated-term", f"{at.text(target)}[{i}] {rest}", "", 0.3) for i in at.indices)
        return
    whole, parts = at.text(target.value), indices_of(target)
    texts = [at.text(p) for p in parts]
    own = at.text(target)
    if len(texts) == 2:
        yield Rewrite("transpose", f"{whole}[{texts[1]}, {texts[0]}] {rest}", "", 0.3)
    ranges = ranges_of(target)
    for window in at.windows(target) if ranges else ():
        new = {id(r): text for r, text in zip(ranges, window, strict=True)}
        there = ", ".join(new.get(id(p), t) for p, t in zip(parts, texts, strict=True))
        if there != ", ".join(texts):
            yield Rewrite("wrong-point", f"{whole}[{there}] {rest}", "", 0.3)
    ones = at.place.node.operand if isinstance(at.place.node, ast.UnaryOp) else at.place.node
    if isinstance(ones, ast.Constant):  # not one, but as many as there are
        operator = rest.split()[0] + " " + "-" * (ones is not at.place.node)
        for axis in range(len(texts)):
            yield Rewrite("missing-factor", f"{own} {operator}{whole}.sum(axis={axis})", "", 0.3)
    alone = len(parts) <= 2 and all(isinstance(p, ast.Slice) for p in parts[:-1])
    for labels in _labels(at, parts[-1]) if alone else ():
        rows = f"{at.numpy('arange')}(len({labels}))"  # of each row its own
        kind = "wrong-axis" if isinstance(parts[0], ast.Slice) else "wrong-point"  # in all rows, for one in each
        yield Rewrite(kind, f"{whole}[{rows}, {labels}] {rest}", "", 0.3)
        yield Rewrite("wrong-point", f"{whole}[{labels}, {rows}] {rest}", "", 0.3)
    indices = [n for s in ast.walk(target) if isinstance(s, ast.Subscript) for n in _indices(s)]
    for index, name in itertools.product([*indices, *whole_axes(target)], at.indices):
        if name not in {n.id for n in indices}:
            yield Rewrite("wrong-point", f"{at.replaced([index], name, target)} {rest}", "", 0.4)


def _labels(at: Surroundings, part: ast.expr) -> Iterator[str]:
    """Write the whole numbers in a row that a part of an index is, or is one of."""
    value = at.value_of(part)
    if isinstance(value, np.ndarray) and value.dtype.kind in "iu" and value.ndim == 1:
        yield at.text(part)
    elif isinstance(part, ast.Subscript) and at.is_of_labels(at.text(part.value)):
        yield at.text(part.value)


def _shifted(at: Surroundings, statement: ast.stmt) -> Iterator[Rewrite]:
    """Move all slices of a statement that end at the same number, or begin there, by one."""
    bounds: dict[str, list[ast.expr]] = {}
    for s in (n for n in ast.walk(statement) if isinstance(n, ast.Slice)):
        for bound in (s.lower, s.upper):
            if isinstance(bound, ast.Name):
                bounds.setdefault(bound.id, []).append(bound)
    for name, nodes in bounds.items():
        for by in ("+ 1", "- 1") if len(nodes) > 1 else ():
            yield Rewrite("missing-term", at.replaced(nodes, f"{name} {by}", statement), "", 0.3)


def _indices(element: ast.Subscript) -> list[ast.Name]:
    """List the variables among the indices of an element."""
    return [p for p in indices_of(element) if isinstance(p, ast.Name)]


def _on_both_sides(at: Surroundings, statement: ast.AugAssign) -> Iterator[Rewrite]:
    """Add to the neighbour, or at the other index, too: what two elements make, both of them get."""
    target = statement.target
    if not isinstance(target, ast.Subscript):
        return
    own, whole, value = at.text(target.slice), at.text(target.value), at.text(statement.value)
    indices = [NEXT[own]] if own in NEXT else []
    if isinstance(target.slice, ast.Tuple) and len(target.slice.elts) == 2:
        a, b = (at.text(p) for p in target.slice.elts)
        indices.append(f"{b}, {a}")
        indices += [f"{NEXT[a]}, {b}"] if a in NEXT else []
        indices += [f"{a}, {NEXT[b]}"] if b in NEXT else []
    elif not isinstance(target.slice, ast.Slice):
        indices += [name for name in at.indices if name != own]
    for index in indices:
        for sign in "-+":
            yield Rewrite("missing-term", f"{at.text(statement)}\n{whole}[{index}] {sign}= {value}", "", 0.3)


def _added_up(at: Surroundings, target: ast.expr, value: str) -> Iterator[Rewrite]:
    add = at.numpy("add.at")
    if add and isinstance(target, ast.Subscript):
        index = f"({at.text(target.slice)})" if isinstance(target.slice, ast.Tuple) else at.text(target.slice)
        yield Rewrite("missing-term", f"{add}({at.text(target.value)}, {index}, {value})", "", 0.4)
