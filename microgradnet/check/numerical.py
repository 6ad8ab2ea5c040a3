"""Numerical derivatives, and automatic ones checked against them.

Functions are called from the outside only: with plain float64 arrays for the differences, and with tensors
for the automatic derivative. So anything made of arrays can be checked, an operation as well as a program.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import index
from typing import Any

import numpy as np

from microgradnet.check.slopes import Several, Slope, evaluate, scale
from microgradnet.check.text import aligned, argument_names, check_tolerances, copies, place
from microgradnet.graph import legible, printable
from microgradnet.ops.elementwise import multiply
from microgradnet.ops.reductions import sum as sum_
from microgradnet.plain import is_array, plain
from microgradnet.record import Recorded
from microgradnet.transforms import grad

__all__ = ["CheckedArgument", "GradcheckReport", "gradcheck"]

Array = np.ndarray[Any, np.dtype[Any]]

EVERY_ELEMENT_UP_TO = 256
"""Arguments of at most this many elements are checked element by element, larger ones along directions."""

DIRECTIONS = 24
"""How many random directions."""

RTOL = {2: 3e-2, 4: 1e-3, 8: 1e-6}
"""Relative tolerance, by the item size of the coarsest floating dtype among the arguments."""

ROUNDING = 1e-4
"""How far off a derivative may be that is 0 because everything cancels: this, times the relative tolerance, times
the size of what cancels per unit of step. (Of both kinds of derivative the numerical one loses more to rounding.)"""


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
    method : {"complex step", "differences"}
        How the numerical derivative shown was found.
    verdict : {"right", "WRONG", "kink", "not finite", "not deterministic"}
        At a kink, where the slopes on both sides differ, every number between the two is right.
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
    method: str = "differences"
    verdict: str = "right"


@dataclass(frozen=True, repr=False)
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
        header = (
            "order", "argument", "shape", "worst", "automatic", "numerical", "difference", "tolerance", "method",
            "verdict",
        )  # fmt: skip
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
                a.method,
                a.verdict,
            )
            for a in self.arguments
        ]
        return printable(f"{self.function}: automatic against numerical derivatives\n{aligned(header, rows)}")

    __repr__ = __str__

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

    An output of any shape is contracted with a fixed random cotangent first. The numerical derivatives are those
    of f at float64 arguments, whatever the dtype of those given: extrapolated central differences, and the complex
    step where f takes complex numbers and both agree. The automatic ones are computed in the dtype given. Up to 256
    elements of an argument are checked one by one; of a larger argument, 24 random directions.

    What makes a comparison meaningless is named in place of a mismatch: values that are not finite, a function
    that returns something else at every call, and kinks. At a kink any slope between those on both sides is right.

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
        If f is not callable or returns no floating-point array, no argument is floating-point, or the order is no
        integer.
    ValueError
        If the order is less than 1, or a tolerance is negative.

    Examples
    --------
    >>> import microgradnet as mg
    >>> import numpy as np
    >>> bool(mg.gradcheck(mg.tanh, np.array([0.5, -1.0]), order=2))
    True
    """
    if not callable(f):
        raise TypeError(f"gradcheck takes a function, got {type(f).__name__}")
    check_tolerances(rtol=rtol, atol=atol)
    if index(order) < 1:
        raise ValueError(f"gradcheck: the order must be at least 1, got {order}")
    given = [a._value if isinstance(a, Recorded) else a for a in args]
    given = [plain(a, f"gradcheck: argument {i}") if is_array(a) else a for i, a in enumerate(given)]
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
        result = f(*copies(values))
        if not isinstance(result, Recorded | np.ndarray | np.generic | float | int | complex):
            raise TypeError(f"gradcheck: the function must return one array, got {type(result).__name__}")
        return (result,)

    in_float64 = [x.astype(np.float64) for x in exact]
    steps = [scale(x) for x in in_float64]
    size = 0.0
    checked: list[CheckedArgument] = []
    for level in range(1, order + 1):
        values = evaluate(function, in_float64)
        repeatable = all(
            np.array_equal(a, b, equal_nan=True) for a, b in zip(values, evaluate(function, in_float64), strict=True)
        )
        size = max(_size(values), _size(evaluate(function, _nearby(in_float64, steps, random))), size)
        # Multiples of 1/64 between 0.5 and 1.5, of either sign: exact in every dtype, and none is small.
        cotangents = [random.integers(32, 97, y.shape) / 64 * random.choice([-1.0, 1.0], y.shape) for y in values]
        gradient = _gradient(function, cotangents, len(exact))
        with np.errstate(all="ignore"):  # what isn't finite is named
            automatic = gradient(*(x[()] for x in exact))
        for k, position in enumerate(positions):
            slope = Slope(function, in_float64, k, cotangents)
            comparisons = list(_comparisons(np.asarray(automatic[k], np.float64), slope, steps[k], random))
            absolute = rtol * max((abs(c.numerical) for c in comparisons), default=0.0) if atol is None else atol
            slack = rtol * ROUNDING * size if atol is None else 0.0
            found = _judge(level, names[position], exact[k].shape, comparisons, rtol, absolute, slack)
            checked.append(found if repeatable else replace(found, ok=False, verdict="not deterministic"))
        function = gradient
        size /= min(float(np.min(s, initial=1.0)) for s in steps)  # the derivatives of what has this size
    return GradcheckReport(legible(getattr(f, "__name__", type(f).__name__)), tuple(checked))


