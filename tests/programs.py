"""Random programs: functions of a vector and a matrix, of operations that two libraries have, and their derivatives.

A program is drawn by a seed, and is the same for every library. Nothing in it has a kink near its values, but ties,
which libraries agree on, and no number grows beyond what derivatives of third order can be compared in. Derivatives,
loops, checkpoints and gradients of rows are nested in it, and around it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

ROWS, COLUMNS = 2, 3
BOTH = (0, 1)


@dataclass(frozen=True)
class Library:
    """What a program is run with."""

    xp: Any
    grad: Callable[..., Any]
    vjp: Callable[..., Any]
    jvp: Callable[..., Any]
    linearize: Callable[..., Any]
    jacobian: Callable[..., Any]
    hessian: Callable[..., Any]
    checkpoint: Callable[..., Any]
    per_example: Callable[..., Any]
    scan: Callable[..., Any]
    compile: Callable[..., Any]
    run: Callable[..., Any] = lambda f, *args: f(*args)
    """How a function is called of arrays."""


class Namespace:
    """Functions of NumPy's names, and what has no name that all libraries know."""

    def __init__(self, *places: Any, **others: Callable[..., Any]) -> None:
        self.places = places
        vars(self).update(others)

    def __getattr__(self, name: str) -> Any:
        for place in self.places:
            if (found := getattr(place, name, None)) is not None:
                setattr(self, name, found)
                return found
        raise AttributeError(name)


def bounded(xp: Any, a: Any) -> Any:
    return a / (1 + 0.1 * a * a)


