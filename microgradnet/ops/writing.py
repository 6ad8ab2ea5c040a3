"""Writing into tensors: what NumPy does in an array's memory is a new node here, to which the tensor is moved on.

A write is an operation like all others, of the array and of what is written: every name of the tensor sees it, and
every view, and what was computed before keeps its values. Memory is written to only where nobody else can reach it, so
that 10,000 writes into a buffer don't copy it 10,000 times. No array of the user's is ever written to.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from microgradnet.leaving import LostGradient, compiling, followed, library_function, lost_in_array
from microgradnet.ops.creation import array as joined
from microgradnet.ops.creation import has_tensors
from microgradnet.ops.elementwise import astype, negative
from microgradnet.ops.elementwise import where as choose
from microgradnet.ops.indexing import (
    _OfShape,
    add_into,
    additem,
    additem_at,
    getitem,
    is_basic,
    is_part,
    setitem,
    setitem_at,
    with_arrays,
    without_traced,
)
from microgradnet.ops.instead import UNTOLD
from microgradnet.ops.shapes import _reshape, _transpose, broadcast_to, flip, reshape
from microgradnet.ownership import held, owned
from microgradnet.plain import plain
from microgradnet.record import (
    CONSTANT,
    ROOT,
    Array,
    Node,
    Primitive,
    Recorded,
    TracingError,
    attach,
    current_scope,
    follows,
    is_view,
    mirrors,
    node_of,
    value_of,
    within,
)

if TYPE_CHECKING:
    from microgradnet.typed import Tensor

__all__ = ["assign", "at", "in_place", "is_leaf", "replace", "write", "write_out"]

Index = Any


def is_tensor(value: Any) -> bool:
    """Whether a value is in the record, or made by it."""
    return isinstance(value, Recorded)


def _known(value: Any, what: str) -> Any:
    """Return the value of what must be known, or it would be the same in every call of what is traced."""
    return value.concrete(f"{what}: the index") if is_tensor(value) else value


# --- views -------------------------------------------------------------------------------------------


def _view(tensor: Tensor) -> tuple[Tensor, Primitive, Mapping[str, Any]] | None:
    return tensor._view if is_view(tensor) else None


def _chain(tensor: Tensor) -> tuple[Tensor, list[tuple[Primitive, Mapping[str, Any]]]]:
    """Find what a tensor is a view of in the end, and the operations that lead to it from there."""
    steps = []
    while (view := _view(tensor)) is not None:
        tensor, primitive, static = view
        steps.append((primitive, static))
    return tensor, steps[::-1]


_outdated: dict[tuple[type[Tensor], bool], Any] = {}


def _outdate(tensor: Tensor) -> None:
    """Let every view of a tensor, and every view of those, be made anew when it is used next."""
    bases = [tensor]
    found: list[tuple[Tensor, Tensor]] = []
    for base in bases:
        views = [view for known in getattr(base, "_views", ()) if (view := known()) is not None and is_view(view)]
        base._views = []
        bases += views
        found += [(view, base) for view in views]
    for view, base in reversed(found):  # what follows from another goes first
        if type(view) not in _outdated.values():
            cut = not view._node.requires_grad and node_of(base).requires_grad  # a dual number is placed by the first
            del view._value, view._node, view._settled
            view.__class__ = _class_of_outdated(type(view), cut)


def _class_of_outdated(kind: type[Tensor], cut: bool) -> Any:
    """Return the class of the views of tensors that were written into since: they follow from them when they are used.

    Its attributes stand in the way of those that were deleted, so that nobody has to ask whether one is up to date. Of
    what was taken under `no_grad` (`cut`) nothing is recorded then either.
    """
    known = (kind, cut)
    if known not in _outdated:

        def attribute(name: str) -> property:
            def read(view: Any) -> Any:
                base, primitive, static = view._view
                view.__class__ = kind
                node = node_of(base)
                with within(None if cut or not (node.requires_grad or node.traced) else node.scope):
                    made = primitive.apply(base, **static)
                view._value, view._node, view._settled = made._value, made._node, made._settled
                follows(view, base)
                return getattr(view, name)

            return property(read)

        attributes = {name: attribute(name) for name in ("_value", "_node", "_settled")}
        _outdated[known] = type(kind.__name__, (kind,), {"__slots__": (), "__module__": kind.__module__, **attributes})
    return _outdated[known]


# --- moving a tensor on ------------------------------------------------------------------------------


def _check(root: Tensor, what: str) -> None:
    """Raise if a tensor can't be written into."""
    node = node_of(root)
    if node.primitive is None and node.requires_grad and not node.own:
        raise TypeError(
            f"{what}: a parameter that requires gradients can't be written into, since what is recorded needs its "
            "value; write into a copy of it, t.copy(), or update it under mg.no_grad() by t -= step, or by t.data"
        )
    if node.requires_grad and current_scope() is None:
        raise TypeError(
            f"{what}: under mg.no_grad() this would cut a tensor that is being recorded off from its gradient; write "
            "outside of it, or into t.detach().copy()"
        )


