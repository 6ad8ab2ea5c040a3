"""Random programs of arguments of any shape and both dtypes: axes, indices, masks, no elements, writing, matrices.

A program is drawn by a seed, and is the same for every library. What it is made of is drawn where shapes are known:
each kind of operation says what it can do with a value of some shape. Functions of derivatives, loops and checkpoints
are put around it, and a derivative is taken of the whole.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

import microgradnet as mg
from tests.programs import Library, Namespace, bounded

__all__ = ["DERIVATIVES", "OURS", "Drawn", "drawn_case"]

SHAPES = [(), (1,), (3,), (2, 3), (1, 3), (2, 1), (3, 3), (2, 1, 3), (0,), (0, 3), (2, 0)]
OFTEN = [2, 1, 4, 6, 3, 2, 3, 2, 1, 1, 1]
LARGEST = 24
"""Of more elements no step is made."""

Made = Callable[..., Any]
"""A step: of a namespace, the values that it reads and whole numbers."""

Random = np.random.Generator


def _written(a: Any, index: Any, value: Any) -> Any:
    h = a * 1
    h[index] = value
    return h


def _convolved(a: Any, w: Any, stride: int, dilation: int, padding: int) -> Any:
    return mg.conv1d(a[None, None], w[None, None], stride=stride, dilation=dilation, padding=padding)[0, 0]


OURS = Library(
    Namespace(
        mg,
        silu=mg.activations["silu"],
        log_sigmoid=mg.activations["log_sigmoid"],
        written=_written,
        added=lambda a, index, value: a + mg.scatter_add(value, index, np.shape(a)),
        branch=lambda condition, f, g, a: f(a) if condition else g(a),
        conv=_convolved,
    ),
    mg.grad, mg.vjp, mg.jvp, mg.linearize, mg.jacobian, mg.hessian, mg.checkpoint, mg.per_example, mg.scan,
    partial(mg.compile, backend="numpy"),
)  # fmt: skip


# --- steps of one value ---------------------------------------------------------------------------------------

ELEMENTWISE: list[Made] = [
    lambda xp, a, k: xp.sin(a) + xp.cos(2 * a),
    lambda xp, a, k: xp.tanh(a),
    lambda xp, a, k: xp.exp(-a * a) + xp.expm1(0.3 * xp.tanh(a)),
    lambda xp, a, k: xp.sqrt(1 + a * a),
    lambda xp, a, k: xp.log1p(a * a) - xp.log(2 + a**2),
    lambda xp, a, k: xp.arctan(a) * 2 + xp.arcsinh(a),
    lambda xp, a, k: (a + 3.0) ** 2 / 9 - a**3 / 7,
    lambda xp, a, k: 1 / (2 + xp.cos(a)),
    lambda xp, a, k: (2 + xp.sin(a)) ** -1.5,
    lambda xp, a, k: 1.7 ** xp.tanh(a),
    lambda xp, a, k: xp.where(a > 0.1, a * a, xp.sin(a)),
    lambda xp, a, k: xp.maximum(a, 0.07 - 2 * a) + xp.minimum(a, 0.31),
    lambda xp, a, k: xp.abs(a - 0.0131) + xp.relu(a + 0.017),
    lambda xp, a, k: xp.clip(a, -0.8317, 0.9123) + 0.1 * a,
    lambda xp, a, k: xp.sigmoid(a) * xp.softplus(a),
    lambda xp, a, k: xp.erf(a) + xp.erfc(0.5 * a),
    lambda xp, a, k: xp.gammaln(2 + a * a) + xp.digamma(1.5 + a * a),
    lambda xp, a, k: xp.logaddexp(a, 0.3) + xp.hypot(a, 2.0),
    lambda xp, a, k: xp.arcsin(0.5 * xp.tanh(a)) + xp.arccos(0.3 * xp.sin(a)) + xp.arctanh(0.4 * xp.sin(a)),
    lambda xp, a, k: xp.sinh(xp.tanh(a)) - xp.cosh(xp.sin(a)) + xp.tan(0.5 * xp.tanh(a)),
    lambda xp, a, k: xp.cbrt(3 + xp.sin(a)) + xp.square(a) - xp.reciprocal(3 + xp.cos(a)) + xp.log2(2 + a * a),
    lambda xp, a, k: a * xp.sign(a + 0.0123) + xp.floor(3 * a + 0.0031) + xp.round(2 * a + 0.0017),
    lambda xp, a, k: (2.5 * a + 0.001) % 0.9 + xp.fmod(a, 0.713),
    lambda xp, a, k: xp.nan_to_num(a) * xp.isfinite(a) + xp.positive(a) - xp.negative(a),
    lambda xp, a, k: a * (a > 0.02) + xp.heaviside(a + 0.013, 0.5) * a,
    lambda xp, a, k: xp.sinc(a) + xp.exp2(xp.tanh(a)) + xp.deg2rad(a) + xp.arctan2(a, 2.0),
    lambda xp, a, k: a / (1 + xp.exp(-1.3 * a)) + xp.copysign(a, 1.0) + xp.log10(3 + xp.cos(a)),
    lambda xp, a, k: xp.astype(a, np.float32) * 1.5 + a,
    lambda xp, a, k: xp.astype(xp.sin(a), np.float64) - a,
    lambda xp, a, k: a * k[0] + xp.sin(a) * (k[1] > 1),
    lambda xp, a, k: a[...] * np.float32(0.3) - np.float64(0.2) * a,
    lambda xp, a, k: xp.select([a > 0.41, a > -0.33], [xp.sin(a), a**3], 0.2 * a),
    lambda xp, a, k: xp.xlogy(1 + a * a, 2 + xp.cos(a)) + xp.entr(1.5 + xp.tanh(a)) + xp.logit(0.5 + 0.3 * xp.sin(a)),
    lambda xp, a, k: xp.i0(xp.tanh(a)) + xp.log_sigmoid(a) * xp.silu(a),
    lambda xp, a, k: xp.trunc(4 * a + 0.0021) * a + xp.power(2 + xp.sin(a), 1.3),
]


def elementwise(random: Random, shape: Any) -> Made:
    return ELEMENTWISE[random.integers(len(ELEMENTWISE))]


def axis_of(random: Random, ndim: int, several: bool = True) -> Any:
    """Draw an axis, counted from either side, some axes, or all."""
    if ndim == 0 or (several and random.random() < 0.3):
        return None
    axes = random.permutation(ndim)[: random.integers(1, ndim + 1)] - ndim * random.integers(0, 2)
    return tuple(axes.tolist()) if several and len(axes) > 1 else int(axes[0])


def reduced(random: Random, shape: Any) -> Made:
    axis, keepdims = axis_of(random, len(shape)), bool(random.integers(2))
    some = [] if 0 in shape else ["mean", "max", "min", "var", "std", "logsumexp"]
    name = str(random.choice(["sum", "prod", "nansum", *some]))

    def step(xp: Any, a: Any, k: Any) -> Any:
        if name == "std":  # no slope where all are equal
            return xp.sqrt(xp.var(a, axis=axis, keepdims=keepdims) + 0.1)
        return getattr(xp, name)(xp.tanh(a) + 1.1 if name == "prod" else a, axis=axis, keepdims=keepdims)

    return step


def along(random: Random, shape: Any) -> Made | None:
    """Along one axis."""
    if not shape:
        return None
    axis = axis_of(random, len(shape), several=False)
    n = shape[axis]
    made: list[Made] = [
        lambda xp, a, k: xp.cumsum(a, axis=axis),
        lambda xp, a, k: xp.cumprod(xp.tanh(a) + 1.5, axis=axis),
        lambda xp, a, k: xp.flip(a, axis=axis),
        lambda xp, a, k: xp.roll(a, 2, axis=axis),
        lambda xp, a, k: xp.concatenate([a, xp.sin(a)], axis=axis),
        lambda xp, a, k: xp.stack([a, xp.cos(a)], axis=axis),
        lambda xp, a, k: xp.diff(a, axis=axis),
        lambda xp, a, k: xp.repeat(a, 2, axis=axis),
        lambda xp, a, k: xp.expand_dims(a, axis),
        lambda xp, a, k: xp.moveaxis(a, axis, 0),
        lambda xp, a, k: xp.sort(a, axis=axis),
        lambda xp, a, k: xp.take_along_axis(a, xp.argsort(a, axis=axis), axis=axis) * 2,
    ]
    if n:
        made += [
            lambda xp, a, k: xp.softmax(a, axis=axis) * 2 - xp.log_softmax(a, axis=axis),
            lambda xp, a, k: xp.take(a, np.array([0, n - 1, 0]), axis=axis),
            lambda xp, a, k: xp.take(a, k % n, axis=axis),
            lambda xp, a, k: xp.delete(a, 0, axis=axis) if n > 1 else a,
            lambda xp, a, k: xp.median(a, axis=axis, keepdims=True) + xp.quantile(a, 0.3, axis=axis, keepdims=True),
            lambda xp, a, k: a / xp.linalg.norm(xp.concatenate([a, 1 + 0 * a], axis), axis=axis, keepdims=True),
            lambda xp, a, k: sum(xp.unstack(a, axis=axis)),
            lambda xp, a, k: xp.trapezoid(a, axis=axis),
            lambda xp, a, k: xp.split(a, [1], axis=axis)[0],
            lambda xp, a, k: xp.average(a, axis=axis, weights=1.0 + np.arange(n)),
            lambda xp, a, k: (a - xp.mean(a, axis, keepdims=True)) / xp.sqrt(xp.var(a, axis, keepdims=True) + 0.1),
            lambda xp, a, k: xp.max(a, axis=axis) * xp.astype(xp.argmax(a, axis=axis), a.dtype),
            lambda xp, a, k: xp.moveaxis(a, axis, -1) @ xp.ones(n) if len(shape) > 1 else xp.vdot(a, xp.sin(a)),
            lambda xp, a, k: xp.interp(0.37 * xp.tanh(a), np.array([-1.0, 0.1, 1.0]), np.array([0.5, -1.0, 2.0])),
        ]  # fmt: skip
    return made[random.integers(len(made))]


def shaped(random: Random, shape: Any) -> Made:
    order = tuple(random.permutation(len(shape)).tolist())
    mode = str(random.choice(["constant", "edge", "wrap", "reflect"] if shape and min(shape) > 1 else ["constant"]))
    width = [tuple(random.integers(0, 2, 2).tolist()) for _ in shape]
    made: list[Made] = [
        lambda xp, a, k: xp.ravel(a),
        lambda xp, a, k: xp.reshape(a, (-1, 1) if 0 not in shape else (*shape, 1)),
        lambda xp, a, k: xp.transpose(a, order),
        lambda xp, a, k: a.T,
        lambda xp, a, k: xp.squeeze(a),
        lambda xp, a, k: xp.atleast_2d(a),
        lambda xp, a, k: xp.broadcast_to(a, (2, *shape)),
        lambda xp, a, k: a[None],
        lambda xp, a, k: a[..., None] * np.array([1.0, -0.5]),
        lambda xp, a, k: xp.tile(a, 2),
        lambda xp, a, k: xp.pad(a, width, mode=mode) if shape else a,
        lambda xp, a, k: xp.hstack([a, 2 * a]) - xp.append(a, a).sum(),
        lambda xp, a, k: xp.vstack([xp.ravel(a), xp.ravel(xp.sin(a))]),
        lambda xp, a, k: xp.outer(a, xp.sin(xp.ravel(a)[:2])),
        lambda xp, a, k: xp.full(shape, 0.5, dtype=a.dtype) * a + xp.zeros_like(a) - xp.ones_like(a),
        lambda xp, a, k: xp.where(np.arange(a.size).reshape(shape) % 2 == 0, a, xp.sin(a)),
        lambda xp, a, k: xp.flip(a) + xp.roll(a, 1),
        lambda xp, a, k: xp.compress(np.arange(a.size) % 2 == 0, a),
    ]
    return made[random.integers(len(made))]


def indexed(random: Random, shape: Any) -> Made | None:
    """Read at an index of NumPy's, or write there."""
    if not shape:
        return lambda xp, a, k: a[None][0] + a[()] + a[..., None].sum()
    index = drawn_index(random, shape)
    how = int(random.integers(4))
    if how < 2:
        return lambda xp, a, k: a[index]
    if how == 2:
        return lambda xp, a, k: xp.written(a, index, xp.sin(xp.sum(a)))
    return lambda xp, a, k: xp.added(a, index, xp.cos(a)[index] * 0.5)


