"""The one table of cases: every differentiable operation, with arguments on which its derivatives exist.

A case is a function of a namespace and arrays. Called with `microgradnet` it records, with `numpy` it is its
own reference (and, given tensors, goes through NumPy's dispatch), with `autograd.numpy` it is differentiated
by an independent implementation. The tests beside this file run over the table; to test an operation, add a line.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.special

import microgradnet as mg
from microgradnet.ops.convolution import _overlapped
from microgradnet.ops.elementwise import argument, masked
from microgradnet.ops.indexing import _getitem_at, _Place, _scatter_add_at, additem, additem_at, setitem, setitem_at
from microgradnet.record import primitives

Shape = tuple[int, ...]
Draw = Callable[[np.random.Generator], np.ndarray]
"""Draws an argument: float64, where the operation is smooth."""


@dataclass(frozen=True)
class Case:
    """An operation on certain arguments.

    Attributes
    ----------
    operation : str
        What it is a case of.
    variant : str
        Shapes and options, in words.
    call : callable
        ``call(xp, *arrays)``.
    draws : tuple of Draw
        One for each array.
    reference : callable or None
        ``reference(*arrays)``, for what NumPy has not; None where NumPy itself is the reference.
    half : bool
        Whether float16 is supported: not by LAPACK.
    """

    operation: str
    variant: str
    call: Callable[..., Any]
    draws: tuple[Draw, ...]
    reference: Callable[..., Any] | None = None
    half: bool = True

    def __str__(self) -> str:
        return f"{self.operation}: {self.variant}"

    def arguments(self, dtype: Any = np.float64) -> list[np.ndarray]:
        """The arrays, the same at every call; 0-d ones are arrays too."""
        random = np.random.default_rng(zlib.crc32(str(self).encode()))
        return [np.asarray(draw(random)).astype(dtype) for draw in self.draws]

    def recorded(self, *arrays: Any) -> Any:
        return self.call(mg, *arrays)

    def expected(self, *arrays: Any) -> Any:
        return self.reference(*arrays) if self.reference else self.call(np, *arrays)


CASES: list[Case] = []


def words(text: str) -> list[str]:
    return text.split()


def case(operation: str, variant: str, call: Callable[..., Any], *draws: Draw, **options: Any) -> None:
    CASES.append(Case(operation, variant, call, draws, **options))


# --- arguments -----------------------------------------------------------------------------------------


def between(low: float, high: float) -> Callable[..., Draw]:
    return lambda *shape: lambda random: random.uniform(low, high, shape)


def real(*shape: int) -> Draw:
    """Numbers of both signs, none near 0."""
    return lambda random: random.uniform(0.2, 1.5, shape) * random.choice([-1.0, 1.0], shape)


positive = between(0.3, 2.0)
fraction = between(-0.9, 0.9)


def constant(values: Any) -> Draw:
    return lambda random: np.array(values, dtype=float)


def regular(*shape: int) -> Draw:
    """Well-conditioned matrices."""
    return lambda random: random.uniform(-1, 1, shape) + 2 * np.eye(shape[-1])


def definite(*shape: int) -> Draw:
    """Symmetric positive definite matrices."""

    def draw(random: np.random.Generator) -> np.ndarray:
        a = random.uniform(-1, 1, shape)
        return a @ np.swapaxes(a, -1, -2) + np.eye(shape[-1])

    return draw


def text(*shapes: Shape) -> str:
    return " and ".join("x".join(map(str, shape)) or "0-d" for shape in shapes)


# --- elementwise ---------------------------------------------------------------------------------------

SHAPES: list[Shape] = [(), (3,), (2, 3), (0,), (2, 0)]
PAIRS: list[tuple[Shape, Shape]] = [
    ((), ()),
    ((3,), (3,)),
    ((2, 3), (3,)),
    ((2, 1), (2, 3)),
    ((), (2, 3)),
    ((3, 1), (1, 2)),
    ((0, 3), (3,)),
    ((1, 3), (0, 3)),
]
OF_SOFTPLUS = {
    "sigmoid": scipy.special.expit,
    "softplus": lambda x: np.logaddexp(x, 0.0),
    "relu": lambda x: np.maximum(x, 0.0),
    "erf": scipy.special.erf,
    "erfc": scipy.special.erfc,
    "ndtr": scipy.special.ndtr,
}
WITHIN: dict[str, Callable[..., Draw]] = {
    **dict.fromkeys(words("expit log_expit log_ndtr"), real),
    **dict.fromkeys(
        words("gammaln gamma rgamma digamma exp1 expi j0 j1 y0 y1 i0 i1 i0e i1e k0 k1 k0e k1e"), between(0.5, 2.0)
    ),
    **dict.fromkeys(words("logit entr ndtri"), between(0.1, 0.9)),
    "erfinv": between(-0.8, 0.8),
    "erfcinv": between(0.3, 1.7),
}
"""SciPy's functions of one number, within which numbers they are smooth."""
OF_SOFTPLUS |= {name: getattr(scipy.special, name) for name in WITHIN}
UNARY: dict[str, Callable[..., Draw]] = {
    **dict.fromkeys(
        words(
            "negative positive square cbrt exp exp2 expm1 sin cos arctan sinh cosh tanh arcsinh abs absolute "
            "reciprocal sigmoid softplus relu erf erfc ndtr"
        ),
        real,
    ),
    **dict.fromkeys(words("sqrt log log2 log10 log1p"), positive),
    **dict.fromkeys(words("tan arcsin arccos arctanh"), fraction),
    "arccosh": between(1.2, 3.0),
    **WITHIN,
}
for name, draw in UNARY.items():
    for shape in [(), (2, 3)] if name in WITHIN else SHAPES:
        case(
            name, text(shape), lambda xp, x, name=name: getattr(xp, name)(x), draw(*shape),
            reference=OF_SOFTPLUS.get(name),
        )  # fmt: skip

BINARY: dict[str, tuple[Callable[..., Draw], Callable[..., Draw]]] = {
    **dict.fromkeys(
        words("add subtract multiply divide logaddexp arctan2 hypot maximum minimum remainder"), (real, real)
    ),
    "power": (positive, real),
}
for name, draws in BINARY.items():
    for pair in PAIRS:
        case(
            name, text(*pair), lambda xp, a, b, name=name: getattr(xp, name)(a, b),
            draws[0](*pair[0]), draws[1](*pair[1]),
        )  # fmt: skip
    if name in ("maximum", "minimum"):
        case(name, "with a number", lambda xp, a, name=name: getattr(xp, name)(a, 0.1), real(2, 3))
        case(name, "with a number first", lambda xp, a, name=name: getattr(xp, name)(np.float64(-0.1), a), real(2, 3))
    case(name, "of an array with itself", lambda xp, a, name=name: getattr(xp, name)(a, a + a), positive(2, 2))

for name in words("xlogy xlog1py rel_entr kl_div beta betaln"):
    for pair in [((), ()), ((2, 1), (2, 3)), ((0, 3), (3,))]:
        case(
            name, text(*pair), lambda xp, a, b, name=name: getattr(xp, name)(a, b),
            positive(*pair[0]), positive(*pair[1]), reference=getattr(scipy.special, name),
        )  # fmt: skip
OF_ORDER: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys(words("jv yv iv kv ive kve gammainc gammaincc"), (1.5,)),
    "polygamma": (2,),
    "betainc": (1.5, 2.5),
}
for name, order in OF_ORDER.items():
    for shape in [(), (2, 3)]:
        case(
            name, text(shape), lambda xp, x, name=name, order=order: getattr(xp, name)(*order, x),
            between(0.2, 0.8)(*shape),
            reference=lambda x, name=name, order=order: getattr(scipy.special, name)(*order, x).astype(x.dtype),
        )  # fmt: skip
    orders = [np.array([[float(n)], [n + 1.0]]) for n in order]
    case(
        name, "of several orders",
        lambda xp, x, name=name, orders=orders: getattr(xp, name)(*(n.astype(x.dtype) for n in orders), x),
        between(0.2, 0.8)(3),
        reference=lambda x, name=name, orders=orders: getattr(scipy.special, name)(*orders, x).astype(x.dtype),
    )  # fmt: skip
for shape in [(), (2, 3)]:
    case(
        "multigammaln", text(shape), lambda xp, x: xp.multigammaln(x, 3), between(1.5, 3.0)(*shape),
        reference=lambda x: np.asarray(sum(scipy.special.gammaln(x - j / 2) for j in range(3)) + 1.5 * np.log(np.pi)),
    )  # fmt: skip

SMALLER = [np.array([2, 3, 5]).astype(dtype) for dtype in words(
    "bool int8 uint8 int16 uint16 int32 uint32 int64 uint64 float16 float32"
)]  # fmt: skip
"""Operands of every other dtype, which the gradient of a float64 must not be computed in."""
for name, draws in BINARY.items():
    case(
        name, "of operands of every dtype and an array",
        lambda xp, b, name=name: sum(getattr(xp, name)(a, b) for a in SMALLER), draws[1](3),
    )  # fmt: skip
    case(
        name, "of an array and operands of every dtype",
        lambda xp, a, name=name: sum(getattr(xp, name)(a, b) for b in SMALLER), draws[0](3),
    )  # fmt: skip

OPERATORS: dict[str, Callable[..., Any]] = {
    "a + b": lambda xp, a, b: a + b,
    "a - b": lambda xp, a, b: a - b,
    "a * b": lambda xp, a, b: a * b,
    "a / b": lambda xp, a, b: a / b,
    "a % b": lambda xp, a, b: a % b,
    "a ** b": lambda xp, a, b: a**b,
    "-a, +b, abs": lambda xp, a, b: -a + (+b) * abs(a - 2.0),
}
for name, call in OPERATORS.items():
    case("operator", name, call, positive(2, 3), positive(3))
REFLECTED: dict[str, Callable[..., Any]] = {
    "2 + a": lambda xp, a: 2 + a,
    "2 - a": lambda xp, a: 2 - a,
    "2.0 * a": lambda xp, a: 2.0 * a,
    "2 / a": lambda xp, a: 2 / a,
    "2 % a": lambda xp, a: 2 % a,
    "2 ** a": lambda xp, a: 2**a,
    "a ** 0": lambda xp, a: a**0,
    "a ** 1": lambda xp, a: a**1,
    "a ** 2": lambda xp, a: a**2,
    "a ** 2.0": lambda xp, a: a**2.0,
    "a ** 3": lambda xp, a: a**3,
    "a ** -1.0": lambda xp, a: a**-1.0,
    "a + True": lambda xp, a: a + True,
    "divmod": lambda xp, a: divmod(a, 0.7)[1],
    "integers": lambda xp, a: a * np.array([[1, 2, 3], [4, 5, 6]], dtype=np.int8),
    "booleans": lambda xp, a: a * np.array([True, False, True]),
}
for name, call in REFLECTED.items():
    case("operator", name, call, positive(2, 3))
for name in ("a ** 0", "a ** 1", "a ** 2", "a ** 3"):
    case("operator", f"{name} of negative numbers and 0", REFLECTED[name], constant([-1.5, 0.0, 2.0]))
case(
    "power",
    "zero to constant powers",
    lambda xp, a: xp.power(a, np.array([0.0, 1, 2, 3], a.dtype)),
    constant([0.0] * 4),
)
case(
    "power",
    "negative to constant powers",
    lambda xp, a: xp.power(a, np.array([0.0, 1, 2, 3], a.dtype)),
    constant([-1.5] * 4),
)

MASK = np.array([[True, False, True], [False, False, True]])
for pair in [((2, 3), (2, 3)), ((), (2, 3)), ((3,), (2, 1)), ((), ())]:
    case("where", text(*pair), lambda xp, a, b: xp.where(MASK, a, b), real(*pair[0]), real(*pair[1]))
case("where", "with a number", lambda xp, a: xp.where(MASK, a, 0), real(2, 3))
case("where", "with a condition of its own", lambda xp, a: xp.where(a > 0, a * a, 3 * a), real(2, 3))
case("clip", "numbers", lambda xp, a: xp.clip(a, -0.6, 0.7), real(2, 3))
case("clip", "from below", lambda xp, a: xp.clip(a, -0.6, None), real(2, 3))
case("clip", "from above", lambda xp, a: xp.clip(a, None, 0.6), real(2, 3))
case(
    "clip", "arrays", lambda xp, a, low, high: xp.clip(a, low, high), real(2, 3), between(-0.9, -0.3)(3), positive(2, 1)
)
case("clip", "an array from below", lambda xp, a, low: xp.clip(a, low, None), real(2, 3), between(-0.9, -0.3)(3))
case("clip", "an array from above", lambda xp, a, high: xp.clip(a, None, high), real(2, 3), positive(2, 1))
case("clip", "a number and an array", lambda xp, a, high: xp.clip(a, -0.6, high), real(2, 3), positive(3))
case(
    "clip",
    "crossed limits",
    lambda xp, a, low, high: xp.clip(a, low, high),
    real(4),
    positive(4),
    between(-0.9, -0.3)(4),
)
case("astype", "to its own", lambda xp, a: xp.astype(a, a.dtype), real(2, 3))
case(
    "sigmoid_vjp", "2x3", lambda xp, g, y: primitives["sigmoid_vjp"].apply(g, y), real(2, 3), between(0.1, 0.9)(2, 3),
    reference=lambda g, y: g * y * (1 - y),
)  # fmt: skip
WIDE = np.arange(600).reshape(2, 300) % 3 == 0
for shape, mask in [((2, 3), MASK), ((2, 1), MASK), ((), np.True_), ((2, 300), WIDE), ((2, 1), WIDE)]:
    case(
        "masked", f"{text(shape)} by {text(mask.shape)}", lambda xp, g, mask=mask: masked(g, mask), real(*shape),
        reference=lambda g, mask=mask: np.where(mask, g, g.dtype.type(0)),
    )  # fmt: skip
