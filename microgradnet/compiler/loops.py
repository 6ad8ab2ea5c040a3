"""A tree of loops as data: what a kernel does with numbers, before it is written in any language.

`kernels` grows such trees from steps. A printer for each target writes them down: that for Numba is in `numba_code`,
that for JavaScript in `javascript`. Functions of numbers are NumPy's own, so that a tree knows no operation by name;
sums and products of indices, which are Python's integers, are those of `operator`.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = [
    "Apply", "Assign", "Blas", "Contiguous", "Expression", "Load", "Loop", "Make", "Matrix", "Memory", "Name", "Number",
    "Remark", "Statement", "Store", "at_remainder", "cast", "nested", "over", "plus", "times",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Memory:
    """An array that a kernel is given or makes.

    Attributes
    ----------
    name : str
    shape : tuple of int
    dtype : dtype
    """

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]


# --- expressions ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Number:
    """A number that is written out; one without a dtype is an index."""

    value: int | float
    dtype: np.dtype[Any] | None = None


@dataclass(frozen=True, slots=True)
class Name:
    """A variable, or a constant that the text names; one without a dtype is an index."""

    name: str
    dtype: np.dtype[Any] | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """An element of an array."""

    memory: Memory
    index: tuple[Expression, ...]

    @property
    def dtype(self) -> np.dtype[Any]:
        """That of the array."""
        return self.memory.dtype


@dataclass(frozen=True, slots=True)
class Apply:
    """A function of numbers.

    Attributes
    ----------
    function : callable
        A ufunc, `np.where`, or `np.astype`; of indices one of `operator`'s.
    arguments : tuple of Expression
        In the dtypes in which the function takes them.
    dtype : dtype or None
        That of the result; None of an index.
    """

    function: Callable[..., Any]
    arguments: tuple[Expression, ...]
    dtype: np.dtype[Any] | None = None


Expression = Number | Name | Load | Apply


def cast(expression: Expression, dtype: np.dtype[Any]) -> Expression:
    """Convert a number, unless it is of that dtype."""
    return expression if expression.dtype == dtype else Apply(np.astype, (expression,), dtype)


def plus(a: Expression, b: Expression) -> Expression:
    """Add two indices."""
    if Number(0) in (a, b):
        return b if a == Number(0) else a
    return Apply(operator.add, (a, b))


def times(a: Expression, n: int) -> Expression:
    """Multiply an index by a number."""
    return a if n == 1 else Number(a.value * n) if isinstance(a, Number) else Apply(operator.mul, (a, Number(n)))


def over(a: Expression, n: int) -> Expression:
    """Say how many times a number is in an index."""
    return a if n == 1 else Apply(operator.floordiv, (a, Number(n)))


def at_remainder(a: Expression, n: int) -> Expression:
    """Say what is left of an index beside the multiples of a number."""
    return Apply(operator.mod, (a, Number(n)))


# --- statements ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment."""

    text: str


@dataclass(frozen=True, slots=True)
class Make:
    """Make an array, whose elements may be anything."""

    memory: Memory


@dataclass(frozen=True, slots=True)
class Assign:
    """Give a variable a number."""

    name: str
    value: Expression


@dataclass(frozen=True, slots=True)
class Store:
    """Write an element of an array."""

    memory: Memory
    index: tuple[Expression, ...]
    value: Expression


@dataclass(frozen=True, slots=True)
class Loop:
    """Do something for each number from 0 to below a count."""

    index: str
    count: int
    body: list[Statement]


@dataclass(frozen=True, slots=True)
class Matrix:
    """A matrix or vector that BLAS reads or fills: one of a batch, at an index; or its transpose."""

    memory: Memory
    index: tuple[Expression, ...] = ()
    transposed: bool = False


@dataclass(frozen=True, slots=True)
class Blas:
    """A product that BLAS computes, into a matrix or a variable."""

    left: Matrix
    right: Matrix
    into: Matrix | str


@dataclass(frozen=True, slots=True)
class Contiguous:
    """Copy an array into memory as BLAS wants it, unless it is so."""

    memory: Memory
    source: Memory


Statement = Remark | Make | Assign | Store | Loop | Blas | Contiguous


def nested(indices: Sequence[str], shape: Sequence[int], body: list[Statement]) -> list[Statement]:
    """Put a loop around statements for each index, the first outermost."""
    for index, count in zip(reversed(indices), reversed(shape), strict=True):
        body = [Loop(index, count, body)]
    return body