def drawn_index(random: Random, shape: Any) -> Any:
    if random.random() < 0.1:
        return np.arange(int(np.prod(shape))).reshape(shape) % 3 != 1
    parts: list[Any] = []
    for n in shape[: random.integers(1, len(shape) + 1)]:
        if random.random() < 0.15:
            parts.append(None)
        if random.random() < 0.1:
            return (*parts, Ellipsis)
        choices: list[Any] = [slice(None), slice(None, None, -1), slice(1, None), slice(0, 2)]
        if n:
            choices += [int(random.integers(-n, n)), int(random.integers(-n, n)), np.array([0, -1, 0])]
        parts.append(choices[random.integers(len(choices))])
        if isinstance(parts[-1], np.ndarray):
            break
    return tuple(parts)


def matrix(random: Random, shape: Any) -> Made | None:
    if len(shape) < 2 or 0 in shape:
        return None
    n, m = shape[-2:]
    made: list[Made] = [
        lambda xp, a, k: xp.tril(a) + 2 * xp.triu(a, 1),
        lambda xp, a, k: xp.diagonal(a, axis1=-2, axis2=-1) * 2,
        lambda xp, a, k: xp.trace(a, axis1=-2, axis2=-1) + xp.sum(a),
        lambda xp, a, k: a @ xp.swapaxes(a, -1, -2) / 3,
        lambda xp, a, k: xp.einsum("...ij,...kj->...ik", a, xp.sin(a)),
        lambda xp, a, k: xp.einsum("...ij->...j", a) + xp.einsum("...ij,j->...", a, np.ones(m))[..., None],
        lambda xp, a, k: xp.tensordot(a, np.arange(2.0 * m).reshape(m, 2) / 5, axes=1),
        lambda xp, a, k: xp.linalg.norm(a + 2, axis=(-2, -1)),
        lambda xp, a, k: xp.rot90(a) if len(shape) == 2 else xp.fliplr(a),
        lambda xp, a, k: xp.matmul(a, np.ones(m)),
        lambda xp, a, k: xp.linalg.pinv(xp.swapaxes(a, -1, -2) @ a + np.eye(m)),
        lambda xp, a, k: xp.linalg.svd(xp.tanh(a) + 3 * np.eye(n, m) * (1 + np.arange(m)), compute_uv=False),
        lambda xp, a, k: xp.abs(xp.linalg.qr(xp.tanh(a) + 3 * np.eye(n, m))[1]) if n >= m else a,
    ]
    if n == m:
        made += [
            lambda xp, a, k: xp.linalg.inv(3 * np.eye(n) + xp.tanh(a)),
            lambda xp, a, k: xp.linalg.det(2 * np.eye(n) + xp.tanh(a)) * a.sum(),
            lambda xp, a, k: xp.linalg.slogdet(3 * np.eye(n) + xp.tanh(a))[1] + a,
            lambda xp, a, k: xp.linalg.solve(3 * np.eye(n) + xp.tanh(a), xp.sin(a)),
            lambda xp, a, k: xp.linalg.cholesky(2 * np.eye(n) + a @ xp.swapaxes(a, -1, -2) / 4),
            lambda xp, a, k: xp.linalg.eigvalsh(4 * np.diag(np.arange(1.0 * n)) + (a + xp.swapaxes(a, -1, -2)) / 4),
            lambda xp, a, k: _projected(xp, 4 * np.diag(np.arange(1.0 * n)) + (a + xp.swapaxes(a, -1, -2)) / 4),
            lambda xp, a, k: xp.linalg.matrix_power(np.eye(n) + 0.2 * xp.tanh(a), 3),
            lambda xp, a, k: xp.einsum("...ii->...i", a) + xp.einsum("...ij,...ji", a, a)[..., None],
        ]  # fmt: skip
    return made[random.integers(len(made))]


