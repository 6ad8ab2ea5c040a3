"""What is checked when an activation is registered, in a few milliseconds.

On a few numbers, what it is; and closely, over the line and far out, what its derivatives are.
Everything here either passes in silence or raises an error that says what is wrong, where and how far.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import numpy as np

from microgradnet.graph import Graph
from microgradnet.leaving import Running
from microgradnet.nn.activate.declaration import Activation, as_numbers
from microgradnet.passes import rounding
from microgradnet.tensor import Tensor, tensor
from microgradnet.transforms import gradients

__all__ = ["check", "check_closely", "check_rows_closely", "settings"]

Array = np.ndarray[Any, np.dtype[Any]]

GRID = np.linspace(-6.0, 6.0, 22) + 0.0137
"""Both signs, both ends of a saturating function, and no round number: that is where kinks are."""

ROWS = np.sin(np.arange(24.0)).reshape(4, 6) * 3
"""For what works along an axis; it can be halved and paired."""

RTOL = 1e-6

EPS = float(np.finfo(np.float64).eps)

LINE = np.linspace(-10.0, 10.0, 802) + 0.00137
"""So dense that two numbers are in each stretch of 0.05."""

FURTHER = np.concatenate([sign * np.geomspace(1e-6, 1e5, 221) for sign in (-1, 1)])

EVERYWHERE = np.sort(np.concatenate([LINE, FURTHER]))

MARGIN = np.where(np.isin(EVERYWHERE, LINE), 0.005, 0.02 * np.abs(EVERYWHERE))
"""How far on both sides of a number a wrong derivative has to be wrong as well."""

FAR = np.concatenate([sign * np.geomspace(1e-300, 1e300, 1801) for sign in (-1, 1)])

STEP = 2.0**-9
"""From which differences are extrapolated."""


def check(declared: Activation, others: Mapping[str, Activation]) -> None:
    """Refuse an activation that is not what is said of it; `others` are compared with in a diagnosis."""
    z = GRID if declared.elementwise else ROWS
    with np.errstate(all="ignore"):
        a = _value(declared, z)
        if a is None:
            raise TypeError(f"activation {declared.name!r}: it returns None; does it return what it computes?")
        if declared.elementwise:
            _check_elementwise(declared, z, a)
        if np.isnan(a).any():
            where = z[np.isnan(a)][0] if declared.elementwise else "moderate numbers"
            raise ValueError(f"activation {declared.name!r}: the value at x = {where:.6g} is NaN")
        _check_float32(declared, z)
        automatic = _check_gradient(declared, z)
        _check_finite(declared, z, automatic[declared.argument])
        _check_stated(declared, z, a)
        if declared.derivatives:
            _check_derivatives(declared, z, a, automatic, others)
        closely = check_closely if declared.elementwise else check_rows_closely
        for number, given in enumerate(settings(declared)):
            closely(declared, given, second=not number)  # the rest waits for check_activation


def raised(error: Exception) -> str:
    """Say what an activation has raised, and what it should be written with where it takes one number at a time."""
    words = " ".join(str(error).split())
    if "converted to Python scalars" in words:
        words += "; functions of math take one number, mg's and NumPy's, such as mg.exp, whole arrays"
    elif "truth value of an array" in words:
        words += "; mg.where(condition, a, b) chooses for every element"
    elif "read-only" in words:
        words += (
            "; what it is given belongs to the layer, so it must not write into it: take x.copy() first, or mg.where"
        )
    return f"{type(error).__name__}: {words}"


def read_only(x: Any) -> Any:
    """Return a view of an array that nobody can write into; anything else as it is."""
    if not isinstance(x, np.ndarray):
        return x
    x = x.view()
    x.flags.writeable = False
    return x


def _value(declared: Activation, z: Any) -> Any:
    """Call the function on plain numbers, which must be the same afterwards."""
    try:
        return declared.function(read_only(z))
    except Exception as error:  # the user's activation may raise anything
        raise ValueError(
            f"activation {declared.name!r}: calling it on an array of shape {z.shape} raised {raised(error)}"
        ) from error


def _check_elementwise(declared: Activation, z: Array, a: Any) -> None:
    refused = f"activation {declared.name!r}: it is not elementwise"
    way_out = "pass elementwise=False if it works along an axis"
    if np.shape(a) != z.shape:
        raise ValueError(f"{refused}: shape {z.shape} becomes {np.shape(a)}; {way_out}")
    part = slice(1, -2)  # without the smallest and the largest number, and with another mean
    found, among = _value(declared, z[part]), a[part]
    differs = ~np.isclose(found, among, rtol=RTOL, atol=RTOL, equal_nan=True)
    if differs.any():
        i = int(np.argmax(differs))
        raise ValueError(
            f"{refused}: f({z[part][i]:.6g}) is {among[i]:.6g} among {z.size} numbers, but {found[i]:.6g} among "
            f"{among.size} of them; {way_out}"
        )
    for given in (z[3], z[:0]):
        shape = np.shape(_value(declared, given))
        if shape != given.shape:
            raise ValueError(f"{refused}: shape {given.shape} becomes {shape}; {way_out}")


def _check_float32(declared: Activation, z: Array) -> None:
    for given in (z.astype(np.float32), *([np.float32(z[3])] if declared.elementwise else [])):
        found = _value(declared, given)
        dtype = getattr(found, "dtype", type(found).__name__)
        if dtype != np.float32:
            raise TypeError(
                f"activation {declared.name!r}: of float32 it makes {dtype}{_wide(declared, z)}; use Python's numbers, "
                "such as math.pi, as constants"
            )


def _wide(declared: Activation, z: Array) -> str:
    """Name the constants of NumPy's that make of float32 something else, as np.log(2) does."""
    try:
        y = declared.function(tensor(z.astype(np.float32), requires_grad=True))
        constants = [e.value for e in Graph.of(y) if e.is_number and e.dtype == np.float64]
    except Exception:  # the user's activation
        return ""
    named = ", ".join(dict.fromkeys(f"np.float64({float(c):.6g})" for c in constants if c is not None))
    return f", through {named}" * bool(named)


