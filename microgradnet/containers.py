"""What transforms make of containers: arguments as their leaves, several results as one, and results on the side.

A transform knows arrays only. A function of containers becomes a function of the arrays in them, and one that returns
a container is taken to return one vector; what comes of it is put together again. Nothing is differentiated here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from functools import update_wrapper
from itertools import accumulate
from math import prod
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any

import numpy as np

from microgradnet.leaving import argument_names
from microgradnet.objects import all_joined
from microgradnet.ops.elementwise import astype
from microgradnet.ops.shapes import concatenate, reshape
from microgradnet.plain import NUMBERS, is_array, plain
from microgradnet.record import ROOT, Recorded, current_scope, next_index, node_of, value_of, within
from microgradnet.trees import Leaf, OfLeaves, Structure, along, flatten, is_container, paths, statics, unflatten

__all__ = ["Aux", "Outputs", "is_tree", "opened", "taken_apart"]

_OUTPUT = "the output"

_WHOLE = frozenset("iubUSmM")
"""The kinds of dtypes whose arrays are passed on as they are: what they hold isn't meant to have a derivative."""

_SETTINGS = (
    bool, int, str, bytes, type(None), type(...), slice, range, np.dtype, Enum, type, np.ufunc,
    FunctionType, BuiltinFunctionType, MethodType,
)  # fmt: skip
"""What else may stand beside arrays, and holds none."""


def is_tree(value: Any) -> bool:
    """Whether an argument is taken apart. A list of numbers isn't, however deep: it is an array, as everywhere.

    A list of records such as ``(user, item, 3.5)`` is none, in which whole numbers would be whole no more.
    """
    pending, seen = [value], set[int]()
    for part in pending:
        if type(part) in (list, tuple):
            if _are_records(part):
                return True
            if id(part) not in seen and not NUMBERS.issuperset(map(type, part)):
                seen.add(id(part))
                pending += part
        elif is_container(part) or (len(pending) > 1 and is_array(part) and not isinstance(part, np.generic)):
            return True
    return False


def _are_records(rows: Sequence[Any]) -> bool:
    """Whether all are tuples that have whole numbers beside others, in the same places."""
    kinds = {tuple(map(type, row)) if type(row) is tuple else () for row in rows}
    return len(kinds) == 1 and {int, float} <= set(*kinds)


def taken_apart(
    caller: str, f: Callable[..., Any], args: Sequence[Any], positions: Sequence[int]
) -> tuple[OfLeaves, list[Any], list[Structure]]:
    """Make a function of containers one of the numbers in them.

    Parameters
    ----------
    caller : str
        Whose name errors begin with.
    f : callable
    args : sequence
        Its arguments.
    positions : sequence of int
        Which of them are differentiated.

    Returns
    -------
    of_leaves : OfLeaves
    leaves : list
        Its arguments: the floating-point numbers and arrays in those of f, from left to right.
    structures : list of Structure
        For each position, what it is made of.

    Raises
    ------
    TypeError
        If there are no floating-point numbers, or something that may hide some.
    ValueError
        If a container contains itself, or an argument is named twice.
    """
    if len({i % len(args) for i in positions}) < len(positions):
        raise ValueError(f"{caller}: argnums must name each argument once, got {tuple(positions)}")
    known = argument_names(f, len(args))
    of_leaves, leaves, structures = opened(f, args, positions)
    for i, structure in zip(positions, structures, strict=True):
        for path, other in statics(structure, known[i]).items():
            if not _is_setting(other):
                raise TypeError(
                    f"{caller}: {path} is of type {type(other).__name__}, which may hold numbers that would get no "
                    "gradient; give a dict or a dataclass of its arrays"
                )
    for name, leaf in zip(of_leaves.names, leaves, strict=True):
        _check(leaf, f"{caller}: {name}")
    if not leaves:
        both = [*zip(positions, structures, strict=True)]
        held = {p: v for i, tree in both for p, v in statics(tree, known[i]).items() if v is not None}
        found = ", ".join(f"{p} holds {getattr(v, 'dtype', type(v).__name__)}" for p, v in [*held.items()][:3])
        raise TypeError(
            f"{caller}: {', '.join(known[i] for i in positions)} must hold real floating-point numbers to be "
            f"differentiated{f', but {found}; convert them with float() or .astype(float)' if found else ''}"
        )
    return of_leaves, leaves, structures


def opened(
    f: Callable[..., Any], args: Sequence[Any], positions: Sequence[int]
) -> tuple[OfLeaves, list[Any], list[Structure]]:
    """Make a function one of what is in the containers among its arguments; other arguments are leaves as they are."""
    known = argument_names(f, len(args))
    leaves: list[Any] = []
    structures: dict[int, Structure] = {}
    names: list[str] = []
    for i in positions:
        if is_tree(args[i]):
            structures[i] = flatten(args[i], leaves, _is_leaf, known[i])
        else:
            structures[i] = Leaf(len(leaves))
            leaves.append(args[i])
        names += paths(structures[i], known[i])
    return OfLeaves(f, args, structures, names), leaves, list(structures.values())


def _kind(value: Any) -> str:
    """Return the kind of the dtype of an array; of one that isn't NumPy's, that of floating-point numbers."""
    return getattr(getattr(value, "dtype", None), "kind", "f")


def _is_leaf(value: Any) -> bool:
    return isinstance(value, float | complex) or (is_array(value) and _kind(value) not in _WHOLE)