def _projected(xp: Any, a: Any) -> Any:
    w, v = xp.linalg.eigh(a)
    return (v * xp.sin(w)[..., None, :]) @ xp.swapaxes(v, -1, -2)


def vector(random: Random, shape: Any) -> Made | None:
    if len(shape) != 1 or shape[0] < 2:
        return None
    stride, dilation, pad = (int(i) for i in random.integers(1, 3, 3))
    made: list[Made] = [
        lambda xp, a, k: xp.convolve(a, xp.sin(a)[:2], mode=["full", "same", "valid"][pad]),
        lambda xp, a, k: xp.conv(a, xp.cos(a)[:2], stride, dilation, pad),
        lambda xp, a, k: xp.conv(xp.tanh(a), np.array([0.5, -1.0], a.dtype), stride, dilation, pad),
        lambda xp, a, k: xp.diag(a),
        lambda xp, a, k: xp.polyval(a, 0.4) + xp.vander(a, 2),
        lambda xp, a, k: xp.kron(a, xp.sin(a[:2])),
        lambda xp, a, k: xp.cross(a, xp.sin(a)[::-1]) if shape == (3,) else a,
        lambda xp, a, k: xp.inner(a, a) * a + xp.dot(xp.sin(a), np.ones(shape[0])),
        lambda xp, a, k: xp.cov(xp.stack([a, xp.sin(a)])),
        lambda xp, a, k: xp.meshgrid(a, xp.cos(a)[:2])[0],
        lambda xp, a, k: xp.gradient(a) + xp.ediff1d(xp.append(a, 1.0)),
        lambda xp, a, k: xp.unwrap(0.3 * xp.tanh(a)),
        lambda xp, a, k: a[xp.argsort(a)][xp.searchsorted(np.array([0.0, 1.0]), np.array([0.5]))],
    ]
    return made[random.integers(len(made))]