def _check_gradient(declared: Activation, z: Array) -> dict[str, Array]:
    """Record the expression, and return the automatic gradients of Σ cotangent · f by the names of the inputs."""
    leaves = {
        name: tensor(value, requires_grad=True)
        for name, value in ((declared.argument, z), *((k, float(declared.parameters[k])) for k in declared.learnable))
    }
    x, *learned = leaves.values()
    try:
        running = Running(f"activation {declared.name!r}")
        y = running.call(declared.function, [x], dict(zip(declared.learnable, learned, strict=True)))
    except Exception as error:  # the user's activation, of a Tensor
        raise ValueError(
            f"activation {declared.name!r}: calling it on a Tensor raised {type(error).__name__}: {error}"
        ) from error
    lost = "a constant" if isinstance(y, Tensor) else "a plain array"
    if not isinstance(y, Tensor) or not y.requires_grad:
        raise TypeError(
            f"activation {declared.name!r}: it loses the gradient: of a Tensor that requires gradients it makes "
            f"{lost}. It calls NumPy on .data or .numpy(), detaches, uses no_grad, or is flat everywhere, as a "
            "rounding is; use this package's operations, of which something has a slope"
        )
    found = gradients(y, list(leaves.values()), seed=_cotangent(y.shape))
    return dict(zip(leaves, found, strict=True))


def _check_finite(declared: Activation, z: Array, gradient: Array) -> None:
    """Refuse a gradient that is NaN at moderate numbers, where the value is none."""
    wrong = np.isnan(gradient)
    if wrong.any():
        where = f"x = {z[wrong][0]:.6g}" if declared.elementwise else "moderate numbers"
        raise ValueError(
            f"activation {declared.name!r}: the gradient at {where} is NaN, though the value is not. A branch that "
            "where doesn't take is computed all the same, and passes back 0 · ∞; give it a number that it can "
            "take: where(x > 0, f(where(x > 0, x, 1)), 0)"
        )


