"""The forms in which people write their gradients: by name, in order, nested as the parameters are, or as one vector.

What was given is read as the gradients of the parameters that it fits, by names and by shapes. Where two readings fit
and say different things, neither is taken.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from microgradnet.plain import is_array
from microgradnet.text import legible
from microgradnet.trees import Container, Leaf, Static, Structure, children, indices, keys_of

__all__ = ["Arguments", "Reading", "as_numpy", "is_foreign", "left_out", "like", "read"]

THEIRS = ("torch", "jax", "jaxlib")
"""Libraries whose arrays are read where they lie, in the memory of the CPU."""


@dataclasses.dataclass(frozen=True)
class Arguments:
    """The arguments of a loss, and the leaves of the containers among them.

    Attributes
    ----------
    names : list of str
        Of the arguments.
    structures : list of Structure
        Theirs.
    paths : list of str
        Of the leaves.
    shapes : list of (tuple of int or None)
        Of the leaves; None of what holds no floating-point numbers.
    asked : list of int or None
        Which arguments are the parameters, if that was said.
    """

    names: list[str]
    structures: list[Structure]
    paths: list[str]
    shapes: list[tuple[int, ...] | None]
    asked: list[int] | None

    def floating(self, structure: Structure) -> list[int]:
        """Return the leaves of an argument that can be parameters."""
        return [k for k in indices(structure) if self.shapes[k] is not None]

    def having(self, given: Any) -> list[int] | None:
        """Return the arguments whose shapes some arrays have, in this order; None unless that is one way alone."""
        if any(isinstance(s, Container) for s in self.structures):
            return None
        shapes = [_shape(g) for g in (given if isinstance(given, tuple | list) else [given])]
        first = self._embedded(shapes, range(len(self.shapes)))
        last = self._embedded(shapes[::-1], range(len(self.shapes))[::-1])
        return first if first and last and first == last[::-1] else None

    def _embedded(self, shapes: Sequence[Any], order: Iterable[int]) -> list[int] | None:
        """Take for each shape the next argument that has it."""
        left = iter(order)
        found = [next((k for k in left if self.shapes[k] == shape), None) for shape in shapes]
        return None if None in found else [k for k in found if k is not None]

    def candidates(self) -> list[list[int]]:
        """List which arguments the parameters may be: those asked for, else all that hold some, else containers."""
        if self.asked is not None:
            return [self.asked]
        every = [i for i, s in enumerate(self.structures) if self.floating(s)]
        containers = [i for i in every if isinstance(self.structures[i], Container)]
        found = [every, containers, *([i] for i in containers)]
        return [some for n, some in enumerate(found) if some and some not in found[:n]]


@dataclasses.dataclass(frozen=True)
class Reading:
    """What was given, as gradients of parameters.

    Attributes
    ----------
    gradients : dict of int to object
        The gradient of each leaf, in order.
    form : str
        How it was read, in words.
    extra : tuple of str
        What is of no parameter.
    loss : float or None
        The value of the loss that came with it.
    """

    gradients: dict[int, Any]
    form: str
    extra: tuple[str, ...] = ()
    loss: float | None = None

    def fits(self, arguments: Arguments) -> bool:
        """Whether all gradients have the shapes of their parameters."""
        return all(_shape(g) == arguments.shapes[k] for k, g in self.gradients.items())

    def same(self, other: Reading) -> bool:
        """Whether another reading says the same."""
        return self.gradients.keys() == other.gradients.keys() and all(
            g is other.gradients[k] or (is_array(g) and np.array_equal(g, other.gradients[k], equal_nan=True))
            for k, g in self.gradients.items()
        )


def left_out(reading: Reading, arguments: Arguments) -> dict[int, str]:
    """Find the parameters without a gradient, and what of no parameter is spelled nearly like each; "" if nothing is.

    Those are in a container beside others that have one. An argument that stands alone may be data: it is one of them
    only if something is spelled like it.
    """
    found: dict[int, str] = {}
    alone = any(isinstance(s, Leaf) and s.index in reading.gradients for s in arguments.structures)
    for i in range(len(arguments.structures)) if arguments.asked is None else arguments.asked:
        structure = arguments.structures[i]
        leaves = arguments.floating(structure)
        near = {k: _near(arguments.paths[k], reading.extra) for k in leaves if k not in reading.gradients}
        if isinstance(structure, Leaf):
            found |= {k: name for k, name in near.items() if name and alone}
        elif len(near) < len(leaves):
            found |= near
    return found


def _near(path: str, names: Iterable[str]) -> str:
    """Return the name that is nearly that of a parameter, or of its gradient; nothing if none is."""
    wanted, bare = _folded(path), {name: _folded(name) for name in names}
    for name, folded in bare.items():
        if is_gradient_of(folded, wanted) or difflib.get_close_matches(folded, [wanted], cutoff=0.75):
            return name
    return ""


def _folded(path: str) -> str:
    return (_last(path) or path).replace("_", "").lower()


class _Unfit(Exception):
    """What was given is no gradient in the form that is tried."""


def read(given: Any, arguments: Arguments, caller: str) -> Reading | None:
    """Read gradients that were given; None if they are in none of these forms.

    Raises
    ------
    ValueError
        If there are several ways to read them, or a name could be that of several parameters.
    """
    readings = [*_readings(given, arguments, caller), *_beside_a_loss(given, arguments, caller)]
    fitting = [r for r in readings if r.fits(arguments)]
    different = [r for n, r in enumerate(fitting) if not any(r.same(other) for other in fitting[:n])]
    if len(different) > 1:
        ways = ", or as ".join(dict.fromkeys(r.form for r in different))
        raise ValueError(
            f"{caller}: the manual gradient can be read as {ways}; say which by argnums=, or name its parts in a dict"
        )
    return different[0] if different else next(iter(readings), None)


def _beside_a_loss(given: Any, arguments: Arguments, caller: str) -> Iterator[Reading]:
    """Read ``(loss, gradients)``, ``(gradients, loss)`` and ``(loss, dW, db)``."""
    if not isinstance(given, tuple | list) or len(given) < 2:
        return
    pair = len(given) == 2
    loss, rest = given[0], given[1] if pair else given[1:]
    if pair and isinstance(loss, Mapping | tuple | list):
        loss, rest = rest, loss
    if _is_number(loss):
        for reading in _readings(rest, arguments, caller):
            if pair or len(reading.gradients) == len(rest):  # else numbers of one gradient
                yield dataclasses.replace(reading, loss=float(loss), form=f"the loss and {reading.form}")


def _is_number(value: Any) -> bool:
    return _shape(value) == () and not isinstance(value, str | Mapping) and hasattr(value, "__float__")


def _shape(value: Any) -> tuple[int, ...] | None:
    shape: Any = getattr(value, "shape", None)
    if shape is not None:
        return tuple(shape)
    try:
        return tuple(np.shape(value))
    except ValueError:  # rows of different lengths
        return None


def _readings(given: Any, arguments: Arguments, caller: str) -> Iterator[Reading]:
    """Read what was given as gradients alone, in every form."""
    if isinstance(given, Mapping):
        found = _by_name(given, arguments, caller)
        if found is not None:
            yield found
            return
    for some in arguments.candidates():
        yield from _of(given, some, arguments, caller)


def _of(given: Any, some: Sequence[int], arguments: Arguments, caller: str) -> Iterator[Reading]:
    """Read what was given as gradients of some arguments, in their order."""
    structures = [arguments.structures[i] for i in some]
    leaves = [k for s in structures for k in arguments.floating(s)]
    whose = _listed([arguments.names[i] for i in some])
    items = given if isinstance(given, tuple | list) and keys_of(given) is None else None
    nested = Container(tuple, tuple(structures)) if len(some) > 1 else structures[0]
    if isinstance(nested, Container):
        try:
            extra: list[str] = []
            gradients = dict(_matched(nested, given, extra, "", caller))
        except _Unfit:
            pass
        else:
            wanted = {k: gradients[k] for k in leaves if k in gradients}
            if wanted and (len(wanted) == len(leaves) or arguments.asked is None):
                yield Reading(wanted, f"nested as {whose}", tuple(extra))
    if items is not None and len(items) == len(leaves):
        yield Reading(dict(zip(leaves, items, strict=True)), f"the gradients of {_paths(arguments, leaves)}")
    if len(leaves) == 1 and (items is None or _shape(given) == arguments.shapes[leaves[0]]) and not _is_named(given):
        yield Reading({leaves[0]: given}, f"the gradient of {arguments.paths[leaves[0]]}")
    yield from _vector(given, leaves, arguments)


def _vector(given: Any, leaves: Sequence[int], arguments: Arguments) -> Iterator[Reading]:
    """Read one vector of all gradients, each laid out row after row, one after the other."""
    shapes = [arguments.shapes[k] or () for k in leaves]
    sizes = [int(np.prod(shape)) for shape in shapes]
    if not is_array(given) or _shape(given) != (sum(sizes),) or shapes == [_shape(given)]:
        return
    parts = np.split(np.asarray(given), np.cumsum(sizes)[:-1])
    gradients = {k: part.reshape(shape) for k, part, shape in zip(leaves, parts, shapes, strict=True)}
    yield Reading(gradients, f"one vector of {_paths(arguments, leaves)}, each row after row")


# --- arrays of other libraries -----------------------------------------------------------------------------


def is_foreign(value: Any) -> bool:
    """Whether a value is of PyTorch's or JAX's, none of which is imported here."""
    return type(value).__module__.partition(".")[0] in THEIRS


def as_numpy(value: Any) -> Any:
    """Return a copy of an array of PyTorch's or JAX's as NumPy's; anything else as it is.

    Raises
    ------
    TypeError
        If it isn't in the memory of the CPU, or in numbers that NumPy doesn't have.
    """
    if not is_foreign(value) or not hasattr(value, "shape"):
        return value
    device = getattr(value, "device", None)
    if getattr(device, "type", "cpu") != "cpu":
        raise TypeError(f"on {device}; give x.cpu()")
    if str(getattr(value, "dtype", "")) == "torch.bfloat16":
        raise TypeError("in bfloat16, which NumPy doesn't have; give x.float()")
    return np.array(value.detach().numpy() if hasattr(value, "detach") else value)


def like(new: Any, value: Any) -> Any:
    """Return an array of NumPy's in the place of one of theirs, as theirs."""
    if not is_foreign(value) or not isinstance(new, np.ndarray | np.generic):
        return new
    if hasattr(value, "new_tensor"):
        return value.new_tensor(new)
    return value.at[...].set(new) if new.shape == value.shape else new


