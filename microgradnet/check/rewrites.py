"""What a person may have meant to write in place of an expression: other text, made of what the source has at hand.

Each rewrite says what kind of mistake the text as it stands would be. None of them is believed here: `repair` runs
them.
"""

from __future__ import annotations

import ast
import copy
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import ModuleType
from typing import Any

import numpy as np

from microgradnet.check.observe import Observation, Place, Source

__all__ = [
    "Expressions", "Rewrite", "Surroundings", "first_value", "held", "is_sum", "omissions", "restated",
    "slips",
]  # fmt: skip

VALUE = "_value_"
"""What stands in a rewrite for the value as it was computed."""

POOL = 40
"""How many expressions of the source are tried as a part of another one."""

KEYS = 12
"""How many words are tried for one another."""

ELEMENTARY = frozenset(
    {
        "abs", "arctan", "cos", "cosh", "exp", "expm1", "log", "log1p", "reciprocal", "sign", "sin", "sinh", "sqrt",
        "square", "tanh",
    }
)  # fmt: skip
"""The functions of NumPy that may have been left out, where the source has them."""

CONSTANTS = 4
"""How many numbers of the file are tried for others."""

EXCHANGED = 5
"""How many variables of an expression are put in each other's places."""

OTHERS = 6
"""How many lists, dictionaries or objects are tried for one another."""

HELD, PARTS = 24, 40
"""How many attributes or entries of one object are looked at, and how many rows and columns of arrays."""

_ADJOINT = {ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*"}
_SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.MatMult: "@", ast.Pow: "**"}
_COMPARED = {ast.Gt: "<", ast.Lt: ">", ast.GtE: "<=", ast.LtE: ">="}
_OPPOSITE = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
_NEXT = {"1:": ":-1", ":-1": "1:"}
_LOOSE = (ast.BinOp, ast.UnaryOp, ast.Compare, ast.BoolOp, ast.IfExp, ast.Lambda, ast.NamedExpr)


@dataclass(frozen=True)
class Rewrite:
    """Other text for an expression.

    Attributes
    ----------
    kind : str
        The mistake that the text as it stands would be.
    source : str
        What should stand there.
    run : str
        The same, with the value as computed by the name `VALUE`: nothing runs twice.
    """

    kind: str
    source: str
    run: str
    far: float = 0.0  # how far it is from what stands there, below 1


