"""Containers taken apart and put together again: dicts, lists, tuples, named tuples and dataclasses, nested.

What is no container is a leaf, or static, as whoever takes a tree apart says. What is put together is always new, so
that nobody writes into the containers that were taken apart. Nothing is known here of what the leaves are.
"""

from __future__ import annotations

import dataclasses
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cached_property, update_wrapper
from typing import Any

import numpy as np

__all__ = [
    "Container", "Leaf", "OfLeaves", "Static", "Structure", "along", "children", "flatten", "indices", "is_container",
    "key_of", "keys_of", "kind_of", "paths", "statics", "unflatten", "without_statics",
]  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Leaf:
    """Stands in a structure for a leaf; `index` counts them from the left."""

    index: int


class Static:
    """Stands in a structure for a value that belongs to it: 1, 1.0 and True differ, 0.0 and -0.0 too."""

    __slots__ = ("_key", "value")

    def __init__(self, value: Any) -> None:
        self.value = value
        self._key: Any = None  # found when it is asked for

    @property
    def key(self) -> Any:
        """What tells it apart from others."""
        if self._key is None:
            self._key = key_of(self.value)
        return self._key

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Static) and other.key == self.key

    def __hash__(self) -> int:
        return hash(self.key)


@dataclasses.dataclass(frozen=True)
class Container:
    """Stands in a structure for a container.

    Attributes
    ----------
    kind : type
    children : tuple
        The structures of what it holds.
    keys : tuple or None
        Of a dict its keys, in its order; of a named tuple or a dataclass the names of its attributes; else None.
    factory : callable or None
        What a ``defaultdict`` makes missing values with.
    """

    kind: type
    children: tuple[Any, ...]
    keys: tuple[Any, ...] | None = dataclasses.field(default=None, compare=False)
    factory: Any = None
    _key: Any = dataclasses.field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        keys = self.keys
        exact = keys is None or all(type(key) is str for key in keys)
        object.__setattr__(self, "_key", keys if exact else key_of(keys))

    @property
    def is_dict(self) -> bool:
        """Whether it has items; what else has keys has attributes."""
        return issubclass(self.kind, dict)

    def make(self, parts: Sequence[Any]) -> Any:
        """Make such a container of other parts. No code of the user's runs, as of a ``__post_init__``."""
        if self.keys is None:
            return self.kind(parts)
        if self.is_dict:
            items = zip(self.keys, parts, strict=True)
            return defaultdict(self.factory, items) if self.kind is defaultdict else self.kind(items)
        if issubclass(self.kind, tuple):
            return self.kind._make(parts)  # type: ignore[attr-defined]
        made = object.__new__(self.kind)
        for name, part in zip(self.keys, parts, strict=True):
            object.__setattr__(made, name, part)  # also where it is frozen
        return made

    def path(self, root: str, i: int) -> str:
        """Write the i-th child of a container as one gets it: ``params["W1"]``, ``layers[0]``, ``model.w``."""
        if self.keys is None:
            return f"{root}[{i}]"
        key = self.keys[i]
        if not self.is_dict:
            return f"{root}.{key}"
        return f'{root}["{key}"]' if type(key) is str and repr(key) == f"'{key}'" else f"{root}[{key!r}]"


Structure = Container | Leaf | Static
"""A tree of containers, with `Leaf` and `Static` at its ends. It is hashable if what is static in it is."""


def is_container(value: Any) -> bool:
    """Whether something is taken apart: no subclass of a list or a dict, which may have more to it than its items."""
    kind = type(value)
    return (
        kind in (dict, list, tuple, OrderedDict, defaultdict)
        or (isinstance(value, tuple) and hasattr(kind, "_fields"))
        or hasattr(kind, "__dataclass_fields__")
    )


