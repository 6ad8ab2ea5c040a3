"""Automatic derivatives of a function checked against numerical ones: which are compared, and the report.

Functions are called from the outside only: with plain float64 arrays for the differences, and with tensors
for the automatic derivative. So anything made of arrays can be checked, an operation as well as a program. How
numerical derivatives are found is in `slopes`, and what is said of a comparison in `judge`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from operator import index
from typing import Any

import numpy as np

from microgradnet.backward import reachable, reverse
from microgradnet.check.judge import Automatic, Judge, LineComparison, Tolerances
from microgradnet.check.nonfinite import first_nonfinite
from microgradnet.check.report import Report
from microgradnet.check.slopes import Line, Several, Slope, evaluate, scale
from microgradnet.check.text import aligned, argument_names, check_call, check_tolerances, copies, place
from microgradnet.containers import is_tree, opened
from microgradnet.forward import push
from microgradnet.leaving import Running
from microgradnet.objects import joined
from microgradnet.ops.elementwise import multiply
from microgradnet.ops.reductions import sum as sum_
from microgradnet.plain import is_array, plain
from microgradnet.record import Argument, Recorded, attach, leaf, node_of, value_of
from microgradnet.text import legible, printable
from microgradnet.transforms import grad

__all__ = ["CheckedArgument", "GradcheckReport", "gradcheck"]

Array = np.ndarray[Any, np.dtype[Any]]

EVERY_ELEMENT_UP_TO = 256
"""Arguments of at most this many elements together are checked element by element, more along a random direction."""


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
        Its name in the function's signature; of an array in a container, how one gets it: ``params["w"]``.
    shape : tuple of int
    worst : tuple of int or None
        The element that is furthest off in relation to its tolerance; None where random directions were checked.
    automatic, numerical : float
        Both derivatives there, or along the worst direction.
    difference, tolerance : float
        Their absolute difference, and how large it may be.
    ok : bool
        Whether every element, or every direction, is within its tolerance.
    method : {"complex step", "differences", "gradient"}
        How the numerical derivative shown was found. An operation of one's own that declares a `structure` which it
        hasn't is an entry too: what it pushes forward isn't what the gradient says.
    verdict : {"right", "WRONG", "kink", "lost digits", "too small to tell", "not finite", "not deterministic"}
        At a kink, where the slopes on both sides differ, every number between the two is right. What has lost digits
        agrees in those that the rounding of its own steps has left, as y (1 − y) where y is nearly 1. What is too small
        to tell could be twice as large without being seen beside rounding, and is not ok.
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

    @classmethod
    def of(cls, order: int, argument: str, shape: tuple[int, ...], c: LineComparison | None) -> CheckedArgument:
        """Say what was found; None where there is nothing to compare."""
        if c is None:
            return cls(order, argument, shape, (), 0.0, 0.0, 0.0, 0.0, ok=True)
        return cls(
            order, argument, shape, c.line.at, c.automatic, c.numerical, c.difference, c.tolerance, c.ok, c.method,
            c.verdict,
        )  # fmt: skip


@dataclass(frozen=True, repr=False)
class GradcheckReport(Report):
    """What `gradcheck` found: true if every derivative is right, printed as a table.

    Attributes
    ----------
    function : str
        Its name.
    arguments : tuple of CheckedArgument
        One for each floating-point argument and each order.
    cause : str
        Where something is not finite: which operation made it first. Where digits are lost: how many are left. Empty
        otherwise.
    """

    function: str
    arguments: tuple[CheckedArgument, ...]
    cause: str = ""

    @property
    def ok(self) -> bool:
        """Whether every derivative is within its tolerance."""
        return all(a.ok for a in self.arguments)

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
        table = f"{self.function}: automatic against numerical derivatives\n{aligned(header, rows)}"
        return printable(f"{table}\n\n{self.cause}" if self.cause else table)


# --- the check -----------------------------------------------------------------------------------------


def gradcheck(
    f: Callable[..., Any],
    *args: Any,
    order: int = 1,
    rtol: float | None = None,
    atol: float | None = None,
    directions: int | None = None,
) -> GradcheckReport:
    """Check automatic derivatives of a function against numerical ones.

    An output of any shape is contracted with a fixed random cotangent first. The numerical derivatives are those
    of f at float64 arguments, whatever the dtype of those given; the automatic ones are computed in the dtype given.
    Each is compared with one central difference. Where that doesn't agree, with the complex step, if f takes complex
    numbers and neither contradicts; and then with differences at all steps, from the size of the argument down to
    its last digits, extrapolated to the step 0. Up to 256 elements of all arguments together are checked one by
    one; of more, each argument along a random direction in which every element takes part.

    What makes a comparison meaningless is named in place of a mismatch: values that are not finite, a function
    that returns something else at every call, kinks, and what is too small to tell: where a derivative twice as
    large would not be seen beside the rounding of f. At a kink any slope between those on both sides is right.

    Parameters
    ----------
    f : callable
        A function of arrays that returns one array or number.
    *args : array_like
        Its arguments. Derivatives are taken with respect to all that hold floating-point numbers, in containers
        (dicts, lists, tuples, dataclasses) too; the others are passed on as they are.
    order : int
        The highest order of derivative. 2 also checks the gradient of a random projection of the gradient,
        and so on.
    rtol, atol : float, optional
        A difference may be ``atol + rtol * |numerical|``, plus what was measured to be rounding. The default `rtol`
        is 1e-6 if all floating arguments are float64, 1e-3 if one is float32, 3e-2 if one is float16; along a
        direction it is of the largest term, so that a single wrong element is seen. The default `atol` is 0.
    directions : int, optional
        How many random directions to check of each argument, whatever its size; 0 for every element, however many.

    Returns
    -------
    GradcheckReport

    Raises
    ------
    TypeError
        If f is not callable or returns no floating-point array, no argument is floating-point, or the order or
        the number of directions is no integer.
    ValueError
        If the order is less than 1, or a tolerance or the number of directions is negative.

    Examples
    --------
    >>> import microgradnet as mg
    >>> import numpy as np
    >>> bool(mg.gradcheck(mg.tanh, np.array([0.5, -1.0]), order=2))
    True
    """
    if not callable(f):
        raise TypeError(f"gradcheck takes a function, got {type(f).__name__}")
    check_call(f, args, "gradcheck", "the function")
    check_tolerances(rtol=rtol, atol=atol)
    if index(order) < 1:
        raise ValueError(f"gradcheck: the order must be at least 1, got {order}")
    if directions is not None and index(directions) < 0:
        raise ValueError(f"gradcheck: the number of directions must be 0 or more, got {directions}")
    name = legible(getattr(f, "__name__", type(f).__name__))
    if any(map(is_tree, args)):
        f, leaves, _ = opened(f, args, range(len(args)))
        return replace(gradcheck(f, *leaves, order=order, rtol=rtol, atol=atol, directions=directions), function=name)
    given = [value_of(a) for a in args]
    given = [plain(a, f"gradcheck: argument {i}") if is_array(a) else a for i, a in enumerate(given)]
    positions = [i for i, a in enumerate(given) if np.asarray(a).dtype.kind == "f"]
    if not positions:
        raise TypeError("gradcheck: no argument holds floating-point numbers, so there is nothing to differentiate")
    exact = [np.asarray(given[i]) for i in positions]
    names = argument_names(f, len(args))
    random = np.random.default_rng(0)

    def function(*xs: Any) -> tuple[Any, ...]:
        values = list(given)
        for i, x in zip(positions, xs, strict=True):
            values[i] = x
        result = joined(f(*copies(values)))
        if not isinstance(result, Recorded | np.ndarray | np.generic | float | int | complex):
            raise TypeError(f"gradcheck: the function must return one array, got {type(result).__name__}")
        return (result if hasattr(result, "dtype") else np.asarray(result)[()],)

    point = [x.astype(np.float64) for x in exact]
    tolerances = Tolerances.of(exact, rtol, atol)
    if directions is None:
        directions = int(sum(x.size for x in exact) > EVERY_ELEMENT_UP_TO)
    checked: list[CheckedArgument] = []
    for level in range(1, order + 1):
        values, again = evaluate(function, point), evaluate(function, point)
        repeatable = all(np.array_equal(a, b, equal_nan=True) for a, b in zip(values, again, strict=True))
        # Multiples of 1/64 between 0.5 and 1, of either sign: exact in every dtype, and none is small.
        cotangents = [random.integers(32, 65, y.shape) / 64 * random.choice([-1.0, 1.0], y.shape) for y in values]

        def times(factor: float, f: Several = function, cs: Sequence[Array] = cotangents) -> Several:
            return _gradient(f, [factor * c for c in cs], len(exact))

        def contracted(*xs: Any, f: Several = function, cs: Sequence[Array] = cotangents) -> Any:
            return _contract(cs, f(*xs))

        automatic = Automatic(times, exact, contracted)
        for k, position in enumerate(positions):
            judge = Judge(Slope(function, point, k, cotangents, values), automatic, tolerances)
            with np.errstate(all="ignore"):  # differences may leave the domain
                found = judge.worst(_lines(point[k], directions, random)) if point[k].size else None
            entry = CheckedArgument.of(level, names[position], exact[k].shape, found)
            checked.append(entry if repeatable else replace(entry, ok=False, verdict="not deterministic"))
        if level == 1:
            checked += _structures(function, point, random)
        function = times(1.0)
    cause = first_nonfinite(f, *given) if any(c.verdict == "not finite" for c in checked) else None
    causes = [*map(_lost, (c for c in checked if c.verdict == "lost digits")), *([] if cause is None else [str(cause)])]
    return GradcheckReport(name, tuple(checked), "\n".join(causes))


def _lost(c: CheckedArgument) -> str:
    """Say how much of a derivative is rounding of its own steps, and what that means."""
    where = legible(c.argument) + (place(c.worst) if c.worst is not None else " along a direction")
    return (
        f"Lost digits: at {where} rounding in the steps of the automatic derivative, {c.automatic:.2g}, may amount to "
        f"{c.tolerance:.2g}. In the digits that are left it agrees with the numerical one."
    )


def _gradient(function: Several, cotangents: Sequence[Array], count: int) -> Several:
    """Make the function of the gradients, one per argument, of the contraction with cotangents."""
    differentiate = grad(lambda *xs: _contract(cotangents, function(*xs)), tuple(range(count)))
    return lambda *xs: Running("gradcheck").call(differentiate, xs)


def _structures(f: Several, point: Sequence[Array], random: np.random.Generator) -> list[CheckedArgument]:
    """Check what operations that aren't built in declare of their structure, which is read for tangents only.

    Of an operation whose VJPs make ū of the cotangent u, tangents t are pushed forward to what has the product Σ ū·t
    with u. Each operation is called as f calls it, since what cancels later would hide how large a difference is.
    """
    leaves = [attach(x[()], leaf(x, requires_grad=True, name=None, node_type=Argument)) for x in map(np.copy, point)]
    with np.errstate(all="ignore"):
        outputs = Running("gradcheck").call(f, leaves)
    wrong: dict[str, CheckedArgument] = {}
    for node in [node for y in outputs if isinstance(y, Recorded) for node in reachable(node_of(y))[0]]:
        operation: Any = node.primitive
        if operation.structure is None or operation.module.startswith("microgradnet."):
            continue
        inputs = {x for x in node.inputs if x.requires_grad}
        tangents = {x: random.uniform(-1, 1, x.shape).astype(x.dtype)[()] for x in inputs}
        u = random.uniform(-1, 1, node.shape).astype(node.dtype)[()]
        pulled = reverse(node, u, {node, *inputs}, inputs)
        pushed = push([node], {**tangents}, False).get(node, np.zeros(node.shape))
        forward, back = u * pushed, [pulled[x] * t for x, t in tangents.items() if x in pulled]
        found, expected = float(np.sum(forward)), float(sum(map(np.sum, back)))
        tolerance = 1e-2 * float(np.sum(np.abs(forward)) + sum(np.sum(np.abs(part)) for part in back))
        if abs(found - expected) > tolerance:
            what = f"{operation.structure} {operation.name}"
            off = abs(found - expected)
            wrong[what] = CheckedArgument(
                1, what, node.shape, None, found, expected, off, tolerance, False, "gradient", "WRONG"
            )
    return [*wrong.values()]


def _lines(x: Array, directions: int, random: np.random.Generator) -> list[Line]:
    """Return lines through x along random directions, or, for 0 of them, along every element."""
    if directions == 0 or x.size <= directions:
        return [Line(x, at=at) for at in np.ndindex(x.shape)]
    lines = []
    for _ in range(directions):
        # No element's part is small, so that one wrong element is seen beside 1e5 right ones.
        part = random.random(x.shape) - 0.5
        lines.append(Line(x, direction=scale(x) * (part + np.copysign(0.5, part))))
    return lines
