"""A routine: the few kinds of steps that both backends know, in the order in which they are carried out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from microgradnet.graph import Entry
from microgradnet.record import Array

__all__ = ["INTO", "Instruction", "Kind", "Routine", "Value"]

Kind = Literal["ufunc", "reduce", "dot", "contract", "inner", "view", "function", "call"]

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
    kind : {"ufunc", "reduce", "dot", "contract", "inner", "view", "function", "call"}
        A ufunc (or `masked`, which is written like one), its ``reduce``, a product of matrices, one of the transpose
        of the first, the sum of all elements of a product (both of which only a plan has), a function that returns a
        view of its input, one of NumPy's functions `where`, `astype` and `reshape`, or a whole operation. What the
        last two return may be a view.
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
