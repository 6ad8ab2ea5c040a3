"""What rounding amounts to in a gradient derived by hand: its function is called again with every step disturbed.

Monte Carlo arithmetic, D. S. Parker, UCLA CSD-970002 (1997), in whatever NumPy code somebody wrote: its arguments are
arrays whose every result is changed by about a unit in its last place, and whose results are such arrays too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from microgradnet.plain import Inside

__all__ = ["disturbed_calls", "rounds_to_float32"]

Array = np.ndarray[Any, np.dtype[Any]]

DRAWS = 5
"""How many times the function is called."""

EXACT = (
    np.absolute, np.ceil, np.conjugate, np.copysign, np.fabs, np.floor, np.fmax, np.fmin, np.heaviside, np.maximum,
    np.minimum, np.negative, np.positive, np.rint, np.sign, np.trunc,
)  # fmt: skip
"""NumPy's ufuncs that round nothing: what they return would not be found again among what they were given."""

ROUNDED = (np.dot, np.einsum, np.inner, np.interp, np.vdot)
"""NumPy's functions that round but are no ufuncs, nor made of any; those of its linear algebra are others."""


class _Source:
    """Where the changes come from, and the coarsest precision in which something was rounded."""

    def __init__(self, seed: int, least: float, times: float) -> None:
        self.seed = np.uint64(seed)
        self.least, self.times = least, times
        self.coarsest: np.dtype[Any] = np.dtype(np.float64)

    def argument(self, value: Any) -> Any:
        """Disturb an argument if it holds floating-point numbers; copy it anyway."""
        if isinstance(value, np.ndarray):
            return self.own(self.disturbed(value.copy()))
        return self.own(self.disturbed(np.asarray(value))) if isinstance(value, float | np.floating) else value

    def result(self, value: Any) -> Any:
        """Disturb what was rounded."""
        if type(value) in (tuple, list):
            return type(value)(map(self.result, value))
        if isinstance(value, np.ndarray | np.floating) and value.dtype.kind == "f":
            self.coarsest = min(self.coarsest, value.dtype, key=lambda dtype: dtype.itemsize)
            return self.own(self.disturbed(_plain(np.asarray(value))))
        return value

    def own(self, value: Any) -> Any:
        """Return real numbers as an array whose results are disturbed."""
        if type(value) in (tuple, list):
            return type(value)(map(self.own, value))
        if not isinstance(value, np.ndarray | np.floating) or value.dtype.kind != "f":
            return value
        array = np.asarray(value).view(_Disturbed)
        array.source = self
        return array

    def disturbed(self, x: Array) -> Array:
        """Change numbers by 1 to 2 units in the last place, up or down, equal ones in the same way.

        So what is computed twice is still the same, and found by comparing.
        """
        if x.dtype.kind != "f":
            return x
        bits = np.ascontiguousarray(x, np.float64).view(np.uint64).reshape(x.shape)
        with np.errstate(over="ignore"):
            mixed = (bits ^ (bits >> np.uint64(29))) * np.uint64(0x9E3779B97F4A7C15) + self.seed * np.uint64(
                0xD1B54A32D192ED03
            )
            mixed = (mixed ^ (mixed >> np.uint64(32))) * np.uint64(0xBF58476D1CE4E5B9)
        drawn = (mixed >> np.uint64(11)) * 2.0**-53  # in [0, 1), the first binary digit being the sign
        ulps = np.where(drawn < 0.5, -1 - 2 * drawn, 2 * drawn)
        unit = self.times * max(float(np.finfo(x.dtype).eps), self.least)
        result: Array = (x * (1 + unit * ulps)).astype(x.dtype)
        return result


