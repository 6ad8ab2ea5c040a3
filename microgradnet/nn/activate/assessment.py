"""`check_activation`: everything worth knowing about an activation, found by using it.

Nothing that an activation says about itself is believed: what it states (its range, its kinks) is compared with
what its values show. Every check is a function of a `_Subject` and returns one `Finding`.
"""

from __future__ import annotations

import statistics
import time
import traceback
import warnings
from collections.abc import Callable, Sequence
from functools import cached_property
from importlib import import_module
from typing import Any

import numpy as np

from microgradnet.check.numerical import CheckedArgument, gradcheck
from microgradnet.leaving import Running
from microgradnet.nn.activate.checks import check_closely, check_rows_closely, raised, read_only, settings
from microgradnet.nn.activate.declaration import Activation
from microgradnet.nn.activate.findings import ActivationReport, Finding
from microgradnet.nn.activate.kinks import find_kinks
from microgradnet.nn.activate.registry import activations
from microgradnet.ops import sigmoid
from microgradnet.ops import sum as sum_
from microgradnet.record import Recorded, node_of
from microgradnet.tensor import tensor
from microgradnet.transforms import grad

__all__ = ["check_activation"]

Array = np.ndarray[Any, np.dtype[Any]]

FLAT = 1e-3
"""Where |f′| is below this, an activation is saturated: next to nothing is learnt through it."""

BY_HAND = 1e-8
"""How far a derivative by hand may be from the expression's, in relation to it, or to a tenth of the largest."""

ROUNDED = 1e-12
"""How far, in relation to its size, a value may be off for rounding alone, over the range of what is checked."""


def check_activation(
    f: str | Callable[[Any], Any],
    *,
    reference: Callable[[Any], Any] | None = None,
    low: float = -8.0,
    high: float = 8.0,
) -> ActivationReport:
    """Find out whether an activation is right, and what it is like.

    Its derivative and second derivative are checked against extrapolated differences and, where the expression
    takes complex numbers, against the complex step (Squire and Trapp, "Using complex variables to estimate
    derivatives of real functions", SIAM Review 40, 1998). Kinks, range, saturation, steepness, monotonicity, the
    behaviour at the ends, dtypes, shapes and speed are found by looking. A kink is no fault; a subgradient that is
    not between the slopes of its two sides is.

    Parameters
    ----------
    f : str or callable
        The name of an activation, or a function of an array of any shape, made of this package's operations.
    reference : callable, optional
        The same function of one number, made of mpmath's functions: values and derivatives are then compared with
        it at 50 digits.
    low, high : float
        The interval to look at closely.

    Returns
    -------
    ActivationReport
        True if nothing is wrong. Print it; ``report["kinks"].values`` are the numbers of a finding.

    Raises
    ------
    KeyError
        If there is no activation of that name.
    TypeError
        If f is neither a name nor a function.
    ValueError
        If `low` is not below `high`, or one of them is not finite; if the reference raises an error, or returns no
        real number.
    ImportError
        If there is a reference and no mpmath.

    Examples
    --------
    >>> import microgradnet as mg
    >>> report = mg.check_activation("relu")
    >>> report.ok
    True
    >>> print(report["kinks"].words)
    at 0 (slope 0 to the left, 1 to the right; 0 is used)
    """
    if not callable(f) and not isinstance(f, str):
        raise TypeError(f"check_activation: an activation is given by name or as a function, got {type(f).__name__}")
    function = activations[f] if isinstance(f, str) else f
    if not (np.isfinite(low) and np.isfinite(high) and low < high):
        raise ValueError(f"check_activation: low must be below high and both finite, got low={low} and high={high}")
    name = f if isinstance(f, str) else str(getattr(f, "name", getattr(f, "__name__", type(f).__name__)))
    subject = _Subject(name, function, float(low), float(high), reference)
    usable = _made(_callable, subject)
    findings = [usable]
    elementwise = False
    if usable.verdict == "ok":
        alike = _made(_elementwise, subject)
        elementwise = bool(alike.values.get("elementwise"))
        findings.append(alike)
        findings += [_made(check, subject) for check in (_ELEMENTWISE if elementwise else _ALONG_AN_AXIS)]
    return ActivationReport(name, function, float(low), float(high), elementwise, tuple(findings))


