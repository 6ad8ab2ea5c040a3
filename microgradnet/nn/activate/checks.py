"""What is checked when an activation is registered: on a few numbers, in less than a millisecond or two.

Everything here either passes in silence or raises an error that says what is wrong, where and how far.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

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
                f"activation {declared.name!r}: of float32 it makes {dtype}; use Python's numbers, such as math.pi, "
                "as constants"
            )


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
