"""Numerical derivatives, and automatic ones checked against them.

Functions are called from the outside only: with plain float64 arrays for the differences, and with tensors
for the automatic derivative. So anything made of arrays can be checked, an operation as well as a program.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from microgradnet.check.text import aligned, argument_names, place
from microgradnet.ops.elementwise import multiply
from microgradnet.ops.reductions import sum as sum_
from microgradnet.record import Recorded
from microgradnet.transforms import grad

__all__ = ["CheckedArgument", "GradcheckReport", "derivative_along", "directional", "gradcheck"]

Array = np.ndarray[Any, np.dtype[Any]]
Several = Callable[..., tuple[Any, ...]]
"""A function of arrays that returns a tuple of arrays."""

EVERY_ELEMENT_UP_TO = 256
"""Arguments of at most this many elements are checked element by element, larger ones along directions."""

DIRECTIONS = 24
"""How many random directions."""

STEPS = 0.1 * 4.0 ** -np.arange(8)
"""Steps of the differences, in units of `_scale`: from 0.1 down to 6·10⁻⁶."""

RTOL = {2: 3e-2, 4: 1e-3, 8: 1e-6}
"""Relative tolerance, by the item size of the coarsest floating dtype among the arguments."""

ROUNDING = 1e-4
"""How far off a derivative may be that is 0 because everything cancels: this, times the relative tolerance, times
the size of what cancels per unit of step. (Of both kinds of derivative the numerical one loses more to rounding.)"""


# --- the derivative along a direction ------------------------------------------------------------------


def derivative_along(difference: Callable[[float], float]) -> tuple[float, float]:
    """Extrapolate central differences to the step 0.

    C. J. F. Ridders, "Accurate computation of F'(x) and F'(x) F''(x)", Advances in Engineering Software 4 (1982):
    Richardson extrapolation over a falling sequence of steps, of whose results the one is taken that changed
    least. Large steps win where the function is smooth, small ones near the edge of its domain.

    Parameters
    ----------
    difference : callable
        ``difference(h)`` is the central difference (F(x + h) − F(x − h)) / 2h.

    Returns
    -------
    derivative : float
    uncertainty : float
        How much the result changed in its last extrapolation: an estimate of its error. NaN if no two
        differences were finite.
    """
    best, uncertainty = math.nan, math.inf
    before: list[float] = []
    for h in STEPS:
        row = [difference(float(h))]
        for k, earlier in enumerate(before):
            # The error of a central difference is a series in h²; each column cancels the next term of it.
            factor = 16.0 ** (k + 1)
            row.append((factor * row[k] - earlier) / (factor - 1))
            change = max(abs(row[k + 1] - row[k]), abs(row[k + 1] - earlier))
            if change < uncertainty:
                best, uncertainty = row[k + 1], change
        before = row
        if len(row) > 2 and uncertainty <= 1e-12 * abs(best):
            break
    return best, uncertainty if math.isfinite(uncertainty) else math.nan


def _scale(x: Array) -> Array:
    """Return the unit of the steps: |x|, at least 0.01, and √|x| above 1, where sin x still has its old period."""
    size = np.abs(x)
    return np.where(size > 1, np.sqrt(size), np.maximum(size, 0.01))


def directional(f: Callable[..., Any], values: Sequence[Any], position: int, gradient: Array) -> float:
    """Hold the gradient of a loss with respect to one argument against finite differences along random directions.

    Returns
    -------
    float
        The largest difference of two derivatives along a direction, in relation to the length of both; NaN where
        the loss can't be evaluated near the argument.
    """
    x = np.asarray(values[position]).astype(np.float64)
    random = np.random.default_rng(0)
    worst = 0.0
    for _ in range(2 if x.size else 0):
        direction = _scale(x) * random.standard_normal(x.shape)

        def difference(h: float, direction: Array = direction) -> float:
            ends = []
            for sign in (1, -1):
                moved = list(values)
                moved[position] = (x + sign * h * direction)[()]
                ends.append(float(_evaluate(lambda *a: (f(*a),), moved)[0].item()))
            return (ends[0] - ends[1]) / (2 * h)

        try:
            numerical, _ = derivative_along(difference)
        except (ValueError, ArithmeticError):  # outside the domain of the loss
            return math.nan
        terms = gradient * direction
        size = float(np.sqrt(np.sum(terms * terms)))
        worst = max(worst, abs(numerical - float(np.sum(terms))) / (size or 1.0))
    return worst


def _contract(cotangents: Sequence[Array], values: Sequence[Any]) -> Any:
    """Σ cotangent · value, one number: in the dtype of each value."""
    total: Any = 0.0
    for c, y in zip(cotangents, values, strict=True):
        total = total + sum_(multiply(y, c.astype(y.dtype)[()]))
    return total


# --- what was found ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CheckedArgument:
    """How the derivatives with respect to one argument compare.

    Attributes
    ----------
    order : int
        1 for the gradient, 2 for the gradient of the gradient, and so on.
    argument : str
        Its name in the function's signature.
    shape : tuple of int
    worst : tuple of int or None
        The element that is furthest off in relation to its tolerance; None where random directions were checked.
    automatic, numerical : float
        Both derivatives there, or along the worst direction.
    difference, tolerance : float
        Their absolute difference, and how large it may be.
    ok : bool
        Whether every element, or every direction, is within its tolerance.
    """

    order: int
    argument: str
    shape: tuple[int, ...]
    worst: tuple[int, ...] | None
    automatic: float
    numerical: float
    difference: float
    tolerance: float
    ok: bool


@dataclass(frozen=True)
class GradcheckReport:
    """What `gradcheck` found: true if every derivative is right, printed as a table.

    Attributes
    ----------
    function : str
        Its name.
    arguments : tuple of CheckedArgument
        One for each floating-point argument and each order.
    """

    function: str
    arguments: tuple[CheckedArgument, ...]

    @property
    def ok(self) -> bool:
        """Whether every derivative is within its tolerance."""
        return all(a.ok for a in self.arguments)

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        header = ("order", "argument", "shape", "worst", "automatic", "numerical", "difference", "tolerance", "")
        rows = [
            (
                str(a.order),
                a.argument,
                str(a.shape),
                "a direction" if a.worst is None else place(a.worst),
                f"{a.automatic:.9g}",
                f"{a.numerical:.9g}",
                f"{a.difference:.2g}",
                f"{a.tolerance:.2g}",
                "right" if a.ok else "WRONG",
            )
            for a in self.arguments
        ]
        return f"{self.function}: automatic against numerical derivatives\n{aligned(header, rows)}"

    def raise_if_wrong(self) -> None:
        """Raise an AssertionError with the table, unless every derivative is right."""
        if not self.ok:
            raise AssertionError(str(self))


# --- the check -----------------------------------------------------------------------------------------


def gradcheck(
    f: Callable[..., Any],
    *args: Any,
    order: int = 1,
    rtol: float | None = None,
    atol: float | None = None,
) -> GradcheckReport:
    """Check automatic derivatives of a function against numerical ones.

    An output of any shape is contracted with a fixed random cotangent first. The numerical derivatives are
    extrapolated central differences of f at float64 arguments, whatever the dtype of those given; the automatic
    ones are computed in the dtype given. Up to 256 elements of an argument are checked one by one; of a larger
    argument, 24 random directions.

    Parameters
    ----------
    f : callable
        A function of arrays that returns one array or number.
    *args : array_like
        Its arguments. Derivatives are taken with respect to all that hold floating-point numbers; the others
        are passed on as they are.
    order : int
        The highest order of derivative. 2 also checks the gradient of a random projection of the gradient,
        and so on.
    rtol, atol : float, optional
        A difference may be ``atol + rtol * |numerical|``. The default `rtol` is 1e-6 if all floating arguments
        are float64, 1e-3 if one is float32, 3e-2 if one is float16. The default `atol` is `rtol` times the
        largest derivative with respect to the argument, plus what rounding can amount to.

    Returns
    -------
    GradcheckReport

    Raises
    ------
    TypeError
        If f is not callable or returns no floating-point array, or no argument is floating-point.
    ValueError
        If the order is less than 1.

    Examples
    --------
    >>> import microgradnet as mg
    >>> import numpy as np
    >>> bool(mg.gradcheck(mg.tanh, np.array([0.5, -1.0]), order=2))
    True
    """
    if not callable(f):
        raise TypeError(f"gradcheck takes a function, got {type(f).__name__}")
    if order < 1:
        raise ValueError(f"gradcheck: the order must be at least 1, got {order}")
    given = [a._value if isinstance(a, Recorded) else a for a in args]
    positions = [i for i, a in enumerate(given) if np.asarray(a).dtype.kind == "f"]
    if not positions:
        raise TypeError("gradcheck: no argument holds floating-point numbers, so there is nothing to differentiate")
    exact = [np.asarray(given[i]) for i in positions]
    names = argument_names(f, len(args))
    rtol = RTOL[min(8, min(x.itemsize for x in exact))] if rtol is None else rtol
    random = np.random.default_rng(0)

    def function(*xs: Any) -> tuple[Any, ...]:
        values = list(given)
        for i, x in zip(positions, xs, strict=True):
            values[i] = x
        return (f(*values),)

    in_float64 = [x.astype(np.float64) for x in exact]
    steps = [_scale(x) for x in in_float64]
    size = 0.0
    checked: list[CheckedArgument] = []
    for level in range(1, order + 1):
        values = _evaluate(function, in_float64)
        size = max(_size(values), _size(_evaluate(function, _nearby(in_float64, steps, random))), size)
        # Multiples of 1/64 between 0.5 and 1.5, of either sign: exact in every dtype, and none is small.
        cotangents = [random.integers(32, 97, y.shape) / 64 * random.choice([-1.0, 1.0], y.shape) for y in values]
        gradient = _gradient(function, cotangents, len(exact))
        automatic = gradient(*(x[()] for x in exact))
        for k, position in enumerate(positions):
            along = _numerically(function, in_float64, k, cotangents)
            comparisons = list(_comparisons(np.asarray(automatic[k], np.float64), along, steps[k], random))
            absolute = rtol * max((abs(c.numerical) for c in comparisons), default=0.0) if atol is None else atol
            slack = rtol * ROUNDING * size if atol is None else 0.0
            checked.append(_judge(level, names[position], exact[k].shape, comparisons, rtol, absolute, slack))
        function = gradient
        size /= min(float(np.min(s, initial=1.0)) for s in steps)  # the derivatives of what has this size
    return GradcheckReport(getattr(f, "__name__", type(f).__name__), tuple(checked))


def _evaluate(function: Several, xs: Sequence[Array]) -> list[Array]:
    """Evaluate a function at plain arrays, where differences may leave its domain."""
    with np.errstate(all="ignore"):
        outputs = function(*(x[()] if isinstance(x, np.ndarray) else x for x in xs))
    values = [np.asarray(y._value if isinstance(y, Recorded) else y) for y in outputs]
    for y in values:
        if y.dtype.kind != "f":
            raise TypeError(f"gradcheck: the function must return one floating-point array, got dtype {y.dtype}")
    return values


def _gradient(function: Several, cotangents: Sequence[Array], count: int) -> Several:
    """Make the function of the gradients, one per argument, of the contraction with cotangents."""
    return grad(lambda *xs: _contract(cotangents, function(*xs)), tuple(range(count)))


def _nearby(xs: Sequence[Array], steps: Sequence[Array], random: np.random.Generator) -> list[Array]:
    return [x + 0.1 * s * random.standard_normal(x.shape) for x, s in zip(xs, steps, strict=True)]


def _size(values: Sequence[Array]) -> float:
    """Return Σ |value|, 0 where that is no number."""
    total = sum(float(np.sum(np.abs(y.astype(np.float64)))) for y in values)
    return total if math.isfinite(total) else 0.0


def _numerically(
    function: Several, xs: Sequence[Array], k: int, cotangents: Sequence[Array]
) -> Callable[[Array], float]:
    """Make the function of the numerical derivatives along directions of the k-th argument."""

    def along(direction: Array) -> float:
        def difference(h: float) -> float:
            above, below = (_evaluate(function, [*xs[:k], xs[k] + s * h * direction, *xs[k + 1 :]]) for s in (1, -1))
            with np.errstate(all="ignore"):
                # Subtract before summing: what does not depend on x cancels exactly.
                parts = (float(np.sum(c * (a - b))) for c, a, b in zip(cotangents, above, below, strict=True))
                return sum(parts) / (2 * h)

        return derivative_along(difference)[0]

    return along


@dataclass(frozen=True)
class _Comparison:
    """Both derivatives with respect to the element at an index, or along a direction; and the unit of the steps."""

    at: tuple[int, ...] | None
    automatic: float
    numerical: float
    step: float


def _comparisons(
    automatic: Array, along: Callable[[Array], float], steps: Array, random: np.random.Generator
) -> Iterator[_Comparison]:
    """Compare the derivatives with respect to an argument, for every element or along random directions."""
    if steps.size > EVERY_ELEMENT_UP_TO:
        for _ in range(DIRECTIONS):
            direction = steps * random.standard_normal(steps.shape)
            yield _Comparison(None, float(np.sum(automatic * direction)), along(direction), 1.0)
        return
    for at in np.ndindex(steps.shape):
        direction = np.zeros(steps.shape)
        direction[at] = step = float(steps[at])
        yield _Comparison(at, float(automatic[at]), along(direction) / step, step)


def _judge(
    order: int,
    name: str,
    shape: tuple[int, ...],
    comparisons: Sequence[_Comparison],
    rtol: float,
    atol: float,
    slack: float,
) -> CheckedArgument:
    """Hold each difference against its tolerance, and report the worst."""
    worst = CheckedArgument(order, name, shape, (), 0.0, 0.0, 0.0, 0.0, ok=True)
    for c in comparisons:
        tolerance = atol + rtol * abs(c.numerical) + slack / c.step
        difference = abs(c.automatic - c.numerical)
        ok = difference <= tolerance  # not so for NaN
        found = CheckedArgument(order, name, shape, c.at, c.automatic, c.numerical, difference, tolerance, ok)
        if c is comparisons[0] or _badness(found) > _badness(worst):
            worst = found
    return worst


def _badness(c: CheckedArgument) -> float:
    if not math.isfinite(c.difference):
        return math.inf
    return c.difference / c.tolerance if c.tolerance else math.inf if c.difference else 0.0