UNARY: list[Callable[..., Any]] = [
    lambda xp, a: xp.sin(a),
    lambda xp, a: xp.tanh(a),
    lambda xp, a: xp.exp(-a * a),
    lambda xp, a: xp.sqrt(1 + a * a),
    lambda xp, a: xp.log1p(a * a),
    lambda xp, a: xp.arctan(a) * 2,
    lambda xp, a: (a + 3.0) ** 2 / 9,
    lambda xp, a: 1 / (2 + xp.cos(a)),
    lambda xp, a: xp.where(a > 0.1, a * a, xp.sin(a)),
    lambda xp, a: xp.maximum(a, 0.07 - 2 * a),
    lambda xp, a: xp.abs(a - 0.013),
    lambda xp, a: xp.clip(a, -0.83, 0.91) + 0.1 * a,
    lambda xp, a: xp.flip(a, axis=-1),
    lambda xp, a: xp.roll(a, 1, axis=0),
    lambda xp, a: xp.cumsum(a, axis=-1),
    lambda xp, a: xp.cumprod(xp.tanh(a) + 1.5, axis=-1),
    lambda xp, a: xp.sort(a, axis=-1),
    lambda xp, a: a / xp.sqrt(xp.sum(a * a) + 1),
    lambda xp, a: a - xp.mean(a, axis=-1, keepdims=True),
    lambda xp, a: a * xp.max(a, axis=-1, keepdims=True),
    lambda xp, a: a + xp.prod(xp.tanh(a) + 1.1, axis=0),
    lambda xp, a: a * xp.var(a),
    lambda xp, a: a * xp.std(a + xp.sin(3 * a), axis=-1, keepdims=True),
    lambda xp, a: a / xp.sum(xp.exp(xp.tanh(a)), axis=-1, keepdims=True),
    lambda xp, a: xp.reshape(xp.stack([a, 2 * a]), (2, *a.shape))[1] - a,
    lambda xp, a: xp.reshape(xp.transpose(a), a.shape),
    lambda xp, a: xp.concatenate([a[..., 1:], a[..., :1]], axis=-1),
    lambda xp, a: a[..., np.array([2, 0, 0])],
    lambda xp, a: xp.broadcast_to(xp.sum(a), a.shape) * a,
    lambda xp, a: xp.take(a, np.array([1, 1, 2]), axis=-1),
    lambda xp, a: xp.repeat(a, 2, axis=-1)[..., 1:4],
    lambda xp, a: xp.tile(a, 2)[..., 2:5],
    lambda xp, a: xp.pad(a, [(0, 0)] * (a.ndim - 1) + [(1, 0)])[..., :-1],
    lambda xp, a: a * xp.linalg.norm(a),
    lambda xp, a: xp.linalg.solve(4 * np.eye(3) + xp.outer(xp.sin(xp.ravel(a)[:3]), xp.ravel(a)[-3:]), xp.ones(3)) + a,
    lambda xp, a: xp.linalg.det(3 * np.eye(3) + xp.outer(xp.ravel(a)[:3], xp.cos(xp.ravel(a)[:3]))) * 0.1 * a,
    lambda xp, a: a @ xp.linalg.inv(5 * np.eye(3) + xp.outer(xp.ravel(a)[:3], xp.ravel(a)[-3:])),
    lambda xp, a: a + xp.trace(xp.outer(xp.ravel(a)[:3], xp.sin(xp.ravel(a)[:3]))),
    lambda xp, a: xp.einsum("...i,ij->...j", a, np.arange(9.0).reshape(3, 3) / 9),
    lambda xp, a: xp.einsum("...i,...i,j->...j", a, a, np.ones(3)),
    lambda xp, a: xp.tensordot(a, xp.outer(xp.ravel(a)[:3], np.ones(3)), axes=1),
    lambda xp, a: xp.diagonal(xp.outer(xp.ravel(a)[:3], xp.ravel(a)[-3:])) + a,
    lambda xp, a: a @ xp.tril(xp.outer(xp.ravel(a)[:3], xp.ravel(a)[:3])),
    lambda xp, a: xp.maximum(a, xp.flip(a, axis=-1)),  # a tie in the middle
    lambda xp, a: a * xp.max(xp.concatenate([a, xp.sin(a), a], axis=-1), axis=-1, keepdims=True),
    lambda xp, a: xp.min(xp.stack([a * a, xp.abs(a), 0.4 + 0 * a]), axis=0),
    lambda xp, a: xp.expm1(xp.sin(a)) + xp.cbrt(2 + a * a),
    lambda xp, a: xp.sinc(a) + xp.exp2(-xp.abs(a + 0.02)),
    lambda xp, a: a * xp.sign(a + 0.01) + xp.floor(3 * a + 0.003),
    lambda xp, a: (2.5 * a + 0.001) % 0.9,
    lambda xp, a: xp.select([a > 0.4, a > -0.3], [xp.sin(a), a**3], 0.2 * a),
    lambda xp, a: xp.nan_to_num(a) * xp.isfinite(a),
    lambda xp, a: a * np.arange(3) + np.array([True, False, True]),
    lambda xp, a: a * np.array([0.5, 1.5, -1.0], np.float32),
    lambda xp, a: a * (a > xp.mean(a)) + 0.5 * a,
    lambda xp, a: xp.take_along_axis(a, xp.argsort(a, axis=-1)[..., ::-1], axis=-1) * a,
    lambda xp, a: a[..., ::-1][..., None, :][..., 0, :] ** 2,
    lambda xp, a: xp.sum(a[..., np.array([[0, 2], [1, 1]])] ** 2, axis=-1)[..., np.array([0, 1, 1])],
    lambda xp, a: xp.squeeze(xp.swapaxes(xp.expand_dims(a, 0), 0, -1)).T.reshape(a.shape),
    lambda xp, a: xp.moveaxis(xp.stack([a, a * a]), 0, -1)[..., 1] - xp.hstack(xp.split(a, 3, axis=-1)),
    lambda xp, a: xp.kron(a, np.ones(2))[..., :3] + xp.inner(a, xp.sin(xp.ravel(a)[:3]))[..., None],
    lambda xp, a: xp.cross(a, xp.sin(xp.ravel(a)[:3])) if a.shape[-1:] == (3,) else a,
    lambda xp, a: a * xp.median(a) + xp.quantile(a, 0.3),
    lambda xp, a: xp.diff(xp.concatenate([a, xp.sin(a[..., :1])], axis=-1), axis=-1),
    lambda xp, a: a + xp.convolve(xp.ravel(a)[:3], xp.sin(xp.ravel(a)[-3:]), mode="same"),
    lambda xp, a: a * xp.interp(0.37, np.array([0.0, 1.0, 2.0]), xp.ravel(a)[:3]),
    lambda xp, a: a @ xp.linalg.cholesky(4 * np.eye(3) + xp.outer(xp.ravel(a)[:3], xp.ravel(a)[:3])) / 2,
    lambda xp, a: a * xp.linalg.slogdet(3 * np.eye(3) + xp.outer(xp.ravel(a)[:3], xp.cos(xp.ravel(a)[:3])))[1],
    lambda xp, a: a * xp.linalg.eigvalsh(np.diag([0.0, 2.0, 5.0]) + xp.outer(xp.ravel(a)[:3], xp.ravel(a)[:3]))[1],
    lambda xp, a: a @ xp.linalg.matrix_power(np.eye(3) + 0.2 * xp.outer(xp.ravel(a)[:3], xp.sin(xp.ravel(a)[-3:])), 3),
    lambda xp, a: xp.average(xp.stack([a, xp.sin(a)]), axis=0, weights=np.array([0.3, 0.7])),
    lambda xp, a: xp.astype(xp.astype(a, np.float32), np.float64) * a,
]

