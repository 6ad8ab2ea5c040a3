"""The numbers inside somebody's object: where they stand, written as one would write it, and how another is put there.

Attributes, dicts, lists and tuples are looked into, and the objects in them; nothing is looked into twice, and nothing
of a library's own.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping, MutableSequence
from dataclasses import dataclass
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

__all__ = ["Place", "numbers_in", "objects_in"]

OPAQUE = (str, bytes, type, ModuleType, FunctionType, MethodType, BuiltinFunctionType, np.ndarray, np.generic, np.dtype)
"""What is never looked into."""

LIBRARIES = ("numpy", "scipy", "random", "collections", "logging", "threading", "datetime")
"""Objects of these are never looked into, if they are no containers."""

MOST = 10_000
"""How many places are looked at: a list of a million numbers holds data, not parameters."""


@dataclass(frozen=True)
class Place:
    """Where a number or an array stands in an object: the attributes, keys and indices that lead to it.

    Attributes
    ----------
    steps : tuple of (str, object)
        ``(".", name)`` for an attribute, ``("[]", key or index)`` for an item.
    """

    steps: tuple[tuple[str, Any], ...] = ()

    def attribute(self, name: str) -> Place:
        """Return the place of an attribute of what is here."""
        return Place((*self.steps, (".", name)))

    def item(self, key: Any) -> Place:
        """Return the place of an item of what is here."""
        return Place((*self.steps, ("[]", key)))

    def __str__(self) -> str:
        return "".join(f".{key}" if kind == "." else f"[{key!r}]" for kind, key in self.steps).removeprefix(".")

    @property
    def container(self) -> Place:
        """Where the object is that this is an attribute or an item of."""
        return Place(self.steps[:-1])

    @property
    def name(self) -> str:
        """The last name on the way here: that of a list for its items."""
        named = [key for _, key in self.steps if isinstance(key, str)]
        return named[-1] if named else ""

    def of(self, root: Any) -> Any:
        """Return what stands here in an object.

        Raises
        ------
        AttributeError, KeyError, IndexError, TypeError
            If there is no such place in it.
        """
        for kind, key in self.steps:
            root = getattr(root, key) if kind == "." else root[key]
        return root

    def put(self, root: Any, value: Any) -> None:
        """Put something here, in the object itself."""
        inside, (kind, key) = self.container.of(root), self.steps[-1]
        if kind == ".":
            setattr(inside, key, value)
        elif isinstance(inside, tuple):
            items = [*inside[:key], value, *inside[key + 1 :]]
            self.container.put(root, type(inside)(*items) if hasattr(inside, "_fields") else tuple(items))
        else:
            inside[key] = value


def objects_in(root: Any) -> Iterator[tuple[Place, Any]]:
    """Go through all that stands in an object, each container and object once, numbers and arrays at every place."""
    seen, waiting, count = {id(root)}, [(Place(), root)], 0
    while waiting and count < MOST:
        place, value = waiting.pop(0)
        for inside, each in _inside(place, value):
            count += 1
            yield inside, each
            if not isinstance(each, OPAQUE) and id(each) not in seen:
                seen.add(id(each))
                waiting.append((inside, each))


def _inside(place: Place, value: Any) -> Iterator[tuple[Place, Any]]:
    """Name what a container or an object holds; nothing for all others."""
    if isinstance(value, MutableMapping):
        yield from ((place.item(key), each) for key, each in value.items())
    elif isinstance(value, MutableSequence | tuple):
        yield from ((place.item(i), each) for i, each in enumerate(value))
    elif type(value).__module__.partition(".")[0] not in LIBRARIES:
        slots = [name for kind in type(value).__mro__ for name in _slots(kind) if hasattr(value, name)]
        named = {**{name: getattr(value, name) for name in slots}, **getattr(value, "__dict__", {})}
        yield from ((place.attribute(name), each) for name, each in named.items())


def _slots(kind: type) -> list[str]:
    slots = vars(kind).get("__slots__", ())
    return [s for s in ([slots] if isinstance(slots, str) else slots) if s not in ("__dict__", "__weakref__")]


def numbers_in(root: Any) -> dict[Place, Any]:
    """Find the real numbers and arrays of them in an object, floating-point and integers, by their places."""
    return {place: value for place, value in objects_in(root) if _is_number(value)}


def _is_number(value: Any) -> bool:
    if isinstance(value, np.ndarray | np.generic):
        return value.dtype.kind in "fiu"
    return isinstance(value, float | int) and not isinstance(value, bool)
