"""What a person may have meant to write in place of an expression: other text, made of what the source has at hand.

Each rewrite says what kind of mistake the text as it stands would be. None of them is believed here: `repair` runs
them.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from microgradnet.check.observe import Observation, Place, Source

__all__ = ["Rewrite", "Surroundings", "omissions", "slips"]

VALUE = "_value_"
"""What stands in a rewrite for the value as it was computed."""

POOL = 40
"""How many expressions of the source are tried as a part of another one."""

_ADJOINT = {ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*"}
_SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.MatMult: "@", ast.Pow: "**"}
_COMPARED = {ast.Gt: "<", ast.Lt: ">", ast.GtE: "<=", ast.LtE: ">="}
_OPPOSITE = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
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
    counts : dict of str to int
        Numbers of rows and the like, by how they are written.
    """

    program: Source
    place: Place
    value: Any
    arrays: Mapping[str, tuple[int, ...]]
    masks: frozenset[str]
    expressions: Mapping[str, tuple[int, ...]]
    counts: Mapping[str, int]
    functions: tuple[str, ...]
    indices: tuple[str, ...]
    seen: Observation

    @classmethod
    def of(cls, program: Source, seen: Observation, place: Place) -> Surroundings:
        """Look around a place in what was observed."""
        names = seen.names.get(place.index, {})
        arrays: dict[str, tuple[int, ...]] = {}
        masks, indices = set(), []
        counts: dict[str, int] = {}
        sizes: dict[str, int] = {}
        for name, v in names.items():
            if not name.isidentifier() or name.startswith("_"):
                continue
            if isinstance(v, np.ndarray) and v.dtype.kind in "fiub":
                arrays[name] = v.shape
                if v.dtype.kind == "b":
                    masks.add(name)
                for axis, n in enumerate(v.shape):
                    if n > 1 and n not in counts.values():
                        counts.setdefault(f"{name}.shape[{axis}]" if axis else f"len({name})", n)
                if v.ndim > 1 and v.size not in sizes.values():
                    sizes.setdefault(f"{name}.size", v.size)
            elif isinstance(v, float | np.floating):
                arrays[name] = ()
            elif isinstance(v, int | np.integer) and not isinstance(v, bool):
                indices.append(name)
                if v > 1:
                    counts = {name: int(v), **{k: n for k, n in counts.items() if n != v}}
        expressions: dict[str, tuple[int, ...]] = {}
        functions: dict[str, None] = {}
        known = {name for name, v in names.items() if v is not None}
        for i, at in seen.seen.items():
            other = program.places[i]
            if other.kind != "expression" or other.file != place.file or not at.values:
                continue
            node = other.node
            if isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords:
                inner = _seen_at(program, seen, other, node.args[0])
                if _is_elementwise(inner, at.values[0]):
                    functions.setdefault(program.text(other, node.func))
            if other.index == place.index or isinstance(node, ast.Constant | ast.Name | ast.Tuple):
                continue
            v = at.values[0]
            shape = v.shape if isinstance(v, np.ndarray) else () if isinstance(v, float) else None
            if shape is None or other.function != place.function:
                continue
            free = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
            local = {n for n in free if n in program_names(program, place)}
            text = program.text(other)
            if local <= known and "\n" not in text and len(text) < 60:
                expressions.setdefault(text, shape)
        at_place = seen.seen.get(place.index)
        value = at_place.values[0] if at_place and at_place.values else None
        plain = tuple(f for f in functions if f.replace(".", "").replace("_", "").isalnum())
        counts = dict([*list(counts.items())[:8], *list(sizes.items())[:4]])
        return cls(
            program, place, value, arrays, frozenset(masks), expressions, counts,
            plain[:8], tuple(indices[:4]), seen,
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

    @property
    def is_operand(self) -> bool:
        """Whether the value is a part of a sum or a product, or stands alone: it may be turned."""
        outer = None if self.place.parent is None else self.program.places[self.place.parent].node
        name = getattr(getattr(outer, "func", None), "attr", "")
        return outer is None or isinstance(outer, ast.BinOp) or name in ("dot", "matmul", "einsum", "outer")

    @property
    def targets(self) -> set[str]:
        """Name the variables that the statement assigns: what they held before is left over, more likely than meant."""
        nodes = getattr(self.place.statement, "targets", ())
        return {n.id for target in nodes for n in ast.walk(target) if isinstance(n, ast.Name)}

    def text(self, node: ast.AST) -> str:
        """Return the source of a part."""
        return self.program.text(self.place, node)

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


def program_names(program: Source, place: Place) -> frozenset[str]:
    """Name the variables that are assigned in the file's functions."""
    return _assigned(program, place.file)


_ASSIGNED: dict[tuple[int, str], frozenset[str]] = {}


def _assigned(program: Source, file: str) -> frozenset[str]:
    key = id(program), file
    if key not in _ASSIGNED:
        _ASSIGNED.clear()
        tree = program.trees[file]
        inside = (n for f in ast.walk(tree) if isinstance(f, ast.FunctionDef | ast.Lambda) for n in ast.walk(f))
        names = set()
        for n in inside:
            if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store):
                names.add(n.id)
            elif isinstance(n, ast.arg):
                names.add(n.arg)
        _ASSIGNED[key] = frozenset(names)
    return _ASSIGNED[key]


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
    seen = set()
    for kind, source in _slips(at, node):
        if source not in seen and source not in (at.text(node), at.place.variable):
            seen.add(source)
            far = 0.9 if isinstance(node, ast.Constant) else 0.0 if source.isidentifier() else 0.5
            far = 0.8 if source in at.targets else far
            yield Rewrite(kind, source, source, far if kind in ("wrong-point", "wrong-mask") or far > 0.5 else 0.0)
    shape = at.shape
    if at.place.variable is not None and at.place.kind == "expression" and at.is_assigned:
        own = f"{at.place.variable} + {at.closed(node)}"  # it was to be added to what is there
        yield Rewrite("missing-term", own, own, 0.6)
    if shape is not None and at.place.kind == "expression" and at.place.is_read and at.is_operand:
        own = at.closed(node)
        if len(shape) == 2 and not own.endswith(".T"):
            yield Rewrite("transpose", f"{own}.T", f"{VALUE}.T")


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
        if isinstance(node, ast.Name):
            yield "stale-value", f"{node.id} - 1"
            yield "stale-value", f"{node.id} + 1"
    if isinstance(node, ast.Name | ast.Attribute | ast.Subscript | ast.Call | ast.Compare | ast.BinOp):
        yield from _another(at, node)


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
    if op is ast.Mult:
        yield "elementwise-for-matmul", f"{a} @ {b}"
        yield "elementwise-for-matmul", f"{a}.T @ {b}"
        yield "elementwise-for-matmul", f"{a} @ {b}.T"
    if op is ast.Mult:
        yield from _diagonals(at, node)
    squared = isinstance(node.right, ast.BinOp) and isinstance(node.right.op, ast.Pow)
    if op is ast.Sub and left == "1" and squared:
        p = at.text(node.right.left)  # type: ignore[attr-defined]
        yield "wrong-activation", f"{p} * (1 - {p})"
        yield "wrong-activation", f"({p} > 0)"
    if op is ast.Pow:
        yield "wrong-point", f"{a} ** -{b}"


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