SIGNED = np.arange(600.0).reshape(2, 300) % 5 - 2
for x in (SIGNED[:, :3], SIGNED, np.float64(-2.0)):
    case(
        "absolute_vjp", text(x.shape), lambda xp, g, x=x: primitives["absolute_vjp"].apply(g, x.astype(g.dtype)),
        real(*x.shape), reference=lambda g, x=x: g * np.sign(x).astype(g.dtype),
    )  # fmt: skip
case("argument", "2x3", lambda xp, a: argument(a), real(2, 3), reference=lambda a: a)

# --- reductions ----------------------------------------------------------------------------------------

REDUCED: list[tuple[Shape, dict[str, Any]]] = [
    ((2, 3, 2), {}),
    ((2, 3, 2), {"axis": 0}),
    ((2, 3, 2), {"axis": -1, "keepdims": True}),
    ((2, 3, 2), {"axis": (0, 2)}),
    ((2, 3, 2), {"axis": (-1, 0), "keepdims": True}),
    ((2, 3, 2), {"keepdims": True}),
    ((3,), {"axis": -1}),
    ((), {}),
    ((1, 3), {"axis": 0}),
    ((0, 3), {"axis": 1}),
]
REDUCTIONS: dict[str, Callable[..., Any] | None] = {
    **dict.fromkeys(words("sum prod mean var std max min amax amin")),
    "logsumexp": scipy.special.logsumexp,
}
for name, reference in REDUCTIONS.items():
    for shape, options in REDUCED:
        case(
            name, " ".join([text(shape), *(f"{k}={v}" for k, v in options.items())]),
            lambda xp, a, name=name, options=options: getattr(xp, name)(a, **options),
            real(*shape),
            reference=reference and (lambda a, reference=reference, options=options: reference(a, **options)),
        )  # fmt: skip
for name in ("sum", "prod"):
    case(name, "of nothing", lambda xp, a, name=name: getattr(xp, name)(a), real(0))
    case(name, "0x3 axis=0", lambda xp, a, name=name: getattr(xp, name)(a, axis=0), real(0, 3))
    case(name, "no axes", lambda xp, a, name=name: getattr(xp, name)(a, axis=()), real(2, 2))
for name in ("sum", "mean", "prod", "var", "std"):
    case(name, "in float64", lambda xp, a, name=name: getattr(xp, name)(a, axis=0, dtype=np.float64), real(3, 2))
case("prod", "one zero", lambda xp, a: xp.prod(a, axis=1), constant([[1.5, 0.0, -2.0], [0.5, 1.0, 2.0]]))
case("prod", "two zeros", lambda xp, a: xp.prod(a), constant([1.5, 0.0, -2.0, 0.0]))
case("prod", "three zeros", lambda xp, a: xp.prod(a), constant([0.0, 0.0, 1.0, 0.0]))
for name in ("var", "std"):
    case(name, "ddof=1", lambda xp, a, name=name: getattr(xp, name)(a, axis=0, ddof=1), real(4, 2))
    case(name, "correction=1", lambda xp, a, name=name: getattr(xp, name)(a, axis=0, correction=1), real(4, 2))
for name in ("cumsum", "cumprod"):
    for shape, options in [
        ((4,), {}),
        ((2, 3), {"axis": 0}),
        ((2, 3), {"axis": -1}),
        ((2, 3), {}),
        ((0, 3), {"axis": 0}),
    ]:
        variant = " ".join([text(shape), *(f"{k}={v}" for k, v in options.items())])
        case(name, variant, lambda xp, a, name=name, options=options: getattr(xp, name)(a, **options), real(*shape))
    case(name, "in float64", lambda xp, a, name=name: getattr(xp, name)(a, axis=0, dtype=np.float64), real(3, 2))
case("cumprod", "zeros", lambda xp, a: xp.cumprod(a, axis=0), constant([1.5, 0.0, -2.0, 0.0, 0.5]))


