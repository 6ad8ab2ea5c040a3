"""The numbers that people give: what is plain is taken, all else is refused with what to give instead.

Plain are Python's and NumPy's numbers, `np.ndarray` itself, and what NumPy makes an array of without a question:
lists, buffers, memory maps. Matrices, masked arrays, records, objects and the arrays of other libraries are not: NumPy
would convert them in silence, and a mask, a label, a unit, or what ``*`` means would be lost on the way.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

__all__ = ["NUMBERS", "REAL", "Inside", "NotPlain", "array", "is_array", "knows_how", "plain", "standard"]

REAL = (np.ndarray, np.generic)
NUMBERS = frozenset({float, int, bool} | {t for t in np.sctypeDict.values() if np.dtype(t).kind in "fiub"})

_OFFERS = (
    "__array__",
    "__array_function__",
    "__array_interface__",
    "__array_namespace__",
    "__array_priority__",
    "__array_struct__",
    "__array_ufunc__",
    "__cuda_array_interface__",
    "__dlpack__",
)
"""By one of these, the arrays of other libraries are known."""

_WAYS = (".toarray()", ".to_numpy()", ".magnitude", ".numpy()", ".asnumpy()", ".todense()", ".compute()", ".get()")
"""How they are turned into NumPy's, the most telling first."""


class NotPlain(TypeError):
    """What was given is no plain array of numbers, and no number."""


class Inside:
    """What is the package's own, in the record already or an array it made: `plain` has nothing to say about it."""

    __slots__ = ()


def plain(value: Any, whose: str) -> Any:
    """Return a number or an array that was given; what NumPy makes of a list or a buffer.

    Parameters
    ----------
    value : array_like
    whose : str
        What it was given to: errors begin with it.

    Raises
    ------
    NotPlain
        If it is none, with what to give instead.
    """
    kind = type(value)
    if kind in NUMBERS:
        return value
    given = value
    if kind is not np.ndarray and not isinstance(value, np.generic):
        _refuse(value, whose)
        given = value if isinstance(value, np.ndarray) and isinstance(value, Inside) else np.asarray(value)
    if given.dtype.kind not in "fiubc":
        raise NotPlain(f"{whose}: {_no_numbers(value, given.dtype)}")
    return given


def array(value: Any, whose: str) -> Any:
    """Return what is plain, and arrays of libraries that follow the Array API standard, which stay in them."""
    if type(value) is np.ndarray and value.dtype.kind in "fiubc":
        return value
    return value if standard(value) else plain(value, whose)


def standard(value: Any) -> bool:
    """Whether this is an array of another library that follows the Array API standard."""
    return hasattr(type(value), "__array_namespace__") and not isinstance(value, REAL)


def is_array(value: Any) -> bool:
    """Whether something is an array, or offers itself as one."""
    return any(hasattr(type(value), name) for name in _OFFERS)


def knows_how(value: Any) -> bool:
    """Whether an operand that isn't plain has operators of its own for NumPy's arrays, and what is like them."""
    kind = type(value)
    if isinstance(value, REAL):  # a subclass would compute with what is not NumPy's own as if it were
        return False
    return hasattr(kind, "__array_ufunc__") or not (is_array(value) or kind.__module__ == "builtins")


def _refuse(value: Any, whose: str) -> None:
    """Raise if a value is, or is a list that contains, an array that isn't plain."""
    parts = [value]
    seen: set[int] = set()  # a list may contain itself
    for part in parts:
        if isinstance(part, list | tuple):
            if not NUMBERS.issuperset(map(type, part)) and id(part) not in seen:
                seen.add(id(part))
                parts += part
        elif type(part) not in (np.ndarray, np.memmap) and not isinstance(part, Inside | np.generic) and is_array(part):
            raise NotPlain(f"{whose}: {_instead(part)}")


def _instead(value: Any) -> str:
    """Say what an array that isn't plain is, and what to give instead."""
    if isinstance(value, np.ma.MaskedArray):
        return "the mask of a masked array would be lost; fill or compress it first: x.filled(0), x.compressed()"
    if isinstance(value, np.matrix):
        return "* of an np.matrix is the matrix product; give np.asarray(x), and write @ where that product is meant"
    if isinstance(value, np.ndarray):
        if value.dtype.names is not None:
            return _no_numbers(value, value.dtype)
        return f"operations of a {_named(value)} may mean something else than those of np.ndarray; give np.asarray(x)"
    if standard(value):
        return (
            f"an array of {value.__array_namespace__().__name__} would become one of NumPy's in silence; give "
            "np.asarray(x). mg.tensor(x) stays in its library, in operations and in .backward()"
        )
    way = next((way for way in _WAYS if hasattr(type(value), way.strip(".()"))), None)
    return f"a {_named(value)} is no array of NumPy's; give {'np.asarray(x)' if way is None else f'x{way}'}"


def _no_numbers(value: Any, dtype: np.dtype[Any]) -> str:
    """Say that a dtype holds no numbers, and what to give instead."""
    if dtype.names is not None:
        first = f"np.asarray(x[{dtype.names[0]!r}])"
        return f"a structured array holds records, no numbers; give its fields one by one: {first}"
    if isinstance(value, str | bytes):
        return f"{value!r:.40} is text, no number"
    if dtype.kind in "SUT":
        return f"an array of dtype {dtype} holds text, no numbers; give x.astype(float)"
    if dtype.kind in "mM":
        return f"{dtype} holds dates and times, no numbers; divide by a unit: (x - x[0]) / np.timedelta64(1, 's')"
    if isinstance(value, int):  # of a subclass: plain ones remain what they are
        return "an integer of more than 64 bits is no number of NumPy's; give float(x)"
    if isinstance(value, np.ndarray):
        what = "objects of Python's" if dtype.kind == "O" else "what is none of NumPy's"
        return f"an array of dtype {dtype} holds {what}, no numbers; give x.astype(float)"
    if isinstance(value, list | tuple):
        kind = type(value).__name__
        return (
            f"a {kind} that becomes an array of dtype {dtype} holds objects of Python's, no numbers; give numbers only"
        )
    if isinstance(value, Mapping) and type(value) is not dict:
        return f"a {_named(value)} is no number and no array, nor a dict that can be taken apart; give dict(x)"
    if hasattr(type(value), "__float__") and not isinstance(value, np.generic):
        return f"a {_named(value)} is no number of Python's or NumPy's; give float(x)"
    return "None is no number" if value is None else f"an object of type {_named(value)} is no number and no array"


def _named(value: Any) -> str:
    """Return the name of a type as its users know it: without the modules that are its library's own affair."""
    kind = type(value)
    known: list[str] = []
    for part in kind.__module__.split("."):
        if part.startswith("_") or part in ("core", "builtins"):
            break
        known.append(part)
    return ".".join([*known, kind.__qualname__])