# --- by name -----------------------------------------------------------------------------------------------


def _by_name(given: Mapping[Any, Any], arguments: Arguments, caller: str) -> Reading | None:
    """Read a mapping by the names of arguments and of what is in them; None if it has none of these."""
    scope = range(len(arguments.names)) if arguments.asked is None else arguments.asked
    found: dict[int, Any] = {}
    taken: dict[int, Any] = {}
    extra: list[str] = []
    for key in _exact_first(given, [*arguments.names, *map(_last, arguments.paths), *arguments.paths]):
        try:
            matched = [*_named(key, given[key], scope, arguments, extra, caller)]
        except _Unfit:
            matched = []
        if not matched:
            extra.append(str(key))
        for k, gradient in matched:
            if k in taken:
                name = legible(arguments.paths[k])
                raise ValueError(f"{caller}: the gradient of {name} is given twice, as {taken[k]!r} and {key!r}")
            found[k], taken[k] = gradient, key
    if not found:
        return None
    return Reading({k: found[k] for k in sorted(found)}, "gradients by name", tuple(extra))


def _named(
    key: Any, value: Any, scope: Sequence[int], arguments: Arguments, extra: list[str], caller: str
) -> Iterator[tuple[int, Any]]:
    """Find what a key names: an argument, or something in one."""
    for i in scope:
        structure = arguments.structures[i]
        if is_gradient_of(key, arguments.names[i]) and arguments.floating(structure):
            yield from _matched(structure, value, extra, str(key), caller)
            return
    leaves = [k for i in scope for k in arguments.floating(arguments.structures[i])]
    found = [k for k in leaves if is_gradient_of(key, _last(arguments.paths[k])) or key == arguments.paths[k]]
    if len(found) > 1:
        raise ValueError(
            f"{caller}: {key!r} could be the gradient of {' or of '.join(arguments.paths[k] for k in found)}; nest the "
            "gradients as the parameters are"
        )
    for k in found:
        yield k, value


