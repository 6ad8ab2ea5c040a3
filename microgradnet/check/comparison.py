"""A gradient derived by hand, compared with the automatic one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from microgradnet.check.text import aligned, argument_names, place
from microgradnet.record import Recorded
from microgradnet.transforms import vjp

__all__ = ["GradientReport", "ParameterReport", "compare"]

Array = np.ndarray[Any, np.dtype[Any]]

TOLERANCES = {2: (1e-2, 1e-2), 4: (1e-4, 1e-5), 8: (1e-9, 1e-12)}
"""(rtol, atol / largest element of the gradient), by the item size of the coarser of both gradients."""


@dataclass(frozen=True)
class ParameterReport:
    """How the manual and the automatic gradient of one parameter compare.

    Attributes
    ----------
    name : str
    shape : tuple of int
    manual, automatic : array
        Both gradients; both point down the loss where the manual one was said to.
    largest_absolute : float
        The largest |manual − automatic|, NaN where an element is not finite.
    where_absolute : tuple of int or None
        The index of it; None if the parameter is empty.
    largest_relative : float
        The largest |manual − automatic| / max(|manual|, |automatic|).
    where_relative : tuple of int or None
    rtol, atol : float
        A difference may be ``atol + rtol * |automatic|``.
    verdict : {"agrees", "differs", "not finite"}
    """

    name: str
    shape: tuple[int, ...]
    manual: Array
    automatic: Array
    largest_absolute: float
    where_absolute: tuple[int, ...] | None
    largest_relative: float
    where_relative: tuple[int, ...] | None
    rtol: float
    atol: float
    verdict: str

    @property
    def ok(self) -> bool:
        """Whether the gradients agree."""
        return self.verdict == "agrees"

    def to_dict(self) -> dict[str, Any]:
        """Return everything but the arrays, as JSON knows it."""
        return {
            "name": self.name,
            "shape": list(self.shape),
            "largest_absolute": _json(self.largest_absolute),
            "where_absolute": None if self.where_absolute is None else list(self.where_absolute),
            "largest_relative": _json(self.largest_relative),
            "where_relative": None if self.where_relative is None else list(self.where_relative),
            "rtol": self.rtol,
            "atol": _json(self.atol),
            "verdict": self.verdict,
            "ok": self.ok,
        }


def _json(number: float) -> float | None:
    """JSON has no NaN."""
    return number if np.isfinite(number) else None


@dataclass(frozen=True)
class GradientReport:
    """What `compare` found: true if every gradient agrees, printed as a table, indexed by a parameter's name.

    Attributes
    ----------
    function : str
        The name of the loss.
    loss : float
        Its value.
    descent : bool
        Whether the gradients point down the loss.
    parameters : tuple of ParameterReport
    """

    function: str
    loss: float
    descent: bool
    parameters: tuple[ParameterReport, ...]

    @property
    def ok(self) -> bool:
        """Whether the gradients of all parameters agree."""
        return all(p.ok for p in self.parameters)

    def __bool__(self) -> bool:
        return self.ok

    def __getitem__(self, name: str) -> ParameterReport:
        for p in self.parameters:
            if p.name == name:
                return p
        raise KeyError(f"no parameter {name!r} was compared; there are {[p.name for p in self.parameters]}")

    def __str__(self) -> str:
        header = ("parameter", "shape", "absolute difference", "", "relative", "", "tolerance", "verdict")
        rows = [
            (
                p.name,
                str(p.shape),
                f"{p.largest_absolute:.2g}",
                place(p.where_absolute or ()),
                f"{p.largest_relative:.2g}",
                place(p.where_relative or ()),
                f"{p.atol:.1g} + {p.rtol:g}·|g|",
                p.verdict,
            )
            for p in self.parameters
        ]
        which = f"-∂{self.function}" if self.descent else f"∂{self.function}"
        return f"{which}: manual against automatic, {self.function} = {self.loss:.9g}\n{aligned(header, rows)}"

    def raise_if_wrong(self) -> None:
        """Raise an AssertionError with the table, unless all gradients agree."""
        if not self.ok:
            raise AssertionError(str(self))

    def to_dict(self) -> dict[str, Any]:
        """Return everything but the arrays, as JSON knows it."""
        return {
            "function": self.function,
            "loss": self.loss,
            "descent": self.descent,
            "ok": self.ok,
            "parameters": [p.to_dict() for p in self.parameters],
        }


def compare(
    f: Callable[..., Any],
    manual: Any,
    *args: Any,
    argnums: int | Sequence[int] | None = None,
    descent: bool = False,
    rtol: float | None = None,
    atol: float | None = None,
) -> GradientReport:
    """Compare a gradient derived by hand with the automatic one.

    Parameters
    ----------
    f : callable
        The loss: a function of arrays that returns one number.
    manual : callable, mapping, array_like or sequence of array_like
        The gradients derived by hand: one for each parameter, in the order of `argnums`; a mapping from the
        parameters' names in f's signature; or a function of the same arguments that returns any of these.
    *args : array_like
        The arguments of f.
    argnums : int or sequence of int, optional
        The positions of the parameters. The default is those that a mapping names; otherwise all floating-point
        arguments, if there are as many of them as gradients.
    descent : bool
        Whether the manual gradients point down the loss, −∂f/∂parameter, as updates that are added do.
    rtol, atol : float, optional
        A difference may be ``atol + rtol * |automatic|``. The defaults: for float64 an `rtol` of 1e-9 and an
        `atol` of 1e-12 times the largest element of the gradient; for float32 1e-4 and 1e-5 times; for float16
        1e-2 and 1e-2 times. The coarser dtype of both gradients counts.

    Returns
    -------
    GradientReport

    Raises
    ------
    TypeError
        If f is not callable, a gradient is no array of real numbers, a parameter is not floating-point, or
        `argnums` is needed.
    ValueError
        If the loss is not one finite number, a gradient is missing or one too many, or shapes differ.

    Examples
    --------
    >>> import microgradnet as mg
    >>> import numpy as np
    >>> report = mg.compare(lambda w: mg.sum(w**2), lambda w: 2 * w, np.array([1.0, 2.0]))
    >>> report.ok, report["w"].largest_absolute
    (True, 0.0)
    """
    if not callable(f):
        raise TypeError(f"compare: the loss must be a function, got {type(f).__name__}")
    values = [a.numpy() if isinstance(a, Recorded) else a for a in args]  # type: ignore[attr-defined]
    by_hand = _by_hand(manual, values)
    names = argument_names(f, len(args))
    positions = _parameters(by_hand, values, names, argnums)
    gradients = _in_order(by_hand, [names[i] for i in positions])
    for i in positions:
        if np.asarray(values[i]).dtype.kind != "f":
            raise TypeError(
                f"compare: parameter {names[i]!r} must hold real floating-point numbers, got "
                f"{np.asarray(values[i]).dtype}; convert it with float() or .astype(float)"
            )
    loss, automatic = _automatic(f, values, positions)
    sign = -1 if descent else 1
    parameters = [
        _compare_parameter(names[i], by_hand, sign * gradient, rtol, atol)
        for i, by_hand, gradient in zip(positions, gradients, automatic, strict=True)
    ]
    return GradientReport(getattr(f, "__name__", "f").replace("<lambda>", "f"), loss, descent, tuple(parameters))


def _by_hand(manual: Any, values: Sequence[Any]) -> Mapping[str, Any] | list[Any]:
    """Return the gradients derived by hand: by name, or as a list."""
    if callable(manual):
        try:
            manual = manual(*values)
        except Exception as error:
            error.add_note("raised by the manual gradient, which compare calls with the arguments of the loss")
            raise
    if isinstance(manual, Mapping):
        return manual
    return list(manual) if isinstance(manual, tuple | list) else [manual]


def _parameters(
    by_hand: Mapping[str, Any] | list[Any], values: Sequence[Any], names: list[str], argnums: int | Sequence[int] | None
) -> list[int]:
    """Find the positions of the parameters."""
    if argnums is not None:
        positions = [argnums] if isinstance(argnums, int) else list(argnums)
        for i in positions:
            if not -len(values) <= i < len(values):
                raise TypeError(f"compare: argnums asks for argument {i}, but there are {len(values)}")
        return [i % len(values) for i in positions]
    if isinstance(by_hand, Mapping):
        unknown = [name for name in by_hand if name not in names]
        if unknown:
            raise ValueError(f"compare: there are gradients of {unknown}, but the loss takes {names}")
        return [names.index(name) for name in by_hand]
    floating = [i for i, v in enumerate(values) if np.asarray(v).dtype.kind == "f"]
    if len(floating) != len(by_hand):
        raise TypeError(
            f"compare: there are {len(by_hand)} gradients, but {len(floating)} floating-point arguments "
            f"({', '.join(names[i] for i in floating)}); say which are the parameters with argnums="
        )
    return floating


def _in_order(by_hand: Mapping[str, Any] | list[Any], wanted: list[str]) -> list[Any]:
    """Return one manual gradient for each parameter."""
    if isinstance(by_hand, Mapping):
        missing = [name for name in wanted if name not in by_hand]
        if missing:
            raise ValueError(f"compare: the manual gradient of {missing} is missing; there are {list(by_hand)}")
        return [by_hand[name] for name in wanted]
    if len(by_hand) != len(wanted):
        raise ValueError(f"compare: {len(by_hand)} manual gradients for {len(wanted)} parameters, {wanted}")
    return by_hand


def _automatic(f: Callable[..., Any], values: list[Any], positions: list[int]) -> tuple[float, tuple[Array, ...]]:
    """Compute the loss, and its gradient with respect to each parameter."""

    def of_parameters(*parameters: Any) -> Any:
        everything = list(values)
        for i, p in zip(positions, parameters, strict=True):
            everything[i] = p
        return f(*everything)

    loss, pull = vjp(of_parameters, *(values[i] for i in positions))
    if loss.size != 1:
        raise ValueError(f"compare: the loss must be one number, got shape {loss.shape}; sum it, or take its mean")
    if not np.isfinite(loss).all():
        raise ValueError(f"compare: the loss is {loss.item()} at these arguments, so there is no gradient to compare")
    return float(loss.item()), pull(np.ones_like(loss))


def _compare_parameter(
    name: str, by_hand: Any, automatic: Array, rtol: float | None, atol: float | None
) -> ParameterReport:
    manual = np.array(by_hand.numpy() if isinstance(by_hand, Recorded) else by_hand)  # type: ignore[attr-defined]
    if manual.dtype.kind not in "fiub":
        raise TypeError(f"compare: the manual gradient of {name!r} has dtype {manual.dtype}, not real numbers")
    if manual.shape != automatic.shape:
        raise ValueError(
            f"compare: the manual gradient of {name!r} has shape {manual.shape}, but the parameter has shape "
            f"{automatic.shape}"
        )
    itemsize = min(8, automatic.itemsize, manual.itemsize if manual.dtype.kind == "f" else 8)
    by_dtype, of_largest = TOLERANCES[itemsize]
    m, a = manual.astype(np.float64), automatic.astype(np.float64)
    finite = bool(np.isfinite(m).all() and np.isfinite(a).all())
    with np.errstate(invalid="ignore"):
        difference = np.abs(m - a)
        size = np.maximum(np.abs(m), np.abs(a))
        relative = difference / np.where(size == 0, 1, size)
    rtol = by_dtype if rtol is None else rtol
    if atol is None:
        atol = of_largest * float(np.max(np.abs(a), initial=0.0, where=np.isfinite(a)))
    agrees = finite and bool(np.all(difference <= atol + rtol * np.abs(a)))
    verdict = "agrees" if agrees else "differs" if finite else "not finite"
    absolute, where_absolute = _largest(difference)
    relative_, where_relative = _largest(relative)
    return ParameterReport(
        name, a.shape, manual, automatic, absolute, where_absolute, relative_, where_relative, rtol, atol, verdict
    )


def _largest(x: Array) -> tuple[float, tuple[int, ...] | None]:
    """Find the largest element, NaN before all others, and where it stands."""
    if not x.size:
        return 0.0, None
    where = tuple(int(i) for i in np.unravel_index(int(np.argmax(x)), x.shape))
    return float(x[where]), where