@dataclass(frozen=True)
class Surroundings:
    """What the source has at hand around a place.

    Attributes
    ----------
    value : object
        What was first computed there.
    arrays : dict of str to tuple
        The shapes of the arrays of numbers among the variables, and of expressions that are computed elsewhere.
    turning : tuple
        Functions of the file that take an array of one shape to one of another, with both shapes.
    counts : dict of str to int
        Numbers of rows and the like, by how they are written.
    indices : tuple of str
        Whole numbers, those that a loop counts first.
    parts : dict of str to tuple
        The shapes of rows and columns of the arrays.
    """

    source: Expressions
    program: Source
    place: Place
    value: Any
    arrays: Mapping[str, tuple[int, ...]]
    masks: frozenset[str]
    expressions: Mapping[str, tuple[int, ...]]
    counts: Mapping[str, int]
    functions: tuple[str, ...]
    turning: tuple[tuple[str, tuple[int, ...], tuple[int, ...]], ...]
    indices: tuple[str, ...]
    parts: Mapping[str, tuple[int, ...]]
    seen: Observation

    @classmethod
    def of(cls, source: Expressions, place: Place) -> Surroundings:
        """Look around a place in what was observed."""
        program, seen = source.program, source.seen
        names = seen.names.get(place.index, {})
        arrays: dict[str, tuple[int, ...]] = {}
        masks: set[str] = set()
        counts: dict[str, int] = {}
        sizes: dict[str, int] = {}
        indices: list[str] = []
        for name, v in held(names):
            if isinstance(v, np.ndarray):
                arrays[name] = v.shape
                if v.dtype.kind == "b":
                    masks.add(name)
                    sizes.setdefault(f"{name}.sum()", int(v.sum()))
                for axis, n in enumerate(v.shape):
                    if n > 1 and n not in counts.values():
                        counts.setdefault(f"{name}.shape[{axis}]" if axis else f"len({name})", n)
                if v.ndim > 1 and v.size not in sizes.values():
                    sizes.setdefault(f"{name}.size", v.size)
            elif isinstance(v, float | np.floating):
                arrays[name] = ()
            elif isinstance(v, list | tuple) and 1 < len(v) not in counts.values():
                counts.setdefault(f"len({name})", len(v))
            elif isinstance(v, int | np.integer) and not isinstance(v, bool):
                indices.append(name)
                if v > 1:
                    counts = {name: int(v), **{k: n for k, n in counts.items() if n != v}}
        loops = source.loops(place)
        indices.reverse()  # the latest first, but for those of loops
        indices.sort(key=lambda n: n not in loops)
        known = {name for name, v in names.items() if v is not None}
        expressions = {
            e.text: e.shape
            for e in reversed(source.of(place.file, place.function))
            if e.index != place.index and e.local <= known
        }
        counts = dict([*list(counts.items())[:8], *list(sizes.items())[:4]])
        return cls(
            source, program, place, first_value(seen, place), arrays, frozenset(masks),
            dict(reversed(expressions.items())), counts, source.functions(place.file), source.turning(place.file),
            tuple(indices[:8]), _parts(names, arrays, indices[:4]), seen,
        )  # fmt: skip

    @property
    def shape(self) -> tuple[int, ...] | None:
        """The shape of the value; None if it is no number and no array of numbers."""
        if isinstance(self.value, np.ndarray):
            return tuple(self.value.shape)
        return () if isinstance(self.value, int | float | np.number) and not isinstance(self.value, bool) else None

    def is_module(self, node: ast.AST) -> bool:
        """Whether an expression is a module, or something in one."""
        while isinstance(node, ast.Attribute):
            node = node.value
        functions = self.program.observed
        return isinstance(node, ast.Name) and any(isinstance(f.__globals__.get(node.id), ModuleType) for f in functions)

    def ndim_of(self, node: ast.AST) -> int:
        """Return how many axes a part of the expression was seen to have; 3 if that isn't known."""
        value = _seen_at(self.program, self.seen, self.place, node)
        return 3 if value is None else int(np.ndim(value))

    @property
    def shape_around(self) -> tuple[int, ...] | None:
        """The shape that the value is broadcast to."""
        parent, value = self.place.parent, None
        while parent is not None and isinstance(self.program.places[parent].node, ast.BinOp):
            if isinstance(self.program.places[parent].node.op, ast.MatMult):
                break
            value = first_value(self.seen, self.program.places[parent])
            parent = self.program.places[parent].parent
        return value.shape if isinstance(value, np.ndarray) else None

    def numpy(self, name: str) -> str:
        """Write a function of NumPy's as the file does; empty where it has none."""
        for f in self.program.observed:
            for alias, value in f.__globals__.items():
                if value is np:
                    return f"{alias}.{name}"
        return ""

    @property
    def around(self) -> set[str]:
        """Write the expressions that the place is a part of."""
        texts, parent = set(), self.place.parent
        while parent is not None:
            texts.add(self.program.text(self.program.places[parent]))
            parent = self.program.places[parent].parent
        return texts

    @property
    def is_assigned(self) -> bool:
        """Whether the value takes the place of what a variable or an element held."""
        statement = self.place.statement
        return isinstance(statement, ast.Assign) and not isinstance(statement.targets[0], ast.Tuple)

    def is_unlikely_to_hand_on(self, source: str) -> bool:
        """Whether a statement that gives a variable another name would compute more, or have it written to."""
        statement = self.place.statement
        if not isinstance(statement, ast.Assign) or self.place.node is not statement.value:
            return False
        return not (_is_read(source) or source in self.applied)

    @property
    def is_written_to(self) -> bool:
        """Whether a statement gives another name to what is written to later: anything else would be a copy."""
        statement = self.place.statement
        alias = isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Name)
        if not alias or not all(isinstance(t, ast.Name) for t in statement.targets):
            return False
        own = (p.variable for p in self.program.places if p.kind == "after" and p.function == self.place.function)
        return self.targets <= set(own)

    @property
    def applied(self) -> set[str]:
        """The functions of the file, applied to the value."""
        own = self.text(self.place.node)
        turning = (f for f, given, _ in self.turning if given == self.shape)
        return {f"{f}({own})" for f in (*self.functions, *turning)}

    @property
    def is_shifted(self) -> bool:
        """Whether the value is added to a number."""
        outer = None if self.place.parent is None else self.program.places[self.place.parent].node
        sums = isinstance(outer, ast.BinOp) and isinstance(outer.op, ast.Add | ast.Sub)
        return sums and isinstance(outer.right, ast.Constant)  # type: ignore[union-attr]

    @property
    def element(self) -> tuple[int, ...] | None:
        """The shape of the element of an array that a number is put into, or added to."""
        target = (
            getattr(self.place.statement, "target", None) or (getattr(self.place.statement, "targets", None) or [0])[0]
        )
        if not isinstance(target, ast.Subscript) or self.place.parent is not None:
            return None
        parts = target.slice.elts if isinstance(target.slice, ast.Tuple) else [target.slice]
        whole = self.arrays.get(ast.unparse(target.value))
        return None if whole is None or any(isinstance(p, ast.Slice) for p in parts) else whole[len(parts) :]

    @property
    def is_operand(self) -> bool:
        """Whether the value is a part of a sum or a product, or stands alone: it may be turned."""
        outer = None if self.place.parent is None else self.program.places[self.place.parent].node
        name = getattr(getattr(outer, "func", None), "attr", "")
        own = isinstance(outer, ast.Call) and isinstance(outer.func, ast.Name) and self.place.node in outer.args
        products = ("dot", "matmul", "einsum", "outer", "solve", "lstsq", "inv")
        return own or outer is None or isinstance(outer, ast.BinOp) or name in products

    @property
    def numbers(self) -> list[str]:
        """Write the numbers of the file that are nearest, but for those that stand everywhere."""
        near = sorted(self.source.numbers(self.place.file), key=lambda n: abs(n[0] - self.place.line))
        return [repr(v) for v in dict.fromkeys(v for _, v in near)][:CONSTANTS]

    @property
    def elementary(self) -> list[str]:
        """Name the elementary functions of NumPy that the files call."""
        return self.source.elementary if self.numpy("x") else []

    @property
    def variables(self) -> list[str]:
        """Name the variables that hold numbers, the last first; then attributes and entries."""
        last = [*self.arrays][::-1]
        return [*filter(str.isidentifier, last), *(n for n in last if not n.isidentifier())]

    @property
    def is_taken_off(self) -> bool:
        """Whether the value is subtracted from what a variable or an element holds."""
        statement = self.place.statement
        taken = isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.Sub)
        return taken and self.place.node is statement.value

    @property
    def targets(self) -> set[str]:
        """Name the variables that the statement assigns: what they held before is left over, more likely than meant."""
        nodes = getattr(self.place.statement, "targets", ())
        return {n.id for target in nodes for n in ast.walk(target) if isinstance(n, ast.Name)}

    def like(self, node: ast.AST) -> list[str]:
        """Write what else of its kind there is: other lists, dictionaries or objects; of numbers and arrays nothing."""
        names = self.seen.names.get(self.place.index, {})
        if isinstance(node, ast.Name):
            held, base = names, ""
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            held, base = getattr(names.get(node.value.id), "__dict__", {}), f"{node.value.id}."
        else:
            return []
        own = self.text(node)
        value = held.get(own.removeprefix(base))
        if value is None or isinstance(value, np.ndarray | np.generic | int | float | str) or callable(value):
            return []
        others = (base + n for n, v in held.items() if type(v) is type(value) and n.isidentifier() and v is not value)
        return [t for t in others if t != own][:OTHERS]

    def text(self, node: ast.AST) -> str:
        """Return the source of a part."""
        return self.program.text(self.place, node)

    def replaced(self, nodes: Sequence[Any], text: str) -> str:
        """Return the source of the place with other text for some parts of one line."""
        own = self.place.node
        if own.end_lineno != own.lineno:
            return self.text(own)
        line = self.text(own).encode()
        for n in sorted(nodes, key=lambda n: -n.col_offset):
            start, end = n.col_offset - own.col_offset, n.end_col_offset - own.col_offset
            line = line[:start] + text.encode() + line[end:]
        return line.decode()

    def closed(self, node: ast.AST) -> str:
        """Return the source of a part, in parentheses if it binds loosely."""
        return _closed(node, self.text(node))


def _seen_at(program: Source, seen: Observation, place: Place, node: ast.AST) -> Any:
    """Return what was first seen of an expression in the file of a place; None if nothing was."""
    found = program.at(node, place.file)
    at = None if found is None else seen.seen.get(found.index)
    return at.values[0] if at is not None and at.values else None


def _is_elementwise(given: Any, value: Any) -> bool:
    """Whether a function of one array looks as if it were applied to each element."""
    if not (isinstance(given, np.ndarray) and isinstance(value, np.ndarray) and value.dtype.kind == "f"):
        return False
    return given.shape == value.shape and bool((value != value.flat[0]).any()) if value.size else False


def first_value(seen: Observation, place: Place) -> Any:
    """Return what was first computed at a place; None if nothing that was kept."""
    at = seen.seen.get(place.index)
    return at.values[0] if at is not None and at.values else None