def is_leaf(tensor: Tensor) -> bool:
    """Whether this was made by `mg.tensor`: one object to all who have it, even if it is a number."""
    node = node_of(tensor)
    return node.primitive is None and node is not CONSTANT and not node.own


def is_number(tensor: Tensor) -> bool:
    """Whether this is no array but a number, as sums are in NumPy: an in-place operator binds a name anew."""
    return isinstance(value_of(tensor), np.generic) and not is_leaf(tensor) and not is_view(tensor)


def _check_trace(root: Tensor, traced: bool, what: str) -> None:
    """Raise if a function that is compiled writes into what was there before, which it would do in the first call."""
    node = node_of(root)
    run = compiling() if traced and not node.traced else None
    if run is not None and (node is CONSTANT or node.index > run.since):
        raise TracingError(
            f"{what}: the value of a tensor that is being traced would be written once only, when the function is "
            "compiled, into what isn't traced; write into what the function makes by mg.zeros(shape) or t.copy(), and "
            "return it"
        )


def _move(tensor: Tensor, value: Array, node: Node) -> None:
    """Give a tensor another value, at another place in the record."""
    before = tensor._node
    if not (node.requires_grad or node.traced):
        node = before if before.primitive is None and not (before.requires_grad or before.traced) else CONSTANT
    moved = attach(value, node)
    tensor._value, tensor._node, tensor._settled = moved._value, moved._node, moved._settled


def _in_dtype(result: Any, to: Any, what: str, casting: Any = "same_kind") -> Any:
    """Convert a result to the dtype of what it is written into, by NumPy's rules."""
    if result.dtype == to:
        return result
    _check_dtype(result, result.dtype, to, what, casting)
    return astype(result, dtype=to)


def _check_dtype(value: Any, dtype: Any, to: Any, what: str, casting: Any) -> None:
    if not np.can_cast(dtype, to, casting):
        raise TypeError(f"{what}: numbers of dtype {dtype} can't be written into a tensor of dtype {to}")
    if to.kind != "f" and is_tensor(value) and node_of(value).requires_grad:
        raise TypeError(
            f"{what}: in a tensor of dtype {to} what is written would be cut off and have no gradient; make it with "
            "dtype=float"
        )


def replace(tensor: Tensor, result: Tensor, what: str, casting: str = "same_kind") -> None:
    """Write a whole new value into a tensor, and into what it is a view of.

    Raises
    ------
    TypeError
        If it is a parameter, or the dtypes don't fit.
    ValueError
        If the shape is another one.
    """
    if result.shape != tensor.shape:
        raise ValueError(
            f"{what}: what has shape {result.shape} can't be written into a tensor of shape {tensor.shape}"
        )
    result = _in_dtype(result, tensor.dtype, what, casting)
    value = value_of(result)
    if not (result._settled or node_of(result).traced):
        value = owned(value)
    view = _view(tensor)
    if view is None:
        _check(tensor, what)
        _check_trace(tensor, node_of(result).traced, what)
        _outdate(tensor)
        _move(tensor, value, node_of(result))
        return
    base, primitive, static = view
    if _view(base) is not None or not (is_part(primitive) or (primitive in _BIJECTIONS and base.size == tensor.size)):
        write(tensor, ..., result, what=what)
        return
    if is_part(primitive):
        write(base, static["index"], result, what=what)
    else:
        back: Any = next(iter(primitive.vjps))
        replace(base, back(result, None, _OfShape(base.shape), **static), what)
    kind: Any = type(base)
    tensor.__class__ = kind  # it isn't outdated, for this is its value
    tensor._value, tensor._node, tensor._settled = value, node_of(result), attach(value, node_of(result))._settled
    follows(tensor, base)


_BIJECTIONS = (_reshape.primitive, _transpose.primitive, flip.primitive)
"""What only rearranges: its VJP takes the new numbers back to where they belong."""


class _Sum:
    """How a number was made by ``+=`` of one in an array: ``x[i] += v`` writes it back, and adds v to x then."""

    __slots__ = ("added", "part")

    def __init__(self, part: Node, added: Any) -> None:
        self.part = part
        self.added = added