def branching(random: Random, shape: Any) -> Made:
    """Take a branch: Python's, or what a library that traces has for it."""
    return lambda xp, a, k: xp.branch(xp.sum(a) > 0.0123, lambda a: xp.sin(a) * 2, lambda a: a * a - 0.1, a)


def looping(random: Random, shape: Any) -> Made:
    def step(xp: Any, a: Any, k: Any) -> Any:
        made = 0.0
        for i in range(1, 4):
            made = made * a + xp.sin(i * a)
        return made

    return step


UNARY: dict[Callable[[Random, Any], Made | None], float] = {
    elementwise: 0.3, reduced: 0.12, along: 0.15, shaped: 0.12, indexed: 0.12, matrix: 0.1, vector: 0.05,
    branching: 0.02, looping: 0.02,
}  # fmt: skip


# --- steps of two values --------------------------------------------------------------------------------------

TOGETHER: list[Made] = [
    lambda xp, a, b, k: a + b,
    lambda xp, a, b, k: a * b - 2 * b,
    lambda xp, a, b, k: a / (1 + b * b),
    lambda xp, a, b, k: xp.logaddexp(a, b),
    lambda xp, a, b, k: xp.arctan2(a, 2 + b * b),
    lambda xp, a, b, k: xp.hypot(a, b + 2),
    lambda xp, a, b, k: (1.5 + xp.tanh(a)) ** xp.tanh(b),
    lambda xp, a, b, k: xp.where(a > b + 0.0311, a * b, b),
    lambda xp, a, b, k: xp.maximum(a, b + 0.0172) - xp.minimum(a, 2 * b - 0.0113),
    lambda xp, a, b, k: xp.clip(a, xp.minimum(b, 0.31 * b) - 0.0017, 2 + b * b),
    lambda xp, a, b, k: a * (b > 0.01) + xp.copysign(a, b + 0.017),
    lambda xp, a, b, k: xp.fmod(a, 2 + b * b) + xp.remainder(b, 3 + a * a),
    lambda xp, a, b, k: xp.xlogy(a, 1 + b * b) + xp.betaln(1 + a * a, 2 + b * b),
    lambda xp, a, b, k: xp.square(a - b) + xp.power(1.5 + a * a, 0.5 * xp.sin(b)),
]