def _gradient(function: Several, cotangents: Sequence[Array], count: int) -> Several:
    """Make the function of the gradients, one per argument, of the contraction with cotangents."""
    return grad(lambda *xs: _contract(cotangents, function(*xs)), tuple(range(count)))


def _nearby(xs: Sequence[Array], steps: Sequence[Array], random: np.random.Generator) -> list[Array]:
    return [x + 0.1 * s * random.standard_normal(x.shape) for x, s in zip(xs, steps, strict=True)]


def _size(values: Sequence[Array]) -> float:
    """Return Σ |value|, 0 where that is no number."""
    total = sum(float(np.sum(np.abs(y.astype(np.float64)))) for y in values)
    return total if math.isfinite(total) else 0.0


@dataclass(frozen=True)
class _Comparison:
    """Both derivatives with respect to the element at an index, or along a direction; and the unit of the steps."""

    at: tuple[int, ...] | None
    automatic: float
    numerical: float
    step: float
    method: str
    sides: Callable[[], tuple[float, float] | None]


def _comparisons(automatic: Array, slope: Slope, steps: Array, random: np.random.Generator) -> Iterator[_Comparison]:
    """Compare the derivatives with respect to an argument, for every element or along random directions."""
    if steps.size > EVERY_ELEMENT_UP_TO:
        for _ in range(DIRECTIONS):
            direction = steps * random.standard_normal(steps.shape)
            expected = float(np.sum(automatic * direction))
            yield _Comparison(None, expected, *_found(slope, direction, 1.0))
        return
    for at in np.ndindex(steps.shape):
        direction = np.zeros(steps.shape)
        direction[at] = step = float(steps[at])
        yield _Comparison(at, float(automatic[at]), *_found(slope, direction, step))


def _found(
    slope: Slope, direction: Array, step: float
) -> tuple[float, float, str, Callable[[], tuple[float, float] | None]]:
    derivative, method = slope.along(direction)

    def sides() -> tuple[float, float] | None:
        found = slope.sides(direction)
        return None if found is None else (found[0] / step, found[1] / step)

    return derivative / step, step, method, sides


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
        verdict = "right" if difference <= tolerance else "WRONG"
        if not math.isfinite(difference):
            verdict = "not finite"
        elif verdict == "WRONG" and (sides := c.sides()) is not None:
            low, high = sides
            verdict = "kink" if low - tolerance <= c.automatic <= high + tolerance else "WRONG"
        found = CheckedArgument(
            order, name, shape, c.at, c.automatic, c.numerical, difference, tolerance, verdict in ("right", "kink"),
            c.method, verdict,
        )  # fmt: skip
        if c is comparisons[0] or _badness(found) > _badness(worst):
            worst = found
    return worst


def _badness(c: CheckedArgument) -> tuple[bool, float]:
    """Put what is wrong before what is right at a kink, and that before what is right."""
    if not math.isfinite(c.difference):
        return not c.ok, math.inf
    return not c.ok, c.difference / c.tolerance if c.tolerance else math.inf if c.difference else 0.0