def _recurrence(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    h = 0 * b[0]
    for i in range(len(b)):
        h = b[i] + a[i] * h
    return h


case(
    "linear_recurrence", "5x2",
    lambda xp, a, b: primitives["linear_recurrence"].apply(a, b, axis=0), real(5, 2), real(5, 2),
    reference=lambda a, b: np.stack([_recurrence(a[: i + 1], b[: i + 1]) for i in range(5)]),
)  # fmt: skip
NORMALIZED = {"softmax": scipy.special.softmax, "log_softmax": scipy.special.log_softmax}
for name, reference in NORMALIZED.items():
    for shape, axis in [((3,), -1), ((2, 3), 0), ((2, 3), -1), ((2, 3), None), ((2, 3, 2), (0, 2)), ((0, 3), -1)]:
        case(
            name, f"{text(shape)} axis={axis}",
            lambda xp, a, name=name, axis=axis: getattr(xp, name)(a, axis=axis), real(*shape),
            reference=lambda a, reference=reference, axis=axis: reference(a, axis=axis),
        )  # fmt: skip

# --- linear algebra ------------------------------------------------------------------------------------

MATMUL: list[tuple[Shape, Shape]] = [
    ((2, 3), (3, 2)),
    ((3,), (3,)),
    ((2, 3), (3,)),
    ((3,), (3, 2)),
    ((2, 2, 3), (2, 3, 2)),
    ((2, 2, 3), (3, 2)),
    ((2, 3), (2, 3, 2)),
    ((2, 2, 3), (3,)),
    ((3,), (2, 3, 2)),
    ((2, 1, 2, 3), (3, 3, 1)),
    ((1, 2, 3), (2, 3, 2)),
    ((0, 3), (3, 2)),
    ((2, 0), (0, 3)),
    ((2, 0, 3), (3,)),
    ((0, 2, 3), (3, 2)),
]
for pair in MATMUL:
    case("matmul", text(*pair), lambda xp, a, b: xp.matmul(a, b), real(*pair[0]), real(*pair[1]))
case("matmul", "a @ b", lambda xp, a, b: a @ b, real(2, 3), real(3, 2))
case("matmul", "a @ constant", lambda xp, a: a @ np.ones((3, 2), a.dtype), real(2, 3))
case("matmul", "constant @ a", lambda xp, a: np.ones((3, 2), a.dtype) @ a, real(2, 3))
case("matmul", "a @ a", lambda xp, a: a @ a, real(2, 2))
case("linalg.matmul", "2x3 and 3x2", lambda xp, a, b: xp.linalg.matmul(a, b), real(2, 3), real(3, 2))
for pair in [((3,), (3,)), ((2, 3), (3, 2)), ((2, 2, 3), (3,)), ((2, 2, 3), (2, 3, 2)), ((), (2, 3)), ((2, 3), ())]:
    case("dot", text(*pair), lambda xp, a, b: xp.dot(a, b), real(*pair[0]), real(*pair[1]))
for pair in [((3,), (3,)), ((2, 3), (2, 3)), ((2, 2, 3), (3,)), ((), (2, 3)), ((0,), (0,))]:
    case("inner", text(*pair), lambda xp, a, b: xp.inner(a, b), real(*pair[0]), real(*pair[1]))
for pair in [((3,), (2,)), ((2, 2), (3,)), ((), (2,)), ((0,), (2,))]:
    case("outer", text(*pair), lambda xp, a, b: xp.outer(a, b), real(*pair[0]), real(*pair[1]))
for pair in [((3,), (3,)), ((2, 3), (3, 2)), ((), ())]:
    case("vdot", text(*pair), lambda xp, a, b: xp.vdot(a, b), real(*pair[0]), real(*pair[1]))
for pair in [((2,), (3,)), ((2, 2), (1, 3)), ((2,), (2, 2)), ((), (2,))]:
    case("kron", text(*pair), lambda xp, a, b: xp.kron(a, b), real(*pair[0]), real(*pair[1]))
TENSORDOT: list[tuple[Shape, Shape, Any]] = [
    ((2, 3, 2), (3, 2, 2), 2),
    ((2, 3), (3, 2), 1),
    ((2,), (3,), 0),
    ((2, 3, 2), (2, 3), ([0, 1], [0, 1])),
    ((2, 3, 2), (3, 2), ([1, -1], [-2, -1])),
    ((3, 2, 2), (2, 3, 2), ([2, 0], [0, 1])),
    ((2, 3), (2, 3), ([0, 1], [0, 1])),
    ((2, 3), (3,), (1, 0)),
    ((2, 0), (0, 2), 1),
]
for first, second, axes in TENSORDOT:
    case(
        "tensordot", f"{text(first, second)} axes={axes}",
        lambda xp, a, b, axes=axes: xp.tensordot(a, b, axes=axes), real(*first), real(*second),
    )  # fmt: skip
case("linalg.tensordot", "1", lambda xp, a, b: xp.linalg.tensordot(a, b, axes=1), real(2, 3), real(3, 2))
EINSUM: list[tuple[str, tuple[Shape, ...]]] = [
    ("ij,jk->ik", ((2, 3), (3, 2))),
    ("ij,jk", ((2, 3), (3, 2))),
    ("ij->ji", ((2, 3),)),
    ("ij->j", ((2, 3),)),
    ("ij->", ((2, 3),)),
    ("i,j->ij", ((2,), (3,))),
    ("i,i", ((3,), (3,))),
    ("ii", ((3, 3),)),
    ("ii->i", ((3, 3),)),
    ("iji->ji", ((2, 3, 2),)),
    ("iii->i", ((2, 2, 2),)),
    ("bij,bjk->bik", ((2, 2, 3), (2, 3, 2))),
    ("...ij,...jk->...ik", ((2, 2, 3), (3, 2))),
    ("i...,i...->...", ((2, 3), (2, 1))),
    ("...,...->...", ((2, 3), (3,))),
    ("ij,kj,kl->il", ((2, 3), (2, 3), (2, 2))),
    ("i,i,i->i", ((3,), (3,), (3,))),
    ("ij,j->", ((2, 3), (3,))),
    ("ij,i->j", ((2, 3), (1,))),
    (",i->i", ((), (3,))),
    ("ij,jk->ik", ((0, 3), (3, 2))),
    ("ij,jk->ik", ((2, 0), (0, 2))),
]
for subscripts, shapes in EINSUM:
    case(
        "einsum", f"{subscripts} of {text(*shapes)}",
        lambda xp, *xs, subscripts=subscripts: xp.einsum(subscripts, *xs), *(real(*s) for s in shapes),
    )  # fmt: skip
case(
    "einsum",
    "optimize",
    lambda xp, a, b, c: xp.einsum("ij,jk,kl->il", a, b, c, optimize=True),
    real(2, 3),
    real(3, 2),
    real(2, 2),
)
for name in words("concatenate stack vstack hstack"):
    case(name, "in float64", lambda xp, a, b, f=name: getattr(xp, f)([a, b], dtype=np.float64), real(3), real(3))
case("einsum", "integers", lambda xp, a, b: xp.einsum(a, [0, 30], b, [30, 2], [2, 0]), real(2, 3), real(3, 4))
case("einsum", "integers, no output", lambda xp, a, b: xp.einsum(a, [3, 1], b, (..., 1, 0)), real(2, 3), real(2, 3, 1))
case("einsum", "an array twice", lambda xp, a: xp.einsum("ij,kj->ik", a, a), real(2, 3))
DIAGONALS: list[tuple[Shape, tuple[int, ...]]] = [
    ((3, 3), ()),
    ((2, 3), (1,)),
    ((3, 2), (-1,)),
    ((2, 3, 2), (0, 0, 2)),
    ((2, 3, 2), (1, 2, 1)),
    ((2, 3, 2), (0, -1, -2)),
    ((2, 2), (5,)),
    ((0, 2), ()),
]
for name in ("diagonal", "trace"):
    for shape, arguments in DIAGONALS:
        case(
            name, f"{text(shape)} {arguments}",
            lambda xp, a, name=name, arguments=arguments: getattr(xp, name)(a, *arguments), real(*shape),
        )  # fmt: skip
for name in ("tril", "triu"):
    for shape, arguments in [((3, 3), ()), ((2, 3), (1,)), ((2, 3, 2), (-1,)), ((3,), ()), ((0, 2), ())]:
        case(
            name, f"{text(shape)} {arguments}",
            lambda xp, a, name=name, arguments=arguments: getattr(xp, name)(a, *arguments), real(*shape),
        )  # fmt: skip


def _embedded(x: np.ndarray, rows: int, columns: int, offset: int) -> np.ndarray:
    y = np.zeros((*x.shape[:-1], rows, columns), x.dtype)
    for i in range(x.shape[-1]):
        y[..., i + max(-offset, 0), i + max(offset, 0)] = x[..., i]
    return y


for shape, rows, columns, offset in [((3,), 3, 3, 0), ((2, 2), 2, 3, 1), ((2,), 3, 2, -1)]:
    case(
        "embed_diagonal", f"{text(shape)} {rows}x{columns} {offset}",
        lambda xp, x, r=rows, c=columns, o=offset: primitives["embed_diagonal"].apply(x, rows=r, columns=c, offset=o),
        real(*shape),
        reference=lambda x, r=rows, c=columns, o=offset: _embedded(x, r, c, o),
    )  # fmt: skip

for shape in [(1, 1), (2, 2), (3, 3), (2, 2, 2), (0, 0), (0, 2, 2)]:
    case("inv", text(shape), lambda xp, a: xp.linalg.inv(a), regular(*shape), half=False)
    case("det", text(shape), lambda xp, a: xp.linalg.det(a), regular(*shape), half=False)
    case("slogdet", text(shape), lambda xp, a: xp.linalg.slogdet(a)[1], regular(*shape), half=False)
    # Only the lower triangle is read, so a symmetric function of all elements is what can be differentiated.
    case(
        "cholesky",
        text(shape),
        lambda xp, a: xp.linalg.cholesky((a + xp.matrix_transpose(a)) / 2),
        definite(*shape),
        half=False,
    )
case(
    "cholesky", "upper", lambda xp, a: xp.linalg.cholesky((a + xp.matrix_transpose(a)) / 2, upper=True), definite(3, 3),
    half=False,
)  # fmt: skip
case("det", "negative", lambda xp, a: xp.linalg.det(a), constant([[0.0, 1.0], [1.0, 0.5]]), half=False)
case("slogdet", "negative", lambda xp, a: xp.linalg.slogdet(a)[1], constant([[0.0, 1.0], [1.0, 0.5]]), half=False)
case("det", "singular", lambda xp, a: xp.linalg.det(a), constant([[1.0, 2, 3], [2, 4, 6], [1, 0, 1]]), half=False)
case("det", "of rank 1", lambda xp, a: xp.linalg.det(a), constant(np.outer([1.0, 2, -1], [1, -1, 0.5])), half=False)
case("det", "zero", lambda xp, a: xp.linalg.det(a), constant(np.zeros((2, 2))), half=False)
SOLVE: list[tuple[Shape, Shape]] = [
    ((3, 3), (3,)),
    ((2, 2), (2, 3)),
    ((2, 2, 2), (2, 2, 1)),
    ((2, 2, 2), (2, 3)),
    ((2, 2), (3, 2, 1)),
    ((2, 2, 2), (2,)),
    ((0, 0), (0, 2)),
]
for pair in SOLVE:
    case("solve", text(*pair), lambda xp, a, b: xp.linalg.solve(a, b), regular(*pair[0]), real(*pair[1]), half=False)
case(
    "cofactors", "3x3", lambda xp, a: primitives["cofactors"].apply(a), regular(3, 3), half=False,
    reference=lambda a: _cofactors(a),
)  # fmt: skip


def _cofactors(x: np.ndarray) -> np.ndarray:
    return np.linalg.det(x) * np.linalg.inv(x).T


case(  # the cofactors of 3x3 matrices are quadratic, so their derivative is a difference
    "det_second_derivative", "3x3", lambda xp, g, x: primitives["det_second_derivative"].apply(g, x),
    regular(3, 3), regular(3, 3), half=False,
    reference=lambda g, x: _cofactors(x + g) - _cofactors(x) - _cofactors(g),
)  # fmt: skip
NORMS: list[tuple[Shape, dict[str, Any]]] = [
    ((3,), {}),
    ((2, 3), {}),
    ((2, 3, 2), {}),
    ((), {}),
    ((2, 3), {"axis": 0}),
    ((2, 3), {"axis": -1, "keepdims": True}),
    ((2, 3, 2), {"axis": (0, 2)}),
    ((2, 3, 2), {"axis": (2, 0), "ord": "fro", "keepdims": True}),
    *(((4,), {"ord": p}) for p in (1, 2, 3, 2.5, 0.5, -1.5, np.inf, -np.inf)),
    ((2, 3), {"ord": 3, "axis": 1}),
    *(((2, 3), {"ord": p}) for p in ("fro", 1, -1, np.inf, -np.inf)),
    ((2, 3, 2), {"ord": 1, "axis": (0, 1), "keepdims": True}),
    ((0, 3), {"axis": 1}),
]
for shape, options in NORMS:
    case(
        "norm", " ".join([text(shape), *(f"{k}={v}" for k, v in options.items())]),
        lambda xp, a, options=options: xp.linalg.norm(a, **options), real(*shape),
    )  # fmt: skip

# --- decompositions --------------------------------------------------------------------------------------


def apart(*shape: int) -> Draw:
    """Matrices whose singular values, and those of the symmetric ones whose eigenvalues, are far from each other."""
    return lambda random: (
        np.eye(*shape[-2:]) * (1.0 + np.arange(shape[-1])) + 0.3 * random.uniform(-1, 1, shape)
    )  # fmt: skip


def symmetric(xp: Any, a: Any) -> Any:
    """Only one triangle is read, so a symmetric function of all elements is what can be differentiated."""
    return (a + xp.swapaxes(a, -1, -2)) / 2


def together(xp: Any, parts: Any) -> Any:
    """Several results as one; of bases, the signs of LAPACK stay as they are near the arguments."""
    return xp.concatenate([xp.ravel(part) for part in parts])


def space(xp: Any, basis: Any) -> Any:
    """The projector onto what the columns of a basis span, which doesn't depend on the basis."""
    return basis @ xp.swapaxes(basis, -1, -2)


def whole_svd(xp: Any, a: Any) -> Any:
    u, s, vt = xp.linalg.svd(a)
    k, v = min(a.shape[-2:]), xp.swapaxes(vt, -1, -2)
    return together(xp, [u[..., :k], space(xp, u[..., k:]), s, v[..., :k], space(xp, v[..., k:])])


def complete_qr(xp: Any, a: Any) -> Any:
    q, r = xp.linalg.qr(a, mode="complete")
    k = min(a.shape[-2:])
    return together(xp, [q[..., :k], space(xp, q[..., k:]), r])


SQUARE: list[Shape] = [(1, 1), (3, 3), (2, 2, 2), (0, 0), (0, 2, 2)]
for shape in SQUARE:
    for triangle in "LU":
        case(
            "eigh", f"{text(shape)} {triangle}",
            lambda xp, a, t=triangle: together(xp, xp.linalg.eigh(symmetric(xp, a), t)), apart(*shape), half=False,
        )  # fmt: skip
        case(
            "eigvalsh", f"{text(shape)} {triangle}",
            lambda xp, a, t=triangle: xp.linalg.eigvalsh(symmetric(xp, a), UPLO=t), apart(*shape), half=False,
        )  # fmt: skip


def eigh_and_back(xp: Any, a: Any) -> Any:
    w, v = xp.linalg.eigh(symmetric(xp, a))
    return (v * xp.expand_dims(w, -2)) @ xp.swapaxes(v, -1, -2)


case("eigh", "put together again", eigh_and_back, apart(2, 3, 3), half=False)
OF_ANY_SHAPE: dict[str, Callable[..., Any]] = {
    "svd": lambda xp, a: together(xp, xp.linalg.svd(a, full_matrices=False)),
    "svd, full": whole_svd,
    "svd, values": lambda xp, a: xp.linalg.svd(a, compute_uv=False),
    "svdvals": lambda xp, a: xp.linalg.svdvals(a),
    "qr": lambda xp, a: together(xp, xp.linalg.qr(a)),
    "qr, complete": complete_qr,
    "qr, R alone": lambda xp, a: xp.linalg.qr(a, mode="r"),
    "pinv": lambda xp, a: xp.linalg.pinv(a),
}
for name, call in OF_ANY_SHAPE.items():
    for shape in [(1, 1), (3, 3), (4, 2), (2, 4), (3, 1), (2, 3, 2), (0, 2), (2, 0)]:
        if name == "pinv" and 0 in shape:
            continue  # NumPy returns it in float16, too
        case(name.partition(",")[0], f"{text(shape)}{name.partition(',')[2]}", call, apart(*shape), half=False)
case(
    "svd", "put together again",
    lambda xp, a: (lambda u, s, vt: (u * s) @ vt)(*xp.linalg.svd(a, full_matrices=False)), apart(3, 2), half=False,
)  # fmt: skip
case(
    "svd", "of symmetric matrices", lambda xp, a: together(xp, xp.linalg.svd(symmetric(xp, a), hermitian=True)),
    constant([[1.0, 0.2, 0.1], [0.3, -2.0, 0.2], [0.0, 0.1, 3.0]]), half=False,
)  # fmt: skip
case(
    "svd", "values of symmetric matrices",
    lambda xp, a: xp.linalg.svd(symmetric(xp, a), compute_uv=False, hermitian=True), apart(3, 3), half=False,
)  # fmt: skip
case("pinv", "rcond", lambda xp, a: xp.linalg.pinv(a, rcond=1e-3), apart(3, 2), half=False)
case("pinv", "rtol", lambda xp, a: xp.linalg.pinv(a, rtol=None), apart(3, 2), half=False)
case("pinv", "of symmetric matrices", lambda xp, a: xp.linalg.pinv(a, hermitian=True), apart(3, 3), half=False)
for pair in [((3, 3), (3,)), ((4, 2), (4,)), ((2, 4), (2,)), ((4, 2), (4, 3)), ((2, 4), (2, 1))]:
    case(
        "lstsq", text(*pair),
        lambda xp, a, b: together(xp, [xp.linalg.lstsq(a, b)[i] for i in (0, 1, 3)]),
        apart(*pair[0]), real(*pair[1]), half=False,
    )  # fmt: skip
for n in (-2, -1, 0, 1, 2, 3, 5):
    case("matrix_power", str(n), lambda xp, a, n=n: xp.linalg.matrix_power(a, n), regular(2, 2, 2), half=n >= 0)
CHAINS: list[tuple[Shape, ...]] = [
    ((2, 3), (3, 2)),
    ((2, 3), (3, 1), (1, 4)),
    ((3,), (3, 2), (2,)),
    ((2,), (2, 3), (3, 1), (1, 4), (4, 2)),
]
for shapes in CHAINS:
    case("multi_dot", text(*shapes), lambda xp, *xs: xp.linalg.multi_dot(xs), *(real(*shape) for shape in shapes))


def regular_tensor(*shape: int) -> Draw:
    """Tensors that are regular matrices of 4 rows."""
    return lambda random: random.uniform(-1, 1, shape) + 2 * np.eye(4).reshape(shape)


case(
    "tensorsolve", "2x2x4 and 2x2", lambda xp, a, b: xp.linalg.tensorsolve(a, b),
    regular_tensor(2, 2, 4), real(2, 2), half=False,
)  # fmt: skip
case(
    "tensorsolve", "axes", lambda xp, a, b: xp.linalg.tensorsolve(a, b, axes=(0,)),
    regular_tensor(4, 2, 2), real(2, 2), half=False,
)  # fmt: skip
case("tensorinv", "2x2x4", lambda xp, a: xp.linalg.tensorinv(a), regular_tensor(2, 2, 4), half=False)
for p in (None, 2, -2, "nuc", "fro", 1, -1, np.inf, -np.inf):
    case("cond", f"{p}", lambda xp, a, p=p: xp.linalg.cond(a, p), apart(2, 3, 3), half=False)
case("cond", "3x2", lambda xp, a: xp.linalg.cond(a), apart(3, 2), half=False)
for p in (2, -2, "nuc"):
    case("norm", f"3x2 ord={p}", lambda xp, a, p=p: xp.linalg.norm(a, p), apart(3, 2), half=False)
    case(
        "norm", f"2x2x3 ord={p} axis=(-1, 0) keepdims=True",
        lambda xp, a, p=p: xp.linalg.norm(a, p, axis=(-1, 0), keepdims=True), apart(2, 2, 3), half=False,
    )  # fmt: skip
    case("matrix_norm", f"ord={p}", lambda xp, a, p=p: xp.linalg.matrix_norm(a, ord=p), apart(2, 2, 3), half=False)
case("matrix_norm", "2x2x3", lambda xp, a: xp.linalg.matrix_norm(a, keepdims=True), real(2, 2, 3))
for options in ({}, {"axis": (0, -1), "keepdims": True}, {"axis": 1, "ord": np.inf}, {"ord": 3, "keepdims": True}):
    case(
        "vector_norm", " ".join(["2x3x2", *(f"{k}={v}" for k, v in options.items())]),
        lambda xp, a, options=options: xp.linalg.vector_norm(a, **options), real(2, 3, 2),
    )  # fmt: skip
_SVALS = np.array([1.0, 2.0, 4.0])
case(
    "told_apart", "3x3", lambda xp, p, q: primitives["told_apart"].apply(p, q, _SVALS),
    real(3, 3), real(3, 3), reference=lambda p, q: p + q - (p + q).T,
)  # fmt: skip
case(
    "told_apart_twice", "3x3",
    lambda xp, g: primitives["told_apart_twice"].apply(g, np.ones((3, 3)), _SVALS), real(3, 3),
    reference=lambda g: g - g.T,
)  # fmt: skip
case(
    "of_full_rank", "2x2", lambda xp, g: primitives["of_full_rank"].apply(g, np.eye(2, dtype=g.dtype)), real(2, 2),
    reference=lambda g: g, half=False,
)  # fmt: skip
case(
    "free_of_choice", "3x1", lambda xp, g: primitives["free_of_choice"].apply(g, np.ones((3, 1), g.dtype)), real(3, 1),
    reference=lambda g: g,
)  # fmt: skip

# --- shapes --------------------------------------------------------------------------------------------

REARRANGED: dict[str, tuple[Callable[..., Any], Shape]] = {
    "reshape to 3x2": (lambda xp, a: xp.reshape(a, (3, 2)), (2, 3)),
    "reshape to -1": (lambda xp, a: xp.reshape(a, -1), (2, 3)),
    "reshape with -1": (lambda xp, a: xp.reshape(a, (1, -1, 2)), (2, 3)),
    "reshape in F order": (lambda xp, a: xp.reshape(a, (3, 2), order="F"), (2, 3)),
    "reshape to 0-d": (lambda xp, a: xp.reshape(a, ()), (1, 1)),
    "reshape from 0-d": (lambda xp, a: xp.reshape(a, (1, 1)), ()),
    "reshape nothing": (lambda xp, a: xp.reshape(a, (0, 5)), (2, 0)),
    "reshape method": (lambda xp, a: a.reshape(3, 2) + a.reshape((3, -1)), (2, 3)),
    "ravel": (lambda xp, a: xp.ravel(a), (2, 3)),
    "ravel in F order": (lambda xp, a: xp.ravel(a, order="F"), (2, 3)),
    "ravel of 0-d": (lambda xp, a: xp.ravel(a), ()),
    "transpose": (lambda xp, a: xp.transpose(a), (2, 3)),
    "transpose axes": (lambda xp, a: xp.transpose(a, (1, -1, 0)), (2, 3, 2)),
    "transpose of 0-d": (lambda xp, a: xp.transpose(a), ()),
    "transpose attribute": (lambda xp, a: a.T, (2, 3, 1)),
    "permute_dims": (lambda xp, a: xp.permute_dims(a, (2, 0, 1)), (2, 3, 2)),
    "matrix_transpose": (lambda xp, a: xp.matrix_transpose(a), (2, 3, 2)),
    "swapaxes": (lambda xp, a: xp.swapaxes(a, 0, -1), (2, 3, 1)),
    "moveaxis": (lambda xp, a: xp.moveaxis(a, 0, -1), (2, 3, 1)),
    "moveaxis several": (lambda xp, a: xp.moveaxis(a, (0, -1), (1, 0)), (2, 3, 1)),
    "expand_dims": (lambda xp, a: xp.expand_dims(a, 1), (2, 3)),
    "expand_dims several": (lambda xp, a: xp.expand_dims(a, (0, -1)), (2, 3)),
    "squeeze": (lambda xp, a: xp.squeeze(a), (1, 3, 1)),
    "squeeze one": (lambda xp, a: xp.squeeze(a, axis=-1), (1, 3, 1)),
    "squeeze to 0-d": (lambda xp, a: xp.squeeze(a, axis=(0, 1)), (1, 1)),
    "squeeze a number": (lambda xp, a: xp.squeeze(a, axis=-1), ()),
    "flip": (lambda xp, a: xp.flip(a), (2, 3)),
    "flip an axis": (lambda xp, a: xp.flip(a, axis=-1), (2, 3)),
    "flip axes": (lambda xp, a: xp.flip(a, axis=(0, 2)), (2, 3, 2)),
    "flip nothing": (lambda xp, a: xp.flip(a), (0, 2)),
    "roll": (lambda xp, a: xp.roll(a, 2), (2, 3)),
    "roll an axis": (lambda xp, a: xp.roll(a, -1, axis=1), (2, 3)),
    "roll axes": (lambda xp, a: xp.roll(a, (1, 2), axis=(0, -1)), (2, 3)),
    "roll axes by one": (lambda xp, a: xp.roll(a, 1, axis=(0, 1)), (2, 3)),
    "atleast_1d": (lambda xp, a: xp.atleast_1d(a), ()),
    "atleast_2d": (lambda xp, a: xp.atleast_2d(a), (3,)),
    "broadcast_to": (lambda xp, a: xp.broadcast_to(a, (2, 2, 3)), (2, 1)),
    "broadcast_to from 0-d": (lambda xp, a: xp.broadcast_to(a, (2, 3)), ()),
    "broadcast_to itself": (lambda xp, a: xp.broadcast_to(a, (2, 3)), (2, 3)),
    "broadcast_to nothing": (lambda xp, a: xp.broadcast_to(a, (0, 3)), (3,)),
    "broadcast_to a large shape": (lambda xp, a: xp.broadcast_to(a, (5000, 2)), (2,)),
    "tile": (lambda xp, a: xp.tile(a, 2), (2, 3)),
    "tile to more axes": (lambda xp, a: xp.tile(a, (2, 1, 3)), (2, 2)),
    "tile of 0-d": (lambda xp, a: xp.tile(a, (2, 2)), ()),
    "tile no times": (lambda xp, a: xp.tile(a, 0), (2,)),
    "repeat": (lambda xp, a: xp.repeat(a, 2), (2, 3)),
    "repeat an axis": (lambda xp, a: xp.repeat(a, 2, axis=-1), (2, 3)),
    "repeat by counts": (lambda xp, a: xp.repeat(a, [2, 0, 1], axis=1), (2, 3)),
    "concatenate with itself": (lambda xp, a: xp.concatenate([a, a, 2 * a], axis=1), (2, 3)),
    "split": (lambda xp, a: xp.concatenate(xp.split(a, 3, axis=1)[::-1]), (2, 3)),
    "split at": (lambda xp, a: xp.split(a, [1, 3])[1], (4, 2)),
    "array_split": (lambda xp, a: xp.concatenate(xp.array_split(a, 3)[1:]), (5, 2)),
    "pad": (lambda xp, a: xp.pad(a, 1), (2, 3)),
    "pad sides": (lambda xp, a: xp.pad(a, ((1, 0), (0, 2)), constant_values=3), (2, 3)),
    "pad with constants": (lambda xp, a: xp.pad(a, (2, 1), constant_values=(-1, 4)), (3,)),
    **{
        f"pad {mode}": (lambda xp, a, mode=mode: xp.pad(a, ((1, 2), (2, 0)), mode=mode), (3, 3))
        for mode in ("edge", "reflect", "symmetric", "wrap")
    },
}
for variant, (call, shape) in REARRANGED.items():
    case(variant.partition(" ")[0], f"{variant} of {text(shape)}", call, real(*shape))
for name in ("concatenate", "concat"):
    case(name, "along 0", lambda xp, a, b, name=name: getattr(xp, name)([a, b]), real(1, 3), real(2, 3))
    case(name, "along -1", lambda xp, a, b, name=name: getattr(xp, name)((a, b), axis=-1), real(2, 1), real(2, 0))
    case(name, "flattened", lambda xp, a, b, name=name: getattr(xp, name)([a, b], axis=None), real(2, 2), real(3))
case("concatenate", "with a constant", lambda xp, a: xp.concatenate([np.ones(2, a.dtype), a]), real(3))
case("stack", "along 0", lambda xp, a, b: xp.stack([a, b]), real(2, 3), real(2, 3))
case("stack", "along -1", lambda xp, a, b: xp.stack((a, b), axis=-1), real(2, 3), real(2, 3))
case("stack", "numbers", lambda xp, a, b: xp.stack([a, b, a]), real(), real())
case("vstack", "vectors", lambda xp, a, b: xp.vstack([a, b]), real(3), real(3))
case("vstack", "matrices", lambda xp, a, b: xp.vstack([a, b]), real(2, 3), real(3))
case("hstack", "vectors", lambda xp, a, b: xp.hstack([a, b]), real(3), real(2))
case("hstack", "matrices", lambda xp, a, b: xp.hstack([a, b]), real(2, 3), real(2, 1))

# --- indexing ------------------------------------------------------------------------------------------

INDICES: dict[str, tuple[Any, Shape]] = {
    "an integer": (1, (3, 2)),
    "a negative integer": (-1, (3, 2)),
    "integers": ((0, -1), (3, 2)),
    "a slice": (slice(1, None), (3, 2)),
    "a step": (slice(None, None, 2), (5,)),
    "a negative step": (slice(None, None, -2), (5,)),
    "an empty slice": (slice(2, 1), (3, 2)),
    "slices": ((slice(None), slice(0, 1)), (3, 2)),
    "None": (None, (3, 2)),
    "None inside": ((slice(None), None, 1), (3, 2)),
    "an ellipsis": (..., (3, 2)),
    "an ellipsis and an integer": ((..., 0), (2, 3, 2)),
    "nothing": ((), (3, 2)),
    "nothing of 0-d": ((), ()),
    "a list": ([2, 0], (3, 2)),
    "a list of repeats": ([1, 1, 0, 1], (3, 2)),
    "an array of repeats": (np.array([[0, 1], [1, -1]]), (3, 2)),
    "two arrays": ((np.array([0, 1, 1]), np.array([1, 0, 0])), (3, 2)),
    "arrays that broadcast": ((np.array([[0], [2]]), np.array([1, 1])), (3, 2)),
    "an array and a slice": ((slice(None), np.array([1, 1, 0])), (3, 2)),
    "arrays around a slice": ((np.array([1, 0]), slice(None), np.array([0, 0])), (2, 3, 2)),
    "an array and an integer": ((1, np.array([1, 1])), (3, 2)),
    "a mask": (np.array([[True, False], [False, False], [True, True]]), (3, 2)),
    "a mask of rows": (np.array([True, False, True]), (3, 2)),
    "a mask and an integer": ((np.array([True, False, True]), 1), (3, 2)),
    "an empty mask": (np.zeros(3, dtype=bool), (3, 2)),
    "an empty list": ([], (3, 2)),
    "an array without elements": (np.zeros((0, 2), dtype=int), (3, 2)),
    "arrays without elements that broadcast": ((np.zeros((0, 2), dtype=int), np.zeros((1, 2), dtype=int)), (3, 2)),
    "small integers": (np.array([0, 2, 2], dtype=np.uint8), (3,)),
    "numpy integer": (np.int64(1), (3, 2)),
    "True": (True, (3,)),
}
for variant, (index, shape) in INDICES.items():
    case("getitem", variant, lambda xp, a, index=index: a[index], real(*shape))
for variant in ("a slice", "a list of repeats", "two arrays", "a mask", "an integer"):
    index, shape = INDICES[variant]

    def scattered(x: Any, index: Any = index, shape: Any = shape) -> Any:
        z = np.zeros(shape, x.dtype)
        np.add.at(z, index, x)
        return z

    case(
        "scatter_add", variant,
        lambda xp, x, index=index, shape=shape: mg.scatter_add(x, index, shape),
        real(*np.zeros(shape)[index].shape), reference=scattered,
    )  # fmt: skip
TAKES: dict[str, Callable[..., Any]] = {
    "one": lambda xp, a: xp.take(a, 4),
    "flat": lambda xp, a: xp.take(a, [[0, 5], [5, -1]]),
    "an axis": lambda xp, a: xp.take(a, [1, 1, 0], axis=-1),
    "one of an axis": lambda xp, a: xp.take(a, 1, axis=0),
    "wrap": lambda xp, a: xp.take(a, [7, -9], axis=1, mode="wrap"),
    "clip": lambda xp, a: xp.take(a, [7, -9], axis=1, mode="clip"),
}
for variant, call in TAKES.items():
    case("take", variant, call, real(2, 3))
case("take", "a number", lambda xp, a: xp.take(a, [0, -1], axis=0), real())
ALONG = np.array([[0, 2, 2, 1], [1, 1, 0, -1]])
case("take_along_axis", "axis=1", lambda xp, a: xp.take_along_axis(a, ALONG, axis=1), real(2, 3))
if np.lib.NumpyVersion(np.__version__) >= "2.3.0":  # which gave the axis a default
    case("take_along_axis", "default axis", lambda xp, a: xp.take_along_axis(a, ALONG), real(2, 3))
case("take_along_axis", "broadcast", lambda xp, a: xp.take_along_axis(a, ALONG[:1], axis=-1), real(2, 3))
case("take_along_axis", "flat", lambda xp, a: xp.take_along_axis(a, np.array([5, 0, 5]), axis=None), real(2, 3))
for axis in (-1, 0, None):
    case("sort", f"axis={axis}", lambda xp, a, axis=axis: xp.sort(a, axis=axis), real(3, 4))
case("sort", "stable", lambda xp, a: xp.sort(a, stable=True), real(5))
DIFFS: dict[str, Callable[..., Any]] = {
    "once": lambda xp, a: xp.diff(a),
    "twice": lambda xp, a: xp.diff(a, n=2, axis=0),
    "no times": lambda xp, a: xp.diff(a, n=0),
    "prepend": lambda xp, a: xp.diff(a, prepend=0.5, axis=0),
    "append": lambda xp, a: xp.diff(a, append=a[:, :1]),
}
for variant, call in DIFFS.items():
    case("diff", variant, call, real(4, 3))

_AGAIN = np.array([0, 2, 0])
case(
    "getitem_at", "an array of repeats",
    lambda xp, x: _getitem_at(x, _AGAIN, index=(slice(None), _Place(1))),
    real(2, 3), reference=lambda x: x[:, _AGAIN],
)  # fmt: skip
case(
    "scatter_add_at", "an array of repeats",
    lambda xp, x: _scatter_add_at(x, _AGAIN, index=_Place(1), shape=(4,)),
    real(3), reference=lambda x: np.array([x[0] + x[2], 0, x[1], 0]),
)  # fmt: skip

for name, reference in {
    "inverse_mills": lambda x: np.exp(-x * x / 2 - scipy.special.log_ndtr(x)) / np.sqrt(2 * np.pi),
    "mills_excess": lambda x: x + np.exp(-x * x / 2 - scipy.special.log_ndtr(x)) / np.sqrt(2 * np.pi),
}.items():
    case(name, "2x3", lambda xp, x, name=name: primitives[name].apply(x), real(2, 3), reference=reference)
for name, reference in {"ratio_or_0": np.divide, "log_ratio": lambda a, b: np.log(a / b)}.items():
    case(
        name, "2x3 and 3", lambda xp, a, b, name=name: primitives[name].apply(a, b), positive(2, 3), positive(3),
        reference=reference,
    )  # fmt: skip

# --- writing -----------------------------------------------------------------------------------------


def put(x: Any, index: Any, value: Any) -> np.ndarray:
    y = np.array(x)
    y[index] = value
    return y


def put_more(x: Any, index: Any, value: Any) -> np.ndarray:
    y = np.array(x)
    np.add.at(y, index, value)
    return y


PLACES: dict[str, tuple[Any, Shape]] = {
    "a row": (1, (3,)),
    "every second column": (np.s_[:, ::2], (2, 2)),
    "an element": ((1, 2), ()),
    "everything": (..., (2, 3)),
    "nothing": (np.s_[:0], (0, 3)),
    "an array": (np.array([1, 0]), (2, 3)),
    "an array of repeats": (np.array([1, 1, 0]), (3, 3)),
    "a mask": (np.array([[True, False, True], [False, False, True]]), (3,)),
}
for variant, (index, shape) in PLACES.items():
    case(
        "setitem", variant, lambda xp, value, x, index=index: setitem(value, x, index), real(*shape), real(2, 3),
        reference=lambda value, x, index=index: put(x, index, value),
    )  # fmt: skip
    case(
        "additem", variant, lambda xp, value, x, index=index: additem(value, x, index), real(*shape), real(2, 3),
        reference=lambda value, x, index=index: put_more(x, index, value),
    )  # fmt: skip
case(
    "setitem_at", "an array of repeats",
    lambda xp, value, x: setitem_at(value, x, _AGAIN, index=(slice(None), _Place(2))),
    real(2, 3), real(2, 3), reference=lambda value, x: put(x, np.s_[:, _AGAIN], value),
)  # fmt: skip
case(
    "additem_at", "an array of repeats",
    lambda xp, value, x: additem_at(value, x, _AGAIN, index=(slice(None), _Place(2))),
    real(2, 3), real(2, 3), reference=lambda value, x: put_more(x, np.s_[:, _AGAIN], value),
)  # fmt: skip
case(
    "getitem_of", "a slice", lambda xp, x: primitives["getitem_of"].apply(x, index=np.s_[1:, 0], shape=x.shape),
    real(3, 2), reference=lambda x: x[1:, 0],
)  # fmt: skip
case("copy", "2x3", lambda xp, x: xp.copy(x), real(2, 3))
case("copy", "0-d", lambda xp, x: xp.copy(x), real())


def buffer(made: mg.Tensor, *given: Any) -> Any:
    """Return a buffer as an array where only arrays were given, as operations do."""
    return made if any(isinstance(x, mg.Tensor) for x in given) else made.numpy()


case("full", "of a number", lambda xp, x: buffer(mg.full((2, 3), x), x), real(), reference=lambda x: np.full((2, 3), x))
case(
    "full", "of an array", lambda xp, x: buffer(mg.full((2, 3), x, x.dtype), x), real(3),
    reference=lambda x: np.full((2, 3), x),
)  # fmt: skip
case(
    "full_like", "of a number", lambda xp, x: mg.full_like(MASK, x, dtype=x.dtype), real(),
    reference=lambda x: np.full_like(MASK, x, dtype=x.dtype),
)  # fmt: skip
case(
    "array", "of nested lists", lambda xp, a, x: buffer(mg.array([[a[0], x * x], [1.0, a[1]]], x.dtype), a, x),
    real(2), real(), reference=lambda a, x: np.array([[a[0], x * x], [1.0, a[1]]], x.dtype),
)  # fmt: skip

OF_DERIVATIVES: dict[str, Callable[..., Any]] = {
    "logistic": scipy.special.expit,
    "logistic_density": lambda x: scipy.special.expit(x) * scipy.special.expit(-x),
    "one_minus_square": lambda x: 1 - x * x,
    "lorentzian": lambda x: 1 / (1 + x * x),
}
"""What derivatives of elementwise operations are made of."""
for name, reference in OF_DERIVATIVES.items():
    case(name, "2x3", lambda xp, x, name=name: primitives[name].apply(x), real(2, 3), reference=reference)
case(
    "per_length", "2x3 and 3", lambda xp, a, r: primitives["per_length"].apply(a, r), real(2, 3), positive(3),
    reference=lambda a, r: a / r,
)  # fmt: skip
case(
    "direction", "2x3 and 3", lambda xp, a, b: primitives["direction"].apply(a, b, mg.hypot(a, b)), real(2, 3), real(3),
    reference=lambda a, b: a / np.hypot(a, b),
)  # fmt: skip
for axis in (None, 1):
    case(
        "right_length", f"2x3 axis={axis}",
        lambda xp, x, axis=axis: primitives["right_length"].apply(
            mg.linalg.norm(x, axis=axis, keepdims=True), x, axis=axis
        ),
        real(2, 3), reference=lambda x, axis=axis: np.linalg.norm(x, axis=axis, keepdims=True),
    )  # fmt: skip
case(
    "difference", "2x3 and 3", lambda xp, a, b: primitives["difference"].apply(a, b), real(2, 3), real(3),
    reference=lambda a, b: a - b,
)  # fmt: skip
for axis in (None, 0):
    case(
        "softmax_shares", f"axis={axis}", lambda xp, a, axis=axis: primitives["softmax_shares"].apply(a, axis=axis),
        real(2, 3), reference=lambda a, axis=axis: scipy.special.softmax(a, axis=axis),
    )  # fmt: skip
for axis in (None, 0):
    case(
        "softmax_vjp", f"axis={axis}",
        lambda xp, g, a, axis=axis: primitives["softmax_vjp"].apply(g, mg.softmax(a, axis=axis), axis=axis),
        real(2, 3), real(2, 3),
        reference=lambda g, a, axis=axis: (
            (p := scipy.special.softmax(a, axis=axis)) * (g - np.sum(g * p, axis=axis, keepdims=True))
        ),
    )  # fmt: skip
    case(
        "log_softmax_vjp", f"axis={axis}",
        lambda xp, g, a, axis=axis: primitives["log_softmax_vjp"].apply(g, mg.log_softmax(a, axis=axis), axis=axis),
        real(2, 3), real(2, 3),
        reference=lambda g, a, axis=axis: g - scipy.special.softmax(a, axis) * np.sum(g, axis=axis, keepdims=True),
    )  # fmt: skip
for c in (1.0, 0.5):
    case(
        "gauss", f"c={c}", lambda xp, x, c=c: primitives["gauss"].apply(x, c=c), real(2, 3),
        reference=lambda x, c=c: np.exp(-c * x * x),
    )  # fmt: skip

# --- NumPy's other functions: elementwise --------------------------------------------------------------

for name in words("fabs sinc deg2rad rad2deg degrees radians nan_to_num real conj conjugate real_if_close"):
    for shape in [(), (2, 3), (0, 2)]:
        case(name, text(shape), lambda xp, x, name=name: getattr(xp, name)(x), real(*shape))
for scale in (1e-4, 0.3, 3.0, 30.0):
    case("sinc", f"around {scale}", lambda xp, x, s=scale: xp.sinc(s * x), real(4))
case("angle", "with a slope", lambda xp, x: xp.angle(x) + x, real(3))
case("angle", "in degrees", lambda xp, x: xp.angle(x, deg=True) + x, real(3))
case("imag", "beside the number", lambda xp, x: xp.imag(x) + x, real(3))
THREE = np.array([-1.0, 0.0, 1.0])
MISSING = np.array([np.nan, 0.5, np.inf, -np.inf])
case(
    "nan_to_num",
    "of all kinds",
    lambda xp, x: xp.nan_to_num(x + MISSING.astype(x.dtype), nan=1.0, posinf=2.0, neginf=-3.0),
    positive(4),
)
for name in words("logaddexp2 fmax fmin fmod float_power"):
    for pair in [((), ()), ((2, 3), (3,)), ((2, 1), (2, 3)), ((0, 3), (3,))]:
        draw = positive if name == "float_power" else real
        case(
            name, text(*pair), lambda xp, a, b, name=name: getattr(xp, name)(a, b), draw(*pair[0]), real(*pair[1]),
        )  # fmt: skip
for name in words("fmax fmin"):
    case(name, "with a number", lambda xp, a, name=name: getattr(xp, name)(a, 0.1), real(2, 3))
    case(name, "with NaN", lambda xp, a, name=name: getattr(xp, name)(a, MISSING[:1].astype(a.dtype)), real(2, 3))
    case(name, "of NaN", lambda xp, a, name=name: getattr(xp, name)(MISSING[:2].astype(a.dtype), a), real(3, 2))
case("copysign", "with a number", lambda xp, a: xp.copysign(a, -1.0), real(2, 3))
case("copysign", "with signs", lambda xp, a: xp.copysign(a, THREE.astype(a.dtype)), real(2, 3))
case("copysign", "with signs of its own", lambda xp, a: xp.copysign(a, xp.sin(5 * a)), real(2, 3))
case(
    "copysign_vjp", "2x3 and 3", lambda xp, g: primitives["copysign_vjp"].apply(g, THREE.astype(g.dtype)), real(2, 3),
    reference=lambda g: np.where(np.signbit(THREE), -g, g),
)  # fmt: skip
case("heaviside", "at 0", lambda xp, b: xp.heaviside(np.array([-1.0, 0.0, 2.0]).astype(b.dtype), b), real(3))
case("ldexp", "integers", lambda xp, a: xp.ldexp(a, np.array([1, -2, 3])), real(2, 3))
case("modf", "the fraction", lambda xp, a: xp.modf(3 * a)[0], real(2, 3))
case("modf", "the whole", lambda xp, a: xp.modf(3 * a)[1] + a, real(2, 3))
case("divmod", "both", lambda xp, a, b: sum(xp.divmod(a, b)), real(2, 3), real(3))
case("fix", "with a slope", lambda xp, a: xp.fix(a) * a, real(2, 3))

# --- NumPy's other functions: choices ------------------------------------------------------------------

case("select", "two", lambda xp, a, b: xp.select([MASK, ~MASK & (THREE > 0)], [a, b], 0.5), real(2, 3), real(3))
case("select", "with a default", lambda xp, a, b: xp.select([MASK], [a * a], b), real(2, 3), real(2, 1))
case("select", "conditions of its own", lambda xp, a: xp.select([a < 0, a < 1], [-a, a * a], 1.5), real(2, 3))
PIECES = [lambda t: 2 * t, lambda t: t**3]
case("piecewise", "one and otherwise", lambda xp, a: xp.piecewise(a, [MASK], PIECES), real(2, 3))
case("piecewise", "a mask", lambda xp, a: xp.piecewise(a, MASK[0], [lambda t: t * t]), real(3))
case("piecewise", "that overlap", lambda xp, a: xp.piecewise(a, [MASK, MASK[::-1]], [*PIECES, 0.5]), real(2, 3))
case("choose", "rows", lambda xp, a: xp.choose([0, 1, 0], a), real(2, 3))
case("choose", "arrays", lambda xp, a, b: xp.choose(MASK.astype(int), [a, b]), real(2, 3), real(3))
case("choose", "wrapped", lambda xp, a, b: xp.choose([5, -2, 1], [a, b], mode="wrap"), real(3), real())
case("choose", "clipped", lambda xp, a, b: xp.choose([5, -2, 1], [a, b], mode="clip"), real(3), real())

# --- NumPy's other functions: arrangements -------------------------------------------------------------

ARRANGED: dict[str, tuple[Callable[..., Any], Shape]] = {
    "fliplr": (lambda xp, a: xp.fliplr(a), (2, 3)),
    "flipud": (lambda xp, a: xp.flipud(a), (2, 3)),
    **{f"rot90 {k}": (lambda xp, a, k=k: xp.rot90(a, k), (2, 3)) for k in (0, 1, 2, 3, -1, 5)},
    "rot90 of other axes": (lambda xp, a: xp.rot90(a, axes=(2, 0)), (2, 3, 2)),
    "rollaxis": (lambda xp, a: xp.rollaxis(a, 2), (2, 3, 1)),
    "rollaxis to the back": (lambda xp, a: xp.rollaxis(a, 0, 3), (2, 3, 1)),
    "atleast_3d of 0-d": (lambda xp, a: xp.atleast_3d(a), ()),
    "atleast_3d of a vector": (lambda xp, a: xp.atleast_3d(a), (3,)),
    "atleast_3d of a matrix": (lambda xp, a: xp.atleast_3d(a), (2, 3)),
    "dstack vectors": (lambda xp, a: xp.dstack([a, 2 * a]), (3,)),
    "dstack matrices": (lambda xp, a: xp.dstack((a, 2 * a)), (2, 3)),
    "column_stack vectors": (lambda xp, a: xp.column_stack([a, 2 * a]), (3,)),
    "column_stack matrices": (lambda xp, a: xp.column_stack([a, a[:, 0]]), (2, 3)),
    "block of a list": (lambda xp, a: xp.block([a, 2 * a]), (2, 3)),
    "block of rows": (lambda xp, a: xp.block([[a, a[:, :1]], [np.ones((1, 4), a.dtype)]]), (2, 3)),
    "block alone": (lambda xp, a: xp.block(a), (2, 3)),
    "append flattened": (lambda xp, a: xp.append(a, a[0]), (2, 3)),
    "append along an axis": (lambda xp, a: xp.append(a, a[:, :1], axis=1), (2, 3)),
    "hsplit": (lambda xp, a: xp.hsplit(a, 3)[1], (2, 3)),
    "hsplit a vector": (lambda xp, a: xp.hsplit(a, [1])[1], (3,)),
    "vsplit": (lambda xp, a: xp.vsplit(a, 2)[1], (2, 3)),
    "dsplit": (lambda xp, a: xp.dsplit(a, [1])[1], (2, 1, 3)),
    "unstack": (lambda xp, a: xp.unstack(a, axis=1)[2], (2, 3)),
    "delete one": (lambda xp, a: xp.delete(a, 1, axis=0), (3, 2)),
    "delete several": (lambda xp, a: xp.delete(a, [0, -1], axis=1), (2, 3)),
    "delete a slice": (lambda xp, a: xp.delete(a, slice(None, None, 2)), (2, 3)),
    "delete by a mask": (lambda xp, a: xp.delete(a, MASK[0], axis=1), (2, 3)),
    "insert one": (lambda xp, a: xp.insert(a, 1, a[0, 0], axis=0), (2, 3)),
    "insert a column": (lambda xp, a: xp.insert(a, 1, a[:, 0], axis=1), (2, 3)),
    "insert columns": (lambda xp, a: xp.insert(a, [1], a[:, :2], axis=1), (2, 3)),
    "insert at several places": (lambda xp, a: xp.insert(a, [2, 0, 2], a[0], axis=1), (2, 3)),
    "insert flattened": (lambda xp, a: xp.insert(a, -1, 0.5), (2, 3)),
    "insert at a slice": (lambda xp, a: xp.insert(a, slice(0, 3, 2), 2 * a[:, :2], axis=1), (2, 3)),
    "resize to more": (lambda xp, a: xp.resize(a, (2, 4)), (2, 3)),
    "resize to less": (lambda xp, a: xp.resize(a, 4), (2, 3)),
    "compress": (lambda xp, a: xp.compress([True, False, True], a, axis=1), (2, 3)),
    "compress flattened": (lambda xp, a: xp.compress([False, True], a), (2, 3)),
    "extract": (lambda xp, a: xp.extract(MASK, a), (2, 3)),
    "broadcast_arrays": (lambda xp, a: xp.broadcast_arrays(a, np.ones((2, 1)))[0], (3,)),
    "meshgrid": (lambda xp, a: xp.meshgrid(a, 2 * a[:2])[0], (3,)),
    "meshgrid of three": (lambda xp, a: xp.meshgrid(a, a[:2], a[:1])[1], (3,)),
    "meshgrid by rows": (lambda xp, a: xp.meshgrid(a, a[:2], indexing="ij")[1], (3,)),
    "meshgrid sparse": (lambda xp, a: xp.meshgrid(a, a[:2], sparse=True)[1], (3,)),
    "diag of a matrix": (lambda xp, a: xp.diag(a, 1), (2, 3)),
    "diag of a vector": (lambda xp, a: xp.diag(a), (3,)),
    "diag beside the main one": (lambda xp, a: xp.diag(a, -2), (2,)),
    "diagflat": (lambda xp, a: xp.diagflat(a, 1), (2, 2)),
    "apply_along_axis to numbers": (lambda xp, a: xp.apply_along_axis(lambda v: xp.sum(v * v), 0, a), (2, 3)),
    "apply_along_axis to vectors": (lambda xp, a: xp.apply_along_axis(lambda v: v[::-1] * v[0], 1, a), (2, 3, 2)),
    "apply_along_axis to matrices": (lambda xp, a: xp.apply_along_axis(lambda v: xp.outer(v, v), 1, a), (2, 3, 2)),
    "apply_over_axes": (lambda xp, a: xp.apply_over_axes(xp.sum, a, [0, 2]), (2, 3, 2)),
    "partition": (lambda xp, a: xp.partition(a, 2)[:, 2], (2, 5)),
    "partition of what is smaller": (lambda xp, a: xp.sort(xp.partition(a, 2)[:, :2]), (2, 5)),
    "partition of an axis": (lambda xp, a: xp.partition(a, (0, 1, 2), axis=0), (3, 2)),
    "partition flattened": (lambda xp, a: xp.partition(a, 3, axis=None)[3], (2, 3)),
}
for variant, (call, shape) in ARRANGED.items():
    case(variant.partition(" ")[0], f"{variant} of {text(shape)}", call, real(*shape))
for shape, window, axis in [((5,), 3, None), ((3, 4), (2, 2), None), ((3, 4), 2, 0)]:
    case(
        "sliding_window_view", f"{window} of {text(shape)} axis={axis}",
        lambda xp, a, window=window, axis=axis: xp.sliding_window_view(a, window, axis), real(*shape),
        reference=lambda a, window=window, axis=axis: np.lib.stride_tricks.sliding_window_view(a, window, axis),
    )  # fmt: skip
case("linspace", "numbers", lambda xp, a, b: xp.linspace(a, b, 5), real(), real())
case("linspace", "arrays without an end", lambda xp, a, b: xp.linspace(a, b, 4, endpoint=False), real(2), real(3, 1))
case("linspace", "along the last axis", lambda xp, a: xp.linspace(a, 1.0, 3, axis=-1), real(2))
case("linspace", "one", lambda xp, a, b: xp.linspace(a, b, 1), real(), real())
case("linspace", "the distance", lambda xp, a, b: xp.linspace(a, b, 5, retstep=True)[1], real(), real())
case("logspace", "numbers", lambda xp, a, b: xp.logspace(a, b, 4), real(), real())
case("logspace", "with a base", lambda xp, a, b: xp.logspace(a, 1.0, 3, base=b), real(), positive())
case("geomspace", "numbers", lambda xp, a, b: xp.geomspace(a, b, 5), positive(), positive())
case("geomspace", "negative", lambda xp, a: xp.geomspace(-a, -3.0, 4), positive(2))

# --- NumPy's other functions: statistics ---------------------------------------------------------------

GAPS = np.array([[0, np.nan, 0], [0, 0, np.nan], [0, 0, 0], [np.nan, 0, 0]])
"""Added to an array, this makes a few elements NaN."""


def gaps(a: Any) -> Any:
    return a + GAPS.astype(a.dtype)


for options in [{}, {"axis": 0}, {"axis": 1, "keepdims": True}, {"axis": (0, 1)}, {"axis": -1}]:
    said = " ".join(f"{k}={v}" for k, v in options.items())
    for name in words("ptp median nansum nanprod nanmean nanvar nanstd nanmax nanmin nanmedian"):
        case(name, f"4x3 {said}", lambda xp, a, name=name, o=options: getattr(xp, name)(a, **o), real(4, 3))
        if name.startswith("nan"):
            case(
                name, f"with NaN {said}", lambda xp, a, name=name, o=options: getattr(xp, name)(gaps(a), **o),
                real(4, 3),
            )  # fmt: skip
    for name in words("quantile nanquantile"):
        case(name, f"4x3 {said}", lambda xp, a, name=name, o=options: getattr(xp, name)(a, 0.3, **o), real(4, 3))
    case("nanquantile", f"with NaN {said}", lambda xp, a, o=options: xp.nanquantile(gaps(a), 0.3, **o), real(4, 3))
case("median", "odd", lambda xp, a: xp.median(a), real(5))
case("median", "one", lambda xp, a: xp.median(a), real(1))
for name in ("nanvar", "nanstd"):
    case(name, "ddof=1", lambda xp, a, name=name: getattr(xp, name)(gaps(a), axis=0, ddof=1), real(4, 3))
for name in words("nancumsum nancumprod"):
    for axis in (None, 0, 1):
        case(
            name, f"axis={axis}", lambda xp, a, name=name, axis=axis: getattr(xp, name)(gaps(a), axis=axis), real(4, 3)
        )
for name in words("cumulative_sum cumulative_prod"):
    case(name, "of a vector", lambda xp, a, name=name: getattr(xp, name)(a), real(4))
    case(
        name, "with the first", lambda xp, a, name=name: getattr(xp, name)(a, axis=1, include_initial=True), real(2, 3)
    )
for name, share in (("quantile", 1.0), ("percentile", 100.0), ("nanpercentile", 100.0)):
    case(name, "a number", lambda xp, a, name=name, s=share: getattr(xp, name)(a, 0.7 * s), real(5))
    case(
        name, "several", lambda xp, a, name=name, s=share: getattr(xp, name)(a, np.array([[0.1, 0.5]]) * s, axis=0),
        real(4, 3),
    )  # fmt: skip
case("nanquantile", "several", lambda xp, a: xp.nanquantile(gaps(a), [0.1, 0.5], axis=0, keepdims=True), real(4, 3))
case("quantile", "of its own share", lambda xp, a, q: xp.quantile(a, q), real(5), constant([0.3, 0.6]))
for method in mg.ops.statistics._METHODS:
    case("quantile", method, lambda xp, a, m=method: xp.quantile(a, 0.37, axis=0, method=m), real(4, 3))
    case("nanquantile", method, lambda xp, a, m=method: xp.nanquantile(gaps(a), 0.37, axis=0, method=m), real(4, 3))
case("average", "without weights", lambda xp, a: xp.average(a, axis=0), real(2, 3))
case("average", "weights", lambda xp, a, w: xp.average(a, weights=w), real(2, 3), positive(2, 3))
case("average", "weights of an axis", lambda xp, a, w: xp.average(a, 1, w, keepdims=True), real(2, 3), positive(3))
case("average", "weights of axes", lambda xp, a, w: xp.average(a, (2, 0), w), real(2, 3, 2), positive(2, 2))
case("average", "and the weight", lambda xp, a, w: sum(xp.average(a, 0, w, returned=True)), real(2, 3), positive(2))
case("cov", "rows", lambda xp, a: xp.cov(a), real(2, 4))
case("cov", "columns", lambda xp, a: xp.cov(a, rowvar=False, bias=True), real(4, 2))
case("cov", "of a vector", lambda xp, a: xp.cov(a), real(4))
case("cov", "of two vectors", lambda xp, a, b: xp.cov(a, b, ddof=0), real(4), real(4))
case("cov", "with weights", lambda xp, a: xp.cov(a, fweights=[1, 2, 1, 3], aweights=[0.5, 1, 2, 1]), real(2, 4))
case("corrcoef", "rows", lambda xp, a: xp.corrcoef(a), real(3, 4))
case("corrcoef", "of vectors", lambda xp, a, b: xp.corrcoef(a, b), constant([1.0, 2.0, 4.0, 3.0]), real(4))
MASKED: dict[str, dict[str, Any]] = {
    "sum": {"where": MASK}, "prod": {"where": MASK, "axis": 1}, "mean": {"where": MASK, "axis": 1, "keepdims": True},
    "var": {"where": MASK, "ddof": 0.5}, "std": {"where": MASK}, "max": {"where": MASK, "initial": 0.1, "axis": 1},
    "min": {"where": MASK, "initial": 0.1}, "nansum": {"where": MASK}, "nanmean": {"where": MASK},
}  # fmt: skip
for name, options in MASKED.items():
    case(
        "protocol",
        f"{name} where a mask holds",
        lambda xp, a, name=name, o=options: getattr(xp, name)(a, **o),
        real(2, 3),
    )
for name, start in (("sum", 2.0), ("prod", 2.0), ("max", -9.0), ("min", 9.0)):
    case(
        "protocol",
        f"{name} with an initial number",
        lambda xp, a, n=name, s=start: getattr(xp, n)(a, 0, initial=s),
        real(2, 3),
    )

# --- layers of networks ---------------------------------------------------------------------------------


def convolved(x, w, bias=None, stride=(1, 1), padding=((0, 0), (0, 0)), dilation=(1, 1), groups=1):
    """Convolve by the definition, one product of a channel out, a channel in and a place in the kernel at a time."""
    axes = x.ndim - 2
    stride, padding, dilation = stride[:axes], padding[:axes], dilation[:axes]
    x = np.pad(x, ((0, 0), (0, 0), *padding))
    lengths = x.shape[2:], w.shape[2:], dilation, stride
    places = [(n - (k - 1) * d - 1) // s + 1 for n, k, d, s in zip(*lengths, strict=True)]
    y = np.zeros((len(x), len(w), *places), x.dtype)
    for o, c, *k in np.ndindex(w.shape):
        at = zip(k, dilation, places, stride, strict=True)
        covered = x[
            (
                slice(None),
                o * groups // len(w) * w.shape[1] + c,
                *(slice(i * d, i * d + (n - 1) * s + 1, s) for i, d, n, s in at),
            )
        ]
        y[:, o] += w[(o, c, *k)] * covered
    return y if bias is None else y + bias.reshape(-1, *[1] * axes)


CONVOLUTIONS: dict[str, tuple[Shape, Shape, dict[str, Any]]] = {
    "plain": ((2, 2, 4, 5), (3, 2, 2, 3), {}),
    "one image, one channel": ((1, 1, 3, 3), (1, 1, 3, 3), {}),
    "padded": ((2, 2, 3, 4), (2, 2, 3, 2), {"padding": ((1, 1), (2, 2))}),
    "padded on one side": ((1, 2, 3, 4), (2, 2, 3, 2), {"padding": ((0, 2), (1, 0))}),
    "a stride with a rest": ((2, 1, 6, 5), (2, 1, 3, 2), {"stride": (2, 2)}),
    "strides, padded": ((1, 2, 5, 4), (2, 2, 3, 3), {"stride": (2, 3), "padding": ((1, 1), (1, 1))}),
    "a stride longer than the kernel": ((1, 1, 7, 4), (1, 1, 2, 1), {"stride": (3, 2)}),
    "dilated": ((1, 2, 6, 5), (2, 2, 2, 2), {"dilation": (3, 2)}),
    "everything": ((2, 4, 6, 5), (2, 2, 2, 3), {
        "stride": (2, 1), "padding": ((1, 1), (2, 2)), "dilation": (2, 2), "groups": 2,
    }),
    "each channel by itself": ((2, 3, 4, 4), (6, 1, 2, 2), {"groups": 3}),
    "a kernel of one": ((2, 3, 2, 2), (2, 3, 1, 1), {}),
    "as large as the image": ((3, 2, 2, 3), (2, 2, 2, 3), {}),
    "an empty batch": ((0, 2, 3, 3), (2, 2, 2, 2), {}),
    "no channels out": ((2, 2, 3, 3), (0, 2, 2, 2), {}),
    "a sequence": ((2, 3, 6), (2, 3, 3), {}),
    "a sequence, everything": ((2, 4, 9), (4, 2, 3), {
        "stride": (2,), "padding": ((1, 2),), "dilation": (2,), "groups": 2,
    }),
}  # fmt: skip
for name, (shape, kernel, options) in CONVOLUTIONS.items():
    case(
        f"conv{len(shape) - 2}d", name,
        lambda xp, x, w, o=options: (xp.conv1d if x.ndim == 3 else xp.conv2d)(x, w, **o),
        real(*shape), real(*kernel), reference=lambda x, w, o=options: convolved(x, w, **o),
    )  # fmt: skip
case(
    "conv2d", "with a bias, as long as it is wide", lambda xp, x, w, b: xp.conv2d(x, w, b, padding="same"),
    real(2, 2, 3, 4), real(3, 2, 2, 3), real(3),
    reference=lambda x, w, b: convolved(x, w, b, padding=((0, 1), (1, 1))),
)  # fmt: skip


def pooled(x, size, stride, padding, reduce, around):
    """Reduce one window after the other."""
    x = np.pad(x, ((0, 0), (0, 0), *((p, p) for p in padding)), constant_values=around)
    places = [(n - k) // s + 1 for n, k, s in zip(x.shape[2:], size, stride, strict=True)]
    y = np.zeros((*x.shape[:2], *places), x.dtype)
    for i in np.ndindex(*places):
        window = x[(..., *(slice(a * s, a * s + k) for a, s, k in zip(i, stride, size, strict=True)))]
        y[(..., *i)] = reduce(window, axis=tuple(range(2, x.ndim)))
    return y


POOLS: list[tuple[Shape, Shape, Shape, Shape]] = [
    ((2, 2, 4, 4), (2, 2), (2, 2), (0, 0)),
    ((2, 1, 5, 4), (2, 3), (2, 3), (0, 0)),
    ((1, 2, 5, 5), (3, 3), (2, 1), (0, 0)),
    ((1, 2, 4, 5), (3, 2), (2, 2), (1, 1)),
    ((2, 1, 5, 5), (1, 2), (3, 3), (0, 0)),
    ((2, 3, 7), (3,), (2,), (1,)),
    ((0, 3, 4), (2,), (2,), (0,)),
]
for shape, size, stride, padding in POOLS:
    for name, reduce, around in [("max_pool", np.max, -np.inf), ("avg_pool", np.mean, 0)]:
        options = (size, stride, padding)
        case(
            name, f"{size} of {text(shape)}, stride {stride}, padding {padding}",
            lambda xp, x, n=name, o=options: getattr(xp, n)(x, *o), real(*shape),
            reference=lambda x, o=options, r=reduce, a=around: pooled(x, *o, r, a),
        )  # fmt: skip


case(
    "overlapped", "2x2 windows", lambda xp, g: _overlapped(g, stride=(2, 1), lengths=(5, 3)), real(2, 2, 2, 2, 2),
    reference=lambda g: sum_of_windows(g),
)  # fmt: skip
case(
    "overlapped", "with gaps", lambda xp, g: _overlapped(g, stride=(3,), lengths=(6,)), real(2, 2, 2),
    reference=lambda g: np.stack([g[0, :, 0], g[1, :, 0], 0 * g[0, :, 0], g[0, :, 1], g[1, :, 1], 0 * g[0, :, 0]], -1),
)  # fmt: skip


def sum_of_windows(g):
    """Add windows of 2 by 2 up, those of (2, 1) further down and further right by one."""
    y = np.zeros((2, 5, 3), g.dtype)
    for i, j in np.ndindex(2, 2):
        y[:, 2 * i : 2 * i + 2, j : j + 2] += np.moveaxis(g[:, :, :, i, j], -1, 0)
    return y


def normalised(x, axes, shape, gamma=1.0, beta=0.0, eps=1e-5):
    gamma, beta = (np.reshape(a, shape if np.ndim(a) else ()) for a in (gamma, beta))
    return gamma * (x - x.mean(axes, keepdims=True)) / np.sqrt(x.var(axes, keepdims=True) + x.dtype.type(eps)) + beta


for shape, axis in [((4, 3), 1), ((3, 2, 4), 1), ((2, 3, 2, 2), 1), ((3, 2, 2), -1)]:
    channels = shape[axis]
    case(
        "batch_norm", f"{text(shape)}, channels along {axis}",
        lambda xp, x, g, b, axis=axis: xp.batch_norm(x, g, b, axis=axis), real(*shape), real(channels), real(channels),
        reference=lambda x, g, b, axis=axis: normalised(
            x, tuple(i for i in range(x.ndim) if i != axis % x.ndim),
            [n if i == axis % x.ndim else 1 for i, n in enumerate(x.shape)], g, b,
        ),
    )  # fmt: skip
case(
    "batch_norm", "with given statistics", lambda xp, x, m, v: xp.batch_norm(x, mean=m, variance=v, eps=0.1),
    real(2, 3, 2), real(3), positive(3),
    reference=lambda x, m, v: ((x.swapaxes(1, -1) - m) / np.sqrt(v + v.dtype.type(0.1))).swapaxes(1, -1),
)  # fmt: skip
for shape, axes in [((4,), -1), ((2, 3), -1), ((2, 3, 4), (1, 2)), ((3, 2, 2), 1)]:
    lengths = [shape[i] for i in np.atleast_1d(axes)]
    case(
        "layer_norm", f"{text(shape)} along {axes}", lambda xp, x, g, b, a=axes: xp.layer_norm(x, g, b, axis=a),
        real(*shape), real(*lengths), real(*lengths),
        reference=lambda x, g, b, a=axes: normalised(
            x, a, [n if i in np.atleast_1d(a) % x.ndim else 1 for i, n in enumerate(x.shape)], g, b
        ),
    )  # fmt: skip
case("layer_norm", "nothing learned", lambda xp, x: xp.layer_norm(x, eps=0.5), real(2, 3),
     reference=lambda x: normalised(x, -1, None, eps=0.5))  # fmt: skip

# --- NumPy's other functions: signals, polynomials, products, methods of ufuncs ------------------------

for name in ("convolve", "correlate"):
    for n, m in [(5, 3), (3, 5), (4, 4), (4, 2), (2, 4), (1, 3), (3, 1)]:
        for mode in words("full same valid"):
            case(
                name, f"{n} and {m} {mode}", lambda xp, a, v, name=name, mode=mode: getattr(xp, name)(a, v, mode),
                real(n), real(m),
            )  # fmt: skip
case("ediff1d", "2x3", lambda xp, a: xp.ediff1d(a), real(2, 3))
case("ediff1d", "with ends", lambda xp, a: xp.ediff1d(a, to_end=a[0, :2], to_begin=0.5), real(2, 3))
UNEVEN = np.array([0.0, 1.0, 1.5, 3.5])
GRADIENTS: dict[str, Callable[..., Any]] = {
    "along an axis": lambda xp, a: xp.gradient(a, axis=0),
    "with a distance": lambda xp, a: xp.gradient(a, 0.5, axis=1),
    "with coordinates": lambda xp, a: xp.gradient(a, UNEVEN.astype(a.dtype), axis=1),
    "with even coordinates": lambda xp, a: xp.gradient(a, 2 * np.arange(4.0, dtype=a.dtype), axis=1),
    "of second order": lambda xp, a: xp.gradient(a, axis=1, edge_order=2),
    "of second order, with coordinates": lambda xp, a: xp.gradient(a, UNEVEN.astype(a.dtype), axis=1, edge_order=2),
    "of all axes": lambda xp, a: xp.stack(xp.gradient(a, 2.0, UNEVEN.astype(a.dtype))),
}
for variant, call in GRADIENTS.items():
    case("gradient", variant, call, real(3, 4))
case("gradient", "of its own coordinates", lambda xp, a, x: xp.gradient(a, x), real(4), constant([0.0, 1, 1.5, 3.5]))
case("gradient", "of its own distance", lambda xp, a, h: xp.gradient(a, h), real(4), positive())
case("trapezoid", "2x4", lambda xp, y: xp.trapezoid(y), real(2, 4))
case("trapezoid", "with a distance", lambda xp, y: xp.trapezoid(y, dx=0.5, axis=0), real(2, 4))
case("trapezoid", "with coordinates", lambda xp, y, x: xp.trapezoid(y, x), real(2, 4), constant(UNEVEN))
case("trapezoid", "with as many coordinates", lambda xp, y, x: xp.trapezoid(y, x, axis=0), real(2, 4), real(2, 4))
case("unwrap", "2x4", lambda xp, p: xp.unwrap(5 * p), real(2, 4))
case("unwrap", "of a period", lambda xp, p: xp.unwrap(p, period=1.0, axis=0), real(4, 2))
case("unwrap", "with larger jumps", lambda xp, p: xp.unwrap(8 * p, discont=4.0), real(6))
INSIDE = between(0.2, 3.3)
case("interp", "coordinates", lambda xp, x: xp.interp(x, UNEVEN, THREE[[0, 1, 2, 0]]), INSIDE(2, 3))
case("interp", "values", lambda xp, f: xp.interp([0.5, 1.2, 3.0, -1.0, 9.0], UNEVEN, f), real(4))
case("interp", "points", lambda xp, x: xp.interp([0.5, 1.2, 3.0], x, [1.0, -1.0, 2.0, 0.5]), constant(UNEVEN))
case("interp", "all", lambda xp, x, p, f: xp.interp(x, p, f), INSIDE(3), constant(UNEVEN), real(4))
case("interp", "beyond", lambda xp, x, e: xp.interp([-1.0, 1.2, 9.0], UNEVEN, x, left=e, right=0.5), real(4), real())
case("interp", "of a period", lambda xp, x: xp.interp(x, [3.0, 0.5, 1.0], [1.0, 2.0, -1.0], period=3.5), real(3))
case("interp", "of one point", lambda xp, x, f: xp.interp(x, [1.0], f), real(3), real(1))
case("polyval", "coefficients and arguments", lambda xp, p, x: xp.polyval(p, x), real(3), real(2, 2))
case("vander", "square", lambda xp, x: xp.vander(x), real(3))
case("vander", "increasing", lambda xp, x: xp.vander(x, 2, increasing=True), real(3))
for name in words("polyadd polysub polymul"):
    for pair in [((3,), (2,)), ((2,), (3,)), ((), (2,))]:
        case(name, text(*pair), lambda xp, a, b, n=name: getattr(xp, n)(a, b), real(*pair[0]), real(*pair[1]))
case("polydiv", "the quotient", lambda xp, u, v: xp.polydiv(u, v)[0], real(4), positive(2))
case("polydiv", "the remainder", lambda xp, u, v: xp.polydiv(u, v)[1][-2:], real(4), positive(3))
case("polyder", "twice", lambda xp, p: xp.polyder(p, 2), real(4))
case("polyint", "once", lambda xp, p: xp.polyint(p), real(3))
case("polyint", "with constants", lambda xp, p, k: xp.polyint(p, 2, k), real(3), real(2))
case("poly", "three zeros", lambda xp, r: xp.poly(r), real(3))
for pair in [((3,), (3,)), ((2, 3), (3,)), ((2, 1, 3), (2, 3)), ((2,), (3,)), ((2,), (2,)), ((3,), (2,))]:
    if 2 not in (pair[0][-1], pair[1][-1]):  # those in the plane are deprecated in NumPy
        case("cross", text(*pair), lambda xp, a, b: xp.cross(a, b), real(*pair[0]), real(*pair[1]))
case("cross", "along other axes", lambda xp, a, b: xp.cross(a, b, 0, 1, 0), real(3, 2), real(2, 3))
case("protocol", "cross of linalg", lambda xp, a, b: xp.linalg.cross(a, b), real(2, 3), real(2, 3))
case("vecdot", "2x3 and 3", lambda xp, a, b: xp.vecdot(a, b), real(2, 3), real(3))
case("vecdot", "along the first axis", lambda xp, a, b: xp.vecdot(a, b, axis=0), real(3, 2), real(3, 1))
if hasattr(np, "matvec"):  # NumPy 2.2
    case("matvec", "2x2x3 and 3", lambda xp, a, x: xp.matvec(a, x), real(2, 2, 3), real(3))
    case("vecmat", "2x3 and 3x2", lambda xp, x, a: xp.vecmat(x, a), real(2, 3), real(3, 2))
METHODS: dict[str, Callable[..., Any]] = {
    "add.accumulate": lambda xp, a: np.add.accumulate(a, axis=1),
    "multiply.accumulate": lambda xp, a: np.multiply.accumulate(a),
    "maximum.accumulate": lambda xp, a: np.maximum.accumulate(a, axis=1),
    "minimum.accumulate": lambda xp, a: np.minimum.accumulate(a),
    "add.reduce": lambda xp, a: np.add.reduce(a, where=MASK, initial=2.0),
    "fmax.reduce": lambda xp, a: np.fmax.reduce(a, axis=1),
    "logaddexp.reduce": lambda xp, a: np.logaddexp.reduce(a),
    "subtract.outer": lambda xp, a: np.subtract.outer(a, a[0]),
    "hypot.outer": lambda xp, a: np.hypot.outer([1.0, 2.0], a),
}
for variant, call in METHODS.items():
    case("protocol", variant, call, real(2, 3))

# --- losses and attention ------------------------------------------------------------------------------


def _cross_entropy(log_p: np.ndarray, labels: np.ndarray, axis: int) -> np.ndarray:
    classes = np.arange(log_p.shape[axis])
    shares = np.moveaxis(np.expand_dims(labels, -1) == classes, -1, axis)
    return -np.sum(np.where(shares, log_p, 0), axis=axis)


CLASSES: list[tuple[Shape, int, Any]] = [
    ((4, 3), -1, [0, 2, 1, 1]),
    ((3, 2), 0, [2, 0]),
    ((2, 3, 2), 1, [[0, 1], [2, 2]]),
    ((3,), -1, 1),
    ((0, 3), -1, []),
]
for shape, axis, labels in CLASSES:
    case(
        "softmax_cross_entropy", f"{text(shape)} axis={axis}",
        lambda xp, z, n=labels, axis=axis: xp.softmax_cross_entropy(z, n, axis=axis), real(*shape),
        reference=lambda z, n=labels, axis=axis: _cross_entropy(scipy.special.log_softmax(z, axis=axis), n, axis),
    )  # fmt: skip
    case(
        "nll_loss", f"{text(shape)} axis={axis}",
        lambda xp, z, n=labels, axis=axis: xp.nll_loss(z, n, axis=axis), real(*shape),
        reference=lambda z, n=labels, axis=axis: _cross_entropy(z, n, axis),
    )  # fmt: skip
case(
    "softmax_cross_entropy", "of shares", lambda xp, z, y: xp.softmax_cross_entropy(z, y), real(2, 3), positive(2, 3),
    reference=lambda z, y: -np.sum(y * scipy.special.log_softmax(z, axis=-1), axis=-1),
)  # fmt: skip
case(
    "softmax_cross_entropy", "of a class that can't be",
    lambda xp, z: xp.softmax_cross_entropy(xp.where(MASK, z, -np.inf), [0, 2]), real(2, 3),
    reference=lambda z: -scipy.special.log_softmax(np.where(MASK, z, -np.inf), axis=-1)[[0, 1], [0, 2]].astype(z.dtype),
)  # fmt: skip
PROBABLE = between(0.1, 0.9)
OF_BOTH = {
    "binary_cross_entropy": (PROBABLE, lambda p, y: -(y * np.log(p) + (1 - y) * np.log1p(-p))),
    "binary_cross_entropy_with_logits": (real, lambda z, y: np.logaddexp(z, 0) - y * z),
}
for name, (draw, reference) in OF_BOTH.items():
    case(
        name, "2x3 and shares", lambda xp, x, y, name=name: getattr(xp, name)(x, y), draw(2, 3), PROBABLE(2, 3),
        reference=reference,
    )  # fmt: skip
    case(
        name, "2x3 and booleans", lambda xp, x, name=name: getattr(xp, name)(x, MASK), draw(2, 3),
        reference=lambda x, f=reference: f(x, MASK.astype(x.dtype)),
    )  # fmt: skip
    case(
        name, "0-d and a number", lambda xp, x, name=name: getattr(xp, name)(x, 1), draw(),
        reference=lambda x, f=reference: f(x, x.dtype.type(1)),
    )  # fmt: skip
SIGNS = np.array([[1, -1, 1], [-1, -1, 1]])
case(
    "hinge", "2x3", lambda xp, s: xp.hinge(s, SIGNS), constant([[0.5, 0.25, 1.5], [-1.75, -0.5, -3.0]]),
    reference=lambda s: np.maximum(0, 1 - SIGNS.astype(s.dtype) * s),
)  # fmt: skip
for delta in (1.0, 0.25):
    case(
        "huber", f"2x3 delta={delta}", lambda xp, x, t, d=delta: xp.huber(x, t, d),
        constant([[0.1, -1.5, 3.0], [-0.15, 1.5, 0.05]]), between(-0.05, 0.05)(2, 3),
        reference=lambda x, t, d=delta: scipy.special.huber(d, x - t).astype(x.dtype),
    )  # fmt: skip
case("huber", "and a number", lambda xp, x: xp.huber(x, 2), real(3), reference=lambda x: scipy.special.huber(1, x - 2))


def _cosine(x: np.ndarray, y: np.ndarray, axis: int = -1) -> np.ndarray:
    return np.sum(x * y, axis) / np.sqrt(np.sum(x * x, axis) * np.sum(y * y, axis))


for pair, axis in [(((3,), (3,)), -1), (((2, 3), (3,)), -1), (((3, 2), (3, 1)), 0), (((2, 1, 3), (2, 3)), -1)]:
    case(
        "cosine_similarity", f"{text(*pair)} axis={axis}",
        lambda xp, x, y, axis=axis: xp.cosine_similarity(x, y, axis=axis), real(*pair[0]), real(*pair[1]),
        reference=lambda x, y, axis=axis: _cosine(x, y, axis),
    )  # fmt: skip
case(
    "cosine_similarity", "of a vector of zeros",
    lambda xp, y: xp.cosine_similarity(np.array([[0, 0, 0], [1, 2, 2]], y.dtype), y), real(3),
    reference=lambda y: np.array([0, _cosine(np.array([1, 2, 2], y.dtype), y)], y.dtype),
)  # fmt: skip
for shape, indices in [((4, 2), [[3, 1], [1, 0]]), ((4,), 2), ((3, 2, 2), [2, 2]), ((3, 2), [])]:
    case(
        "embedding", f"{indices} of {text(shape)}", lambda xp, table, i=indices: xp.embedding(table, i), real(*shape),
        reference=lambda table, i=indices: table[np.array(i, int)],
    )  # fmt: skip


def _attention(q: np.ndarray, k: np.ndarray, v: np.ndarray, mask: Any = None) -> np.ndarray:
    scores = q @ np.swapaxes(k, -1, -2) / q.dtype.type(np.sqrt(q.shape[-1]))
    if mask is not None:
        scores = np.where(mask, scores, -np.inf) if mask.dtype == bool else scores + mask
    e = np.exp(scores).astype(q.dtype)
    total = np.sum(e, axis=-1, keepdims=True)
    return e / np.where(total == 0, 1, total).astype(q.dtype) @ v


LOOKED_AT = np.array([[True, False, True], [False, False, False]])
for variant, mask in [
    ("without a mask", None),
    ("with a mask", np.array([[True, False, True], [False, False, True]])),
    ("with nothing to look at", LOOKED_AT),
    ("with scores that exclude", np.where(LOOKED_AT, 0.5, -np.inf)),
    ("with a mask of keys", np.array([True, True, False])),
]:
    case(
        "scaled_dot_product_attention", variant,
        lambda xp, q, k, v, m=mask: xp.scaled_dot_product_attention(q, k, v, m), real(2, 4), real(3, 4), real(3, 2),
        reference=lambda q, k, v, m=mask: _attention(q, k, v, m),
    )  # fmt: skip
case(
    "scaled_dot_product_attention", "of two heads, with learned scores",
    lambda xp, q, k, v, m: xp.scaled_dot_product_attention(q, k, v, m), real(2, 2, 2), real(2, 3, 2), real(3, 2),
    real(2, 3), reference=_attention,
)  # fmt: skip

# --- activations ---------------------------------------------------------------------------------------

# None of the points is a kink. Their values are compared with exact ones in tests/nn/activate.
for name, activation in mg.activations.items():
    if activation.function not in vars(mg).values():
        draws = [between(0.6, 0.9)(2, 4), *(positive() for _ in activation.learnable)]
        for variant, sign in (("right", 1), ("left", -1)):
            case(
                name, f"2x4, {variant}", lambda xp, x, *learned, f=activation, s=sign: f(s * x, *learned), *draws,
                reference=lambda x, *learned, f=activation, s=sign: f(s * x, *learned),
            )  # fmt: skip

# The slope of some is an operation, too, with its own derivative by hand.
for slope in sorted(n for n, p in primitives.items() if n.endswith("_slope") and p.module.startswith("microgradnet.")):
    f = mg.activations[slope.removesuffix("_slope")]
    given = [f] if primitives[slope].arity == 2 else []
    for variant, sign in (("right", 1), ("left", -1)):
        case(
            slope, f"2x4, {variant}",
            lambda xp, x, s=sign, p=primitives[slope], given=given: p.apply(s * x, *(a(s * x) for a in given)),
            between(0.6, 0.9)(2, 4),
            reference=lambda x, s=sign, f=f: f.pull(np.ones_like(x), s * x, f(s * x))[f.argument],
        )  # fmt: skip

# --- without a derivative ------------------------------------------------------------------------------

CONSTANTS: dict[str, Callable[..., Any]] = {
    **{
        name: lambda xp, a, name=name: getattr(xp, name)(a)
        for name in words(
            "sign floor ceil trunc rint round isnan isinf isfinite logical_not argmax argmin any all count_nonzero "
            "argsort zeros_like ones_like shape ndim size signbit isposinf isneginf nanargmax nanargmin"
        )
    },
    **{
        name: lambda xp, a, name=name: getattr(xp, name)(a, 2 * a - 0.9)
        for name in words(
            "floor_divide equal not_equal less less_equal greater greater_equal logical_and logical_or logical_xor "
            "isclose allclose array_equal"
        )
    },
    **{
        name: lambda xp, a, name=name: getattr(xp, name)(a > 0, a < 1)
        for name in ("bitwise_and", "bitwise_or", "bitwise_xor")
    },
    "invert": lambda xp, a: xp.invert(a > 0),
    "gammasgn": lambda xp, a: (scipy.special if xp is np else xp).gammasgn(a),
    "full_like": lambda xp, a: xp.full_like(a, 2),
    **{name: lambda xp, a, name=name: getattr(xp, name)(a.shape, dtype=a.dtype) for name in ("zeros", "ones")},
    "empty": lambda xp, a: xp.empty((0,), dtype=a.dtype),
    "sign of slogdet": lambda xp, a: xp.linalg.slogdet(a)[0],
    "allclose within a tolerance": lambda xp, a: xp.allclose(a, a + 0.5, atol=0.6),
    "array_equal of the same": lambda xp, a: xp.array_equal(a, a),
    "isclose to NaN": lambda xp, a: xp.isclose(a * np.nan, a * np.nan, equal_nan=True),
    "isclose to zero": lambda xp, a: xp.isclose(xp.stack([0 * a + 5e-9, 0 * a + 2e-8]), 0.0),
    "round to decimals": lambda xp, a: xp.round(a, 1),
    "argmax of an axis": lambda xp, a: xp.argmax(a, axis=0, keepdims=True),
    "matrix_rank": lambda xp, a: xp.linalg.matrix_rank(a),
    "norm of order 0": lambda xp, a: xp.linalg.norm(a[0], ord=0),
    "searchsorted": lambda xp, a: xp.searchsorted(xp.sort(a[0]), a),
    "searchsorted with a sorter": lambda xp, a: xp.searchsorted(a[0], a, side="right", sorter=xp.argsort(a[0])),
    "digitize": lambda xp, a: xp.digitize(a, np.array([-1.0, 0.5, 2.0])),
    "digitize from above": lambda xp, a: xp.digitize(a, np.array([2.0, 0.5, -1.0]), right=True),
    "argpartition": lambda xp, a: xp.argpartition(a, 1),
    "argwhere": lambda xp, a: xp.argwhere(MASK),
    "nonzero": lambda xp, a: np.stack(xp.nonzero(MASK)),
    "flatnonzero": lambda xp, a: xp.flatnonzero(MASK),
    "imag": lambda xp, a: xp.imag(a),
    "where a mask holds": lambda xp, a: np.any(a > 2, axis=0, where=a < 3) | np.all(a > 0, axis=0, where=a > -1),
    "operators": lambda xp, a: (a // 0.3 > 1) | (a < a.T) & ~(a == 1) ^ (a != 2) | (a >= 0) | (a <= 3),
}
"""Functions of a square matrix whose derivative is zero wherever it exists: they stop the gradient."""