class _Subject:
    """An activation to be checked, and what several checks need to know about it."""

    def __init__(
        self,
        name: str,
        function: Callable[[Any], Any],
        low: float,
        high: float,
        reference: Callable[[Any], Any] | None,
    ) -> None:
        self.name = name
        self.function = function
        self.low, self.high = low, high
        self.reference = reference
        self.grid = np.linspace(low, high, 2049)

    def value(self, x: Any, **heard: Any) -> Any:
        """Compute f of plain arrays; a warning of NumPy is the matter of `_ends` alone."""
        with np.errstate(**{"all": "ignore", **heard}):
            return self.function(read_only(x))

    def slope(self, x: Any, **heard: Any) -> Any:
        """Compute the automatic derivative at plain arrays."""
        with np.errstate(**{"all": "ignore", **heard}):
            return grad(lambda z: sum_(self.function(z)))(x)

    def differences(self, x: Array) -> tuple[CheckedArgument, ...]:
        """Compare first and second derivative with differences, at the worst point each."""
        with np.errstate(all="ignore"):
            return gradcheck(self.value, x, order=2).arguments

    def stated(self, what: str) -> Any:
        """Return what the activation says about itself, or None."""
        return getattr(self.function, what, None)

    @cached_property
    def values(self) -> Array:
        return np.asarray(self.value(self.grid))

    @cached_property
    def slopes(self) -> Array:
        return np.asarray(self.slope(self.grid))

    @cached_property
    def kinks(self) -> Any:
        return find_kinks(self.value, self.low, self.high)

    @cached_property
    def smooth(self) -> Array:
        """Points that are no round numbers, where kinks tend to be, and not close to a kink."""
        x = self.low + (np.arange(96) + 0.618) / 96 * (self.high - self.low)
        return x[[all(abs(p - k.at) > 1e-3 for k in self.kinks) for p in x]]

    @cached_property
    def checked(self) -> tuple[CheckedArgument, ...]:
        return self.differences(self.smooth)


def _made(check: Callable[[_Subject], Finding], subject: _Subject) -> Finding:
    """Make a check; what the activation raises is what was found, and what anything else raises is no fault of its."""
    name = check.__name__.strip("_").replace("_", " ")
    try:
        return check(subject)
    except ImportError:
        raise
    except Exception as error:
        if not any(frame.f_code in _OF_THE_ACTIVATION for frame, _ in traceback.walk_tb(error.__traceback__)):
            error.add_note(f"raised by the check of {name} itself, not by the activation")
            raise
        return Finding(name, "wrong", f"it raises {raised(error)}")


_OF_THE_ACTIVATION = {f.__code__ for f in (_Subject.value, _Subject.slope, _Subject.differences)}
"""Where the activation is called and differentiated, and nowhere else."""


# --- checks that make sense for any activation -----------------------------------------------------------


def _callable(s: _Subject) -> Finding:
    """Whether it takes arrays and tensors, and its gradient gets through."""
    x = np.array([[0.3, -0.7], [1.1, -1.9]])
    plain = s.value(x)
    if isinstance(plain, Recorded) or not isinstance(plain, np.ndarray):
        return Finding("callable", "wrong", f"of an array it returns {type(plain).__name__}, not an array")
    if plain.dtype.kind != "f":
        return Finding("callable", "wrong", f"of floating-point numbers it returns {plain.dtype}")
    recorded = Running("check_activation").call(s.value, [tensor(x, requires_grad=True)])
    if not (isinstance(recorded, Recorded) and node_of(recorded).requires_grad):
        words = "the gradient is lost: it leaves this package's operations, by .data, .numpy() or a function of NumPy's"
        return Finding("callable", "wrong", f"{words} that is not one of them")
    return Finding("callable", "ok", "takes arrays and tensors; the gradient gets through")


