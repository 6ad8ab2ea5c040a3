"""What is checked when an activation is registered, in a few milliseconds.

On a few numbers, what it is; and closely, over the line and far out, what its derivatives are.
Everything here either passes in silence or raises an error that says what is wrong, where and how far.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from microgradnet.graph import Graph
from microgradnet.leaving import Running
from microgradnet.nn.activate.declaration import Activation, as_numbers
from microgradnet.tensor import Tensor, tensor
from microgradnet.transforms import gradients

__all__ = ["check"]

Array = np.ndarray[Any, np.dtype[Any]]

GRID = np.linspace(-6.0, 6.0, 22) + 0.0137
"""Both signs, both ends of a saturating function, and no round number: that is where kinks are."""

ROWS = np.sin(np.arange(24.0)).reshape(4, 6) * 3
"""For what works along an axis; it can be halved and paired."""

RTOL = 1e-6

LINE = np.linspace(-10.0, 10.0, 802) + 0.00137
"""So dense that two numbers are in each stretch of 0.05."""

FAR = np.concatenate(
    [sign * np.geomspace(*ends) for ends in ((1e-6, 1e6, 241), (1e-300, 1e300, 61)) for sign in (-1, 1)]
)

STEP = 2.0**-9
"""From which differences are extrapolated."""


def check(declared: Activation, others: Mapping[str, Activation]) -> None:
    """Refuse an activation that is not what is said of it; `others` are compared with in a diagnosis."""
    z = GRID if declared.elementwise else ROWS
    with np.errstate(all="ignore"):
        a = _value(declared, z)
        if declared.elementwise:
            _check_elementwise(declared, z, a)
        if np.isnan(a).any():
            where = z[np.isnan(a)][0] if declared.elementwise else "moderate numbers"
            raise ValueError(f"activation {declared.name!r}: the value at x = {where:.6g} is NaN")
        _check_float32(declared, z)
        automatic = _check_gradient(declared, z)
        _check_finite(declared, z, automatic[declared.argument])
        if declared.derivatives:
            _check_derivatives(declared, z, a, automatic, others)
        if declared.elementwise:
            for learned in _settings(declared):
                _check_closely(declared, learned)


def raised(error: Exception) -> str:
    """Say what an activation has raised, and what it should be written with where it takes one number at a time."""
    words = " ".join(str(error).split())
    if "converted to Python scalars" in words:
        words += "; functions of math take one number, mg's and NumPy's, such as mg.exp, whole arrays"
    elif "truth value of an array" in words:
        words += "; mg.where(condition, a, b) chooses for every element"
    return f"{type(error).__name__}: {words}"


def _value(declared: Activation, z: Any) -> Any:
    """Call the function on plain numbers."""
    try:
        return declared.function(z)
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
            f"{lost}. It calls NumPy on .data or .numpy(), detaches, or uses no_grad; use this package's operations"
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


def _settings(declared: Activation) -> list[dict[str, float]]:
    """List values of the learnable parameters: the defaults, and others at which the function has values."""
    defaults = {k: float(declared.parameters[k]) for k in declared.learnable}
    others = [{k: scale * v + shift for k, v in defaults.items()} for scale, shift in ((1.5, 0.25), (0.5, 0.125))]
    return [defaults, *(learned for learned in others if defaults and _has_values(declared, learned))]


def _has_values(declared: Activation, learned: Mapping[str, float]) -> bool:
    try:
        return bool(np.isfinite(declared.function(GRID, **learned)).all())
    except Exception:  # a parameter that must have a sign, or be a whole number
        return False


def _check_closely(declared: Activation, learned: Mapping[str, float]) -> None:
    """Hold the automatic derivatives against differences of the value, and those by hand against the automatic ones."""
    z = LINE[_away_from(declared.kinks or (), LINE)]
    for of in (declared.argument, *learned):
        value = _of_one(declared, of, learned)
        try:
            wrong = _apart_from_differences(value, z, learned.get(of))
        except Exception:  # a parameter that must be one number
            continue
        if wrong is not None:
            at, automatic, numerical = wrong
            raise ValueError(
                f"activation {declared.name!r}: its automatic derivative{_by(of, declared, learned)} isn't that of its "
                f"value: at x = {at:.6g} it is {automatic:.6g}, but differences give {numerical:.6g}; an operation in "
                "it has a wrong rule"
            )
    if declared.derivatives:
        for x in (z, FAR):
            _check_by_hand_closely(declared, x, learned)


def _of_one(declared: Activation, of: str, learned: Mapping[str, float]) -> Callable[[Any, Any], Any]:
    """Return the function of x and of what it is differentiated by, which may be x itself."""
    if of == declared.argument:
        return lambda _, p: declared.function(p, **learned)
    return lambda x, p: declared.function(x, **{**learned, of: p})


def _by(of: str, declared: Activation, learned: Mapping[str, float]) -> str:
    at = ", ".join(f"{k} = {v:g}" for k, v in learned.items())
    return (f" by {of}" if of != declared.argument else "") + (f" at {at}" if at else "")


def _slopes(value: Callable[[Any, Any], Any], z: Array, at: float | None) -> tuple[Array, Array]:
    """Return the numbers that something is differentiated at, and the automatic derivatives, one for each element."""
    point = z if at is None else np.full(z.shape, at)
    leaf = tensor(point, requires_grad=True)
    (found,) = gradients(value(z, leaf), [leaf], seed=np.ones(z.shape))
    return point, found


def _apart_from_differences(
    value: Callable[[Any, Any], Any], z: Array, at: float | None
) -> tuple[float, float, float] | None:
    """Return where automatic derivatives aren't what differences are, and both; None where nothing can be told.

    Near a kink, and of what rises too fast, differences of two steps contradict each other: nothing is said there.
    """

    def apart(z: Array) -> tuple[Array, Array, Array]:
        point, automatic = _slopes(value, z, at)
        middle = [(value(z, point + h) - value(z, point - h)) / (2 * h) for h in (STEP, STEP / 2, STEP / 4)]
        coarse, fine = ((4 * middle[k + 1] - middle[k]) / 3 for k in (0, 1))
        size = np.maximum(np.abs(automatic), 0.1 * np.max(np.abs(automatic), initial=0.0))
        near = RTOL * size + 20 * np.abs(fine - coarse) + 1e-10 * np.abs(value(z, point))
        return np.abs(automatic - fine) > near, automatic, fine

    (suspicious,) = np.nonzero(apart(z)[0])
    if not suspicious.size:
        return None
    z = z[suspicious]
    certain = apart(z - 0.005)[0] & apart(z + 0.005)[0]  # and no kink in the middle
    if not certain.any():
        return None
    _, automatic, numerical = apart(z)
    i = int(np.argmax(certain))
    return float(z[i]), float(automatic[i]), float(numerical[i])


def _check_by_hand_closely(declared: Activation, z: Array, learned: Mapping[str, float]) -> None:
    """Refuse a derivative by hand that isn't the automatic one, where both have values."""
    pulled = declared.pull(np.ones(z.shape), z, declared.function(z, **learned), **learned)
    for of, by_hand in pulled.items():
        try:
            _, exact = _slopes(_of_one(declared, of, learned), z, learned.get(of))
        except Exception:  # a parameter that must be one number
            continue
        both = np.isfinite(by_hand) & np.isfinite(exact)
        usual = both & (np.abs(z) <= 10)
        most = float(np.max(np.abs(exact[usual]), initial=0.0)) or 1.0
        rounding = 64 * np.finfo(float).eps * np.maximum(1.0, np.abs(z)) ** 3  # of what cancels in a formula, far out
        wrong = both & ~(np.abs(by_hand - exact) <= RTOL * (np.abs(exact) + most) + rounding)
        if wrong.any():
            i = int(np.argmax(wrong))
            found = np.broadcast_to(by_hand, z.shape)[i]
            raise ValueError(
                f"activation {declared.name!r}: the derivative{_by(of, declared, learned)} is not the automatic one: "
                f"at x = {z[i]:.6g} it is {found:.6g}, but should be {exact[i]:.6g}"
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
        return f"it is {ratio[0]:.6g} times too large"
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


def _slope(declared: Activation, z: Array) -> Array:
    """Return the automatic derivative of the expression."""
    x = tensor(z, requires_grad=True)
    found: Array = gradients(declared.function(x), [x], seed=np.ones(z.shape))[0]
    return found