def _is_setting(value: Any) -> bool:
    """Whether something holds no numbers with a derivative; an object that can be called may be a layer."""
    if isinstance(value, _SETTINGS) or is_array(value) or type(value).__module__.startswith("numpy.random."):
        return True
    inside = getattr(value, "__dict__", {}).values()
    return callable(value) and not any(is_array(each) or is_container(each) for each in inside)


def _check(leaf: Any, whose: str) -> None:
    """Raise if this is no real floating-point number or array of them."""
    dtype = node_of(leaf).dtype if isinstance(leaf, Recorded) else np.asarray(plain(leaf, whose)).dtype
    if dtype.kind != "f":
        raise TypeError(
            f"{whose} must hold real floating-point numbers to be differentiated, got {type(leaf).__name__} of dtype "
            f"{dtype}; convert it with float() or .astype(float)"
        )


class Outputs:
    """The arrays in a container that a function returned, laid end to end.

    Attributes
    ----------
    vector : Tensor or array
    """

    def __init__(self, output: Any, caller: str) -> None:
        leaves: list[Any] = []
        self._structure = flatten(output, leaves, lambda value: value is not None, _OUTPUT)
        self._caller = caller
        self._leaves = [
            (path, *self._described(path, y)) for path, y in zip(paths(self._structure, _OUTPUT), leaves, strict=True)
        ]
        if not leaves:
            raise TypeError(f"{caller}: the function returned {output!r:.60}, which holds no numbers")
        with within(current_scope() or ROOT):  # where recording is off, the function was recorded all the same
            self.vector = concatenate([reshape(y, (-1,)) for y in leaves])

    def _described(self, path: str, y: Any) -> tuple[tuple[int, ...], np.dtype[Any]]:
        """Return the shape and the dtype of something that was returned."""
        value: Any = value_of(y) if isinstance(y, Recorded) else plain(y, f"{self._caller}: {path} of the function")
        dtype = value.dtype if hasattr(value, "dtype") else np.asarray(value).dtype
        if dtype.kind != "f":
            raise TypeError(
                f"{self._caller}: {path} of the function has dtype {dtype}, but gradients flow through real "
                "floating-point numbers only; return what else there is with has_aux=True"
            )
        return np.shape(value), dtype

    def laid(self, cotangent: Any, what: str = "cotangent", of: str = "output") -> Any:
        """Lay a cotangent of what was returned end to end; errors call it what the caller calls it."""
        whose = f"{self._caller}: the {what}"
        parts = along(self._structure, cotangent, whose)
        for (path, shape, _), part in zip(self._leaves, parts, strict=True):
            place = path.replace(_OUTPUT, f"the {of}", 1)
            given = np.shape(value_of(part) if isinstance(part, Recorded) else plain(part, f"{whose} of {place}"))
            if given != shape:
                raise ValueError(f"{whose} of {place} has shape {given}, but that has shape {shape}")
        return concatenate([reshape(part, (-1,)) for part in parts])

    def pieces(self, array: Any) -> list[Any]:
        """Cut an array along its first axis into a piece for each array that was returned."""
        ends = [*accumulate(prod(shape) for _, shape, _ in self._leaves)]
        shapes = [(*shape, *array.shape[1:]) for _, shape, _ in self._leaves]
        parts = [array[start:end] for start, end in zip([0, *ends], ends, strict=False)]
        if isinstance(array, Recorded):
            return [reshape(part, shape) for part, shape in zip(parts, shapes, strict=True)]
        return [part.copy().reshape(shape) for part, shape in zip(parts, shapes, strict=True)]

    def together(self, leaves: Sequence[Any]) -> Any:
        """Put together what was returned, of others in place of its arrays."""
        return unflatten(self._structure, leaves)

    def whole(self, vector: Any) -> Any:
        """Put together what was returned, of the numbers in a vector or a tensor."""
        cast = astype if isinstance(vector, Recorded) else np.asarray
        return self.together([cast(x, dtype) for x, (*_, dtype) in zip(self.pieces(vector), self._leaves, strict=True)])


class Aux:
    """A function that returns a pair as one that returns its first item, and keeps the second."""

    def __init__(self, f: Callable[..., Any], caller: str) -> None:
        update_wrapper(self, f, updated=())
        self._f = f
        self._caller = caller
        self._start = next_index()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function, and return the first of what it returns."""
        output = self._f(*args, **kwargs)
        if not isinstance(output, tuple) or len(output) != 2:
            got = f"a tuple of {len(output)}" if isinstance(output, tuple) else f"a {type(output).__name__}"
            raise TypeError(
                f"{self._caller}: with has_aux=True the function must return a pair (value, aux), got {got}"
            )
        self._aux = all_joined(output[1])
        return output[0]

    def aux(self) -> Any:
        """Return what was kept, with an array in place of each tensor that nobody outside differentiates."""
        tensors: list[Any] = []
        structure = flatten(self._aux, tensors, lambda value: isinstance(value, Recorded), "aux")
        return unflatten(structure, [t if self._is_followed(t) else np.array(value_of(t)) for t in tensors])

    def _is_followed(self, tensor: Any) -> bool:
        node = node_of(tensor)
        if node.traced or current_scope() is None or not node.requires_grad:
            return bool(node.traced)
        return node.oldest > self._start  # an older one has a larger index
