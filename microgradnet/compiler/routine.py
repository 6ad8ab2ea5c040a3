"""A routine: the few kinds of steps that both backends know, in the order in which they are carried out."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from microgradnet.graph import Entry
from microgradnet.record import Array

__all__ = ["INTO", "SMALL", "Instruction", "Kind", "Lookup", "Routine", "Value", "contracted", "gathered", "written"]

Kind = Literal[
    "ufunc",
    "reduce",
    "dot",
    "contract",
    "inner",
    "view",
    "function",
    "first",
    "scan",
    "einsum",
    "rank",
    "write",
    "call",
]

SMALL = 1 << 13
"""Up to how many elements, of all values together, NumPy's calls cost more than the work."""

INTO: tuple[Kind, ...] = ("ufunc", "reduce", "dot", "contract", "inner")
"""The kinds of steps that are told where their result goes."""


@dataclass(frozen=True, slots=True)
class Value:
    """An array of the routine.

    Attributes
    ----------
    id : int
        Its position in `Routine.values`.
    shape : tuple of int
    dtype : dtype
    constant : array or None
        What it always is.
    """

    id: int
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    constant: Array | None = None

    @property
    def nbytes(self) -> int:
        """Its size in bytes."""
        return int(np.prod(self.shape, dtype=np.int64)) * self.dtype.itemsize


@dataclass(frozen=True, slots=True)
class Instruction:
    """One step of a routine: a call.

    Attributes
    ----------
    kind : Kind
        A ufunc (or `masked`, which is written like one), its ``reduce``, a product of matrices, one of the transpose
        of the first, the sum of all elements of a product (both of which only a plan has), a function that returns a
        view of its input, one of NumPy's functions `where`, `astype` and `reshape` or `gathered`, `argmax` or
        `argmin`, a ufunc's ``accumulate``, `contracted`, `sort` or `argsort`, `written` (these five, and `gathered`,
        only where there are loops), or a whole operation. What a function or an operation returns may be a view.
    function : callable
    inputs : tuple of int
    output : int
    rest : tuple
        What else the function is called with: of a reduction ``(axis, keepdims)``, of others the arguments that
        come after the inputs.
    entry : Entry
        The operation it belongs to.
    """

    kind: Kind
    function: Callable[..., Any]
    inputs: tuple[int, ...]
    output: int
    entry: Entry
    rest: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Lookup:
    """Stands in an index for an array of integers: which one of those that a step is given."""

    number: int


def _index(parts: Sequence[Any], tables: Sequence[Array]) -> tuple[Any, ...]:
    return tuple([tables[part.number] if isinstance(part, Lookup) else part for part in parts])


def gathered(x: Array, *rest: Any) -> Array:
    """Return ``x[parts]``, with the parts last and the tables in them before."""
    *tables, parts = rest
    return x[_index(parts, tables)]


def written(base: Array, *rest: Any) -> Array:
    """Return a copy of an array, in which parts are written over, or added to, by others.

    Parameters
    ----------
    base : array
        Broadcast to the shape of the result.
    *rest
        The parts, and the tables of their indices; the shape of the result, whether parts are added, and of each part
        its index and shape.
    """
    *arrays, (shape, dtype), adds, pieces = rest
    result = np.empty(shape, dtype)
    result[...] = base
    tables = arrays[len(pieces) :]
    for part, (parts, _) in zip(arrays, pieces, strict=False):
        if adds:
            np.add.at(result, _index(parts, tables), part)
        else:
            result[_index(parts, tables)] = part
    return result


def contracted(*rest: Any) -> Array:
    """Return NumPy's `einsum`, with the subscripts last."""
    *operands, subscripts = rest
    return np.einsum(subscripts, *operands)


@dataclass(frozen=True)
class Routine:
    """Steps in the order in which they are carried out.

    Attributes
    ----------
    values : tuple of Value
    steps : tuple of Instruction
    arguments : tuple of (int or None)
        The value of each leaf of the arguments; None for one that nothing depends on.
    results : tuple of int
        The value of each leaf of the result.
    """

    values: tuple[Value, ...]
    steps: tuple[Instruction, ...]
    arguments: tuple[int | None, ...]
    results: tuple[int, ...]

    @property
    def is_small(self) -> bool:
        """Whether NumPy's calls would cost more than the work, so that "auto" takes Numba."""
        return sum(math.prod(v.shape) for v in self.values if v.constant is None) <= SMALL