def in_place(tensor: Tensor, operation: Callable[..., Any], other: Any, what: str) -> Any:
    """Carry out an in-place operator."""
    adds = operation in (operator.add, operator.sub)
    if is_number(tensor):
        result = operation(tensor, other)
        if adds and is_tensor(result) and is_part(node_of(tensor).primitive):
            result._view = _Sum(node_of(tensor), other if operation is operator.add else negative(other))
        return result
    view = _view(tensor)
    if view is not None and adds and is_part(view[1]) and not node_of(tensor).traced:
        shape = np.shape(value_of(other))
        if np.broadcast_shapes(tensor.shape, shape) == tensor.shape:
            write(tensor, ..., other if operation is operator.add else negative(other), add=True, what=what)
            return tensor
    result = operation(tensor, other)
    if not is_tensor(result):
        raise TypeError(
            f"{what}: the other operand makes a {type(result).__name__} of it, which no tensor can hold; write "
            f"t = {what.replace('=', '')}, or give the other operand as an array of NumPy's"
        )
    replace(tensor, result, what)
    return tensor


def assign(tensor: Tensor, index: Index, value: Any) -> None:
    """Carry out ``tensor[index] = value``."""
    what = "t[index] = value"
    made = getattr(value, "_view", None) if is_tensor(value) else None
    if type(made) is _Sum:  # of tensor[index] += value
        if _view(tensor) is None and made.part.inputs[0] is node_of(tensor) and _same(made.part.static["index"], index):
            write(tensor, index, made.added, add=True, what=what)
            return
    elif made is not None and made[0] is tensor and is_part(made[1]) and _same(made[2]["index"], index):
        return  # it is written already
    write(tensor, index, value, what=what)


def _same(known: Index, index: Index) -> bool:
    """Whether two indices of integers and slices are the same."""
    return is_basic(index) and type(known) is type(index) and bool(known == index)


def write(tensor: Tensor, index: Index, value: Any, *, add: bool = False, what: str = "t[index] = value") -> None:
    """Write into a part of a tensor, or add to it; where an index to add at names an element twice, both are added."""
    if isinstance(value, list | tuple):
        value = joined(value) if has_tensors(value) else plain(value, what)
    elif not is_tensor(value):
        value = plain(value, what)
    mask = _mask(tensor, index)
    if mask is not None and np.ndim(value_of(value)) == 0 and not add:
        if is_tensor(value):
            _check_dtype(value, value.dtype, tensor.dtype, what, "unsafe")
        replace(tensor, choose(mask, value, tensor), what, "unsafe")
        return
    root, chain = _chain(tensor)
    _check(root, what)
    index, traced = without_traced(index, 2)
    if chain and traced:
        written = (additem_at if add else setitem_at)(value, tensor, *traced, index=index)
        replace(tensor, written, what, "unsafe")
        return
    _write(root, _place(root, chain, index) if chain else index, traced, value, add, what)


def _mask(tensor: Tensor, index: Index) -> Any:
    """Return an index that is a mask, with as many axes as the tensor has; or None."""
    given = value_of(index)
    if isinstance(given, list):
        given = np.asarray(given)
    if not isinstance(given, np.ndarray) or given.dtype.kind != "b" or given.ndim == 0:
        return None
    if given.shape != tensor.shape[: given.ndim]:
        raise IndexError(f"a mask of shape {given.shape} does not match a tensor of shape {tensor.shape}")
    mask: Any = index if is_tensor(index) else given
    return reshape(mask, given.shape + (1,) * (tensor.ndim - given.ndim)) if given.ndim < tensor.ndim else mask


def _place(root: Tensor, chain: list[tuple[Primitive, Mapping[str, Any]]], index: Index) -> Index:
    """Return the index into an array that an index into a view of it stands for."""
    parts = [static["index"] for primitive, static in chain if is_part(primitive)]
    if len(parts) == len(chain):
        if index is ... and len(parts) == 1:
            return parts[0]
        flat = [i for part in parts for i in (part if isinstance(part, tuple) else (part,))]
        if is_basic(index) and all(isinstance(i, int) for i in flat):  # x[i][j], the most common
            return (*flat, *(index if isinstance(index, tuple) else (index,)))
    places: Any = np.arange(root.size).reshape(root.shape)
    for primitive, static in chain:
        view = primitive.on_numpy(places, **static)
        if isinstance(view, np.ndarray) and not view.flags.writeable:
            raise ValueError(f"the view that {primitive.name} makes is read-only, as in NumPy; write into a copy of it")
        places = np.asarray(view)
    return tuple([i[()] for i in np.unravel_index(places[index], root.shape)]) if root.ndim else ()