SINGLE = UNARY[-1]
"""A step through single precision."""

BINARY: list[Callable[..., Any]] = [
    lambda xp, a, b: a + b,
    lambda xp, a, b: a - 2 * b,
    lambda xp, a, b: a * b,
    lambda xp, a, b: a / (1 + b * b),
    lambda xp, a, b: xp.logaddexp(a, b),
    lambda xp, a, b: xp.arctan2(a, 2 + b * b),
    lambda xp, a, b: xp.hypot(a, b + 2),
    lambda xp, a, b: (1.5 + xp.tanh(a)) ** b,
    lambda xp, a, b: xp.where(a > b + 0.031, a * b, b),
    lambda xp, a, b: xp.maximum(a, b + 0.017),
    lambda xp, a, b: xp.matmul(a, xp.outer(xp.ravel(b)[:3], xp.sin(xp.ravel(b)[-3:]))),
    lambda xp, a, b: xp.einsum("...i,...j->...i", a, b) if a.ndim == b.ndim else a * b,
    lambda xp, a, b: xp.stack([a * xp.ones(b.shape), b * xp.ones(a.shape)])[1] * a,
    lambda xp, a, b: xp.maximum(a * b, b * a) + xp.minimum(xp.sin(a), 0.3 * b),
    lambda xp, a, b: xp.where(xp.sum(a) > 0.02, a, b) * xp.ones(np.broadcast_shapes(a.shape, b.shape)),
    lambda xp, a, b: xp.concatenate([xp.ravel(a), xp.ravel(b)])[1:4] * a,
    lambda xp, a, b: xp.vdot(xp.ravel(a)[:3], xp.ravel(b)[-3:]) * a,
    lambda xp, a, b: (a.T @ b)[:2] if a.ndim == b.ndim == 2 else xp.dot(a, xp.ravel(b)[:3])[..., None] + b,
    lambda xp, a, b: xp.clip(a, xp.minimum(b, 0.31 * b), 2 + b * b),
    lambda xp, a, b: xp.log2(2 + a * a) - xp.sqrt(xp.square(b) + 0.5),
]