def _of_a_call(at: Surroundings, node: ast.Call) -> Iterator[tuple[str, str]]:
    func = node.func
    name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    is_method = isinstance(func, ast.Attribute) and not at.is_module(func.value)
    called = at.text(func)
    args = [at.text(a) for a in node.args]
    keywords = {k.arg: at.text(k.value) for k in node.keywords if k.arg}
    operand: Any = func.value if is_method else node.args[0] if node.args else None  # type: ignore[attr-defined]
    if name in ("sum", "mean", "max", "min", "prod") and operand is not None:
        first = [] if is_method else args[:1]
        rest = {k: v for k, v in keywords.items() if k != "axis"}
        tail = [f"{k}={v}" for k, v in rest.items()]
        for axes in _axes(at.ndim_of(operand)):
            kept = [] if axes == "None" else [f"axis={axes}"]
            kept = kept or ([] if not rest else ["axis=None"])
            kind = "missing-sum" if axes == "None" else "wrong-axis"
            yield kind, f"{called}({', '.join([*first, *kept, *tail])})"
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
    elif len(node.args) == 1 and not node.keywords and not is_method:
        yield "repeated-factor", args[0]
        for other in at.functions:
            if other != called:
                yield "wrong-activation", f"{other}({args[0]})"
    elif is_method and not node.args and not node.keywords:
        yield "unexplained", at.text(operand)
    if name in ("transpose", "reshape") and operand is not None and isinstance(at.value, np.ndarray):
        ndim = at.value.ndim
        if name == "transpose" and ndim <= 4:
            own = at.closed(operand) if is_method else args[0]
            for order in itertools.permutations(range(ndim)):
                yield "transpose", f"{own}.transpose({', '.join(map(str, order))})"


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
    if flipped != texts:
        yield "reversed", f"{own}[{', '.join(flipped)}]" if set(flipped) != {":"} else at.text(node.value)
    yield "wrong-shape", at.text(node.value)
    if isinstance(node.value, ast.Call):
        for kind, source in _of_a_call(at, node.value):
            if kind == "wrong-axis":
                yield kind, source
                yield kind, f"{source}[{', '.join(texts)}]"
    if isinstance(at.value, np.ndarray) and at.value.ndim == 4:
        yield "reversed", f"{at.text(node)}[:, :, ::-1, ::-1]"