def _write(root: Tensor, index: Index, traced: list[Any], value: Any, add: bool, what: str) -> None:
    """Write into what is a view of nothing."""
    if not isinstance(value_of(root), np.ndarray | np.generic):  # an array of another library
        replace(root, (additem if add else setitem)(value, root, index), what)
        return
    value = _to_write(root, index, traced, value, add, what)
    primitive = ((additem_at if add else setitem_at) if traced else additem if add else setitem).primitive
    inputs = (value, root, *traced)
    parents = tuple(node_of(i) if is_tensor(i) else CONSTANT for i in inputs)
    _check_trace(root, any(p.traced for p in parents), what)
    scope = current_scope()
    differentiated = scope is not None and any(p.requires_grad for p in parents)
    if not differentiated:
        scope = (scope or ROOT) if any(p.traced for p in parents) else None
    written = value_of(value)
    if isinstance(written, np.ndarray) and (written.base is not None or not is_tensor(value)):
        written = written.copy()  # it may lie in the memory that is written to
    _outdate(root)
    kept = value_of(root) if scope is not None and node_of(root).primitive is None else None  # in the record, as it is
    own = kept is None and held(root)
    y = value_of(root) if own else np.array(value_of(root), order="K")
    values = written, kept, *map(value_of, traced)
    at = with_arrays(index, values[2:], 2) if traced else index
    if add:
        add_into(y, at, written)
    else:
        y[at] = written
    node = CONSTANT
    if scope is not None:
        node = primitive.left_by(y, parents, values, {"index": index}, scope, differentiated)
    _move(root, y, node)


def _to_write(root: Tensor, index: Index, traced: list[Any], value: Any, add: bool, what: str) -> Any:
    """Return what is written in the shape of the part that it is written into, if somebody follows it."""
    dtype = getattr(value, "dtype", None)
    if dtype != root.dtype and (add or is_tensor(value)):
        found = np.result_type(root.dtype, value if dtype is None else dtype) if add else dtype
        _check_dtype(value, found, root.dtype, what, "same_kind" if add else "unsafe")
    if is_tensor(value) and (node_of(value).requires_grad or node_of(value).traced):
        array = np.asarray(value_of(root))
        shape = array[with_arrays(index, tuple(map(value_of, traced)), 2) if traced else index].shape
        if value.shape != shape:
            extra = value.ndim - len(shape)
            if extra > 0 and value.shape[:extra] == (1,) * extra:
                value = reshape(value, value.shape[extra:])
            value = broadcast_to(value, shape)
    return value


# --- NumPy's functions that write --------------------------------------------------------------------


def _written_into(a: Any, caller: str, *values: Any) -> bool:
    """Whether a function writes into a tensor; if it would write one into a plain array, say what to do instead."""
    if is_tensor(a):
        return True
    for value in values:
        if followed(value) or (isinstance(value, list | tuple) and has_tensors(value)):
            name = library_function() or ""
            raise LostGradient(f"{name}: {UNTOLD[name]}" if name in UNTOLD else lost_in_array(caller, value))
    return False


def at(ufunc: Any, tensor: Any, index: Index, *value: Any) -> None:
    """Carry out ``np.add.at(tensor, index, value)``, and the same of another ufunc."""
    what = f"np.{ufunc.__name__}.at"
    if not _written_into(tensor, what, *value):
        ufunc.at(tensor, _known(index, what), *map(value_of, value))
    elif ufunc in (np.add, np.subtract):
        write(tensor, index, value[0] if ufunc is np.add else negative(value[0]), add=True, what=what)
    else:
        known = tuple([_known(i, what) for i in index]) if isinstance(index, tuple) else _known(index, what)
        places = np.arange(tensor.size).reshape(tensor.shape)[known]
        if np.unique(places).size < places.size:
            raise TypeError(
                f"{what}: where the index names an element twice, np.add and np.subtract alone are supported"
            )
        write(tensor, index, ufunc(getitem(tensor, index), *value), what=what)