def held(names: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """List the numbers and arrays that variables hold, and what they hold of such: attributes and entries."""
    for name, v in names.items():
        if not name.isidentifier() or name.startswith("_"):
            continue
        yield from _numbers(name, v)
        if isinstance(v, dict):
            inside = {f'{name}["{k}"]': x for k, x in v.items() if isinstance(k, str) and k.isidentifier()}
        elif isinstance(v, np.ndarray | np.generic | int | float | list | tuple):
            continue
        else:
            own = getattr(v, "__dict__", {})
            inside = {f"{name}.{k}": x for k, x in own.items() if k.isidentifier()} if isinstance(own, dict) else {}
        for text, x in list(inside.items())[:HELD]:
            yield from _numbers(text, x)


def _numbers(text: str, v: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(v, np.ndarray):
        if v.dtype.kind in "fiub":
            yield text, v
    elif isinstance(v, int | float | np.number | list | tuple):
        yield text, v


def _parts(
    names: Mapping[str, Any], arrays: Mapping[str, tuple[int, ...]], indices: Sequence[str]
) -> Mapping[str, tuple[int, ...]]:
    """List rows and columns of the arrays at hand: at both ends, and where a loop is."""
    found: dict[str, tuple[int, ...]] = {}
    for name, shape in arrays.items():
        for k, i in (*((int(names[i]), i) for i in indices if i in names), (0, "0"), (-1, "-1")):
            if shape and -shape[0] <= k < shape[0]:
                found.setdefault(f"{name}[{i}]", shape[1:])
            if len(shape) > 1 and -shape[1] <= k < shape[1]:
                found.setdefault(f"{name}[:, {i}]", (shape[0], *shape[2:]))
    for name, v in names.items():
        if isinstance(v, list | tuple) and v and all(isinstance(x, np.ndarray) for x in v):
            for i in indices:
                for text, k in ((i, 0), (f"{i} + 1", 1), (f"{i} - 1", -1)):
                    if i in names and 0 <= int(names[i]) + k < len(v):
                        found[f"{name}[{text}]"] = v[int(names[i]) + k].shape
            found.setdefault(f"{name}[-1]", v[-1].shape)
            found.setdefault(f"{name}[0]", v[0].shape)
    return dict(list(found.items())[:PARTS])


@dataclass(frozen=True)
class Expression:
    """An expression that the source computes somewhere."""

    index: int
    text: str
    shape: tuple[int, ...]
    local: frozenset[str]  # the variables in it


class Expressions:
    """The expressions of a program, as they were seen in one run."""

    def __init__(self, program: Source, seen: Observation) -> None:
        self.program, self.seen = program, seen
        self._all: dict[tuple[str, str], list[Expression]] = {}
        self._functions: dict[str, dict[str, None]] = {}
        self._turning: dict[str, dict[tuple[str, tuple[int, ...], tuple[int, ...]], None]] = {}
        self._loops: dict[str, list[tuple[int, int, frozenset[str]]]] = {}
        self._variables: dict[str, frozenset[str]] = {}
        self._numbers: dict[str, list[tuple[int, float]]] = {}
        for i, at in seen.seen.items():
            place = program.places[i]
            if place.kind == "expression" and at.values:
                self._add(place, at.values[0])

    @cached_property
    def elementary(self) -> list[str]:
        """Name the elementary functions of NumPy that the files call."""
        trees = self.program.trees.values()
        return sorted({n.attr for tree in trees for n in ast.walk(tree) if isinstance(n, ast.Attribute)} & ELEMENTARY)

    def numbers(self, file: str) -> list[tuple[int, float]]:
        """List the numbers of a file and their lines, but for those that stand everywhere."""
        if file not in self._numbers:
            nodes = (n for n in ast.walk(self.program.trees[file]) if isinstance(n, ast.Constant))
            self._numbers[file] = [
                (n.lineno, n.value) for n in nodes if isinstance(n.value, float) and n.value not in (0.0, 1.0, 2.0, 0.5)
            ]
        return self._numbers[file]

    def of(self, file: str, function: str) -> list[Expression]:
        """List those of a function."""
        return self._all.get((file, function), [])

    def functions(self, file: str) -> tuple[str, ...]:
        """Name the functions of one array that are applied to each element."""
        return tuple(self._functions.get(file, ()))[:8]

    def turning(self, file: str) -> tuple[tuple[str, tuple[int, ...], tuple[int, ...]], ...]:
        """List the user's functions of one array that give it another shape, with both shapes."""
        return tuple(self._turning.get(file, ()))[:8]

    def loops(self, place: Place) -> frozenset[str]:
        """Name what the loops around a place count."""
        if place.file not in self._loops:
            self._loops[place.file] = [
                (n.lineno, n.end_lineno or n.lineno, frozenset(_names(n.target)))
                for n in ast.walk(self.program.trees[place.file])
                if isinstance(n, ast.For)
            ]
        around = [names for first, last, names in self._loops[place.file] if first <= place.line <= last]
        return frozenset().union(*around)

    def _add(self, place: Place, value: Any) -> None:
        node = place.node
        if isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords:
            func = self.program.text(place, node.func)
            inner = _seen_at(self.program, self.seen, place, node.args[0])
            if func.replace(".", "").replace("_", "").isalnum() and _is_elementwise(inner, value):
                self._functions.setdefault(place.file, {}).setdefault(func)
            elif isinstance(node.func, ast.Name) and isinstance(inner, np.ndarray) and isinstance(value, np.ndarray):
                self._turning.setdefault(place.file, {}).setdefault((func, inner.shape, value.shape))
        shape = value.shape if isinstance(value, np.ndarray) else () if isinstance(value, float) else None
        if shape is None or isinstance(node, ast.Constant | ast.Name | ast.Tuple):
            return
        text = self.program.text(place)
        if "\n" not in text and len(text) < 60:
            local = frozenset(_names(node)) & self._assigned(place.file)
            self._all.setdefault((place.file, place.function), []).append(Expression(place.index, text, shape, local))

    def _assigned(self, file: str) -> frozenset[str]:
        """Name the variables that are assigned in the file's functions."""
        if file not in self._variables:
            tree = self.program.trees[file]
            inside = (n for f in ast.walk(tree) if isinstance(f, ast.FunctionDef | ast.Lambda) for n in ast.walk(f))
            self._variables[file] = frozenset(filter(None, map(_variable, inside)))
        return self._variables[file]


def _variable(node: ast.AST) -> str | None:
    """Name the variable that a part of a function gives a value."""
    if isinstance(node, ast.arg):
        return node.arg
    return node.id if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) else None


def _names(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def _closed(node: ast.AST, text: str) -> str:
    return f"({text})" if isinstance(node, _LOOSE) else text


def _fits(part: tuple[int, ...], whole: tuple[int, ...]) -> bool:
    """Whether an array of one shape may multiply one of another, which keeps its shape."""
    if len(part) > len(whole):
        return False
    return all(p in (1, w) for p, w in zip(reversed(part), reversed(whole), strict=False))


# --- something else was written ----------------------------------------------------------------------------------


def slips(at: Surroundings) -> Iterator[Rewrite]:
    """Undo what may have been written by mistake: another operand, axis, sign, order, or something too much."""
    node = at.place.node
    seen: set[str] = set()
    if at.is_written_to:  # what it gives another name is changed by that
        if isinstance(at.value, np.ndarray):
            yield Rewrite("stale-value", f"{at.text(node)}.copy()", f"{VALUE}.copy()", 0.1)
        return
    for kind, source in _slips(at, node):
        if source not in seen and source not in (at.text(node), at.place.variable):
            seen.add(source)
            far = 0.9 if _is_hacked(at, node, source) else 0.0 if _is_read(source) else 0.5
            if source in at.targets or (isinstance(node, ast.Name) and at.is_unlikely_to_hand_on(source)):
                far = 0.8
            elif source in at.applied:
                far = 0.2
            yield Rewrite(kind, source, source, far if kind in ("wrong-point", "wrong-mask") or far > 0.5 else 0.0)
    shape = at.shape
    if isinstance(node, ast.BinOp) and shape is not None and not isinstance(at.value, int):
        for kind, source in _of_an_operator(at, node):
            yield Rewrite(kind, source, source, 0.6)
    if at.place.variable is not None and at.place.kind == "expression" and at.is_assigned:
        own = f"{at.place.variable} + {at.closed(node)}"  # it was to be added to what is there
        yield Rewrite("missing-term", own, own, 0.6)
    if shape is not None and at.place.kind == "expression" and at.place.is_read and at.is_operand:
        own = at.closed(node)
        if len(shape) == 2 and not own.endswith(".T"):
            yield Rewrite("transpose", f"{own}.T", f"{VALUE}.T")
        if len(shape) in (3, 4):
            for order in list(itertools.permutations(range(len(shape))))[1:]:
                turned = f".transpose({', '.join(map(str, order))})"
                yield Rewrite("transpose", f"{own}{turned}", f"{VALUE}{turned}", 0.1)
        if len(shape) == 1:
            yield Rewrite("wrong-shape", f"{own}[:, None]", f"{VALUE}[:, None]", 0.1)
        for index in ("[::-1]", "[:, ::-1]")[: len(shape)]:
            yield Rewrite("reversed", f"{own}{index}", f"{VALUE}{index}", 0.2)
    is_part = at.place.kind == "expression" and (at.place.parent is None or at.place.is_read)
    if shape is not None and is_part and np.asarray(at.value).dtype.kind == "f":
        own = at.closed(node)
        yield Rewrite("sign", f"-{own}", f"-{VALUE}", -0.01 if at.is_taken_off else 0.3)


def _is_read(source: str) -> bool:
    return source.replace(".", "").replace("_", "").isalnum()


def _is_hacked(at: Surroundings, node: ast.AST, source: str) -> bool:
    """Whether a constant is another one: it is where anything can be made up for."""
    if not isinstance(node, ast.Constant):
        return False
    outer = None if at.place.parent is None else at.program.places[at.place.parent].node
    if isinstance(outer, ast.Call) and isinstance(outer.func, ast.Name) and outer.func.id == "range":
        return True
    if source in at.counts:  # of what is added up, a 1 for each
        return False
    coefficient = isinstance(outer, ast.BinOp) and isinstance(outer.op, ast.Mult | ast.Div | ast.Pow)
    return source == "0" or not (coefficient or isinstance(outer, ast.Call | ast.Tuple | ast.Subscript | ast.Compare))


def _slips(at: Surroundings, node: Any) -> Iterator[tuple[str, str]]:
    if at.place.kind != "expression":
        return
    if isinstance(node, ast.BinOp):
        yield from _of_a_product(at, node)
    elif isinstance(node, ast.Call):
        yield from _of_a_call(at, node)
    elif isinstance(node, ast.Attribute) and node.attr == "T":
        yield "transpose", at.text(node.value)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield "sign", at.text(node.operand)
    elif isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _COMPARED:
        sign, right = _COMPARED[type(node.ops[0])], at.text(node.comparators[0])
        yield "wrong-mask", f"{at.text(node.left)} {sign} {right}"
        for name, other in at.arrays.items():
            if other and other == at.shape:
                yield "wrong-mask", f"{name} {_OPPOSITE[sign]} {right}"
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield from _of_letters(node.value)
    elif isinstance(node, ast.Constant):
        yield from _of_a_number(at, node.value)
    elif isinstance(node, ast.Tuple):
        for axes in _axes(4):
            yield "wrong-axis", axes
    if isinstance(node, ast.Subscript):
        yield from _of_an_element(at, node)
    if isinstance(node, ast.Name | ast.BinOp) and isinstance(at.value, int) and not isinstance(at.value, bool):
        for name in at.indices:
            yield ("reversed" if isinstance(node, ast.BinOp) else "stale-value"), name
        for name, shift in itertools.product(at.indices[:4] if isinstance(node, ast.BinOp) else (), ("+ 1", "- 1")):
            yield "stale-value", f"{name} {shift}"
        if isinstance(node, ast.Name) and not at.is_shifted:
            yield "stale-value", f"{node.id} - 1"
            yield "stale-value", f"{node.id} + 1"
    if isinstance(node, ast.Name | ast.Attribute | ast.Subscript | ast.Call | ast.Compare | ast.BinOp):
        yield from _another(at, node)
    if at.place.parent is None and isinstance(node, ast.BinOp | ast.Call):
        yield from _exchanged(at, node)
    if isinstance(at.value, int) and isinstance(node, ast.Subscript | ast.Call | ast.Attribute):
        for count in at.counts:
            yield "scale", count
    if (
        isinstance(node, ast.Name)
        and isinstance(at.value, np.ndarray)
        and at.value.dtype.kind in "iu"
        and at.value.ndim
    ):
        yield "wrong-point", f"{node.id} - 1"
        yield "wrong-point", f"{node.id} + 1"


def _of_a_product(at: Surroundings, node: ast.BinOp) -> Iterator[tuple[str, str]]:
    left, right, op = at.text(node.left), at.text(node.right), type(node.op)
    kind = "repeated-term" if op in (ast.Add, ast.Sub) else "repeated-factor"
    if isinstance(at.value, int):
        kind = "stale-value"
    yield _scaling(at, node.right, op) or kind, left
    if op is not ast.Sub and op is not ast.Div:
        yield _scaling(at, node.left, op) or kind, right
    a, b = at.closed(node.left), at.closed(node.right)
    if op in _ADJOINT:
        yield "sign" if op in (ast.Add, ast.Sub) else "scale", f"{a} {_ADJOINT[op]} {b}"
    if op is ast.Sub:
        yield "sign", f"{b} - {a}"
    if op is ast.MatMult:
        yield "swapped-operands", f"{b} @ {a}"
        yield "transpose", f"{a}.T @ {b}"
        yield "transpose", f"{a} @ {b}.T"
        yield "swapped-operands", f"{b}.T @ {a}"
        yield "swapped-operands", f"{b} @ {a}.T"
        yield "matmul-for-elementwise", f"{a} * {b}"
        if a.endswith(".T") or b.endswith(".T"):
            yield "matmul-for-elementwise", f"{a.removesuffix('.T')} * {b.removesuffix('.T')}"
    if op is ast.Mult:
        yield "elementwise-for-matmul", f"{a} @ {b}"
        yield "elementwise-for-matmul", f"{a}.T @ {b}"
        yield "elementwise-for-matmul", f"{a} @ {b}.T"
    if op is ast.Mult:
        for part, other in ((node.left, b), (node.right, a)):  # f(x y) for f(x) y
            if isinstance(part, ast.Call) and len(part.args) == 1 and not part.keywords:
                yield "wrong-point", f"{at.text(part.func)}({at.closed(part.args[0])} * {other})"
        yield from _diagonals(at, node)
        if isinstance(node.left, ast.BinOp) and isinstance(node.left.op, ast.Div):  # a / (b c) for a / b c
            yield "repeated-factor", f"{at.closed(node.left.left)} / ({at.closed(node.left.right)} * {b})"
        if isinstance(node.right, ast.BinOp) and isinstance(node.right.op, ast.Pow):  # (a b)² for a b²
            yield "missing-factor", f"({left} * {at.text(node.right.left)}) ** {at.closed(node.right.right)}"
    if op in (ast.Mod, ast.FloorDiv):
        yield "stale-value", f"{a} {'//' if op is ast.Mod else '%'} {b}"
    squared = isinstance(node.right, ast.BinOp) and isinstance(node.right.op, ast.Pow)
    if op is ast.Sub and left == "1" and not squared:
        yield "wrong-activation", f"1 - {b} ** 2"
    if op is ast.Sub and left == "1" and squared:
        p = at.text(node.right.left)  # type: ignore[attr-defined]
        yield "wrong-activation", f"{p} * (1 - {p})"
        yield "wrong-activation", f"({p} > 0)"
    if op is ast.Pow:
        yield "wrong-point", f"{a} ** -{b}"


def _of_an_operator(at: Surroundings, node: ast.BinOp) -> Iterator[tuple[str, str]]:
    """Put another operator between two operands, or these the other way round."""
    a, b, op = at.closed(node.left), at.closed(node.right), type(node.op)
    if op is ast.Div:
        yield "swapped-operands", f"{b} / {a}"
    if op is ast.Add:
        yield "missing-factor", f"{a} * {b}"
    if op is ast.Mult:
        yield "missing-term", f"{a} + {b}"
    if op is ast.Pow:
        yield "scale", f"{a} * {b}"


def _scaling(at: Surroundings, node: ast.AST, op: type[ast.operator]) -> str | None:
    """Say what it is to multiply or divide by a number, by what number it is; None if it is none, or an array."""
    value = node.value if isinstance(node, ast.Constant) else _seen_at(at.program, at.seen, at.place, node)
    if op not in (ast.Mult, ast.Div) or not isinstance(value, int | float | np.number):
        return None
    if isinstance(node, ast.Constant) or not isinstance(value, int | np.integer) or value <= 2:
        return "scale"
    return "mean-for-sum" if op is ast.Div else "sum-for-mean"


def _diagonals(at: Surroundings, node: ast.BinOp) -> Iterator[tuple[str, str]]:
    """Complete p (1 − p) to the whole Jacobian of a softmax: p (g − Σ g p)."""
    factors: list[Any] = []
    pending: list[Any] = [node]
    while pending:
        part = pending.pop()
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Mult):
            pending += [part.right, part.left]
        else:
            factors.append(part)
    texts = [at.closed(f) for f in factors]
    for p in texts:
        if f"(1 - {p})" in texts:
            rest = " * ".join(t for t in texts if t not in (p, f"(1 - {p})"))
            for axis in range(len(at.shape or ())) if rest else ():
                yield "diagonal-jacobian", f"{p} * ({rest} - ({rest} * {p}).sum({axis}, keepdims=True))"
            if rest:
                yield "repeated-factor", rest
            value = _seen_at(at.program, at.seen, at.place, factors[texts.index(p)])
            at_kink = isinstance(value, np.ndarray) and bool((value <= 0).any())
            for other in (f"(1 - {p} ** 2)", *([f"({p} > 0)"] if at_kink else [])):  # tanh′ and relu′, by their values
                yield "wrong-activation", f"{rest} * {other}" if rest else other


def _axes(ndim: int) -> Iterator[str]:
    singles = [str(k) for k in (*range(ndim), -1)]
    yield from singles
    for count in range(2, ndim + 1):
        for axes in itertools.combinations(range(ndim), count):
            yield f"({', '.join(map(str, axes))})"
    yield "None"


_REDUCTIONS = {"sum": "mean", "mean": "sum"}

_INSTEAD = {
    "ones": "zeros", "zeros": "ones", "ones_like": "zeros_like", "zeros_like": "ones_like", "maximum": "minimum",
    "minimum": "maximum", "max": "min", "min": "max", "sin": "cos", "cos": "sin", "argmax": "argmin",
}  # fmt: skip
"""Functions of NumPy's that are taken for one another."""


def _as_called_elsewhere(
    at: Surroundings, node: ast.Call, args: list[str], keywords: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Give a function what else it is given where it is called elsewhere."""
    called = at.text(node.func)
    for other in ast.walk(at.program.trees[at.place.file]):
        if not isinstance(other, ast.Call) or other is node or ast.unparse(other.func) != called:
            continue
        more = {k.arg: at.text(k.value) for k in other.keywords if k.arg and isinstance(k.value, ast.Constant)}
        constants = [at.text(a) for a in other.args[len(args) :] if isinstance(a, ast.Constant)]
        if keywords.keys() <= more.keys() and (more != dict(keywords) or constants):
            given = [*args, *constants, *(f"{k}={v}" for k, v in more.items())]
            yield "wrong-activation", f"{called}({', '.join(given)})"


def _of_a_call(at: Surroundings, node: ast.Call) -> Iterator[tuple[str, str]]:
    func = node.func
    name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    is_method = isinstance(func, ast.Attribute) and not at.is_module(func.value)
    called = at.text(func)
    args = [at.text(a) for a in node.args]
    keywords = {k.arg: at.text(k.value) for k in node.keywords if k.arg}
    operand: Any = func.value if is_method else node.args[0] if node.args else None  # type: ignore[attr-defined]
    if name in ("sum", "mean", "max", "min", "prod", "norm", "var", "std") and operand is not None:
        first = [] if is_method else args[:1]
        rest = {k: v for k, v in keywords.items() if k != "axis"}
        tail = [f"{k}={v}" for k, v in rest.items()]
        for axes in _axes(at.ndim_of(operand)):
            kept = [] if axes == "None" else [f"axis={axes}"]
            kept = kept or ([] if not rest else ["axis=None"])
            kind = "missing-sum" if axes == "None" else "wrong-axis"
            yield kind, f"{called}({', '.join([*first, *kept, *tail])})"
            if "keepdims" not in keywords and axes != "None":
                yield kind, f"{called}({', '.join([*first, *kept, 'keepdims=True', *tail])})"
        axis = keywords.get("axis") or (args[0 if is_method else 1] if len(args) > (0 if is_method else 1) else None)
        if "keepdims" not in keywords and axis is not None:
            yield "wrong-axis", f"{called}({', '.join([*first, f'axis={axis}', 'keepdims=True'])})"
        yield "repeated-term", at.text(operand)
        if name in _REDUCTIONS:
            other = called[: -len(name)] + _REDUCTIONS[name]
            kind = "mean-for-sum" if name == "mean" else "sum-for-mean"
            yield kind, f"{other}({', '.join([*args, *(f'{k}={v}' for k, v in keywords.items())])})"
    elif name in ("dot", "matmul", "multiply") and len(node.args) == 2:
        a, b = (at.closed(x) for x in node.args)
        if name == "multiply":
            yield "elementwise-for-matmul", f"{a} @ {b}"
            yield "repeated-factor", args[0]
            yield "repeated-factor", args[1]
        else:
            for kind, x, y in (
                ("transpose", f"{a}.T", b), ("transpose", a, f"{b}.T"), ("swapped-operands", b, a),
                ("swapped-operands", f"{b}.T", a), ("swapped-operands", b, f"{a}.T"),
            ):  # fmt: skip
                yield kind, f"{called}({x}, {y})"
            yield "matmul-for-elementwise", f"{a} * {b}"
    elif len(node.args) > 1 and not node.keywords:
        for k in range(len(args) - 1):
            swapped = [*args[:k], args[k + 1], args[k], *args[k + 2 :]]
            yield "swapped-operands", f"{called}({', '.join(swapped)})"
        for arg, part in zip(args, node.args, strict=True):
            yield "repeated-factor", arg
            if isinstance(part, ast.Call):
                yield from ((kind, source) for kind, source in _of_a_call(at, part) if kind == "wrong-axis")
    elif len(node.args) == 1 and not node.keywords and not is_method:
        yield "repeated-factor", args[0]
        if isinstance(at.value, np.ndarray):  # the slope of what the value is of: eᶻ − 1, tanh z, σ(z)
            own = at.closed(node.args[0])
            for slope in (f"({own} + 1)", f"(1 - {own} ** 2)", f"{own} * (1 - {own})"):
                yield "wrong-point", slope
        for other in at.functions:
            if other != called:
                yield "wrong-activation", f"{other}({args[0]})"
        part = node.args[0]
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Mult):  # f(x) y for f(x y)
            x, y = at.closed(part.left), at.closed(part.right)
            yield "wrong-point", f"{called}({x}) * {y}"
            yield "wrong-point", f"{x} * {called}({y})"
    elif is_method and not node.args and not node.keywords:
        yield "unexplained", at.text(operand)
    if name in ("cumsum", "cumprod") and operand is not None and (flip := at.numpy("flip")):
        axis = keywords.get("axis") or next(iter(args[0 if is_method else 1 :]), None)
        along = "" if axis is None else f", {axis}"
        turned = f"{flip}({at.text(operand)}{along})"
        inner = f"{turned}.{name}({axis or ''})" if is_method else f"{called}({turned}{along})"
        yield "reversed", f"{flip}({inner}{along})"
    if name in _INSTEAD:
        other = called[: -len(name)] + _INSTEAD[name]
        yield "wrong-activation", f"{other}({', '.join([*args, *(f'{k}={v}' for k, v in keywords.items())])})"
    for k, given_now in enumerate(node.args):
        for other in at.like(given_now):
            given = [*args[:k], other, *args[k + 1 :], *(f"{name}={v}" for name, v in keywords.items())]
            yield "wrong-parameter", f"{called}({', '.join(given)})"
    yield from _as_called_elsewhere(at, node, args, keywords)
    if name in ("transpose", "reshape") and operand is not None and isinstance(at.value, np.ndarray):
        ndim = at.value.ndim
        if name == "transpose" and ndim <= 4:
            own = at.closed(operand) if is_method else args[0]
            for order in itertools.permutations(range(ndim)):
                yield "transpose", f"{own}.transpose({', '.join(map(str, order))})"


def _of_letters(subscripts: str) -> Iterator[tuple[str, str]]:
    """Exchange two letters of an operand of `einsum`, or of what comes of it."""
    parts = subscripts.replace("->", ",").split(",")
    if "->" not in subscripts or not all(p.strip().isalpha() or not p for p in parts):
        return
    for k, part in enumerate(parts):
        for i, j in itertools.combinations(range(len(part)), 2):
            letters = list(part)
            letters[i], letters[j] = letters[j], letters[i]
            new = [*parts[:k], "".join(letters), *parts[k + 1 :]]
            yield "transpose", repr(f"{','.join(new[:-1])}->{new[-1]}")


def _of_a_number(at: Surroundings, value: Any) -> Iterator[tuple[str, str]]:
    kind = "scale"
    if at.place.parent is None and isinstance(getattr(at.place.statement, "targets", [None])[0], ast.Subscript):
        kind = "repeated-term"  # an element of an array was set
    numbers = [0, 1, 2, value + 1, value - 1, 2 * value, value / 2, -value, 3]
    if isinstance(value, int) and at.place.parent is not None:
        parent = at.program.places[at.place.parent].node
        if isinstance(parent, ast.Call):
            kind = "wrong-axis"
        elif isinstance(parent, ast.Subscript):
            kind = "stale-value"
    for new in numbers:
        if new != value:
            number = int(new) if isinstance(value, int) and float(new).is_integer() else new
            yield "sign" if number == -value and kind == "scale" else kind, repr(number)
    for count in at.counts:
        yield kind, count
    for number in at.numbers:
        if number != repr(value):
            yield kind, number
    for name, shape in at.arrays.items():
        if shape == () and isinstance(value, float):
            yield kind, name
    if kind == "repeated-term":
        for name, shape in at.arrays.items():
            for axis in range(len(shape)) if len(shape) > 1 else ():
                yield "missing-sum", f"{name}.sum({axis})"
                yield "missing-sum", f"-{name}.sum({axis})"


def _of_an_element(at: Surroundings, node: ast.Subscript) -> Iterator[tuple[str, str]]:
    own = at.closed(node.value)
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    texts = [at.text(p) for p in parts]
    flipped = [
        ":" if isinstance(p, ast.Slice) and p.step is not None and t.replace(" ", "") == "::-1" else t
        for p, t in zip(parts, texts, strict=True)
    ]
    for k, part in enumerate(parts):
        if isinstance(part, ast.Slice) and part.step is None and (part.lower is None) != (part.upper is None):
            bound = at.text(part.lower if part.upper is None else part.upper)  # type: ignore[arg-type]  # the other part
            other = f"{bound}:" if part.lower is None else f":{bound}"
            for text in (other, *([_NEXT[texts[k]]] if texts[k] in _NEXT else [])):
                yield "stale-value", f"{own}[{', '.join([*texts[:k], text, *texts[k + 1 :]])}]"
    if flipped != texts:
        yield "reversed", f"{own}[{', '.join(flipped)}]" if set(flipped) != {":"} else at.text(node.value)
    if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
        for key in _keys(at.program.trees[at.place.file]):
            if key != node.slice.value:
                yield "wrong-parameter", f"{own}[{key!r}]"
    if isinstance(_seen_at(at.program, at.seen, at.place, node.value), np.ndarray):
        yield "wrong-shape", at.text(node.value)
    for other in at.like(node.value):
        yield "wrong-parameter", f"{other}[{', '.join(texts)}]"
    if _is_switch(_seen_at(at.program, at.seen, at.place, parts[0])):
        yield "wrong-mask", f"{own}[{', '.join([f'{at.closed(parts[0])} == 1', *texts[1:]])}]"
    if isinstance(node.value, ast.Call):
        for kind, source in _of_a_call(at, node.value):
            if kind == "wrong-axis":
                yield kind, source
                yield kind, f"{source}[{', '.join(texts)}]"
    if isinstance(at.value, np.ndarray) and at.value.ndim == 4:
        yield "reversed", f"{at.text(node)}[:, :, ::-1, ::-1]"


def _keys(tree: ast.AST) -> list[str]:
    """List the words by which a file reads and writes entries."""
    keys = (n.slice.value for n in ast.walk(tree) if isinstance(n, ast.Subscript) and isinstance(n.slice, ast.Constant))
    return list(dict.fromkeys(k for k in keys if isinstance(k, str)))[:KEYS]


def _is_share(value: Any) -> bool:
    """Whether numbers are between 0 and 1, as probabilities are: what is left of one is another."""
    x = np.asarray(value)
    return x.dtype.kind in "fb" and bool(((x >= 0) & (x <= 1)).all())


def _is_switch(value: Any) -> bool:
    """Whether an index consists of whole zeros and ones: it may have been meant as a mask."""
    return isinstance(value, np.ndarray) and value.dtype.kind in "iu" and set(np.unique(value).tolist()) == {0, 1}


def _exchanged(at: Surroundings, node: ast.AST) -> Iterator[tuple[str, str]]:
    """Put two variables of a kind in the place of each other."""
    names = at.seen.names.get(at.place.index, {})
    held = {n: names[n] for n in dict.fromkeys(_names(node)) if isinstance(names.get(n), np.ndarray | int | float)}
    for a, b in itertools.combinations(itertools.islice(held, EXCHANGED), 2):
        if type(held[a]) is type(held[b]) and np.shape(held[a]) == np.shape(held[b]):
            new = copy.deepcopy(node)
            for n in ast.walk(new):
                if isinstance(n, ast.Name) and n.id in (a, b):
                    n.id = b if n.id == a else a
            yield "swapped-operands", ast.unparse(new)


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
        if other == shape and text != own and text not in at.around:
            yield kind, text
    for f, given, made in at.turning:
        for name, other in at.arrays.items():
            if made == shape and other == given:
                yield kind, f"{f}({name})"
    outer = None if at.place.parent is None else at.program.places[at.place.parent].node
    if isinstance(outer, ast.Attribute) and outer.attr == "shape":
        for name, other in at.arrays.items():
            if len(other) == len(shape) and other != shape:
                yield "scale", name
    if shape and not isinstance(node, ast.BinOp | ast.Call):
        for name, other in at.arrays.items():
            if len(other) == 2 and other[::-1] == shape != other:
                yield kind, f"{name}.T"
    if isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
        if _is_share(at.value):
            yield "swapped-operands", f"(1 - {own})"
        for f in at.functions:
            yield "wrong-point", f"{f}({own})"
        for name, other in at.arrays.items():
            if other == shape:
                for f in at.functions:
                    if name != own:
                        yield "wrong-point", f"{f}({name})"


def restated(at: Surroundings) -> Iterator[Rewrite]:
    """Write the whole statement in another form: an assignment for an addition, or what adds up at every index."""
    statement = at.place.statement
    unpacks = isinstance(getattr(statement, "targets", [None])[0], ast.Tuple)
    if isinstance(at.value, int | tuple) and not unpacks:
        return
    if isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.Add | ast.Sub):
        target, value = at.text(statement.target), at.text(statement.value)
        yield Rewrite("repeated-term", f"{target} = {value}", "", 0.3)
        sign = "+" if isinstance(statement.op, ast.Add) else "-"
        yield Rewrite("stale-value", f"{target} = {target} {sign} {at.closed(statement.value)}", "", 0.4)
        yield from _added_up(at, statement.target, value if sign == "+" else f"-{at.closed(statement.value)}")
        yield from _on_both_sides(at, statement)
        yield from _elsewhere(at, statement.target, f"{sign}= {value}")
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Subscript):
        element, value = statement.targets[0], at.text(statement.value)
        yield Rewrite("missing-term", f"{at.text(element)} += {value}", "", 0.3)
        yield Rewrite("stale-value", f"{at.text(element.value)} = {value}", "", 0.4)
        yield from _added_up(at, element, value)
        yield from _elsewhere(at, element, f"= {value}")
        if isinstance(element.slice, ast.Name | ast.Constant):  # of a dictionary that has no such entry yet
            own, key = at.text(element.value), at.text(element.slice)
            yield Rewrite("missing-term", f"{own}[{key}] = {own}.get({key}, 0) + {value}", "", 0.5)
    match statement:
        case ast.Assign([list_of], ast.BinOp(ast.List([one]), ast.Mult(), count)):  # one array under many names
            each = f"{at.closed(one)}.copy() for _ in range({at.text(count)})"
            yield Rewrite("stale-value", f"{at.text(list_of)} = [{each}]", "", 0.2)
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Tuple):
        names = [at.text(t) for t in statement.targets[0].elts]
        value = at.text(statement.value)
        for k in range(len(names) - 1):
            swapped = [*names[:k], names[k + 1], names[k], *names[k + 2 :]]
            yield Rewrite("wrong-parameter", f"{', '.join(swapped)} = {value}", "", 0.3)


def _elsewhere(at: Surroundings, target: ast.expr, rest: str) -> Iterator[Rewrite]:
    """Put it at another index: the two exchanged, or what else counts."""
    if not isinstance(target, ast.Subscript):
        return
    whole, parts = at.text(target.value), target.slice.elts if isinstance(target.slice, ast.Tuple) else [target.slice]
    texts = [at.text(p) for p in parts]
    if len(texts) == 2:
        yield Rewrite("transpose", f"{whole}[{texts[1]}, {texts[0]}] {rest}", "", 0.3)
    for k, part in enumerate(parts):
        for name in at.indices if isinstance(part, ast.Name) else ():
            if name not in texts:
                yield Rewrite(
                    "stale-value", f"{whole}[{', '.join([*texts[:k], name, *texts[k + 1 :]])}] {rest}", "", 0.4
                )


def _on_both_sides(at: Surroundings, statement: ast.AugAssign) -> Iterator[Rewrite]:
    """Add to the neighbour, or at the other index, too: what two elements make, both of them get."""
    target = statement.target
    if not isinstance(target, ast.Subscript):
        return
    own, whole, value = at.text(target.slice), at.text(target.value), at.text(statement.value)
    indices = [_NEXT[own]] if own in _NEXT else []
    if isinstance(target.slice, ast.Tuple) and len(target.slice.elts) == 2:
        a, b = (at.text(p) for p in target.slice.elts)
        indices.append(f"{b}, {a}")
        indices += [f"{_NEXT[a]}, {b}"] if a in _NEXT else []
        indices += [f"{a}, {_NEXT[b]}"] if b in _NEXT else []
    elif not isinstance(target.slice, ast.Slice):
        indices += [name for name in at.indices if name != own]
    for index in indices:
        for sign in "-+":
            yield Rewrite("missing-term", f"{at.text(statement)}\n{whole}[{index}] {sign}= {value}", "", 0.3)


def _added_up(at: Surroundings, target: ast.expr, value: str) -> Iterator[Rewrite]:
    add = at.numpy("add.at")
    if add and isinstance(target, ast.Subscript):
        index = f"({at.text(target.slice)})" if isinstance(target.slice, ast.Tuple) else at.text(target.slice)
        yield Rewrite("missing-sum", f"{add}({at.text(target.value)}, {index}, {value})", "", 0.4)


# --- something was left out --------------------------------------------------------------------------------------


def omissions(at: Surroundings) -> Iterator[Rewrite]:
    """Add what may have been left out: a sign, a count, a factor, a term, a sum.

    What is added to an operand of a product or a sum is the same as if it were added to the whole: there it is tried.
    """
    shape = at.shape
    if shape is None or (isinstance(at.value, int | bool) and at.place.kind == "expression") or at.is_written_to:
        return
    node = at.place.node
    own = at.text(node) if at.place.kind == "expression" else str(at.place.variable)
    closed = _closed(node, own) if at.place.kind == "expression" else own
    outer = None if at.place.parent is None else at.program.places[at.place.parent].node
    op = type(outer.op) if isinstance(outer, ast.BinOp | ast.UnaryOp) else None
    if not (op in (ast.Mult, ast.USub) or (isinstance(outer, ast.BinOp) and op is ast.Div and outer.left is node)):
        yield from _with_a_factor(at, shape, closed, closed if is_sum(node) else own)
    if op is not ast.Pow and not isinstance(node, ast.Constant):
        yield Rewrite("missing-factor", f"{closed} ** 2", f"{VALUE} ** 2", 0.1)
    for axis in range(len(shape)):
        yield Rewrite("missing-sum", f"{closed}.sum({axis})", f"{VALUE}.sum({axis})", 0.1)
        yield Rewrite(
            "missing-sum", f"{closed}.sum({axis}, keepdims=True)", f"{VALUE}.sum({axis}, keepdims=True)", 0.15
        )
    if shape:
        yield Rewrite("missing-sum", f"{closed}.sum()", f"{VALUE}.sum()", 0.1)
    if op not in (ast.Add, ast.Sub):
        sums = own if not isinstance(node, ast.Compare | ast.IfExp) else closed
        yield Rewrite("missing-term", f"1 + {sums}", f"1 + {VALUE}", 0.3)
        yield Rewrite("missing-term", f"{sums} - 1", f"{VALUE} - 1", 0.3)
        if len(shape) == 2 and shape[0] == shape[1]:
            yield Rewrite("missing-term", f"{sums} + {closed}.T", f"{VALUE} + {VALUE}.T", 0.2)
        for term, far in _terms(at, shape):
            for sign in "+-":
                again = sign == "-" and isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add)
                source = at.text(node.left) if again and at.text(node.right) == term else f"{sums} {sign} {term}"
                yield Rewrite("missing-term", source, f"{VALUE} {sign} {term}", far)


def is_sum(node: ast.AST) -> bool:
    """Whether an expression binds more loosely than a product."""
    loose = isinstance(node, ast.BinOp) and not isinstance(node.op, ast.Mult | ast.MatMult | ast.Div)
    return loose or isinstance(node, ast.Compare | ast.IfExp)


def _with_a_factor(at: Surroundings, shape: tuple[int, ...], closed: str, times: str) -> Iterator[Rewrite]:
    yield Rewrite("sign", f"-{closed}", f"-{VALUE}")
    yield Rewrite("scale", f"2 * {times}", f"2 * {VALUE}")
    yield Rewrite("scale", f"{times} / 2", f"{VALUE} / 2")
    for count in at.counts:
        yield Rewrite("sum-for-mean", f"{times} / {count}", f"{VALUE} / {count}")
        yield Rewrite("mean-for-sum", f"{times} * {count}", f"{VALUE} * {count}")
    root = at.numpy("sqrt")
    for count in at.counts if root else ():
        yield Rewrite("missing-factor", f"{times} / {root}({count})", f"{VALUE} / {root}({count})", 0.2)
    for factor, far in _factors(at, shape):
        yield Rewrite("missing-factor", f"{times} * {factor}", f"{VALUE} * {factor}", far)
    for divisor, far in _divisors(at, shape):
        yield Rewrite("missing-factor", f"{times} / {divisor}", f"{VALUE} / {divisor}", far)
    for axis in range(len(shape)):
        whole = f"{closed}.sum({axis}, keepdims=True)"
        yield Rewrite("missing-factor", f"{times} / {whole}", f"{VALUE} / {VALUE}.sum({axis}, keepdims=True)", 0.2)
    yield from _times_a_matrix(at, times, shape)


def _times_a_matrix(at: Surroundings, times: str, shape: tuple[int, ...]) -> Iterator[Rewrite]:
    """Multiply by a matrix, where that keeps the shape or gives that of what the value is put into."""
    for name, other in at.arrays.items():
        if len(shape) != 2 or len(other) != 2 or name == at.text(at.place.node):
            continue
        for text, (rows, columns) in ((name, other), (f"{name}.T", other[::-1])):
            if rows == shape[1]:
                yield Rewrite("missing-factor", f"{times} @ {text}", f"{VALUE} @ {text}", 0.4)
            if columns == shape[0]:
                yield Rewrite("missing-factor", f"{text} @ ({times})", f"{text} @ {VALUE}", 0.4)


def _factors(at: Surroundings, shape: tuple[int, ...]) -> Iterator[tuple[str, float]]:
    own = at.text(at.place.node)
    if at.element == shape and isinstance(at.place.statement, ast.Assign):
        yield at.text(at.place.statement.targets[0]), 0.1  # what was there before
    for name, other in at.arrays.items():
        if shape == () and other and other == at.element:
            yield name, 0.1
        if _fits(other, shape) and name != own:
            yield name, 0.1
            if other == shape or other:
                yield f"{name} * (1 - {name})", 0.2
                yield f"(1 - {name} ** 2)", 0.2
                yield f"({name} > 0)", 0.2
                yield f"(1 - {name})", 0.2
        if len(other) == 1 and len(shape) > 1 and other[0] == shape[0]:
            yield f"{name}[:, {', '.join(['None'] * (len(shape) - 1))}]", 0.2
    for part, other in at.parts.items():
        if _fits(other, shape) or (shape == () and other and other == at.element):
            yield part, 0.3
    sign = at.numpy("sign")
    for f in (*at.functions, *([sign] if sign else [])):
        for name, other in at.arrays.items():
            if other == shape:
                yield f"{f}({name})", 0.3
    for name, other in at.arrays.items():
        for axis in range(len(shape)) if other == shape and len(shape) > 1 and name != own else ():
            yield f"{name}.sum({axis}, keepdims=True)", 0.5
    for text, other in list(at.expressions.items())[:POOL]:
        if other and _fits(other, shape) and text != own:
            read = _is_read(text.replace("[", "").replace("]", "").replace('"', ""))
            yield text if read else f"({text})", 0.3 if read else 0.5
            if other == shape and read:
                yield f"(1 - {text})", 0.3
                yield f"(1 - {text} ** 2)", 0.3


def _divisors(at: Surroundings, shape: tuple[int, ...]) -> Iterator[tuple[str, float]]:
    own = at.text(at.place.node)
    for name, other in at.arrays.items():
        if name != own and _fits(other, shape):
            yield name, 0.2


def _terms(at: Surroundings, shape: tuple[int, ...]) -> Iterator[tuple[str, float]]:
    own = at.text(at.place.node)
    for name, other in at.arrays.items():
        if not other and name != own and shape:
            yield name, 0.3
        if other and _fits(other, shape) and name != own:
            yield name, 0.1
            for number, n in at.arrays.items():
                if n == () and other == shape:
                    yield f"{number} * {name}", 0.3
                    yield f"2 * {number} * {name}", 0.3
    for text, other in at.parts.items():
        if other and _fits(other, shape) and text != own:
            yield text, 0.4
    for text, other in list(at.expressions.items())[:POOL]:
        if other == shape and text != own:
            yield text if "+" not in text and "-" not in text else f"({text})", 0.5
    parent = None if at.place.parent is None else at.program.places[at.place.parent].node
    if isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Mult):  # as in p (g − Σ g p)
        for axis in range(len(shape)):
            yield f"({at.text(parent)}).sum({axis}, keepdims=True)", 0.3
    for product in _products(at, shape):
        yield product, 0.6


def _products(at: Surroundings, shape: tuple[int, ...]) -> Iterator[str]:
    """Multiply two matrices to the shape: what comes back through another product."""
    if len(shape) != 2:
        return
    matrices = {n: s for n, s in at.arrays.items() if len(s) == 2}
    for (a, s), (b, t) in itertools.permutations(matrices.items(), 2):
        for x, sx in ((a, s), (f"{a}.T", s[::-1])):
            for y, ty in ((b, t), (f"{b}.T", t[::-1])):
                if sx[1] == ty[0] and (sx[0], ty[1]) == shape:
                    yield f"{x} @ {y}"