def _check_stated(declared: Activation, z: Array, a: Array) -> None:
    """Refuse what is stated of the values where they say otherwise, by more than rounding."""
    if declared.range is not None:
        x = EVERYWHERE if declared.elementwise else z
        _check_range(declared, x, declared.function(x) if declared.elementwise else a, *declared.range)
    if declared.elementwise and declared.monotonic:
        _check_monotonic(declared, declared.function(LINE))
    if declared.elementwise and declared.kinks:
        _check_kinks(declared, np.array(declared.kinks))


def _check_range(declared: Activation, x: Array, values: Array, low: float, high: float) -> None:
    slack = RTOL * max([1.0, *(abs(end) for end in (low, high) if math.isfinite(end))])
    outside = (values < low - slack) | (values > high + slack)
    if outside.any():
        where = "at moderate numbers"
        if declared.elementwise:
            i = _nearest(x, outside)
            values, where = values[i : i + 1], f"at x = {x[i]:.6g}"
        else:
            values = values[outside]
        raise ValueError(
            f"activation {declared.name!r}: range= says that values lie from {low:g} to {high:g}, but {where} it is "
            f"{values[0]:.9g}"
        )


def _check_monotonic(declared: Activation, values: Array) -> None:
    change = np.diff(values)
    i = int(np.argmin(change))
    if change[i] < -1e-9 * np.max(np.abs(values)):
        raise ValueError(
            f"activation {declared.name!r}: monotonic=True says that it never falls, but it falls from "
            f"{values[i]:.9g} at x = {LINE[i]:.6g} to {values[i + 1]:.9g} at x = {LINE[i + 1]:.6g}"
        )


def _check_kinks(declared: Activation, at: Array) -> None:
    """Refuse a kink where slopes and values on both sides are the same, as close as can be told."""
    h = 1e-9 * np.maximum(1.0, np.abs(at))
    slopes = np.stack([_slope(declared, at + k * h) for k in (-16, -1, 1, 16)])
    values = np.stack([declared.function(at + k * h) for k in (-1, 0, 1)])
    steepest = np.max(np.abs(slopes), axis=0)
    near = 4 * h * steepest + 16 * EPS * np.max(np.abs(values), axis=0)
    smooth = (np.ptp(slopes, axis=0) <= 1e-6 * steepest) & (np.ptp(values, axis=0) <= near)
    if smooth.any():
        i = int(np.argmax(smooth))
        raise ValueError(
            f"activation {declared.name!r}: kinks= names {at[i]:g}, but there the slope is {slopes[1, i] + 0.0:.6g} on "
            "both sides"
        )


def _cotangent(shape: tuple[int, ...]) -> Array:
    wave: Array = np.cos(np.arange(float(np.prod(shape)))).reshape(shape)
    return 1.5 + wave


# --- a derivative worked out by hand -----------------------------------------------------------------