def _matched(structure: Structure, value: Any, extra: list[str], path: str, caller: str) -> Iterator[tuple[int, Any]]:
    """Take gradients apart as the parameters are nested; names may be those of gradients."""
    if isinstance(structure, Leaf):
        if _is_named(value):
            raise _Unfit
        yield structure.index, value
    if not isinstance(structure, Container):
        return
    keys = None if is_array(value) else _keys(value)
    if keys is None or structure.keys is None:
        if not isinstance(value, tuple | list) or len(value) != len(structure.children):
            raise _Unfit
        parts = [*value]
        for i, (child, part) in enumerate(zip(structure.children, parts, strict=True)):
            yield from _matched(child, part, extra, structure.path(path, i), caller)
        return
    seen: dict[Any, Any] = {}
    for key in _exact_first(keys, structure.keys):
        name = next((n for n in structure.keys if n == key), None)
        if name is None:
            name = next((n for n in structure.keys if is_gradient_of(key, n)), None)
        if name is None:
            extra.append(f"{path}[{key!r}]" if path else str(key))
            continue
        child = structure.children[structure.keys.index(name)]
        if isinstance(child, Static):
            continue
        if name in seen:
            raise ValueError(f"{caller}: the gradient of {name!r} is given twice, as {seen[name]!r} and {key!r}")
        seen[name] = key
        yield from _matched(child, keys[key], extra, f"{path}[{key!r}]", caller)
    if not seen and structure.children:
        raise _Unfit