def together(random: Random, a: Any, b: Any) -> Made | None:
    try:
        np.broadcast_shapes(a, b)
    except ValueError:
        return None
    return TOGETHER[random.integers(len(TOGETHER))]


def product(random: Random, a: Any, b: Any) -> Made | None:
    made: list[Made] = []
    if a and b and a[-1] == b[max(len(b) - 2, 0)]:
        if max(len(a), len(b)) <= 2 or a[:-2] == b[:-2]:
            made += [lambda xp, a, b, k: xp.matmul(a, b), lambda xp, a, b, k: a @ xp.sin(b)]
        made += [lambda xp, a, b, k: xp.dot(a, b)]
        if len(b) == 1:
            made += [lambda xp, a, b, k: xp.tensordot(a, xp.cos(b), 1)]
    if a and b and a[-1] == b[-1]:
        made += [lambda xp, a, b, k: xp.inner(a, b)]
        if len(b) == 1 or a == b:
            made += [lambda xp, a, b, k: xp.einsum("...i,...i->...", a, xp.sin(b))]
    made += [lambda xp, a, b, k: xp.outer(a, b), lambda xp, a, b, k: xp.kron(a, b)]
    return made[random.integers(len(made))]


def joined(random: Random, a: Any, b: Any) -> Made | None:
    if len(a) != len(b) or not a:
        return lambda xp, a, b, k: xp.concatenate([xp.ravel(a), xp.ravel(b)])
    for axis in random.permutation(len(a)).tolist():
        if all(i == axis or n == m for i, (n, m) in enumerate(zip(a, b, strict=True))):
            if a == b:
                return lambda xp, a, b, k: xp.stack([a, b], axis=axis - len(a.shape))
            return lambda xp, a, b, k: xp.concatenate([a, b], axis=axis)
    return lambda xp, a, b, k: xp.append(a, b)