def _check_derivatives(
    declared: Activation, z: Array, a: Array, automatic: dict[str, Array], others: Mapping[str, Activation]
) -> None:
    g = _cotangent(np.shape(a))
    try:
        pulled = declared.pull(g, z, a)
    except Exception as error:  # the user's derivative
        parameters = "".join(f", {k}" for k in declared.parameters)
        given = "z, a" if declared.elementwise else "g, z, a"
        raise ValueError(
            f"activation {declared.name!r}: calling the derivative raised {type(error).__name__}: {error}; it is "
            f"called as derivative({given}{parameters}), the parameters by keyword"
        ) from error
    smooth = _away_from(declared.kinks or (), z) if declared.elementwise else np.ones(z.shape, bool)
    for of, by_hand in pulled.items():
        exact = automatic[of]
        if of != declared.argument:
            by_hand = np.sum(by_hand)
        elif np.shape(by_hand) != z.shape:
            raise ValueError(
                f"activation {declared.name!r}: at x of shape {z.shape} the derivative has shape {np.shape(by_hand)}"
            )
        else:
            by_hand, exact = by_hand[smooth], exact[smooth]
        if _agree(by_hand, exact):
            continue
        if of != declared.argument or not declared.elementwise:
            off = np.max(np.abs(by_hand - exact))
            raise ValueError(
                f"activation {declared.name!r}: the derivative of {of} is not the automatic one: "
                f"they differ by {off:.3g}"
            )
        d, exact = by_hand / g[smooth], exact / g[smooth]
        i = int(np.argmax(np.nan_to_num(np.abs(d - exact), nan=np.inf)))
        reason = _reason(declared, z[smooth], a[smooth], d, exact, others)
        raise ValueError(
            f"activation {declared.name!r}: the derivative is not the automatic one: at x = {z[smooth][i]:.6g} it is "
            f"{d[i]:.6g}, but should be {exact[i]:.6g}{reason and '; ' + reason}"
        )


# --- closely -------------------------------------------------------------------------------------------


def settings(declared: Activation) -> list[dict[str, float]]:
    """List values of parameters that are numbers: the defaults of the learnable ones, and others near the defaults.

    All are changed at once or, where the function has no values then, each by itself; those are left out at which it
    has none, as of a parameter that must have a sign, or be one of a few.
    """
    learned = {k: float(declared.parameters[k]) for k in declared.learnable}
    fixed = {k: v for k, v in declared.parameters.items() if k not in learned and _is_number(v)}
    found = [learned]
    for scale, shift, factor in ((1.5, 0.25, 1.13), (0.5, 0.125, 0.87)):
        parts = [{k: scale * v + shift for k, v in learned.items()}]
        parts += [{k: other} for k, v in fixed.items() if (other := _beside(v, factor)) != v]
        together = {k: v for part in parts for k, v in part.items()}
        if _has_values(declared, together):
            parts = [together]
        tried = [{**learned, **part} for part in parts]
        found += [given for given in tried if given not in found and _has_values(declared, given)]
    return found


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _beside(value: float, factor: float) -> float:
    """Return another number near one and of its sign: no round one, where kinks are; of a whole one the next."""
    if not value:
        return 1 if isinstance(value, int) else 0.13
    return math.ceil(factor * value) if isinstance(value, int) else factor * value


def _has_values(declared: Activation, given: Mapping[str, float]) -> bool:
    """Whether there are values at some values of the parameters, and derivatives by hand, if any are known."""
    z = GRID if declared.elementwise else ROWS
    try:
        a = declared.function(read_only(z), **given)
        if declared.derivatives:
            declared.pull(np.ones(np.shape(a)), z, a, **given)
        return bool(np.isfinite(a).all())
    except Exception:  # a parameter that must have a sign, or be a whole number
        return False