class _Disturbed(Inside, np.ndarray[Any, np.dtype[Any]]):
    """An array whose every result is disturbed."""

    source: _Source | None = None

    def __array_finalize__(self, other: Any) -> None:
        self.source = getattr(other, "source", None)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, out: Any = None, **options: Any) -> Any:
        source = _source([*inputs, *(out or ())])
        if out is not None:
            options["out"] = _plain(out)
        result = getattr(ufunc, method)(*_plain(inputs), **{k: _plain(v) for k, v in options.items()})
        if source is None or result is None or ufunc in EXACT or ufunc.__name__ == "clip":
            return result if out is None and source is None else self._kept(source, result, out)
        if out is None:
            return source.result(result)
        for written in options["out"]:
            if written is not None:
                written[...] = _plain(source.result(written))
        return self._kept(source, result, out)

    @staticmethod
    def _kept(source: _Source | None, result: Any, out: Any) -> Any:
        if out is not None and result is not None:  # in place: the same object comes back
            return out[0] if len(out) == 1 else out
        return result if source is None else source.own(result)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        source = _source([*args, *kwargs.values()])
        if function in ROUNDED or getattr(function, "__module__", "") == "numpy.linalg":
            result = function(*_plain(args), **{k: _plain(v) for k, v in kwargs.items()})
            return result if source is None else source.result(result)
        result = super().__array_function__(function, types, args, kwargs)
        return result if source is None else source.own(result)

    def dot(self, other: Any, out: Any = None) -> Any:
        """Return the product, as `np.dot` does, which is disturbed."""
        return np.dot(self, other) if out is None else super().dot(other, out)


def _plain(value: Any) -> Any:
    if isinstance(value, _Disturbed):
        return value.view(np.ndarray)
    return type(value)(map(_plain, value)) if type(value) in (tuple, list) else value


def _like(value: Any, disturbed: Any) -> Any:
    """Return a disturbed argument in the class that it was given in."""
    return type(value)(disturbed) if isinstance(value, float | np.floating) else _plain(disturbed)


def _source(values: Iterable[Any]) -> _Source | None:
    for value in values:
        found = value.source if isinstance(value, _Disturbed) else None
        if found is None and type(value) in (tuple, list):
            found = _source(value)
        if found is not None:
            return found
    return None


def disturbed_calls(
    call: Callable[[Sequence[Any]], Sequence[Any]],
    values: Sequence[Any],
    least: float,
    times: float = 1.0,
) -> Iterator[tuple[list[Array], np.dtype[Any]]]:
    """Call a function some times with all its rounding disturbed.

    Each result is changed by about `times` units in its last place, or by as many times `least`, which is relative.
    Yields what each call returned, and the coarsest precision in which something was rounded on the way.
    """
    for seed in range(1, DRAWS + 1):
        source = _Source(seed, least, times)
        arguments = [source.argument(v) for v in values]
        with np.errstate(all="ignore"):
            try:
                found = call(arguments)
            except (TypeError, ValueError, AttributeError):  # it takes no such arrays: disturb its arguments alone
                found = call([_like(v, a) for v, a in zip(values, arguments, strict=True)])
        yield [np.array(_plain(g)) for g in found], source.coarsest


def rounds_to_float32(call: Callable[[Sequence[Any]], Sequence[Any]], values: Sequence[Any]) -> bool:
    """Whether a function sees no change of some argument in float64 that is too small for float32, but a larger one.

    Nor of any other argument: what is so large or so small that float64 itself takes no notice of another is no sign.
    Beside arrays numbers don't count, such as a learning rate: whoever rounds the arrays leaves them as they are.
    """
    before: list[Array] | None = None
    seen = False
    given = [(i, value, np.asarray(value)) for i, value in enumerate(values)]
    given = [(i, value, x) for i, value, x in given if x.dtype == np.float64]
    for i, value, x in [each for each in given if each[2].ndim] or given:
        if before is None:
            before = [np.asarray(g) for g in call(values)]
        changed = []
        for by in (2.0**-40, 2.0**-20):
            other = type(value)(x * (1 + by)) if isinstance(value, float) else x * (1 + by)
            moved = [*values[:i], other, *values[i + 1 :]]
            with np.errstate(all="ignore"):
                after = [np.asarray(g) for g in call(moved)]
            changed.append(not all(np.array_equal(a, b, equal_nan=True) for a, b in zip(before, after, strict=True)))
        if changed[0]:
            return False
        seen = seen or changed[1]
    return seen