def write_out(out: Any, what: str, function: Callable[..., Any], options: dict[str, Any]) -> Any:
    """Carry out a function of NumPy's with ``out=``, and ``where=`` beside it."""
    into = out[0] if isinstance(out, tuple) else out
    if isinstance(out, tuple) and len(out) > 1:
        raise TypeError(f"{what}: out= of several results is not supported; assign the results")
    if isinstance(into, np.ndarray) and into.dtype == object:  # it holds tensors themselves
        np.copyto(into, np.array(function(**options), object), where=options.pop("where", True))
        return into
    if not is_tensor(into):
        raise LostGradient(
            f"{what}: out= and in-place operators would write a tensor into a plain array, which keeps no gradient of "
            "it; let the array be a tensor, np.zeros(shape, like=t) or np.zeros_like(t) of a tensor t, or assign the "
            "result: a = a + t instead of a += t"
        )
    if is_number(into):
        raise TypeError(f"{what}: out= takes an array, and this tensor is a number; assign the result")
    where = options.pop("where", True)
    result = function(**options)
    result = result if is_tensor(result) else attach(np.asarray(plain(result, what)), CONSTANT)
    if where is not True:
        result = choose(where, result, into)
    replace(into, result if result.shape == into.shape else broadcast_to(result, into.shape), what)
    return into


@mirrors(np.copyto)
def _copyto(dst: Any, src: Any, casting: Any = "same_kind", where: Any = True) -> None:
    if not _written_into(dst, "np.copyto", src):
        np.copyto(dst, value_of(src), casting, _known(where, "np.copyto"))
        return
    src = src if is_tensor(src) else np.asarray(plain(src, "np.copyto"))
    new = broadcast_to(src, dst.shape)
    if where is not True:
        new = choose(where, new, dst)
    replace(dst, new if is_tensor(new) else attach(np.array(new), CONSTANT), "np.copyto", casting)


@mirrors(np.put)
def _put(a: Any, ind: Any, v: Any, mode: str = "raise") -> None:
    if not _written_into(a, "np.put", v):
        np.put(a, _known(ind, "np.put"), value_of(v), mode)  # type: ignore[arg-type]
        return
    places = np.asarray(_known(ind, "np.put")).ravel()
    if mode != "raise":
        places = places % a.size if mode == "wrap" else places.clip(0, a.size - 1)
    _at_places(a, places, v)


@mirrors(np.place)
def _place_at(arr: Any, mask: Any, vals: Any) -> None:
    if not _written_into(arr, "np.place", vals):
        np.place(arr, _known(mask, "np.place"), value_of(vals))
        return
    if np.size(value_of(vals)) == 1:
        write(arr, mask, _flat(vals)[0], what="np.place")
        return
    _at_places(arr, np.flatnonzero(_known(mask, "np.place")), vals)


@mirrors(np.putmask)
def _putmask(a: Any, mask: Any, values: Any) -> None:
    if not _written_into(a, "np.putmask", values):
        np.putmask(a, _known(mask, "np.putmask"), value_of(values))
        return
    places = np.flatnonzero(_known(mask, "np.putmask"))
    values = _flat(values)
    _at_places(a, places, values[places % len(values)] if len(values) else values)


def _flat(values: Any) -> Any:
    if isinstance(values, list | tuple) and has_tensors(values):
        values = joined(values)
    flat: Any = values if is_tensor(values) else np.asarray(values)
    return reshape(flat, (-1,))


def _at_places(a: Tensor, places: Any, values: Any) -> None:
    """Write at positions of the flattened array; values are used over and over."""
    values = _flat(values)
    if len(places) and len(values):
        values = values[np.arange(len(places)) % len(values)]
        a = a if a.ndim else reshape(a, (1,))
        write(a, np.unravel_index(np.where(places < 0, places + a.size, places), a.shape), values, what="np.put")


@mirrors(np.put_along_axis)
def _put_along_axis(arr: Any, indices: Any, values: Any, axis: int | None) -> None:
    what = "np.put_along_axis"
    if not _written_into(arr, what, values):
        np.put_along_axis(arr, _known(indices, what), value_of(values), axis)
    elif axis is None:
        _at_places(arr, np.ravel(_known(indices, what)), values)
    else:
        axis = normalize_axis_index(axis, arr.ndim)
        lines = np.ix_(*map(np.arange, arr.shape))
        places = indices if is_tensor(indices) else np.asarray(indices)
        write(arr, (*lines[:axis], places, *lines[axis + 1 :]), values, what=what)


@mirrors(np.fill_diagonal)
def _fill_diagonal(a: Any, val: Any, wrap: bool = False) -> None:
    if not _written_into(a, "np.fill_diagonal", val):
        np.fill_diagonal(a, value_of(val), wrap)
        return
    on = np.zeros(a.shape, bool)
    np.fill_diagonal(on, True, wrap)
    _at_places(a, np.flatnonzero(on), val)