BINARY: dict[Callable[[Random, Any, Any], Made | None], float] = {together: 0.65, product: 0.2, joined: 0.15}


# --- programs -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Drawn:
    """A function of some arrays and of whole numbers k, with layers around it.

    Attributes
    ----------
    steps : tuple
        Which step on which of the values before.
    layers : tuple
        Their names, the last one outside, each with the argument that it is about.
    """

    steps: tuple[tuple[Any, ...], ...]
    layers: tuple[tuple[str, int], ...] = ()

    @classmethod
    def of(cls, random: Random, args: list[Any], k: Any, length: int) -> Drawn:
        """Draw steps of arguments."""
        values = list(args)
        steps: list[tuple[Any, ...]] = []
        while len(steps) < length:
            i, j = (len(values) - 1 - min(int(random.geometric(0.4)) - 1, len(values) - 1) for _ in range(2))
            table: Any = UNARY if random.random() < 0.65 else BINARY
            kind = random.choice(list(table), p=np.array(list(table.values())) / sum(table.values()))
            places = (i,) if table is UNARY else (i, j)
            step = kind(random, *[np.shape(values[p]) for p in places])
            if step is None:
                continue
            with np.errstate(all="ignore"):
                made = bounded(np, step(OURS.xp, *[values[p] for p in places], k))
            if np.size(made) <= LARGEST and np.ndim(made) <= 4:
                steps.append((step, *places))
                values.append(made)
        return cls(tuple(steps))

    def __call__(self, lib: Library, *args: Any) -> Any:
        """Compute it of arrays, and of k, the last argument."""
        f = partial(self.bare, lib.xp)
        for name, i in self.layers:
            f = partial(_layer, lib, name, f, i)
        return f(*args)

    def bare(self, xp: Any, *args: Any) -> Any:
        *values, k = args
        count = len(values)
        for step, *places in self.steps:
            values.append(bounded(xp, step(xp, *[values[p] for p in places], k)))
        return values[-1] + sum(xp.sum(v) for v in values[count:-1:2])

    @property
    def branches(self) -> bool:
        """Whether there is a branch on a value."""
        return any("branch" in step.__code__.co_names for step, *_ in self.steps)

    @property
    def single(self) -> bool:
        """Whether there is a step through single precision."""
        return any("float32" in step.__code__.co_names for step, *_ in self.steps)

    def __str__(self) -> str:
        return " of ".join([*(f"{name} {i}" for name, i in reversed(self.layers)), "a program"])


# --- layers: of a function of arrays and k, and one of the arrays, another such function ----------------------


def _layer(lib: Library, name: str, f: Any, i: int, *args: Any) -> Any:
    return bounded(lib.xp, LAYERS[name](lib, f, i, *args))


def _of(f: Any, i: int, args: Any) -> Any:
    """Make f a function of one array."""
    return lambda z: f(*args[:i], z, *args[i + 1 :])


def total(lib: Library, f: Any) -> Any:
    return lambda *args: lib.xp.sum(f(*args))


def _contracted(xp: Any, a: Any, z: Any) -> Any:
    return xp.sum(a * xp.sin(z), axis=tuple(range(-z.ndim, 0))) if z.ndim else a * xp.sin(z)


def _scan(lib: Library, f: Any, i: int, *args: Any) -> Any:
    xp = lib.xp

    def step(state: Any) -> Any:
        made = f(*args[:i], state["z"], *args[i + 1 :])
        return {"z": xp.tanh(state["z"] + 0.1 * xp.astype(xp.sum(made), state["z"].dtype))}, (made, state["z"])

    end, (made, seen) = lib.scan(step, {"z": args[i]}, 2)
    return xp.sum(made, axis=0) + xp.sum(seen[0] * end["z"])