def check_closely(
    declared: Activation, given: Mapping[str, float], rtol: float = RTOL, *, second: bool = True
) -> tuple[float, float]:
    """Hold first and second derivatives against differences, and those by hand against the automatic ones.

    Parameters
    ----------
    declared : Activation
    given : mapping of str to float
        Values of parameters: of all learnable ones, and of others that don't have their default.
    rtol : float
        How far they may be apart in relation to their size, where rounding permits to tell.
    second : bool
        Whether to look at second derivatives.

    Returns
    -------
    first, second : float
        At which share of the numbers between −10 and 10 differences could tell of first derivatives, and of second
        ones: for the worst of what was looked at.

    Raises
    ------
    ValueError
        If one is wrong somewhere. The message says where.
    """
    z, margin = (part[_away_from(declared.kinks or (), EVERYWHERE)] for part in (EVERYWHERE, MARGIN))
    if declared.derivatives:
        _check_by_hand_closely(declared, np.concatenate([z, FAR]), given, rtol)
    inputs = (declared.argument, *declared.learnable)
    told: tuple[list[float], list[float]] = ([1.0], [1.0])
    for of in inputs:
        words = f"its automatic derivative{_by(of, declared, given)} isn't that of its value"
        value = _of_one(declared.function, declared, of, given)
        told[0].append(_compare(declared, value, z, margin, given.get(of), rtol, words))
    for first in inputs if second else ():
        slope = _first_derivative(declared, first, given)
        for of in inputs:
            value = _of_one(slope, declared, of, given)
            words = f"the derivative of its derivative by {first}{_by(of, declared, given)} is wrong"
            told[1].append(_compare(declared, value, z, margin, given.get(of), rtol, words))
    return min(told[0]), min(told[1])


def check_rows_closely(
    declared: Activation, given: Mapping[str, float], rtol: float = RTOL, *, second: bool = True
) -> None:
    """Hold the derivatives of what works along an axis against differences, and those by hand against the automatic.

    The parameters, and what is raised, are those of `check_closely`.
    """
    rows = np.sin(np.arange(96.0) ** 2).reshape(16, 6)
    for scale in (1e-3, 0.1, 1.0, 4.0, 12.0):
        z = scale * rows
        g = _cotangent(np.shape(declared.function(z, **given)))
        if declared.derivatives:
            _check_by_hand_along_rows(declared, z, g, given, rtol, f"for rows of numbers up to {scale:g}")
        words = f"its derivative{_by(declared.argument, declared, given)} isn't that of its value"
        _compare_along_rows(declared, partial(declared.function, **given), g, z, scale, rtol, words)
        if second:
            slope = _first_derivative(declared, declared.argument, given, g)
            words = f"the derivative of its derivative{_by(declared.argument, declared, given)} is wrong"
            _compare_along_rows(declared, slope, _cotangent(z.shape), z, scale, rtol, words)


def _check_by_hand_along_rows(
    declared: Activation, z: Array, g: Array, given: Mapping[str, float], rtol: float, where: str
) -> None:
    """Refuse derivatives by hand of what works along an axis that aren't the automatic ones."""
    x, *learned = (tensor(v, requires_grad=True) for v in (z, *(given[k] for k in declared.learnable)))
    y: Any = declared.function(x, **{**given, **dict(zip(declared.learnable, learned, strict=True))})
    pulled = declared.pull(g, z, declared.function(z, **given), **given)
    for (of, by_hand), exact in zip(pulled.items(), gradients(y, [x, *learned], seed=g), strict=True):
        sums = of != declared.argument
        most = float(np.sum(np.abs(by_hand)) if sums else np.max(np.abs(exact), initial=0.0))
        off = float(np.max(np.abs((np.sum(by_hand) if sums else by_hand) - exact), initial=0.0))
        if off > rtol * most + 1e-12:
            raise ValueError(
                f"activation {declared.name!r}: the derivative of {of}{_at(given)} is not the automatic one: {where} "
                f"they differ by {off:.3g}"
            )


def _compare_along_rows(
    declared: Activation,
    function: Callable[..., Any],
    weights: Array,
    z: Array,
    scale: float,
    rtol: float,
    words: str,
) -> None:
    """Refuse the derivative of Σ weights · function along a line through rows that differences contradict."""
    leaf = tensor(z, requires_grad=True)
    y: Any = function(leaf)
    recorded = isinstance(y, Tensor) and y.requires_grad
    exact = gradients(y, leaf, seed=weights) if recorded else np.zeros(z.shape)
    along = np.cos(np.arange(float(z.size))).reshape(z.shape)
    steps = [scale * STEP / 2**k for k in range(3)]
    ends = [[float(np.sum(weights * function(z + h * along))) for h in (step, -step)] for step in steps]
    middle = [(above - below) / (2 * h) for (above, below), h in zip(ends, steps, strict=True)]
    coarse, fine = ((4 * middle[k + 1] - middle[k]) / 3 for k in (0, 1))
    found = float(np.sum(exact * along))
    doubt = 20 * abs(fine - coarse) + 64 * EPS * float(np.sum(np.abs(weights * function(z)))) / steps[0]
    if abs(found - fine) > rtol * float(np.sum(np.abs(exact * along))) + doubt:
        raise ValueError(
            f"activation {declared.name!r}: {words}: for rows of numbers up to {scale:g} it is {found:.9g} along a "
            f"line, but differences give {fine:.9g}; {_broken(found)}"
        )