def _elementwise(s: _Subject) -> Finding:
    """Whether one element of the result depends on the one at its place alone."""
    x = np.random.default_rng(0).normal(0, 2, (3, 4))
    whole = s.value(x)
    alone = np.array([np.asarray(s.value(np.array([v]))) for v in x.flat]).reshape(-1) if whole.shape == x.shape else x
    size = float(np.nanmax(np.abs(whole), initial=0.0))
    same = whole.shape == x.shape and np.allclose(alone, whole.reshape(-1), rtol=0, atol=ROUNDED * size, equal_nan=True)
    stated = s.stated("elementwise")
    words = (
        "each element of the result depends on the one at its place alone"
        if same
        else "elements depend on others, along an axis, or on chance"
        if whole.shape == x.shape
        else f"the shape {x.shape} becomes {whole.shape}"
    )
    if stated is not None and bool(stated) is not same:
        return Finding("elementwise", "wrong", f"{words}; it is stated otherwise", {"elementwise": same})
    return Finding("elementwise", "ok", words, {"elementwise": same})


def _float32(s: _Subject) -> Finding:
    x = np.random.default_rng(0).normal(0, 2, (3, 4)).astype(np.float32)
    dtypes = {"values": s.value(x).dtype, "derivatives": s.slope(x).dtype}
    wide = [f"{what} are {dtype}" for what, dtype in dtypes.items() if dtype != np.float32]
    if wide:
        words = f"of float32 {' and '.join(wide)}; use Python's numbers for constants, not NumPy's"
        return Finding("float32", "wrong", words)
    return Finding("float32", "ok", "float32 in, float32 out: values and derivatives")


def _speed(s: _Subject) -> Finding:
    """Value and gradient beside those of sigmoid: medians of interleaved runs."""
    x = np.random.default_rng(0).normal(0, 2, (100, 100))
    both: list[Callable[[Array], Any]] = [s.slope, grad(lambda z: sum_(sigmoid(z)))]
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(15):
        for run, times in zip(both, taken, strict=True):
            begin = time.perf_counter()
            run(x)
            times.append(time.perf_counter() - begin)
    ratio = statistics.median(taken[0]) / statistics.median(taken[1])
    return Finding("speed", "note", f"{ratio:.1f} times as long as sigmoid, value and gradient", {"ratio": ratio})


def _curve(_: _Subject) -> Finding:
    words = "kinks, saturation, steepness, dead region, monotonicity, ends: these are of functions of one number"
    return Finding("curve", "does not apply", words)


def _derivatives_along_an_axis(s: _Subject) -> Finding:
    x = np.random.default_rng(0).normal(0, 2, (3, 4))
    return _derivative_words("derivatives", s.differences(x), f"at a random {x.shape}")


def _closely_along_an_axis(s: _Subject) -> Finding:
    """First and second derivatives, at several values of parameters, for rows of small and of large numbers."""
    name = "closely"
    declared = s.function if isinstance(s.function, Activation) else Activation("f", s.function, elementwise=False)
    try:
        with np.errstate(all="ignore"):
            for given in settings(declared):
                check_rows_closely(declared, given, BY_HAND)
    except ValueError as error:
        return Finding(name, "wrong", str(error).partition(": ")[2])
    return Finding(name, "ok", "first and second derivatives are what differences are, for rows of numbers up to 12")


def _range_along_an_axis(s: _Subject) -> Finding:
    return _range_of(s, np.asarray(s.value(np.random.default_rng(0).normal(0, 3, (40, 12)))), "for normal x")


# --- the derivatives -------------------------------------------------------------------------------------


def _agrees(c: CheckedArgument) -> bool:
    """Whether nothing was found: in the tails of an activation, differences can't tell numbers from their rounding."""
    return c.ok or c.verdict == "too small to tell"