def _scan_rows(lib: Library, f: Any, i: int, *args: Any) -> Any:
    xp = lib.xp

    def step(state: Any, row: Any) -> Any:
        made = f(*args[:i], row["z"], *args[i + 1 : -1], row["k"])
        return state + xp.astype(xp.sum(made), state.dtype), made

    z, k = args[i], args[-1]
    rows = {"z": xp.stack([z, xp.sin(z), 0.5 * z]), "k": xp.stack([k, k[::-1], k])}
    end, made = lib.scan(step, xp.sum(args[i]), xs=rows)
    return made[1] - made[2] * end


def _rows(lib: Library, f: Any, i: int, *args: Any) -> Any:
    """Of parameters z and w, the gradient for rows of values of i, and of whole numbers."""
    xp = lib.xp

    def loss(p: Any, row: Any, k: Any) -> Any:
        return xp.sum(f(*args[:i], xp.tanh(p) * row, *args[i + 1 : -1], k))

    rows = xp.stack([args[i], xp.cos(args[i])]), xp.stack([args[-1], args[-1][::-1]])
    found = lib.per_example(loss, rows=(1, 2))(args[i], *rows)
    return found[0] - found[1] * xp.sum(found)


def _rows_of_all(lib: Library, f: Any, i: int, *args: Any) -> Any:
    """The gradients of all arrays, for rows that are multiples of one."""
    xp = lib.xp

    def loss(tree: Any, scale: Any) -> Any:
        return xp.sum(f(*[scale * z for z in tree["z"]], args[-1]))

    scales = np.array([0.7, 1.3, -0.4], np.float32)
    found = lib.per_example(loss, rows=(1,))({"z": [*args[:-1]]}, scales)["z"]
    return found[i][0] * xp.sum(found[-1]) + found[i][2]


def _tree(lib: Library, f: Any, i: int, *args: Any) -> Any:
    def g(tree: Any, scale: Any) -> Any:
        return lib.xp.sum(f(*[z * scale for z in tree["z"][0]], args[-1])) * tree["c"]

    found = lib.grad(g, 0)({"z": ([*args[:-1]],), "c": 0.5}, 0.8)
    return found["z"][0][i] * lib.xp.astype(found["c"], args[i].dtype)


def _several(lib: Library, f: Any, i: int, *args: Any) -> Any:
    """A function that returns several."""

    def g(z: Any) -> Any:
        made = _of(f, i, args)(z)
        return {"a": made, "b": (lib.xp.sum(made) * z, [made[None]])}

    value, tangent = lib.jvp(g, (args[i],), (lib.xp.cos(args[i]),))
    (pulled,) = lib.vjp(g, args[i])[1](tangent)
    return pulled + lib.xp.sum(tangent["a"]) * value["b"][0]


def _aux(lib: Library, f: Any, i: int, *args: Any) -> Any:
    def g(*args: Any) -> Any:
        made = f(*args)
        return lib.xp.sum(made * made), {"made": made}

    gradient, aux = lib.grad(g, i, has_aux=True)(*args)
    return gradient * lib.xp.sum(aux["made"])


LAYERS: dict[str, Callable[..., Any]] = {
    "checkpoint": lambda lib, f, i, *args: lib.checkpoint(f)(*args),
    "checkpoint of one": lambda lib, f, i, *args: lib.checkpoint(_of(f, i, args))(args[i]),
    "compile": lambda lib, f, i, *args: lib.compile(f)(*args),
    "scan": _scan,
    "scan over rows": _scan_rows,
    "per_example": _rows,
    "per_example of all": _rows_of_all,
    "grad": lambda lib, f, i, *args: lib.grad(total(lib, f), i)(*args),
    "grad of a tree": _tree,
    "grad and what else": _aux,
    "jvp": lambda lib, f, i, *args: lib.jvp(_of(f, i, args), (args[i],), (lib.xp.cos(args[i]),))[1],
    "several": _several,
    "linearize": lambda lib, f, i, *args: lib.linearize(_of(f, i, args), args[i])[1](lib.xp.sin(args[i])),
    "vjp": lambda lib, f, i, *args: _pulled(lib, _of(f, i, args), args[i]),
    "jacobian": lambda lib, f, i, *args: _contracted(lib.xp, lib.jacobian(f, i)(*args), args[i]),
    "hessian": lambda lib, f, i, *args: _contracted(lib.xp, lib.hessian(total(lib, f), i)(*args), args[i]),
    "hvp": lambda lib, f, i, *args: lib.jvp(
        lib.grad(total(lib, _of(f, i, args))), (args[i],), (lib.xp.cos(args[i]),)
    )[1],
}  # fmt: skip