@dataclass(frozen=True)
class Program:
    """A function of a vector and a matrix, with derivatives of inner functions among its steps.

    Attributes
    ----------
    steps : tuple
        Which operation on which of the values before, or which derivative of a short program of its own.
    """

    steps: tuple[tuple[Any, ...], ...]

    @classmethod
    def drawn(cls, random: np.random.Generator, length: int, inner: bool = True) -> Program:
        steps: list[tuple[Any, ...]] = []
        for i in range(length):
            operands = int(random.integers(2 + i)), int(random.integers(2 + i))
            kind = random.choice(["unary", "binary", "inner"], p=[0.5, 0.35, 0.15] if inner else [0.6, 0.4, 0])
            if kind == "inner":
                part = cls.drawn(random, int(random.integers(1, 4)), inner=False)
                steps.append((kind, str(random.choice(list(INNER))), part, *operands))
            else:
                table = UNARY if kind == "unary" else BINARY
                steps.append((kind, table[int(random.integers(len(table)))], *operands))
        return cls(tuple(steps))

    @property
    def single(self) -> bool:
        """Whether there is a step through single precision."""
        return any(step[1] is SINGLE or (step[0] == "inner" and step[2].single) for step in self.steps)

    @property
    def order(self) -> int:
        """How many derivatives it takes, one of another."""
        return max([order(step[1]) for step in self.steps if step[0] == "inner"], default=0)

    def __call__(self, library: Library, x: Any, y: Any) -> Any:
        values = [x, y]
        for kind, operation, *operands in self.steps:
            if kind == "unary":
                made = operation(library.xp, values[operands[0]])
            elif kind == "binary":
                made = operation(library.xp, values[operands[0]], values[operands[1]])
            else:
                part, i, j = operands
                made = INNER[operation](library, part, values[i], values[j])
            values.append(bounded(library.xp, made))
        return values[-1] * library.xp.sum(values[len(values) // 2])


@dataclass(frozen=True)
class Nested:
    """A program within what is made of functions of x and y: loops, checkpoints, derivatives, the last one outside."""

    program: Program
    layers: tuple[str, ...]

    def __call__(self, library: Library, x: Any, y: Any) -> Any:
        f = partial(self.program, library)
        for name in self.layers:
            f = partial(LAYERS[name], library, f)
        return f(x, y)

    @property
    def single(self) -> bool:
        """Whether there is a step through single precision."""
        return self.program.single

    def __str__(self) -> str:
        return " of ".join([*reversed(self.layers), "a program"])


def total(library: Library, f: Any) -> Any:
    return lambda *args: library.xp.sum(f(*args))


def _scan_over_rows(lib: Library, f: Any, x: Any, y: Any) -> Any:
    def step(state: Any, row: Any) -> Any:
        h = lib.xp.tanh(state["h"] * row["y"] + 0.3 * x)
        made = f(h, y * row["k"])
        return {"h": h, "sum": state["sum"] + lib.xp.sum(made)}, (made, {"h": h})

    rows = {"y": y, "k": np.array([2, 1])}
    state, (made, seen) = lib.scan(step, {"h": x, "sum": 0.0}, xs=rows)
    return lib.xp.sum(made, axis=0) * lib.xp.sum(seen["h"][0] * state["h"]) + bounded(lib.xp, state["sum"])


def _scan_of_turns(lib: Library, f: Any, x: Any, y: Any) -> Any:
    def step(h: Any) -> Any:
        return lib.xp.sin(h + 0.2 * lib.xp.sum(f(h, y))), None

    return f(lib.scan(step, x, 3)[0], y)


def _per_example(lib: Library, f: Any, x: Any, y: Any) -> Any:
    def loss(p: Any, row: Any) -> Any:
        return lib.xp.sum(f(p, lib.xp.stack([row, row * p])))

    return lib.per_example(loss)(x, y)


def _per_example_of_both(lib: Library, f: Any, x: Any, y: Any) -> Any:
    def loss(p: Any, row: Any) -> Any:
        return lib.xp.sum(f(row, lib.xp.outer(lib.xp.sin(row)[:2], p["p"])))

    of_p, of_rows = lib.per_example(loss, argnums=(0, 1), rows=1)({"p": x}, y)
    return of_p["p"] - of_rows


def _tree(lib: Library, f: Any, x: Any, y: Any) -> Any:
    def g(tree: Any) -> Any:
        return lib.xp.sum(f(tree["b"], tree["a"][0] * tree["a"][1]))

    found = lib.grad(g)({"b": x, "a": [y, 0.5 * x]})
    return found["b"] + found["a"][0] * found["a"][1]


def _tree_forward(lib: Library, f: Any, x: Any, y: Any) -> Any:
    def g(tree: Any) -> Any:
        return {"f": (f(tree["x"], tree["y"]), lib.xp.sum(tree["x"]))}

    value, tangent = lib.jvp(g, ({"x": x, "y": y},), ({"x": lib.xp.cos(x), "y": 0.3 * y},))
    return tangent["f"][0] * tangent["f"][1] + value["f"][1]


def _vjp(lib: Library, f: Any, x: Any, y: Any) -> Any:
    value, pull = lib.vjp(f, x, y)
    by_x, by_y = pull(lib.xp.cos(value))
    return by_x + by_y


LAYERS: dict[str, Callable[..., Any]] = {
    "checkpoint": lambda lib, f, x, y: lib.checkpoint(f)(x, y),
    "scan over rows": _scan_over_rows,
    "scan": _scan_of_turns,
    "per_example": _per_example,
    "per_example of both": _per_example_of_both,
    "grad": lambda lib, f, x, y: lib.grad(total(lib, f), 1)(x, y),
    "grad of a tree": _tree,
    "jvp": lambda lib, f, x, y: lib.jvp(f, (x, y), (lib.xp.cos(x), 0.3 * y))[1],
    "jvp of a tree": _tree_forward,
    "linearize": lambda lib, f, x, y: lib.linearize(lambda z: f(x * z, y), x)[1](lib.xp.sin(x)),
    "vjp": _vjp,
    "jacobian": lambda lib, f, x, y: lib.jacobian(f)(x, y) @ lib.xp.sin(x),
    "hessian": lambda lib, f, x, y: lib.hessian(total(lib, f))(x, y) @ x,
}
"""What is made of a function f of x and y: a function of both again."""

ORDERS = {"checkpoint": 0, "scan over rows": 0, "scan": 0, "hessian": 2, "a number": 0}
"""How many derivatives are taken; one, where nothing is said."""


def order(*names: str) -> int:
    """Count how many derivatives are taken by some layers."""
    return sum(ORDERS.get(name, 1) for name in names)


def nested(random: np.random.Generator, program: Program, most: int) -> Nested:
    """Draw some layers around a program, of up to two derivatives."""
    layers: list[str] = []
    for name in random.permutation(np.repeat(list(LAYERS), 2))[: random.integers(min(most, 1), most + 1)].tolist():
        if order(*layers, name) <= 2:
            layers.append(name)
    return Nested(program, tuple(layers))


def _inner(derive: Callable[..., Any]) -> Callable[..., Any]:
    """Differentiate a program at a value, along another one, which the program also closes over."""

    def derived(library: Library, part: Program, a: Any, b: Any) -> Any:
        def g(z: Any) -> Any:  # of both: what is confused between two levels shows here
            return part(library, z + 0.0 * a, b * library.xp.sum(library.xp.cos(z)))

        return derive(library, g, a, library.xp.ones(a.shape) * library.xp.sin(b) if a.ndim >= b.ndim else a)

    return derived


INNER: dict[str, Callable[..., Any]] = {
    "grad": _inner(lambda lib, g, a, v: lib.grad(lambda z: lib.xp.sum(g(z)))(a)),
    "jvp": _inner(lambda lib, g, a, v: lib.jvp(g, (a,), (v,))[1]),
    "linearize": _inner(lambda lib, g, a, v: lib.linearize(g, a)[1](v)),
    "vjp": _inner(lambda lib, g, a, v: lib.vjp(g, a)[1](lib.xp.ones(np.shape(g(a))))[0]),
    "jacobian": _inner(lambda lib, g, a, v: lib.xp.sum(lib.jacobian(g)(a), axis=tuple(range(-a.ndim, 0)))),
    "checkpoint": _inner(lambda lib, g, a, v: lib.checkpoint(lambda z, v: g(z) * lib.xp.sum(z * v))(a, v)),
    "scan": _inner(lambda lib, g, a, v: lib.scan(lambda z: (lib.xp.tanh(z + v), g(z)), a + 0 * v, 2)[1][1]),
    "per_example": _inner(
        lambda lib, g, a, v: lib.per_example(lambda z, r: lib.xp.sum(g(z)) * lib.xp.sum(z * r))(
            a, lib.xp.stack([a, v])
        )[1]
    ),
}
"""What is made of an inner function, at a value that is being differentiated outside."""


# --- by reverse passes alone ---------------------------------------------------------------------------------


def spelt_out(lib: Library) -> Library:
    """Make all other modes of `vjp` and of loops: what they compute, by other ways through the code."""
    xp = lib.xp

    def linearize(f: Any, *primals: Any) -> Any:
        value, pull = lib.vjp(f, *primals)
        return value, lambda *tangents: _transposed(lib, pull, value, tangents)

    def jvp(f: Any, primals: Any, tangents: Any) -> Any:
        value, push = linearize(f, *primals)
        return value, push(*tangents)

    def jacobian(f: Any, argnums: Any = 0) -> Any:
        def of(*args: Any) -> Any:
            value, pull = lib.vjp(f, *args)
            if isinstance(value, tuple):
                return tuple([jacobian(lambda *a, i=i: f(*a)[i], argnums)(*args) for i in range(len(value))])
            rows = [pull(unit) for unit in _units(value.shape)]
            found = [xp.reshape(xp.stack(each), (*value.shape, *each[0].shape)) for each in zip(*rows, strict=True)]
            return tuple(found) if argnums == BOTH else found[argnums]

        return of

    def per_example(loss: Any, argnums: Any = 0, rows: int = 1) -> Any:
        def of(*args: Any) -> Any:
            each = [lib.grad(loss, argnums)(*args[:rows], row, *args[rows + 1 :]) for row in args[rows]]
            return mapped(lambda *parts: xp.stack(parts), *each)

        return of

    def scan(step: Any, state: Any, n: Any = None, xs: Any = None) -> Any:
        collected = []
        for i in range(2 if n is None else n):
            state, y = step(state) if xs is None else step(state, mapped(lambda a, i=i: a[i], xs))
            collected.append(y)
        return state, mapped(lambda *parts: xp.stack(parts), *collected)

    return Library(
        xp, lib.grad, lib.vjp, jvp, linearize, jacobian,
        lambda f, argnums=0: jacobian(lib.grad(f, argnums), argnums), lambda f: f, per_example, scan, lambda f: f,
    )  # fmt: skip


def _units(shape: tuple[int, ...]) -> np.ndarray:
    return np.eye(int(np.prod(shape))).reshape(-1, *shape)


def _transposed(lib: Library, pull: Any, value: Any, tangents: Any) -> Any:
    """Make a tangent of what is pulled back of each element of a value."""
    made: list[Any] = []
    zeros = [np.zeros(np.shape(leaf)) for leaf in leaves(value, keep=True)]
    for i, zero in enumerate(zeros):
        numbers = []
        for unit in _units(zero.shape):
            along = iter([*zeros[:i], unit, *zeros[i + 1 :]])
            pulled = leaves(pull(mapped(lambda _, along=along: next(along), value)), keep=True)
            numbers.append(sum(lib.xp.sum(a * t) for a, t in zip(pulled, leaves(tangents, keep=True), strict=True)))
        made.append(lib.xp.reshape(lib.xp.stack(numbers), zero.shape))
    parts = iter(made)
    return mapped(lambda _: next(parts), value)


def mapped(f: Callable[..., Any], *trees: Any) -> Any:
    """Apply a function to the arrays in the same places of containers."""
    first = trees[0]
    if isinstance(first, dict):
        return {key: mapped(f, *(tree[key] for tree in trees)) for key in sorted(first)}
    if isinstance(first, tuple | list):
        return type(first)(mapped(f, *parts) for parts in zip(*trees, strict=True))
    return None if first is None else f(*trees)


# --- the derivatives of a program ----------------------------------------------------------------------------


def pushed(library: Library, f: Any, v: Any, w: Any) -> Any:
    return lambda x, y: library.jvp(f, (x, y), (v, w))[1]


DERIVATIVES: dict[str, Callable[..., Any]] = {
    "jvp": lambda lib, f, x, y, v, w, u: lib.jvp(f, (x, y), (v, w))[1],
    "linearize": lambda lib, f, x, y, v, w, u: lib.linearize(f, x, y)[1](v, w),
    "vjp": lambda lib, f, x, y, v, w, u: lib.vjp(f, x, y)[1](u),
    "jacobian": lambda lib, f, x, y, v, w, u: lib.jacobian(f, BOTH)(x, y),
    "jacobian of a number": lambda lib, f, x, y, v, w, u: lib.jacobian(total(lib, f), BOTH)(x, y),
    "hessian": lambda lib, f, x, y, v, w, u: lib.hessian(total(lib, f), BOTH)(x, y),
    "jvp of jvp": lambda lib, f, x, y, v, w, u: lib.jvp(pushed(lib, f, v, w), (x, y), (v, -w))[1],
    "grad of jvp": lambda lib, f, x, y, v, w, u: lib.grad(total(lib, pushed(lib, f, v, w)), BOTH)(x, y),
    "jvp of grad": lambda lib, f, x, y, v, w, u: lib.jvp(lib.grad(total(lib, f), BOTH), (x, y), (v, w))[1],
    "vjp of jvp": lambda lib, f, x, y, v, w, u: lib.vjp(pushed(lib, f, v, w), x, y)[1](u),
    "jacobian of jvp": lambda lib, f, x, y, v, w, u: lib.jacobian(pushed(lib, f, v, w), BOTH)(x, y),
    "jvp of hessian": lambda lib, f, x, y, v, w, u: lib.jvp(lib.hessian(total(lib, f)), (x, y), (v, w))[1],
}
"""Of a function f of x and y, along v and w, or with the cotangent u, in every mode and in modes of modes."""


def case(seed: int, longest: int = 8) -> tuple[Program, dict[str, Any]]:
    """Draw a program with its arguments and directions."""
    random = np.random.default_rng(seed)
    program = Program.drawn(random, int(random.integers(2, longest)))
    x, v = random.normal(size=(2, COLUMNS))
    y, w = random.normal(size=(2, ROWS, COLUMNS))
    return program, {"x": x, "y": y, "v": v, "w": w}


def nested_case(seed: int, longest: int, layers: int, most: int = 6) -> tuple[Nested, list[Any], str]:
    """Draw layers around a short program, its arguments and directions, and the derivative to take of it.

    There are at most so many derivatives of each other. JAX writes each out: a sixth takes it minutes and gigabytes.
    """
    program, given = case(seed, longest)
    random = np.random.default_rng([seed, 1])
    f = nested(random, program, layers)
    name = str(random.choice(list(DERIVATIVES)))
    left = most - program.order - order(*f.layers)
    if order(*name.split(" of ")) > left:
        name = str(random.choice([name for name in DERIVATIVES if order(*name.split(" of ")) <= left]))
    return f, [*given.values()], name


def leaves(tree: Any, keep: bool = False) -> list[Any]:
    """List the arrays in containers; as they are, if they are to be kept."""
    if isinstance(tree, dict):
        return [leaf for key in sorted(tree) for leaf in leaves(tree[key], keep)]
    if isinstance(tree, tuple | list):
        return [leaf for part in tree for leaf in leaves(part, keep)]
    return [tree if keep else np.asarray(tree)]