def _derivative_words(name: str, checked: Sequence[CheckedArgument], where: str) -> Finding:
    worst = max(checked, key=lambda c: c.difference / c.tolerance if c.tolerance else c.difference)
    values = {"automatic": worst.automatic, "numerical": worst.numerical, "difference": worst.difference}
    bad = [c for c in checked if not _agrees(c)]
    if not bad:
        return Finding(name, "ok", f"agrees with differences {where}, to {worst.difference:.1g}", values)
    values |= {"order": bad[0].order}
    words = f"{bad[0].automatic:.6g}, but differences give {bad[0].numerical:.6g}"
    return Finding(name, "wrong", f"{words}, {where}, element {bad[0].worst}", values)


def _derivative(s: _Subject) -> Finding:
    c = s.checked[0]
    found = _derivative_words("derivative", [c], f"at {len(s.smooth)} points")
    if _agrees(c) or c.worst is None:
        return found
    at = float(s.smooth[c.worst])
    words = f"at x = {at:.6g} it is {c.automatic:.6g}, but differences give {c.numerical:.6g}"
    if np.isnan(s.value(np.array([at]))[0]):
        words = f"the value at x = {at:.6g} is NaN"
    return Finding("derivative", "wrong", words, {**found.values, "at": at})


def _by_hand(s: _Subject) -> Finding:
    """Whether a derivative worked out by hand is that of the expression, to eight digits."""
    name, expression = "by hand", getattr(s.function, "function", None)
    if not s.stated("derivatives") or expression is None:
        return Finding(name, "does not apply", "no derivative by hand is known")
    x = s.grid + 0.618 * (s.grid[1] - s.grid[0])  # no round numbers
    x = x[[all(abs(p - k.at) > 1e-3 for k in s.kinks) for p in x]]
    with np.errstate(all="ignore"):
        exact = grad(lambda z: sum_(expression(z)))(x)
    found, most = s.slope(x), float(np.max(np.abs(exact), initial=0.0))
    off = np.abs(found - exact) / np.maximum(np.abs(exact), 0.1 * most or 1.0)
    worst = int(np.nanargmax(off))
    values = {"at": float(x[worst]), "difference": float(off[worst])}
    if off[worst] <= BY_HAND:
        return Finding(name, "ok", f"is that of the expression at {len(x)} points, to {off[worst]:.1g}", values)
    words = f"at x = {x[worst]:.6g} it is {found[worst]:.12g}, but that of the expression {exact[worst]:.12g}"
    return Finding(name, "wrong", words, values)


def _closely(s: _Subject) -> Finding:
    """First and second derivatives, of x and of what is learned, at several values of parameters, all over the line."""
    name = "closely"
    declared = s.function if isinstance(s.function, Activation) else Activation("f", s.function)
    try:
        with np.errstate(all="ignore"):
            found = [check_closely(declared, given, BY_HAND) for given in settings(declared)]
    except ValueError as error:
        return Finding(name, "wrong", str(error).partition(": ")[2])
    first, second = (min(told) for told in zip(*found, strict=True))
    values = {"first": first, "second": second}
    hidden = "rounding, kinks or steepness hide them from differences"
    if not first and not second:
        return Finding(name, "does not apply", f"nothing can be told: {hidden}", values)
    words = (
        f"first derivatives that differences show, at {first:.0%} of the numbers, and second ones, at {second:.0%}, "
        "agree to 1e-8 of their size"
    )
    if min(first, second) < 1:
        words += f"; elsewhere {hidden}"
    return Finding(name, "ok", words, values)