def _broken(found: float) -> str:
    return "an operation in it has a wrong rule" + ", or loses the gradient" * (found == 0)


def _compare(
    declared: Activation,
    value: Callable[[Any, Any], Any],
    z: Array,
    margin: Array,
    at: float | None,
    rtol: float,
    words: str,
) -> float:
    """Refuse a derivative that isn't what differences are; return at which share of the numbers these could tell."""
    try:
        wrong, told = _apart_from_differences(value, z, margin, at, rtol)
    except Exception:  # a parameter that must be one number
        return 1.0
    if wrong is not None:
        where, automatic, numerical = wrong
        raise ValueError(
            f"activation {declared.name!r}: {words}: at x = {where:.6g} it is {automatic:.9g}, but differences give "
            f"{numerical:.9g}; {_broken(automatic)}"
        )
    return told


def _first_derivative(
    declared: Activation, of: str, given: Mapping[str, float], seed: Array | None = None
) -> Callable[..., Any]:
    """Return the derivative by x or a parameter as a function like that of the activation."""

    def derivative(x: Any, **parameters: Any) -> Any:
        values = {declared.argument: x, **given, **parameters}
        leaf = (
            values[of]
            if isinstance(values[of], Tensor)
            else tensor(np.broadcast_to(values[of], np.shape(x)).copy(), requires_grad=True)
        )
        values[of] = leaf
        y: Any = declared(values.pop(declared.argument), **values)
        recorded = any(isinstance(v, Tensor) for v in (x, *parameters.values()))
        (found,) = gradients(y, [leaf], seed=np.ones(np.shape(y)) if seed is None else seed, create_graph=recorded)
        return found

    return derivative


def _of_one(
    function: Callable[..., Any], declared: Activation, of: str, given: Mapping[str, float]
) -> Callable[[Any, Any], Any]:
    """Return the function of x and of what it is differentiated by, which may be x itself."""
    if of == declared.argument:
        return lambda _, p: function(p, **given)
    return lambda x, p: function(x, **{**given, of: p})


def _by(of: str, declared: Activation, given: Mapping[str, float]) -> str:
    return (f" by {of}" if of != declared.argument else "") + _at(given)


def _at(given: Mapping[str, float]) -> str:
    return " at " * bool(given) + ", ".join(f"{k} = {v:g}" for k, v in given.items())


def _slopes(value: Callable[[Any, Any], Any], z: Array, at: float | None) -> tuple[Array, Array, Array]:
    """Return the numbers that something is differentiated at, the automatic derivatives, and how large its steps are.

    One for each element; by the last, times the machine epsilon, rounding may change the values.
    """
    point = z if at is None else np.full(z.shape, at)
    leaf = tensor(point, requires_grad=True)
    y = value(z, leaf)
    if not isinstance(y, Tensor) or not y.requires_grad:
        return point, np.zeros(z.shape), np.abs(value(z, point))
    (found,) = gradients(y, [leaf], seed=np.ones(z.shape))
    sizes = [size for size in rounding(y, np.ones(z.shape)) if size.shape == z.shape]
    return point, found, np.sum(sizes, axis=0)


