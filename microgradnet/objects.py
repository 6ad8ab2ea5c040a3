"""Arrays of objects, where NumPy's own code in C makes an array of tensors: ``np.array([t, u])``, ``np.asarray(t)``.

That code asks a tensor for an array and knows nothing of gradients. In a function that is differentiated the array
holds tensors without axes, as objects of Python's, and NumPy's loops compute with their operators and methods: one by
one, and each step is recorded. What of ours meets such an array, or gets it as a result, makes one tensor of it. What
NumPy has no such loop for is an error that says what to write. No number leaves here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from microgradnet.leaving import CallSite, LostGradient, asked_by, called, indexes, running
from microgradnet.ops.creation import array, has_tensors
from microgradnet.ops.indexing import getitem
from microgradnet.ops.shapes import ravel, reshape
from microgradnet.plain import NUMBERS, NotPlain
from microgradnet.record import Recorded, TracingError, node_of
from microgradnet.trees import flatten, unflatten

__all__ = ["all_joined", "joined", "objects_of"]

_LARGEST = 1024
"""How many elements are taken one by one. More would take longer than anybody waits for."""

_LARGEST_IN_DOT = 64
"""The same of the tensor in ``X.dot(t)``, where each element is multiplied by each row of X."""

_OF_OBJECTS = (
    r"dtype\('O'\)|dtype object|\(object\)|'object'|'Tensor'|type Tensor|input types|type object is|object_|[Oo]bject "
    r"arrays?\b|no callable|holds references"
)
"""What is said of arrays of objects by functions of NumPy's and SciPy's that take none."""


class Objects:
    """What an array of objects was made of, and where: all that a run of a function remembers of it."""

    def __init__(self, tensor: Recorded, site: CallSite) -> None:
        self._called = called(node_of(tensor))
        self._site = site

    def __str__(self) -> str:
        way = self._site.rewritten() or "write mg.array([t, u]) for np.array([t, u]), and t itself for np.asarray(t)"
        return (
            f"NumPy's array of a tensor that is being recorded ({self._called}) holds objects, which not every "
            f"function takes; {way}"
        )

    def lost(self, error: LostGradient, caller: str) -> LostGradient:
        """Say what else may be meant where a number would be made of a tensor: it may be NumPy that makes it."""
        name, _ = asked_by()
        if name is not None:
            return LostGradient(f"{caller}: {name}: {self}")
        way = self._site.rewritten()
        return error if way is None else LostGradient(f"{error}; with arrays, {way}")

    def out_of(self, result: Any) -> Any:
        """Return what a function returned, without arrays of objects."""
        return all_joined(result)

    def explained(self, error: Exception, caller: str) -> LostGradient | None:
        """Say of an error what an array of objects has to do with it, if it has."""
        if isinstance(error, LostGradient | TracingError):
            return None
        met = isinstance(error, NotPlain | ZeroDivisionError) or re.search(_OF_OBJECTS, str(error))
        if met or (isinstance(error, TypeError | AttributeError) and _in_numpy(error)):
            return LostGradient(f"{caller}: {self} ({type(error).__name__}: {error})")
        return None


def objects_of(tensor: Any, dtype: Any, copy: bool | None, instead: Mapping[str, str]) -> Any:
    """Make an array of the elements of a tensor that is being recorded; return None where NumPy can't go on with it.

    Parameters
    ----------
    tensor : Tensor
    dtype, copy : dtype or None, bool or None
        What is asked for: numbers can't be had, and ``X.dot(t)`` asks for a copy first and for objects then.
    instead : mapping
        The functions for which there is something better to write.
    """
    if not (dtype is None or np.dtype(dtype).hasobject) or tensor.size > _LARGEST:
        return None
    run = running()
    name, frame = asked_by()
    if run is None or frame is None or (name or "").startswith("scipy") or (name in instead and name != "np.vectorize"):
        return None
    if indexes(frame):  # arrays of objects are no index
        return None
    site = CallSite.of(frame)
    if tensor.ndim and (copy or dtype is not None) and ".dot(" in (site.rewritten() or ""):
        compares = run.caller.startswith(("compare", "diagnose"))  # which had better see a product as one operation
        if compares or tensor.size > _LARGEST_IN_DOT:
            return None
    run.objects = Objects(tensor, site)
    made = np.empty(tensor.size, object)
    if tensor.ndim:
        flat = ravel(tensor)
        made[:] = [getitem(flat, i) for i in range(tensor.size)]
    else:
        made[0] = tensor
    return made.reshape(tensor.shape)


def is_of_objects(given: Any) -> bool:
    """Whether this is an array of objects that holds tensors, or what NumPy made of such."""
    if type(given) is not np.ndarray or given.dtype != object:
        return False
    kinds = set(map(type, given.flat))
    if any(issubclass(kind, Recorded) for kind in kinds):
        return True
    run = running()
    return run is not None and run.objects is not None and kinds <= NUMBERS


def all_joined(result: Any) -> Any:
    """Put tensors in the place of arrays of objects in what somebody's function returned."""
    leaves: list[Any] = []
    try:
        structure = flatten(result, leaves, is_of_objects)
    except (TypeError, ValueError):  # it is refused by who takes it apart
        return result
    return unflatten(structure, [joined(leaf) for leaf in leaves]) if leaves else result


def joined(given: Any) -> Any:
    """Make one tensor of an array of objects, or of nested lists, that hold tensors; return all else as it is."""
    if is_of_objects(given):
        return reshape(array(given.ravel().tolist()), given.shape)
    return array(given) if isinstance(given, list | tuple) and has_tensors(given) else given


def _in_numpy(error: Exception) -> bool:
    """Whether an error comes out of code of NumPy's or SciPy's."""
    frame = error.__traceback__
    while frame is not None:
        if frame.tb_frame.f_globals.get("__name__", "").partition(".")[0] in ("numpy", "scipy"):
            return True
        frame = frame.tb_next
    return False
