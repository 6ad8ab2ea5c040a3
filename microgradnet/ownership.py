"""What a record may hold of the arrays that somebody else can write to: copies, no more of them than are needed.

No later write can change a gradient, since a record holds nothing that anybody else can write to. What is read-only to
the bottom is taken as it is. A small array is copied whenever it is recorded, and a tiny one without asking whether it
is read-only. Of a large one that is used again and again the copy is kept as long as the array itself, and compared
with it at each use, which takes less time than a new copy and no new memory.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import Any
from weakref import ref

import numpy as np

__all__ = ["TINY", "held", "owned", "references"]

TINY = 1 << 10
"""Bytes up to which an array is copied without asking, which takes a third of the time that the copy does."""
LARGE = 1 << 16
"""Bytes from which on a copy is kept. Measured: below it copying takes less time than comparing."""

_kept: dict[int, tuple[ref[np.ndarray[Any, Any]], tuple[bytearray, np.ndarray[Any, Any]] | None]] = {}
"""By the identity of an array: itself, and from its second use on its copy, and the memory that this lies in."""


def owned(array: Any) -> Any:
    """Return what nobody else can write to: the array itself if it is read-only to the bottom, else a copy.

    The copy is as new as the array: it has what was written before this call, and nothing that is written after.
    """
    if not isinstance(array, np.ndarray):
        return array
    if not array.flags.writeable:
        base = array.base
        if base is None or (isinstance(base, np.ndarray) and not base.flags.writeable):
            return array
    return array.copy("K") if array.nbytes < LARGE else _copy_of(array)


def _copy_of(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the copy that is kept of a large array if it is still equal, or a new one."""
    if not (array.flags.c_contiguous or array.flags.f_contiguous):
        return array.copy("K")
    key = id(array)
    known, kept = _kept.get(key, (None, None))
    if known is None or known() is not array:
        _kept[key] = ref(array, lambda gone: _forget(key, gone)), None  # it may never be used again
        return array.copy("K")
    if kept is None or not _same(array, *kept):
        kept = _copied(array)
        _kept[key] = known, kept
    return kept[1]


def _forget(key: int, gone: ref[Any]) -> None:
    if _kept.get(key, (None,))[0] is gone:
        del _kept[key]


def _copied(array: np.ndarray[Any, Any]) -> tuple[bytearray, np.ndarray[Any, Any]]:
    """Copy an array into memory that compares itself with an array bit by bit, in half the time that NumPy takes."""
    memory = bytearray(array.nbytes)
    copy = np.ndarray(array.shape, array.dtype, memory, order="C" if array.flags.c_contiguous else "F")
    copy[...] = array
    copy.flags.writeable = False
    return memory, copy.view()


def _same(array: np.ndarray[Any, Any], memory: bytearray, copy: np.ndarray[Any, Any]) -> bool:
    """Whether an array and its copy hold the same bits in the same order of memory."""
    if array.strides != copy.strides or array.shape != copy.shape or array.dtype != copy.dtype:
        return False
    return memory == (array if array.flags.c_contiguous else array.T)


references: Callable[[Any], float] = getattr(sys, "getrefcount", lambda _: math.nan)
"""NaN, which equals nothing, where Python doesn't count references: nobody is known to be alone then."""


class _Slot:
    """A place like the one in which a tensor holds its value."""

    __slots__ = ("_value",)


_slot = _Slot()
_slot._value = np.zeros(1)  # type: ignore[attr-defined]
_ALONE = references(_slot._value)  # type: ignore[attr-defined]
"""What is counted of an array that one slot refers to and nobody else: no name, no view, no buffer."""


def held(tensor: Any) -> bool:
    """Whether a tensor's value is an array that nobody but the tensor can reach, no graph and no view.

    As after ``w.data -= 0.1 * w.grad``, which hands the array out and gives it back. Nobody else can write to it then.
    """
    return (
        type(tensor._value) is np.ndarray
        and references(tensor._value) == _ALONE
        and tensor._value.base is None
        and bool(tensor._value.flags.writeable)
    )