def _complex_step(s: _Subject) -> Finding:
    """Im f(x + ih) / h has no rounding error, where the expression is one of complex numbers as well."""
    name, h = "complex step", 1e-20
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", np.exceptions.ComplexWarning)
            outputs = np.asarray(s.value(s.smooth + 1j * h))
    except (TypeError, ValueError, NotImplementedError, np.exceptions.ComplexWarning):
        return Finding(name, "does not apply", "the expression takes no complex numbers")
    slopes, exact = s.slope(s.smooth), outputs.imag / h
    size = float(np.max(np.abs(slopes), initial=0.0))
    difference = float(np.max(np.abs(exact - slopes), initial=0.0))
    if difference <= ROUNDED * max(size, 1.0):
        return Finding(name, "ok", f"agrees to {difference:.1g}", {"difference": difference})
    if _agrees(s.checked[0]) and not difference <= 1e-5 * max(size, 1.0):
        # It is far off what differences and the automatic derivative agree on.
        return Finding(name, "does not apply", "the expression means something else for complex numbers")
    at = float(s.smooth[np.nanargmax(np.abs(exact - slopes))])
    words = f"differs by {difference:.1g} from the automatic derivative, most at x = {at:.6g}"
    return Finding(name, "wrong", words, {"difference": difference, "at": at})


def _second_derivative(s: _Subject) -> Finding:
    c = s.checked[1]
    if not _agrees(s.checked[0]):
        return Finding("second derivative", "does not apply", "the first has to be right before")
    if _agrees(c):
        words = f"agrees with differences at {len(s.smooth)} points, to {c.difference:.1g}"
        return Finding("second derivative", "ok", words, {"difference": c.difference})
    at = float(s.smooth[c.worst]) if c.worst is not None else float("nan")
    words = f"at x = {at:.6g} it is off by {c.difference:.2g}, where {c.tolerance:.1g} may be rounding"
    return Finding("second derivative", "wrong", words, {"at": at, "difference": c.difference})


def _of_the_reference(mpmath: Any, reference: Callable[[Any], Any], at: float, order: int) -> Any:
    try:
        return mpmath.mpf(mpmath.diff(reference, mpmath.mpf(at), order))
    except Exception as error:
        raise ValueError(f"check_activation: at x = {at:.6g} the reference raises {raised(error)}") from error


def _reference(s: _Subject) -> Finding:
    """Values and derivatives against mpmath's at 50 digits, in units in the last place."""
    if s.reference is None:
        return Finding("reference", "does not apply", "none was given; pass reference=, a function of mpmath's numbers")
    try:
        mpmath = import_module("mpmath")
    except ImportError:
        raise ImportError('a reference is evaluated with mpmath: pip install "mpmath"') from None
    logarithmic = np.geomspace(1e-8, max(abs(s.low), abs(s.high)), 40)
    x = np.concatenate([-logarithmic, logarithmic, s.smooth])
    x = x[(x >= s.low) & (x <= s.high)]
    x = x[[all(abs(p - k.at) > 1e-3 for k in s.kinks) for p in x]]
    worst = {}
    for order, ours in enumerate((s.value(x), s.slope(x))):
        with mpmath.workdps(50):
            exact = [_of_the_reference(mpmath, s.reference, float(p), order) for p in x]
            near = np.array([float(e) for e in exact])
            error = np.array([float(abs(mpmath.mpf(float(a)) - e)) for a, e in zip(ours, exact, strict=True)])
        what = ("value", "derivative")[order]
        if np.any(~(error <= 1e-9 * np.max(np.abs(near)))):
            at = float(x[np.nanargmax(error)])
            words = f"the {what} at x = {at:.6g} is off by {np.nanmax(error):.2g}: that is another function"
            return Finding("reference", "wrong", words, {"at": at})
        ulps = error / np.spacing(np.maximum(np.abs(near), np.finfo(float).tiny))
        worst[what] = (float(ulps.max()), float(x[ulps.argmax()]))
    words = "; ".join(f"{what} within {u:.2g} ULP (most at x = {at:.3g})" for what, (u, at) in worst.items())
    accurate = all(u <= 4 for u, _ in worst.values())
    return Finding("reference", "ok" if accurate else "note", words, {f"{w} ulp": u for w, (u, _) in worst.items()})


# --- the shape of the curve ------------------------------------------------------------------------------