ORDERS = {"checkpoint": 0, "checkpoint of one": 0, "compile": 0, "scan": 0, "scan over rows": 0, "hessian": 2, "hvp": 2}


def _pulled(lib: Library, f: Any, z: Any) -> Any:
    value, pull = lib.vjp(f, z)
    return pull(lib.xp.cos(value))[0]


def _directions(lib: Library, args: Any) -> Any:
    return tuple([lib.xp.cos(a + 0.3) for a in args[:-1]])


def _with_k(f: Any, args: Any) -> Any:
    return lambda *arrays: f(*arrays, args[-1])


def _all(args: Any) -> tuple[int, ...]:
    return tuple(range(len(args) - 1))


DERIVATIVES: dict[str, Callable[..., Any]] = {
    "jvp": lambda lib, f, *args: lib.jvp(_with_k(f, args), args[:-1], _directions(lib, args)),
    "linearize": lambda lib, f, *args: lib.linearize(_with_k(f, args), *args[:-1])[1](*_directions(lib, args)),
    "vjp": lambda lib, f, *args: (lambda value, pull: pull(lib.xp.cos(value)))(*lib.vjp(_with_k(f, args), *args[:-1])),
    "grad": lambda lib, f, *args: lib.grad(total(lib, f), _all(args))(*args),
    "jacobian": lambda lib, f, *args: lib.jacobian(f, _all(args))(*args),
    "hessian": lambda lib, f, *args: lib.hessian(total(lib, f), _all(args))(*args),
    "jvp of grad": lambda lib, f, *args: lib.jvp(
        lib.grad(total(lib, _with_k(f, args)), _all(args)), args[:-1], _directions(lib, args)
    )[1],
    "grad of jvp": lambda lib, f, *args: lib.grad(
        lambda *a: lib.xp.sum(lib.jvp(_with_k(f, args), a, _directions(lib, [*a, None]))[1]), _all(args)
    )(*args[:-1]),
    "jvp of vjp": lambda lib, f, *args: lib.jvp(
        lambda z: _pulled(lib, _of(f, 0, args), z), args[:1], (lib.xp.sin(args[0]),)
    )[1],
    "vjp of vjp": lambda lib, f, *args: _pulled(lib, lambda z: _pulled(lib, _of(f, 0, args), z), args[0]),
    "jvp of linearize": lambda lib, f, *args: lib.jvp(
        lambda z: lib.linearize(_of(f, 0, args), z)[1](lib.xp.cos(z)), args[:1], (lib.xp.sin(args[0]),)
    )[1],
}  # fmt: skip


def drawn_case(seed: int, longest: int = 6, layers: int = 3) -> tuple[Drawn, list[Any], str]:
    """Draw layers around a program, its arguments, and the derivative to take of it."""
    random = np.random.default_rng([seed, 2])
    args: list[Any] = []
    for _ in range(random.integers(1, 4)):
        shape = SHAPES[random.choice(len(SHAPES), p=np.array(OFTEN) / sum(OFTEN))]
        args.append(random.normal(size=shape).astype(random.choice([np.float64, np.float32], p=[0.7, 0.3])))
    k = random.integers(0, 3, 2).astype(np.int16)
    program = Drawn.of(random, args, k, int(random.integers(1, longest + 1)))
    name = str(random.choice(list(DERIVATIVES)))
    most = 1 if name == "hessian" or " of " in name else 2
    around: list[tuple[str, int]] = []
    for layer in random.permutation(np.repeat(list(LAYERS), 2))[: random.integers(0, layers + 1)].tolist():
        if sum(ORDERS.get(known, 1) for known, _ in [*around, (layer, 0)]) > most:
            continue
        if layer != "compile" or not program.branches:
            around.append((layer, int(random.integers(len(args)))))
    return Drawn(program.steps, tuple(around)), [*args, k], name