def _apart_from_differences(
    value: Callable[[Any, Any], Any], z: Array, margin: Array, at: float | None, rtol: float
) -> tuple[tuple[float, float, float] | None, float]:
    """Return where automatic derivatives aren't what differences are, and both, if so; and how often that can be told.

    Near a kink, and of what rises too fast, differences of two steps contradict each other: nothing is said there, nor
    where rounding is larger than what is looked for. A number is wrong if its neighbours on both sides are.
    """
    step = np.minimum(STEP, margin / 2)

    def differences(z: Array) -> tuple[Array, Array, Array]:
        point, automatic, size = _slopes(value, z, at)
        steps = (step, step / 2, step / 4, step / 2**17)
        *middle, closest = ((value(z, point + h) - value(z, point - h)) / (2 * h) for h in steps)
        coarse, fine = ((4 * middle[k + 1] - middle[k]) / 3 for k in (0, 1))
        rounded = 16 * EPS * size / step
        doubt = _around(np.abs(fine - coarse)) * 20 + rounded
        # What swings within a step looks flat to the differences; not so from close by.
        far_off = np.abs(automatic - fine) > 0.01 * np.abs(automatic)
        agrees = np.abs(automatic - closest) <= 0.01 * np.abs(automatic) + 2**17 * rounded
        vanished = (fine == 0) & (coarse == 0) & (np.abs(automatic) <= 1e-10 * np.max(np.abs(automatic), initial=0.0))
        return automatic, fine, np.where((far_off & agrees) | vanished, np.inf, doubt)

    point = z if at is None else np.full(z.shape, at)

    wrong = np.ones(z.shape, bool)
    for place in (z - margin, z + margin, z):  # a kink is in the middle of two
        automatic, numerical, doubt = differences(place)
        wrong &= np.abs(automatic - numerical) > rtol * np.abs(automatic) + doubt
        if not wrong.any():
            near = np.abs(z) <= 10
            size = np.max(np.abs(automatic[near]), initial=0.0) + 0.1 * np.max(
                np.abs(value(z, point)[near]), initial=0.0
            )
            return None, float(np.mean((doubt <= rtol * np.maximum(np.abs(automatic), 0.01 * size))[near]))
    i = _nearest(z, wrong)
    return (float(z[i]), float(automatic[i]), float(numerical[i])), 1.0


def _nearest(z: Array, where: Array) -> int:
    """Return the position of the number nearest to 0 at which something holds."""
    return int(np.argmin(np.where(where, np.abs(z), np.inf)))


def _around(doubt: Array) -> Array:
    """Return the largest among a number and its two neighbours on each side: rounding may be small by chance."""
    padded = np.pad(np.nan_to_num(doubt, nan=0.0, posinf=0.0), 2)
    largest: Array = np.max([padded[k : k + doubt.size] for k in range(5)], axis=0)
    return largest


def _check_by_hand_closely(declared: Activation, z: Array, given: Mapping[str, float], rtol: float) -> None:
    """Refuse a derivative by hand that isn't the automatic one, where both have values, and digits to compare."""

    def both(z: Array) -> dict[str, tuple[Array, Array]]:
        pulled = declared.pull(np.ones(z.shape), z, declared.function(z, **given), **given)
        found = {}
        for of, by_hand in pulled.items():
            try:
                _, exact, _ = _slopes(_of_one(declared.function, declared, of, given), z, given.get(of))
            except Exception:  # a parameter that must be one number
                continue
            found[of] = (np.broadcast_to(by_hand, z.shape), exact)
        return found

    here, *beside = (both(z * (1 + k * 2.0**-40)) for k in (0, -1, 1))  # rounding shows itself beside a number
    for of, (by_hand, exact) in here.items():
        doubt = sum(_around(np.abs(b[of][0] - by_hand) + np.abs(b[of][1] - exact)) for b in beside)
        finite = np.isfinite(by_hand) & np.isfinite(exact)
        usual = finite & (np.abs(z) <= 10)
        most = float(np.max(np.abs(exact[usual]), initial=0.0)) or 1.0
        rounding = (
            16 * EPS * most + 64 * EPS * np.where(np.abs(z) > 1e5, np.abs(z), 0.0) ** 3
        )  # of what cancels far out
        # Close to 0 and far out a formula may have lost its digits to zeros, of which nothing is seen beside a number.
        size = np.abs(exact) + np.where((np.abs(z) < 1e-3) | (np.abs(z) > 10), most, 0.0)
        wrong = finite & ~(np.abs(by_hand - exact) <= rtol * size + 8 * doubt + rounding)
        if wrong.any():
            i = _nearest(z, wrong)
            raise ValueError(
                f"activation {declared.name!r}: the derivative{_by(of, declared, given)} is not the automatic one: "
                f"at x = {z[i]:.6g} it is {by_hand[i]:.9g}, but should be {exact[i]:.9g}"
            )