def flatten(tree: Any, leaves: list[Any], is_leaf: Callable[[Any], bool], path: str = "it") -> Structure:
    """Take a tree apart: append its leaves to a list, in order, and return its structure.

    Parameters
    ----------
    tree : object
    leaves : list
    is_leaf : callable
        Says of what is no container whether it is a leaf; what is none is static.
    path : str
        What the tree is called.

    Raises
    ------
    ValueError
        If a container contains itself.
    """
    return _container(tree, leaves, is_leaf, path, ()) if is_container(tree) else _end(tree, leaves, is_leaf)


def _end(value: Any, leaves: list[Any], is_leaf: Callable[[Any], bool]) -> Leaf | Static:
    if not is_leaf(value):
        return Static(value)
    leaves.append(value)
    return Leaf(len(leaves) - 1)


def _container(
    tree: Any, leaves: list[Any], is_leaf: Callable[[Any], bool], path: str, around: tuple[int, ...]
) -> Container:
    if id(tree) in around:
        raise ValueError(f"{path} is a {type(tree).__name__} that contains itself, so it can't be taken apart")
    keys = keys_of(tree)
    around = (*around, id(tree))
    parts: list[Structure] = []
    for i, part in enumerate(children(tree, keys)):
        if is_container(part):
            inside = Container(type(tree), (), keys).path(path, i)
            parts.append(_container(part, leaves, is_leaf, inside, around))
        else:
            parts.append(_end(part, leaves, is_leaf))
    return Container(type(tree), tuple(parts), keys, tree.default_factory if isinstance(tree, defaultdict) else None)


def keys_of(tree: Any) -> tuple[Any, ...] | None:
    """Return the keys of a dict, the names of the attributes of a named tuple or a dataclass; None for what has none.

    A dataclass has its fields and its other attributes, but not what it computes from them when it is asked.
    """
    if isinstance(tree, dict):
        return tuple(tree)
    if isinstance(tree, list | tuple):
        return getattr(tree, "_fields", None)
    fields = [f.name for f in dataclasses.fields(tree) if hasattr(tree, f.name)]
    others = [name for name in getattr(tree, "__dict__", ()) if name not in fields]
    return (*fields, *(n for n in others if not isinstance(getattr(type(tree), n, None), cached_property)))


def children(tree: Any, keys: tuple[Any, ...] | None) -> list[Any]:
    """Return what a container holds, in the order of its keys."""
    if isinstance(tree, dict):
        return list(tree.values())
    return list(tree) if isinstance(tree, list | tuple) else [getattr(tree, name) for name in keys or ()]


def unflatten(structure: Structure, leaves: Sequence[Any]) -> Any:
    """Put a tree together, of other leaves; arrays that are static are copied."""
    if isinstance(structure, Leaf):
        return leaves[structure.index]
    if isinstance(structure, Static):
        return structure.value.copy() if type(structure.value) is np.ndarray else structure.value
    return structure.make([unflatten(child, leaves) for child in structure.children])


def without_statics(structure: Structure) -> Structure:
    """Return the structure with None in place of all that is static."""
    if isinstance(structure, Container):
        children = tuple(map(without_statics, structure.children))
        return dataclasses.replace(structure, children=children)
    return structure if isinstance(structure, Leaf) else Static(None)


def _ends(structure: Structure, root: str) -> Iterator[tuple[str, Leaf | Static]]:
    if isinstance(structure, Container):
        for i, child in enumerate(structure.children):
            yield from _ends(child, structure.path(root, i))
    else:
        yield root, structure


def paths(structure: Structure, root: str) -> list[str]:
    """Write each leaf as one gets it from a tree that is called `root`: ``params["W1"]``, ``layers[0].w``."""
    return [path for path, end in _ends(structure, root) if isinstance(end, Leaf)]


def indices(structure: Structure) -> list[int]:
    """Count the leaves as the structure does, in order."""
    return [end.index for _, end in _ends(structure, "") if isinstance(end, Leaf)]