def _keys(value: Any) -> Mapping[Any, Any] | None:
    """Return what has names as a mapping."""
    if isinstance(value, Mapping):
        return value
    if not _is_named(value):
        return None
    names = keys_of(value) or ()
    return dict(zip(names, children(value, names), strict=True))


def _is_named(value: Any) -> bool:
    return isinstance(value, Mapping) or hasattr(type(value), "__dataclass_fields__") or hasattr(type(value), "_fields")


def _exact_first(given: Mapping[Any, Any], names: Sequence[Any]) -> list[Any]:
    """Order keys so that what has the name of a parameter is looked at before what has that of its gradient."""
    return [*(key for key in given if key in names), *(key for key in given if key not in names)]


def _last(path: str) -> str:
    """Return the last name in a path: ``W1`` of ``params["W1"]``; nothing where that is a number."""
    name = re.search(r"""(?:\["(.*)"\]|\['(.*)'\]|\.(\w+))$""", path)
    return "" if name is None else next(part for part in name.groups() if part is not None)


_LOSS = r"(?:[LJCEl]|[Ll]oss|[Cc]ost|[Ee]rr|[Ee]rror|[Oo]bj)"


def is_gradient_of(key: Any, name: Any) -> bool:
    """Whether a key is a name, or that of its gradient: dW, d_W, grad_W, W_grad, dL_dW, dL/dW."""
    if key == name:
        return True
    if not isinstance(key, str) or not isinstance(name, str) or not name:
        return False
    n = re.escape(name)
    alone = rf"[d∂]_?{n}|(?:grad|gradient|nabla|g)_{n}|grad{n}|{n}_?(?:grad|gradient)"
    of_the_loss = rf"[d∂]_?\w+?[_/][d∂]_?{n}|d{_LOSS}d{n}"
    return re.fullmatch(f"{alone}|{of_the_loss}", key) is not None


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(legible, names))


def _paths(arguments: Arguments, leaves: Sequence[int]) -> str:
    return _listed([arguments.paths[k] for k in leaves])