def _away_from(kinks: Iterable[float], z: Array) -> Array:
    smooth = np.ones(z.shape, bool)
    for kink in kinks:
        smooth &= np.abs(z - kink) > 1e-3
    return smooth


def _agree(found: Any, exact: Any) -> bool:
    """Compare to a few digits of the largest, so that rounding, or an approximation, is not refused."""
    return bool(np.allclose(found, exact, rtol=RTOL, atol=RTOL * float(np.max(np.abs(exact), initial=0.0))))


def _reason(
    declared: Activation, z: Array, a: Array, found: Array, exact: Array, others: Mapping[str, Activation]
) -> str:
    """Name what turns the one derivative into the other, if it is one of the usual slips."""
    derivative: Callable[..., Any] = declared.derivatives[declared.argument]

    def given(first: Any, second: Any) -> Any:
        return as_numbers(derivative(first, second, **declared.parameters))

    if _agree(-found, exact):
        return "the sign is wrong"
    large = np.abs(exact) > 1e-3 * np.max(np.abs(exact))
    ratio = found[large] / exact[large]
    if ratio.size and np.isfinite(ratio[0]) and _agree(found, ratio[0] * exact):
        return _times(float(ratio[0]))
    slips: list[tuple[str, Callable[[], Any], Any]] = [
        ("it is given z, but the formula needs a = f(z), the second argument", lambda: given(a, a), exact),
        ("it is given a = f(z), but the formula needs z, the first argument", lambda: given(z, z), exact),
        ("it takes its arguments as (a, z), but is given (z, a)", lambda: given(a, z), exact),
        ("it is f′ evaluated at f(z) in place of z", lambda: _slope(declared, a), found),
        ("it lacks the factor f(z)", lambda: found * a, exact),
        ("it lacks the factor z", lambda: found * z, exact),
        ("it has the factor f(z) too many", lambda: exact * a, found),
        ("it has the factor z too many", lambda: exact * z, found),
        *(
            (f"it is the derivative of {name}", lambda other=other: _slope(other, z), found)
            for name, other in others.items()
            if other.elementwise and name != declared.name
        ),
    ]
    for reason, candidate, wanted in slips:
        try:
            slope = candidate()
        except Exception:  # the user's derivative, or another activation, given what it was not made for
            continue
        if np.shape(slope) == np.shape(wanted) and _agree(slope, wanted):
            return reason
    return ""


def _times(ratio: float) -> str:
    """Say how many times too large something is, or, where that is nearly once, by which part of itself."""
    if abs(ratio - 1) >= 0.01:
        return f"it is {ratio:.6g} times too large"
    return f"it is {abs(ratio - 1):.2g} of itself too {'large' if ratio > 1 else 'small'}"


def _slope(declared: Activation, z: Array) -> Array:
    """Return the automatic derivative of the expression."""
    x = tensor(z, requires_grad=True)
    found: Array = gradients(declared.function(x), [x], seed=np.ones(z.shape))[0]
    return found