def _kinks(s: _Subject) -> Finding:
    """Kinks, and whether what is used at one is a subgradient: between the slopes of the two sides."""
    values = {"at": [k.at for k in s.kinks]}
    used = [float(s.slope(np.array([k.at]))[0]) for k in s.kinks]
    values |= {"used": used, "left": [k.left for k in s.kinks], "right": [k.right for k in s.kinks]}
    described = []
    outside = False
    for k, u in zip(s.kinks, used, strict=True):
        jump = f", the value jumps by {k.jump:.4g}" if k.jump else ""
        described.append(f"at {k.at:g} (slope {k.left:g} to the left, {k.right:g} to the right; {u:g} is used{jump})")
        outside |= not min(k.left, k.right) - 1e-4 <= u <= max(k.left, k.right) + 1e-4
    words = ", ".join(described[:4]) if described else f"none between {s.low:g} and {s.high:g}"
    if len(described) > 4:
        words += f", and {len(described) - 4} more"
    if outside:
        return Finding("kinks", "wrong", f"{words}: not between the slopes of the two sides", values)
    stated = s.stated("kinks")
    if stated is not None:
        expected = sorted(float(k) for k in stated if s.low < k < s.high)
        if len(expected) != len(s.kinks) or not np.allclose(expected, values["at"], atol=1e-6):
            return Finding("kinks", "wrong", f"{words}; stated are {expected}", values)
    return Finding("kinks", "note" if described else "ok", words, values)


def _range(s: _Subject) -> Finding:
    beside = s.value(np.array([-1e4, -100.0, 100.0, 1e4, *(k.at for k in s.kinks)]))  # at kinks it is often least
    return _range_of(s, np.concatenate([s.values, beside]), "for |x| up to 10000")


def _range_of(s: _Subject, values: Array, where: str) -> Finding:
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    words = f"{low:.6g} to {high:.6g} {where}"
    stated = s.stated("range")
    found = {"low": low, "high": high}
    if stated is None:
        return Finding("range", "note", words, found)
    bottom, top = map(float, stated)
    slack = ROUNDED * max([1.0, *(abs(v) for v in (bottom, top) if np.isfinite(v))])
    inside = bottom - slack <= low and high <= top + slack
    words = f"{words}; stated is {bottom:.6g} to {top:.6g}"
    return Finding("range", "ok" if inside else "wrong", words, found)