def _another(at: Surroundings, node: Any) -> Iterator[tuple[str, str]]:
    """Read another variable, or what another expression of the source computes."""
    shape = at.shape
    if shape is None or (isinstance(at.value, int) and shape == ()):
        return
    own = at.text(node)
    is_mask = isinstance(node, ast.Compare) or (isinstance(at.value, np.ndarray) and at.value.dtype.kind == "b")
    kind = "wrong-mask" if is_mask else "wrong-point"
    for name, other in at.arrays.items():
        if other == shape and name != own:
            yield kind, name
    for text, other in at.expressions.items():
        if other == shape and text != own and text not in at.around:
            yield kind, text
    if shape and not isinstance(node, ast.BinOp | ast.Call):
        for name, other in at.arrays.items():
            if len(other) == 2 and other[::-1] == shape != other:
                yield kind, f"{name}.T"
    if isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
        yield "swapped-operands", f"(1 - {own})"
        for f in at.functions:
            yield "wrong-point", f"{f}({own})"
        for name, other in at.arrays.items():
            if other == shape:
                for f in at.functions:
                    if name != own:
                        yield "wrong-point", f"{f}({name})"


# --- something was left out --------------------------------------------------------------------------------------


def omissions(at: Surroundings) -> Iterator[Rewrite]:
    """Add what may have been left out: a sign, a count, a factor, a term, a sum."""
    shape = at.shape
    if shape is None or (isinstance(at.value, int | bool) and at.place.kind == "expression"):
        return
    node = at.place.node
    own = at.text(node) if at.place.kind == "expression" else str(at.place.variable)
    closed = _closed(node, own) if at.place.kind == "expression" else own
    loose = isinstance(node, ast.BinOp) and not isinstance(node.op, ast.Mult | ast.MatMult | ast.Div)
    loose = loose or isinstance(node, ast.Compare | ast.IfExp)
    times = closed if loose else own
    yield Rewrite("sign", f"-{closed}", f"-{VALUE}")
    yield Rewrite("scale", f"2 * {times}", f"2 * {VALUE}")
    yield Rewrite("scale", f"{times} / 2", f"{VALUE} / 2")
    for count in at.counts:
        yield Rewrite("sum-for-mean", f"{times} / {count}", f"{VALUE} / {count}")
        yield Rewrite("mean-for-sum", f"{times} * {count}", f"{VALUE} * {count}")
    for name, other in at.arrays.items():
        if other == () and name != own:
            yield Rewrite("missing-factor", f"{times} / {name}", f"{VALUE} / {name}", 0.1)
    for factor in _factors(at, shape):
        yield Rewrite("missing-factor", f"{times} * {factor}", f"{VALUE} * {factor}", 0.1)
    for axis in range(len(shape)):
        yield Rewrite("missing-sum", f"{closed}.sum({axis})", f"{VALUE}.sum({axis})", 0.1)
        yield Rewrite(
            "missing-sum", f"{closed}.sum({axis}, keepdims=True)", f"{VALUE}.sum({axis}, keepdims=True)", 0.15
        )
    if shape:
        yield Rewrite("missing-sum", f"{closed}.sum()", f"{VALUE}.sum()", 0.1)
    for axis in range(len(shape)):
        whole = f"{closed}.sum({axis}, keepdims=True)"
        yield Rewrite("missing-factor", f"{times} / {whole}", f"{VALUE} / {VALUE}.sum({axis}, keepdims=True)", 0.2)
    sums = own if not isinstance(node, ast.Compare | ast.IfExp) else closed
    for term in _terms(at, shape):
        for sign in "+-":
            yield Rewrite("missing-term", f"{sums} {sign} {term}", f"{VALUE} {sign} {term}", 0.3)


def _factors(at: Surroundings, shape: tuple[int, ...]) -> Iterator[str]:
    own = at.text(at.place.node)
    for name, other in at.arrays.items():
        if _fits(other, shape) and name != own:
            yield name
            if other == shape or other:
                yield f"{name} * (1 - {name})"
                yield f"(1 - {name} ** 2)"
                yield f"({name} > 0)"
                yield f"(1 - {name})"
            if other == shape and len(shape) > 1:
                for axis in range(len(shape)):
                    yield f"{name}.sum({axis}, keepdims=True)"
    for text, other in list(at.expressions.items())[:POOL]:
        if other and _fits(other, shape) and text != own:
            yield f"({text})"
    for f in at.functions:
        for name, other in at.arrays.items():
            if other == shape:
                yield f"{f}({name})"


def _terms(at: Surroundings, shape: tuple[int, ...]) -> Iterator[str]:
    own = at.text(at.place.node)
    for name, other in at.arrays.items():
        if other and _fits(other, shape) and name != own:
            yield name
            for number, n in at.arrays.items():
                if n == () and other == shape:
                    yield f"{number} * {name}"
                    yield f"2 * {number} * {name}"
    for text, other in list(at.expressions.items())[:POOL]:
        if other == shape and text != own:
            yield text if "+" not in text and "-" not in text else f"({text})"
    parent = None if at.place.parent is None else at.program.places[at.place.parent].node
    if isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Mult):  # as in p (g − Σ g p)
        for axis in range(len(shape)):
            yield f"({at.text(parent)}).sum({axis}, keepdims=True)"
    yield from _products(at, shape)


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
