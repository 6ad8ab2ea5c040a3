"""Random programs: functions of a vector and a matrix, of operations that two libraries have, and their derivatives.

A program is drawn by a seed, and is the same for every library. Nothing in it has a kink near its values, and no number
grows beyond what derivatives of third order can be compared in. Derivatives are nested in it, and around it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

ROWS, COLUMNS = 2, 3


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
]

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
}
"""Derivatives of an inner function, at a value that is being differentiated outside."""


# --- the derivatives of a program ----------------------------------------------------------------------------

BOTH = (0, 1)


def total(library: Library, f: Any) -> Any:
    return lambda x, y: library.xp.sum(f(x, y))


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


def leaves(tree: Any) -> list[np.ndarray]:
    """List the arrays in tuples of tuples."""
    if isinstance(tree, tuple | list):
        return [leaf for part in tree for leaf in leaves(part)]
    return [np.asarray(tree)]