def _intervals(x: Array, where: Array) -> list[tuple[float, float]]:
    """Return the stretches of neighbouring points at which something holds, of at least three points."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], where.astype(int), [0]])))
    return [(float(x[a]), float(x[b - 1])) for a, b in edges.reshape(-1, 2) if b - a >= 3]


def _between(s: _Subject, intervals: Sequence[tuple[float, float]]) -> str:
    return " and ".join(
        "everywhere"
        if (a, b) == (s.low, s.high)
        else f"below {b:.3g}"
        if a == s.low
        else f"above {a:.3g}"
        if b == s.high
        else f"from {a:.3g} to {b:.3g}"
        for a, b in intervals
    )


def _saturation(s: _Subject) -> Finding:
    found = _intervals(s.grid, np.abs(s.slopes) < FLAT)
    words = f"the slope is less than {FLAT:g} {_between(s, found)}" if found else "none: the slope never dies away"
    return Finding("saturation", "note" if found else "ok", words, {"intervals": found})


def _dead_region(s: _Subject) -> Finding:
    found = _intervals(s.grid, s.slopes == 0)
    words = f"the slope is exactly 0 {_between(s, found)}: a unit that stays there learns nothing"
    if not found:
        words = "none: the slope is nowhere exactly 0 for long"
    return Finding("dead region", "note" if found else "ok", words, {"intervals": found})


def _steepness(s: _Subject) -> Finding:
    if any(k.jump for k in s.kinks):
        return Finding("steepness", "note", "no Lipschitz constant: the value jumps", {"lipschitz": float("inf")})
    secants = np.abs(np.diff(s.values) / np.diff(s.grid))
    steepest = float(max(secants.max(), np.nanmax(np.abs(s.slopes))))
    return Finding("steepness", "note", f"the Lipschitz constant is about {steepest:.4g}", {"lipschitz": steepest})


def _monotonicity(s: _Subject) -> Finding:
    change = np.diff(s.values)
    slack = ROUNDED * float(np.nanmax(np.abs(s.values)))
    rising, falling = bool(np.all(change >= -slack)), bool(np.all(change <= slack))
    words = "never falls" if rising else "never rises" if falling else "rises and falls"
    stated = s.stated("monotonic")
    values = {"monotonic": rising or falling}
    if stated is not None and bool(stated) is not rising:
        return Finding("monotonicity", "wrong", f"{words}; stated is {stated}", values)
    return Finding("monotonicity", "note", words, values)


# --- the ends --------------------------------------------------------------------------------------------


def _ends(s: _Subject) -> Finding:
    """Values and derivatives far out, at both zeros, at infinity and NaN; and NumPy's warnings on the way."""
    warned: set[str] = set()
    far = np.array([-1e4, 1e4, 0.0, -0.0])
    heard = {"over": "call", "invalid": "call", "divide": "call", "call": lambda kind, _: warned.add(kind)}
    values, slopes = s.value(far, **heard), s.slope(far, **heard)
    inf, nan = s.value(np.array([-np.inf, np.inf])), s.value(np.array([np.nan]))
    names = ("-1e4", "1e4", "0", "-0")
    broken = [f"f({at}) is NaN" for at, v in zip(names, values, strict=True) if np.isnan(v)]
    broken += [
        f"the slope at {at} is {slope}"
        for at, v, slope in zip(names, values, slopes, strict=True)
        if np.isnan(slope) or (np.isinf(slope) and not np.isinf(v))  # what grows without bound may overflow
    ]
    shown = [
        f"f({at}) = {v:.4g}" for at, v in zip(("-1e4", "1e4", "0", "-inf", "inf"), (*values[:3], *inf), strict=True)
    ]
    words = ", ".join(shown)
    found = {"values": [float(v) for v in (*values, *inf, *nan)], "slopes": [float(v) for v in slopes]}
    if broken:
        return Finding("ends", "wrong", f"{', '.join(broken)}; {words}", found)
    over = [f"f({at}) overflows" for at, v in zip(names, values, strict=True) if np.isinf(v)]
    remarks = [*over, *([f"NumPy warns of {', '.join(sorted(warned))}"] if warned else [])]
    for at, v in zip((-np.inf, np.inf), inf, strict=True):
        tail = s.value(np.copysign([1e6, 1e9, 1e12], at))
        if np.isnan(v) and np.ptp(tail) <= 1e-6:  # often 0 times infinity, in x g(x)
            remarks.append(f"f({at:g}) is NaN, where the limit is {tail[-1] + 0.0:.6g}")
    if not np.isnan(nan[0]):
        remarks.append(f"NaN becomes {nan[0]:.4g}, which hides errors")
    return Finding("ends", "note" if remarks else "ok", "; ".join([*remarks, words]), found)


def _shapes(s: _Subject) -> Finding:
    for shape in ((0,), (2, 0), (), (2, 3, 4)):
        x = np.full(shape, 0.5)
        for what, result in (("value", s.value(x[()])), ("derivative", s.slope(x[()]))):
            if np.shape(result) != shape:
                words = f"of shape {shape}, the {what} has shape {np.shape(result)}"
                return Finding("shapes", "wrong", words)
    return Finding("shapes", "ok", "empty, 0-dimensional and 3-dimensional arrays keep their shapes")


_ELEMENTWISE = (
    _derivative,
    _by_hand,
    _closely,
    _complex_step,
    _second_derivative,
    _reference,
    _kinks,
    _range,
    _monotonicity,
    _saturation,
    _dead_region,
    _steepness,
    _ends,
    _float32,
    _shapes,
    _speed,
)

_ALONG_AN_AXIS = (_derivatives_along_an_axis, _closely_along_an_axis, _range_along_an_axis, _float32, _speed, _curve)