def statics(structure: Structure, root: str = "it") -> dict[str, Any]:
    """Return what is static, by how one gets it."""
    return {path: end.value for path, end in _ends(structure, root) if isinstance(end, Static)}


def along(structure: Structure, tree: Any, whose: str) -> list[Any]:
    """Take apart a tree of the same structure as another: return what stands where that has leaves.

    Parameters
    ----------
    structure : Structure
    tree : object
        A dict may have its keys in another order. What stands where the other has something static is passed over.
    whose : str
        What it is called, in errors.

    Raises
    ------
    ValueError
        If it has another structure, with the place at which it differs.
    """
    found: list[Any] = []

    def walk(structure: Structure, tree: Any, path: str) -> None:
        if isinstance(structure, Leaf):
            found.append(tree)
        elif isinstance(structure, Container):
            for i, (child, part) in enumerate(zip(structure.children, _alike(structure, tree, path), strict=True)):
                walk(child, part, structure.path(path, i))

    walk(structure, tree, whose)
    return found


def _alike(structure: Container, tree: Any, path: str) -> list[Any]:
    """Return what a container holds, in the order of another one."""
    keys, wanted = structure.keys, len(structure.children)
    if structure.is_dict:
        if isinstance(tree, Mapping) and tree.keys() == set(keys or ()):
            return [tree[key] for key in keys or ()]
        has = f"a dict with the keys {_listed(tree)}" if isinstance(tree, Mapping) else kind_of(tree)
        raise ValueError(f"{path} must be a dict with the keys {_listed(keys or ())}, got {has}")
    if keys is not None and type(tree) is structure.kind:
        return [getattr(tree, name) for name in keys]
    if isinstance(tree, list | tuple) and len(tree) == wanted and (keys is None or type(tree) is tuple):
        return list(tree)
    has = f"a {type(tree).__name__} of {len(tree)}" if isinstance(tree, list | tuple) else kind_of(tree)
    kind = structure.kind.__name__
    raise ValueError(f"{path} must be a {kind}{f' of {wanted}' if keys is None else ''}, got {has}")


def _listed(keys: Collection[Any]) -> str:
    return ", ".join(map(repr, keys)) or "none"


def kind_of(value: Any) -> str:
    """Say what something is, in errors."""
    shape = getattr(value, "shape", None)
    return f"an array of shape {shape}" if isinstance(shape, tuple) else f"what is of type {type(value).__name__}"


class OfLeaves:
    """A function of containers as a function of their leaves.

    Attributes
    ----------
    names : list of str
        What the leaves are called by those who write the function.
    """

    __wrapped__: Callable[..., Any]

    def __init__(
        self, f: Callable[..., Any], args: Sequence[Any], structures: Mapping[int, Structure], names: Sequence[str]
    ) -> None:
        update_wrapper(self, f, updated=())
        self._f = f
        self._args = args
        self._structures = structures
        self.names = list(names)

    def __call__(self, *leaves: Any, **kwargs: Any) -> Any:
        """Put the containers together, and call the function with them in the places of its arguments."""
        args = list(self._args)
        for i, structure in self._structures.items():
            args[i] = unflatten(structure, leaves)
        return self._f(*args, **kwargs)


def key_of(value: Any) -> Any:
    """Make something hashable that tells apart what ``==`` does not: 1, 1.0 and True; 0.0 and −0.0."""
    if isinstance(value, Mapping):
        return tuple([(k, key_of(v)) for k, v in value.items()])
    if isinstance(value, tuple | list):
        return type(value), tuple(map(key_of, value))
    if isinstance(value, slice):
        return slice, key_of((value.start, value.stop, value.step))
    if isinstance(value, np.ndarray):
        return value.shape, value.dtype.str, value.tobytes()
    if isinstance(value, float | np.generic):
        return type(value), repr(value)
    try:
        hash(value)
    except TypeError:
        return id(value)  # which the graph keeps alive
    return type(value), value
