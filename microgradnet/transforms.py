"""Functions of functions: the derivatives of ordinary functions of arrays, nested to any depth.

Every transform works the same way. The arguments become fresh leaves; the function runs and is recorded; the
reverse pass goes back to those leaves and no further. Where the function also depends on tensors from
outside (an enclosing transform's argument, a parameter), the pass is recorded too, so that the outside can
differentiate through it. A fresh leaf per level is what keeps nested levels apart.
"""

from __future__ import annotations

import functools
import itertools
import math
import operator
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from types import MethodType
from typing import TYPE_CHECKING, Any, Literal, ParamSpec, overload

import numpy as np

from microgradnet.backward import in_dtype, leading_to, own, reachable, reverse
from microgradnet.containers import Aux, Outputs, is_tree, taken_apart
from microgradnet.deferred import apart
from microgradnet.dual import Dual, Moved
from microgradnet.forward import computed_from, push
from microgradnet.leaving import (
    Running,
    argument_names,
    called,
    followed,
    numbers_made,
    refuse_numbers,
    warn,
    warn_of_numbers,
)
from microgradnet.ops.elementwise import argument
from microgradnet.ops.shapes import concatenate, copied, moveaxis, reshape
from microgradnet.ownership import owned
from microgradnet.plain import is_array, plain
from microgradnet.record import (
    CONSTANT,
    NEWEST,
    ROOT,
    Argument,
    Node,
    Recorded,
    attach,
    current_scope,
    findable,
    fresh,
    is_view,
    leaf,
    namespace,
    node_of,
    settled,
    value_of,
    within,
)
from microgradnet.tensor import Tensor, constant, seed_for
from microgradnet.trees import (
    OfLeaves,
    Structure,
    along,
    flatten,
    is_container,
    kind_of,
    paths,
    statics,
    unflatten,
    without_statics,
)

if TYPE_CHECKING:
    from microgradnet.typed import (
        Array,
        ArrayLike,
        Function,
        Gradient,
        GradientAndAux,
        Input,
        Numbers,
        OfAny,
        OfFirst,
        Tree,
        ValueAndGradient,
        ValueGradientAndAux,
    )

__all__ = ["grad", "gradients", "hessian", "hvp", "jacobian", "jvp", "linearize", "value_and_grad", "vjp"]

Argnums = int | Sequence[int]
# The overloads below overlap where an int may be 0: that what is no literal is any position is the likelier.

_P = ParamSpec("_P")


@overload
def gradients(
    output: Tensor, inputs: Tensor, *, seed: ArrayLike | None = None, create_graph: Literal[False] = False
) -> Array: ...
@overload
def gradients(
    output: Tensor, inputs: Sequence[Tensor], *, seed: ArrayLike | None = None, create_graph: Literal[False] = False
) -> list[Array]: ...
@overload
def gradients(output: Tensor, inputs: Tensor, *, seed: Any = None, create_graph: Literal[True]) -> Tensor: ...
@overload
def gradients(
    output: Tensor, inputs: Sequence[Tensor], *, seed: Any = None, create_graph: Literal[True]
) -> list[Tensor]: ...
@overload
def gradients(output: Tensor, inputs: Tree, *, seed: Any = None, create_graph: bool = False) -> Any: ...
@overload
def gradients(
    output: Tensor, inputs: Tensor | Sequence[Tensor], *, seed: Any = None, create_graph: bool = False
) -> Any: ...
def gradients(
    output: Tensor,
    inputs: Any,
    *,
    seed: Any = None,
    create_graph: bool = False,
) -> Any:
    """Compute the gradient of a recorded output with respect to tensors it was computed from.

    Parameters
    ----------
    output : Tensor
        Of any shape, if a seed is given; else of one element.
    inputs : Tensor, sequence of Tensor, or container of them
        Leaves or results. The graph is kept: gradients can be taken again.
    seed : array_like or Tensor, optional
        The cotangent of the output, of its shape. The gradients are those of ``sum(seed * output)``.
    create_graph : bool
        Record the reverse pass, and return Tensors that can be differentiated.

    Returns
    -------
    array or Tensor, list or container of them
        One gradient per input, of its shape and dtype; zeros where the output doesn't depend on it. A list for a
        sequence; for a dict or another container, nested ones too, the same with gradients in place of the tensors.

    Raises
    ------
    TypeError
        If the output or an input is not a Tensor.
    ValueError
        If an input doesn't require gradients, a seed is missing, or it has the wrong shape.

    Examples
    --------
    >>> import microgradnet as mg
    >>> x = mg.tensor([1.0, 2.0], requires_grad=True)
    >>> h = x * x
    >>> mg.gradients(mg.sum(h * x), [x, h])
    [array([ 3., 12.]), array([1., 2.])]
    """
    several = not isinstance(inputs, Recorded)
    if several and is_container(inputs) and not (type(inputs) in (list, tuple) and not any(map(is_container, inputs))):
        return _gradients_of_containers(output, inputs, seed, create_graph)
    places: list[Node] = []
    for i, x in enumerate(inputs if several else [inputs]):
        if not isinstance(x, Recorded):
            raise TypeError(f"gradients: input {i} is of type {type(x).__name__}, not a Tensor")
        node = node_of(x)
        if not node.requires_grad:
            raise ValueError(f"gradients: input {i} ({x!r}) does not require gradients")
        places.append(node)
    if not isinstance(output, Recorded):
        raise TypeError(f"gradients: the output is of type {type(output).__name__}, not a Tensor")
    root = node_of(output)
    nodes = set(places)
    seed = seed_for(output, seed, "gradients")
    record = create_graph or root.traced or followed(seed)
    found: dict[Node, Any] = {}
    if root.requires_grad:
        order, seen = reachable(root, max([node.index for node in places]))
        if numbers_made():
            warn_of_numbers(seen, root, "gradients")
        found = _pull(root, seed, record, leading_to(nodes, order), nodes)
    collected = (_collect_recorded if record else _collect)(found, places)
    return collected if several else collected[0]


def _gradients_of_containers(output: Tensor, inputs: Any, seed: Any, create_graph: bool) -> Any:
    """Compute the gradients with respect to the tensors in a container, and put them together as they are there."""
    wanted: list[Any] = []
    structure = flatten(inputs, wanted, lambda value: isinstance(value, Recorded), "inputs")
    for path, other in statics(structure, "inputs").items():
        if isinstance(other, float) or is_array(other):
            raise TypeError(f"gradients: {path} is of type {type(other).__name__}, not a Tensor")
    return unflatten(without_statics(structure), gradients(output, wanted, seed=seed, create_graph=create_graph))


def _pull(
    root: Node,
    seed: Any,
    record: bool,
    along: Collection[Node] | None,
    targets: Collection[Node] = (),
    free: bool = False,
    since: float = NEWEST,
) -> dict[Node, Any]:
    """Run the reverse pass, recording it or not; the other parameters are those of `reverse`."""
    if record:
        with within(current_scope() or root.scope):
            arguments = root, seed if since != NEWEST else constant(seed), along, targets, free, math.inf, since
            found: dict[Node, Any] = Running("the reverse pass").call(reverse, arguments)
            return found
    return reverse(root, seed._value if isinstance(seed, Recorded) else seed, along, targets, free)


def _collect(found: dict[Node, Any], places: Sequence[Node]) -> list[Any]:
    """One gradient per place: an array of its own, of what was found there, or zeros."""
    results: list[Any] = []
    for node in places:
        g = own(found, node)
        results.append(_missing(node, results, places) if g is None else g)
    return results


def _missing(node: Node, results: Sequence[Any], places: Sequence[Node]) -> Any:
    """Return a copy of the gradient at a place that was asked for before, too, or zeros."""
    before = [g for g, other in zip(results, places, strict=False) if other is node]
    return own({node: before[0] if before else np.zeros(node.shape, node.dtype)}, node)


def _collect_recorded(found: dict[Node, Any], places: Sequence[Node]) -> list[Any]:
    """One gradient per place, as a tensor in its place in the record."""
    results: list[Any] = []
    for node in places:
        g = found.get(node)
        if g is None:
            g = np.zeros(node.shape, node.dtype)
        elif not isinstance(g, Recorded):
            g = own(found, node)
        elif not getattr(node.dtype, "isnative", True):
            g = in_dtype(g, node)
        results.append(constant(g))
    return results


def _array(value: Any) -> Any:
    """Return a plain array of its own."""
    return np.array(value_of(value))


_ndarray, _float64, _np_array = np.ndarray, np.float64, np.array  # 0.03 us less than at each use


class _Run:
    """One recorded run of a function, from fresh leaves to its output.

    Attributes
    ----------
    leaves : list of Tensor
        One per differentiated argument. The function may have written into it: it has moved on then.
    places : list of Node
        Where each was when the function was called. An argument that is itself being differentiated outside gets a node
        that is linked to it.
    output : Tensor
        Of a function that returns a container, all that is in it as one vector.
    outputs : Outputs or None
        What that is made of.
    recorded : bool
        Whether the output depends on tensors from outside that are being differentiated or traced, so that
        what follows must be recorded for them. Under `no_grad` only for tracing.
    since : float
        Where it is so only for what depends on older leaves, the index that these have a larger one than. Where
        nothing on the way reads such, as of a sum, the pass needs no record (`_plain`), and its results are constants.
    """

    __slots__ = (
        "_along",
        "_linked",
        "_order",
        "_plain",
        "_reached",
        "leaves",
        "output",
        "outputs",
        "places",
        "recorded",
        "since",
    )

    def __init__(
        self,
        caller: str,
        f: Callable[..., Any],
        args: Any,
        kwargs: Any,
        positions: Sequence[int],
        several: bool = True,
    ) -> None:
        scope = current_scope()
        values = list(args)
        leaves: list[Tensor] = []
        places: list[Node] = []
        linked: tuple[Node, ...] = ()
        for i in positions:
            try:
                value = values[i]
            except IndexError:
                raise _no_argument(caller, i, args, kwargs) from None
            if type(value) is _ndarray and value.dtype.kind == "f" and value.ndim:
                x = fresh(value)
            elif followed(value) and _real(value_of(value)):
                x = argument(value)
                link = node_of(x)
                if not link.requires_grad:  # it is traced only
                    link.requires_grad, link.oldest = True, link.index
                linked = (*linked, link)
            else:
                x = _fresh(value, caller, i)
            values[i] = x
            leaves.append(x)
            places.append(x._node)
        if len(leaves) > 1 and min(positions) < 0 and len({i % len(values) for i in positions}) < len(leaves):
            raise ValueError(f"{caller}: argnums must name each argument once, got {tuple(positions)}")
        run = Running(caller)
        if scope is None:
            with within(ROOT):
                output = run.call(f, values, kwargs)
        elif linked:  # the pass will be recorded
            with apart():
                output = run.call(f, values, kwargs)
        else:
            output = run.call(f, values, kwargs)
        self.leaves = leaves
        self.places = places
        self._linked = linked
        self._ends(output, run, places[0].index, several)

    def _ends(self, output: Any, run: Running, oldest: int, several: bool = False) -> None:
        """Find out what the output of the run, or of several in a container, depends on.

        Its leaves aren't older than an index.
        """
        self.outputs: Outputs | None = None
        if type(output) is not Tensor or not output._settled or not output._node.requires_grad:
            caller = run._caller
            if several and is_container(output):
                self.outputs = laid = Outputs(output, caller)
                output = laid.vector
            output = _output(output, run)
        self.output: Tensor = output
        root = output._node
        outside = root.oldest > oldest
        self._reached = root.requires_grad and root.index <= oldest
        self._along: set[Node] | None = None
        self.since = NEWEST
        if self._reached and (outside or numbers_made()):
            self._looks_outside(root, oldest, run._caller)
        self.recorded = root.traced or ((outside or self._linked != ()) and current_scope() is not None)

    def _looks_outside(self, root: Node, oldest: int, caller: str) -> None:
        """Find what the output depends on that isn't of the leaves, and whether a number was made on the way."""
        order, seen = reachable(root, oldest)
        if numbers_made():
            refuse_numbers(seen, root, caller)
        if root.oldest > oldest:
            self._along = along = leading_to(self._starts(), order)
            self._order = order
            if not root.traced and all(node.own for node in seen.difference(order)):
                self.since = oldest
                self._plain = not any(node.oldest > oldest and node.primitive.reads for node in along if node.primitive)

    def _starts(self) -> Collection[Node]:
        """Return the places of the leaves."""
        return {*self.places}

    def _began(self) -> int:
        """Return the index that no leaf is older than."""
        return self.places[0].index

    def gradients(self, seed: Any, record: bool, *, free: bool = False) -> list[Any]:
        """Pull a seed back to the leaves."""
        found: dict[Node, Any] = {}
        if self._reached:
            since = self.since if record and not followed(seed) else NEWEST
            recorded = record and (since == NEWEST or not self._plain)
            found = _pull(self.output._node, seed, recorded, self._along, self._linked, free, since)
        return (_collect_recorded if record else _collect)(found, self.places)

    def pushed(self, order: Sequence[Node], given: Mapping[Node, Any], record: bool) -> Any:
        """Push tangents forward to the output: return an array of its own, or a tensor."""
        output = self.output
        since = NEWEST if any(map(followed, given.values())) else self.since
        recorded = record and (since == NEWEST or not self._plain)
        tangent = _push(order, given, output, recorded, since=since).get(output._node)
        if tangent is None:
            tangent = np.zeros(output.shape, output.dtype)
        if not isinstance(tangent, Recorded):
            return constant(_array(tangent)) if record else _array(tangent)
        return copied(tangent) if is_view(tangent) or any(tangent is t for t in given.values()) else tangent

    def whole(self, output: Any) -> Any:
        """Put together what the function returned, of what stands for the output: itself, or its tangent."""
        return output if self.outputs is None else self.outputs.whole(output)

    def order(self) -> list[Node]:
        """Return the operations from the leaves to the output, oldest first."""
        along = self._along
        if along is not None:
            starts = self._starts()
            return [node for node in reversed(self._order) if node in along and node not in starts]
        root = self.output._node
        if not self._linked:
            return reachable(root, self._began())[0][::-1] if self._reached else []
        return computed_from(self._starts(), [root])


def _no_argument(caller: str, position: int, args: Sequence[Any], kwargs: Mapping[str, Any]) -> TypeError:
    given = f"; {', '.join(kwargs)} given by name can't be one of them" if kwargs else ""
    return TypeError(f"{caller}: argnums asks for argument {position}, but there are {len(args)}{given}")


class _Contains(Exception):
    """An argument to differentiate is a container: whoever wanted to run the function runs it as one of leaves."""


def _apart(
    caller: str, f: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any], positions: Sequence[int]
) -> tuple[OfLeaves, list[Any], list[Structure]]:
    """Make a function of containers one of their leaves."""
    for i in positions:
        if not -len(args) <= i < len(args):
            raise _no_argument(caller, i, args, kwargs)
    return taken_apart(caller, f, args, positions)


def _run(
    caller: str, f: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any], positions: Sequence[int]
) -> tuple[_Run, list[Structure] | None]:
    """Run a function of arrays or containers; return what the arguments are made of if some are containers."""
    run: _Run | None
    try:
        run = _Run(caller, f, args, kwargs, positions)
    except _Contains:
        run = None  # outside of the handler, which would be told of in the user's errors
    if run is not None:
        return run, None
    of_leaves, leaves, structures = _apart(caller, f, args, kwargs, positions)
    return _Run(caller, of_leaves, leaves, kwargs, range(len(leaves))), structures


def _grouped(gradients: Sequence[Any], structures: Sequence[Structure] | None) -> tuple[Any, ...]:
    """Put the gradients of leaves together as the arguments are; None stands where these have no number to move."""
    if structures is None:
        return tuple(gradients)
    return tuple([unflatten(without_statics(structure), gradients) for structure in structures])


def _fresh(value: Any, caller: str, position: int) -> Tensor:
    """Make a new leaf of an argument, which it owns: what is recorded of it may outlive the call."""
    whose = f"{caller}: argument {position}"
    is_settled = settled(value)
    value = value_of(value)
    if not isinstance(value, np.ndarray | np.generic | float) and is_tree(value):
        raise _Contains
    given = plain(value, whose)
    array: Any = given if isinstance(given, np.ndarray | np.floating) else np.asarray(given)
    if array.dtype.kind != "f":
        raise TypeError(
            f"{whose} must hold real floating-point numbers to be differentiated, got "
            f"{type(value).__name__} of dtype {array.dtype}; convert it with float() or .astype(float)"
        )
    dtype = array.dtype
    array = array if is_settled else owned(array) if array.ndim else array[()]
    made: Tensor = attach(array, leaf(array, requires_grad=True, name=None, node_type=Argument))
    node_of(made).dtype = dtype  # NumPy's scalars have the byte order of the machine
    return made


def _output(output: Any, run: Running) -> Tensor:
    """Return what a function returned as a tensor; warn if it is none, which no gradient flows from."""
    result: Tensor = output
    if not isinstance(output, Recorded):
        if isinstance(output, list | tuple) or not (is_array(output) or isinstance(output, float | int)):
            pair = type(output) is tuple and run.caller not in ("hvp", "per_example")
            more = "; has_aux=True is for a function that returns a pair (loss, aux)" if pair else ""
            raise TypeError(
                f"{run.caller}: the function must return one tensor, array or number, got {type(output).__name__}{more}"
            )
        array = np.asarray(plain(output, f"{run.caller}: the output of the function"))
        result = attach(array[()], CONSTANT)
    if not _real(value_of(result)):
        what = "a tensor" if result is output else type(output).__name__
        raise TypeError(
            f"{run.caller}: the function returned {what} of dtype {result.dtype}, but gradients flow through real "
            "floating-point numbers only; return the number to differentiate, a constant as a float"
        )
    if result is not output:
        taken = dict.fromkeys(f"{how} of {called(node, run)}" for how, node in run.constants)
        left = f": it took {', '.join(taken)}" if taken else ""
        warn(
            f"{run.caller}: the function returned {type(output).__name__}, which is no tensor, so the gradient is "
            f"zero{left}. Return the tensor itself, and a constant that is meant as mg.tensor(constant)"
        )
    return result


def _real(value: Any) -> bool:
    """Whether an array holds real floating-point numbers."""
    if hasattr(value.dtype, "kind"):
        return bool(value.dtype.kind == "f")
    return bool(namespace([value]).isdtype(value.dtype, "real floating"))


def _positions(argnums: Any, caller: str, name: str = "argnums") -> tuple[int, ...]:
    try:
        asked = tuple(argnums) if isinstance(argnums, Sequence) else (argnums,)
        if any(isinstance(i, bool) for i in asked):
            raise TypeError  # a mask is no list of positions
        positions = tuple(map(operator.index, asked))
    except TypeError:
        raise TypeError(f"{caller}: {name} must be an integer or a sequence of integers, got {argnums!r}") from None
    if not positions or len(set(positions)) < len(positions):
        raise ValueError(f"{caller}: {name} must name at least one argument, and each once, got {argnums!r}")
    return positions


def _check_function(f: Any, caller: str) -> None:
    if not callable(f):
        raise TypeError(f"{caller} takes a function, got {type(f).__name__}; for tensors there is mg.gradients")


class _Transformed(functools.partial[Any]):
    """What a transform makes of a function. It is called, bound, copied and pickled as that function is."""

    def __new__(cls, run: Callable[..., Any], f: Callable[..., Any], *known: Any) -> _Transformed:
        self = super().__new__(cls, run, f, *known)
        functools.update_wrapper(self, f, updated=())
        return self

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else MethodType(self, instance)

    def __reduce__(self) -> Any:
        return findable(self) or (_Transformed, (self.func, *self.args))

    def __repr__(self) -> str:
        return f"<{self.func.__name__.strip('_')} of {self.args[0]!r}>"


@overload
def value_and_grad(  # type: ignore[overload-overlap]
    f: Function[_P], argnums: Literal[0] = 0, *, has_aux: Literal[False] = False
) -> ValueAndGradient[_P]: ...
@overload
def value_and_grad(f: Function[_P], argnums: int, *, has_aux: Literal[False] = False) -> OfAny[tuple[Array, Array]]: ...
@overload
def value_and_grad(
    f: Function[_P], argnums: Sequence[int], *, has_aux: Literal[False] = False
) -> OfAny[tuple[Array, tuple[Array, ...]]]: ...
@overload
def value_and_grad(  # type: ignore[overload-overlap]
    f: Function[_P], argnums: Literal[0] = 0, *, has_aux: Literal[True]
) -> ValueGradientAndAux[_P]: ...
@overload
def value_and_grad(
    f: Function[_P], argnums: int, *, has_aux: Literal[True]
) -> OfAny[tuple[tuple[Array, Any], Array]]: ...
@overload
def value_and_grad(
    f: Function[_P], argnums: Sequence[int], *, has_aux: Literal[True]
) -> OfAny[tuple[tuple[Array, Any], tuple[Array, ...]]]: ...
def value_and_grad(f: Callable[..., Any], argnums: Argnums = 0, *, has_aux: bool = False) -> Any:
    """Make a function that returns the value of f and its gradient.

    Parameters
    ----------
    f : callable
        A function of arrays, NumPy scalars or floats, or of containers of them, that returns one number. It is
        called with tensors in place of the differentiated arguments, and with all others as they are.
    argnums : int or sequence of int
        The positions of the arguments to differentiate.
    has_aux : bool
        Whether f returns a pair: the number, and whatever else it has to tell.

    Returns
    -------
    callable
        ``(*args, **kwargs) -> (value, gradients)``: NumPy arrays; one gradient for an int, a tuple for a
        sequence, each of the shape and dtype of its argument, zeros where f doesn't depend on it. Inside
        another transform, or where f uses tensors that require gradients, they are Tensors on the record, or constant
        ones where they don't depend on what is outside.
        With `has_aux`, ``((value, aux), gradients)``; tensors in aux, a container or one of them, have become arrays.

    Raises
    ------
    TypeError
        When called, if an argument to differentiate isn't real floating-point, or isn't there; if f makes a Python
        number of what it computes from it (``float(t)``, ``math.exp(t)``, ``out[i] = t``), whose gradient would be
        lost; or if it returns integers or booleans.
    ValueError
        When called, if f returns more than one number, or a container contains itself.

    Warns
    -----
    UserWarning
        When called, if f returns no tensor: the gradient is zero. A constant that is meant is ``mg.tensor(3.0)``.

    Notes
    -----
    Containers are dicts (ordered and default ones too), lists, tuples, named tuples and dataclasses, as deep as they
    go; an argument that is one is differentiated as a whole, and its gradient is such a container, in the same order.
    f gets a container of its own: what it puts into it, the caller's doesn't have. The gradient of a floating-point
    number or array is an array. Integers, booleans, text, None and functions are passed on as they are, integer
    arrays too, and their gradient is None. Other objects are refused, since they could hide numbers. A list of nothing
    but numbers, given as an argument of its own, is an array, as everywhere else.

    Examples
    --------
    >>> import microgradnet as mg
    >>> import numpy as np
    >>> mg.value_and_grad(lambda x, y: mg.sum(x * y), argnums=(0, 1))(np.array([1.0, 2.0]), np.array([3.0, 4.0]))
    (array(11.), (array([3., 4.]), array([1., 2.])))
    >>> def loss(params, x):
    ...     output = np.tanh(x @ params["w"] + params["b"])
    ...     return np.sum(output**2), output
    >>> params = {"w": np.array([1.0, -1.0]), "b": 0.0}
    >>> (value, output), gradients = mg.value_and_grad(loss, has_aux=True)(params, np.ones((3, 2)))
    >>> gradients
    {'w': array([0., 0.]), 'b': array(0.)}
    >>> output
    array([0., 0., 0.])
    """
    _check_function(f, "value_and_grad")
    positions = _positions(argnums, "value_and_grad")
    run = _value_grad_and_aux if has_aux else _value_and_grad
    return _Transformed(run, f, positions, not isinstance(argnums, Sequence), "value_and_grad")


def _value_and_grad(
    f: Callable[..., Any], positions: tuple[int, ...], one: bool, caller: str, /, *args: Any, **kwargs: Any
) -> tuple[Any, Any]:
    run: _Run | None
    try:
        run = _Run(caller, f, args, kwargs, positions, False)
    except _Contains:
        run = None
    if run is None:  # outside of the handler, which would be told of in the user's errors
        return _value_and_grad_of_containers(f, positions, one, caller, args, kwargs)
    output = run.output
    value = output._value
    if type(value) is not _float64 and value.size != 1:
        raise ValueError(
            f"{caller}: the function must return one number, got shape {value.shape}; for more there are "
            "mg.jacobian and mg.vjp"
        )
    seed = seed_for(output, None, caller)
    record = run.recorded
    gradients = run.gradients(seed, record, free=not record)
    return output if record else _np_array(value), gradients[0] if one else tuple(gradients)


def _value_and_grad_of_containers(
    f: Callable[..., Any],
    positions: tuple[int, ...],
    one: bool,
    caller: str,
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
) -> tuple[Any, Any]:
    of_leaves, leaves, structures = _apart(caller, f, args, kwargs, positions)
    value, gradients = _value_and_grad(of_leaves, tuple(range(len(leaves))), False, caller, *leaves, **kwargs)
    grouped = _grouped(gradients, structures)
    return value, grouped[0] if one else grouped


def _value_grad_and_aux(
    f: Callable[..., Any], positions: tuple[int, ...], one: bool, caller: str, /, *args: Any, **kwargs: Any
) -> tuple[tuple[Any, Any], Any]:
    first = Aux(f, caller)
    value, gradients = _value_and_grad(first, positions, one, caller, *args, **kwargs)
    return (value, first.aux()), gradients


@overload
def grad(  # type: ignore[overload-overlap]
    f: Function[_P], argnums: Literal[0] = 0, *, has_aux: Literal[False] = False
) -> Gradient[_P]: ...
@overload
def grad(f: Function[_P], argnums: int, *, has_aux: Literal[False] = False) -> OfAny[Array]: ...
@overload
def grad(f: Function[_P], argnums: Sequence[int], *, has_aux: Literal[False] = False) -> OfAny[tuple[Array, ...]]: ...
@overload
def grad(  # type: ignore[overload-overlap]
    f: Function[_P], argnums: Literal[0] = 0, *, has_aux: Literal[True]
) -> GradientAndAux[_P]: ...
@overload
def grad(f: Function[_P], argnums: int, *, has_aux: Literal[True]) -> OfAny[tuple[Array, Any]]: ...
@overload
def grad(
    f: Function[_P], argnums: Sequence[int], *, has_aux: Literal[True]
) -> OfAny[tuple[tuple[Array, ...], Any]]: ...
def grad(f: Callable[..., Any], argnums: Argnums = 0, *, has_aux: bool = False) -> Any:
    """Make a function that returns the gradient of f, a function that returns one number.

    Parameters and conventions are those of `value_and_grad`. Transforms nest: ``grad(grad(f))``.

    Parameters
    ----------
    f : callable
    argnums : int or sequence of int
    has_aux : bool

    Returns
    -------
    callable
        ``(*args, **kwargs) -> gradients``; with `has_aux`, ``(gradients, aux)``.

    Examples
    --------
    >>> import microgradnet as mg
    >>> mg.grad(mg.tanh)(0.0)
    array(1.)
    >>> mg.grad(lambda x: x * mg.grad(lambda y: x * y)(2.0))(3.0)
    array(6.)
    >>> mg.grad(lambda layers: layers[0]["w"] * layers[1]["w"])([{"w": 2.0}, {"w": 3.0}])
    [{'w': array(3.)}, {'w': array(2.)}]
    """
    _check_function(f, "grad")
    run = _grad_and_aux if has_aux else _grad
    return _Transformed(run, f, _positions(argnums, "grad"), not isinstance(argnums, Sequence), "grad")


def _grad(
    f: Callable[..., Any], positions: tuple[int, ...], one: bool, caller: str, /, *args: Any, **kwargs: Any
) -> Any:
    return _value_and_grad(f, positions, one, caller, *args, **kwargs)[1]


def _grad_and_aux(
    f: Callable[..., Any], positions: tuple[int, ...], one: bool, caller: str, /, *args: Any, **kwargs: Any
) -> tuple[Any, Any]:
    (_, aux), gradients = _value_grad_and_aux(f, positions, one, caller, *args, **kwargs)
    return gradients, aux


@overload
def vjp(
    f: Callable[..., Any], x: Tensor | Tree, /, *primals: Any, has_aux: Literal[False] = False
) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]: ...
@overload
def vjp(
    f: Callable[..., Any], x: Numbers, y: Tensor | Tree, /, *primals: Any, has_aux: Literal[False] = False
) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]: ...
@overload
def vjp(
    f: Callable[..., Any], *primals: Numbers, has_aux: Literal[False] = False
) -> tuple[Array, Callable[[ArrayLike], tuple[Array, ...]]]: ...
@overload
def vjp(
    f: Callable[..., Any], *primals: Any, has_aux: Literal[True]
) -> tuple[Any, Callable[[Any], tuple[Any, ...]], Any]: ...
def vjp(f: Callable[..., Any], *primals: Any, has_aux: bool = False) -> Any:
    """Evaluate f and return what pulls a cotangent of its output back to its arguments.

    Parameters
    ----------
    f : callable
        A function of arrays that returns one array. Arguments and output may be containers, as in `value_and_grad`.
    *primals : array_like
        Its arguments.
    has_aux : bool
        Whether f returns a pair: the output, and whatever else it has to tell.

    Returns
    -------
    output : array
    vjp_function : callable
        ``vjp_function(cotangent)`` with a cotangent of the output's shape returns a tuple: cotangentᵀ · ∂f/∂xᵢ
        for each argument xᵢ. It can be called any number of times.
    aux : object
        With `has_aux` only; tensors in it have become arrays.

    Examples
    --------
    >>> import microgradnet as mg
    >>> import numpy as np
    >>> output, pull_back = mg.vjp(mg.sin, np.array([0.0, np.pi]))
    >>> pull_back(np.array([1.0, 10.0]))
    (array([  1., -10.]),)
    """
    _check_function(f, "vjp")
    if not primals:
        raise TypeError("vjp: at least one argument to differentiate is needed")
    first = Aux(f, "vjp") if has_aux else f
    made = _pulled(first, primals, "vjp", "cotangent", "output")
    return (*made, first.aux()) if isinstance(first, Aux) else made


def _pulled(
    f: Callable[..., Any], primals: Sequence[Any], caller: str, what: str, of: str
) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
    """Run f; return its output, and what pulls a cotangent back; errors call that what the caller calls it."""
    run, structures = _run(caller, f, primals, {}, range(len(primals)))
    record = run.recorded
    outputs = run.outputs

    def vjp_function(*cotangents: Any) -> tuple[Any, ...]:
        if len(cotangents) != 1:
            raise TypeError(
                f"{caller}: one {what} is needed, in a tuple where several are returned; got {len(cotangents)}"
            )
        given = cotangents[0] if outputs is None else outputs.laid(cotangents[0], what, of)
        seed = _given_for(run.output, given, caller, what, of)
        return _grouped(run.gradients(seed, record or followed(seed)), structures)

    output = run.output if record else _array(run.output)
    return output if outputs is None else outputs.whole(output), vjp_function


def _given_for(x: Tensor, given: Any, caller: str, what: str, of: str) -> Any:
    """Return a cotangent or a tangent in the shape and dtype of what it belongs to; None is no number."""
    if given is None:
        raise TypeError(f"{caller}: the {what} is None, which is no number; give zeros, of shape {x.shape}, for none")
    return seed_for(x, given, caller, what, of)


@overload
def jvp(
    f: Callable[..., Any],
    primals: Sequence[Numbers],
    tangents: Sequence[Numbers],
    *,
    has_aux: Literal[False] = False,
) -> tuple[Array, Array]: ...
@overload
def jvp(
    f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any], *, has_aux: Literal[False] = False
) -> tuple[Any, Any]: ...
@overload
def jvp(
    f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any], *, has_aux: Literal[True]
) -> tuple[Any, Any, Any]: ...
def jvp(f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any], *, has_aux: bool = False) -> Any:
    """Push tangents of the arguments of f forward to its output: ∂f/∂x · tangent.

    Each operation computes the tangent beside the value, and nothing is recorded, unless somebody outside
    differentiates the arguments or f looks at the record, by a derivative of its own for instance. Of large arrays it
    takes some two to three times as long as f.

    Parameters
    ----------
    f : callable
        A function of arrays that returns one array. Arguments and output may be containers, as in `value_and_grad`.
    primals, tangents : sequence of array_like
        The arguments, and a tangent of the same shape for each.
    has_aux : bool
        Whether f returns a pair: the output, and whatever else it has to tell.

    Returns
    -------
    output : array
    tangent : array
        Of the output's shape.
    aux : object
        With `has_aux` only; tensors in it have become arrays.

    Examples
    --------
    >>> import microgradnet as mg
    >>> mg.jvp(mg.exp, (0.0,), (2.0,))
    (array(1.), array(2.))
    """
    _check_function(f, "jvp")
    sequences = (tuple, list, Sequence)  # to ask whether it is any takes 0.2 us
    if not isinstance(primals, sequences) or not isinstance(tangents, sequences) or len(primals) != len(tangents):
        raise _no_sequences(primals, tangents)
    if not primals:
        raise TypeError("jvp: at least one argument to differentiate is needed")
    first = Aux(f, "jvp") if has_aux else f
    made = _by_dual_numbers(first, primals, tangents) or _by_record(first, primals, tangents)
    return (*made, first.aux()) if isinstance(first, Aux) else made


def _no_sequences(primals: Any, tangents: Any) -> TypeError:
    counts = [str(len(given)) if isinstance(given, Sequence) else kind_of(given) for given in (primals, tangents)]
    return TypeError(
        "jvp: primals and tangents must be sequences of the same length, with one for each argument, as in "
        f"mg.jvp(f, (x,), (v,)); got {' and '.join(counts)}"
    )


def _by_record(f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    linear = _Linear("jvp", f, primals)
    seeds = linear.seeds(tangents)
    record = linear.recorded(seeds)
    return linear.output(record), linear.push(seeds, record)


def _by_dual_numbers(f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any] | None:
    """Run f with its tangent beside its value; None if somebody outside wants the record of both."""
    if any(map(followed, (*primals, *tangents))):
        return None
    moved = Moved()
    try:
        duals = _duals(moved, f, primals, tangents)
    except _Contains:
        duals = None
    if duals is None:
        f, given, structures = _apart("jvp", f, primals, {}, range(len(primals)))
        tangents = _in_leaves(structures, tangents, "jvp")
        if any(map(followed, (*given, *tangents))):
            return None
        duals = _duals(moved, f, given, tangents)
    run = _WithTangents(f, duals, moved)
    output = run.output
    return run.whole(output if run.recorded else _array(output)), run.whole(run.tangent)


def _duals(moved: Moved, f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> list[Dual]:
    """Make dual numbers of arguments and their tangents, that nobody else can write to."""
    duals: list[Dual] = []
    for x, t in zip(primals, tangents, strict=True):
        if (
            type(x) is _ndarray is type(t)
            and x.dtype is t.dtype
            and x.shape == t.shape
            and x.dtype.kind == "f"
            and x.ndim
        ):
            duals.append(moved.dual(owned(x), t.copy("K")))  # as below, a microsecond sooner
        else:
            value = _fresh(x, "jvp", len(duals))._value
            (seed,) = _tangents_for([value], [t], "jvp", lambda: argument_names(f, len(duals) + 1)[-1:])
            duals.append(moved.dual(value, value_of(seed)))
    return duals


def _in_leaves(structures: Sequence[Structure], tangents: Sequence[Any], caller: str) -> list[Any]:
    """Take tangents of containers apart into one for each array."""
    both = enumerate(zip(structures, tangents, strict=True))
    return [t for i, (s, tangent) in both for t in along(s, tangent, f"{caller}: tangent {i}")]


class _WithTangents(_Run):
    """A run with dual numbers: a tangent beside each value, and nothing recorded but what has asked for a record.

    Attributes
    ----------
    tangent : array or Tensor
        That of the output.
    """

    __slots__ = ("_moved", "tangent")

    def __init__(self, f: Callable[..., Any], values: Sequence[Dual], moved: Moved) -> None:
        self._moved = moved
        self._linked = ()
        try:
            self._runs(f, values, moved)
        finally:
            moved.over = True

    def _runs(self, f: Callable[..., Any], values: Sequence[Dual], moved: Moved) -> None:
        run = Running("jvp")
        with apart(ROOT):
            output = run.call(f, values)
            self.outputs = None
            if type(output) is not Dual and is_container(output):
                self.outputs = laid = Outputs(output, "jvp")
                output = laid.vector
        if numbers_made():
            refuse_numbers(moved.places, CONSTANT, "jvp")
        if type(output) is Dual and output._run is moved:
            self.output = output
            self.recorded = False
            self.tangent = _array(output._tangent)
        else:
            outputs = self.outputs
            self._ends(output, run, moved.index)
            self.outputs = outputs
            self.tangent = self.pushed(self.order(), moved.tangents, self.recorded)

    def _starts(self) -> Collection[Node]:
        return self._moved.tangents.keys()

    def _began(self) -> int:
        return self._moved.index


class _Linear:
    """A function that has been run, and what pushes tangents through it: any number of times."""

    def __init__(self, caller: str, f: Callable[..., Any], primals: Sequence[Any]) -> None:
        self._caller = caller
        self._f = f
        with apart():
            self._run, self._structures = _run(caller, f, primals, {}, range(len(primals)))
        self._order: list[Node] | None = None

    def seeds(self, tangents: Sequence[Any]) -> list[Any]:
        """Take tangents of the arguments apart into one for each array."""
        given = tangents if self._structures is None else _in_leaves(self._structures, tangents, self._caller)
        return _tangents_for([x._value for x in self._run.leaves], given, self._caller, self._names)

    def _names(self) -> list[str]:
        """Return what the arrays in the arguments are called."""
        if self._structures is None:
            return argument_names(self._f, len(self._run.leaves))
        trees = zip(self._structures, argument_names(self._f, len(self._structures)), strict=True)
        return [path for structure, name in trees for path in paths(structure, name)]

    def recorded(self, seeds: Sequence[Any]) -> bool:
        """Whether somebody outside differentiates or traces the output, or the tangents."""
        return self._run.recorded or any(map(followed, seeds))

    def output(self, record: bool) -> Any:
        """Return what the function returned."""
        return self._run.whole(self._run.output if record else _array(self._run.output))

    def push(self, seeds: Sequence[Any], record: bool) -> Any:
        """Push tangents forward, recording the pass or not, and put together that of what was returned."""
        run = self._run
        if self._order is None:
            self._order = run.order()
        given = dict(zip(run.places, seeds, strict=True))
        return run.whole(run.pushed(self._order, given, record))


def _tangents_for(
    values: Sequence[Array], tangents: Sequence[Any], caller: str, names: Callable[[], Sequence[str]]
) -> list[Any]:
    """Return tangents in the shapes and dtypes of their arguments; of what is none, raise in the names of these."""
    try:
        return [*map(_tangent_for, values, tangents, itertools.repeat(caller))]
    except (TypeError, ValueError):
        known = names()  # outside of the handler, which would be told of in the user's errors
    return [*map(_tangent_for, values, tangents, itertools.repeat(caller), known)]


def _tangent_for(value: Any, tangent: Any, caller: str, name: str = "") -> Any:
    if type(tangent) is _ndarray and tangent.dtype is value.dtype and tangent.shape == value.shape:
        return tangent.copy("K")
    seed = _given_for(constant(value), tangent, caller, f"tangent of {name}", f"argument {name}")
    return in_dtype(seed, value) if isinstance(seed, Recorded) else seed


def _push(
    order: Sequence[Node],
    given: Mapping[Node, Any],
    output: Tensor,
    record: bool,
    count: Any = None,
    since: float = NEWEST,
) -> dict[Node, Any]:
    """Run the forward pass of tangents, recording it or not; the other parameters are those of `push`."""
    if record:
        as_given = constant if since == NEWEST else value_of
        tangents = {node: as_given(t) for node, t in given.items()}
        with within(current_scope() or node_of(output).scope):
            found: dict[Node, Any] = Running("the forward pass").call(push, (order, tangents, True, count, since))
            return found
    return push(order, {node: value_of(t) for node, t in given.items()}, False, count)


@overload
def linearize(
    f: Callable[..., Any], x: Tensor | Tree, /, *primals: Any, has_aux: Literal[False] = False
) -> tuple[Any, Callable[..., Any]]: ...
@overload
def linearize(
    f: Callable[..., Any], x: Numbers, y: Tensor | Tree, /, *primals: Any, has_aux: Literal[False] = False
) -> tuple[Any, Callable[..., Any]]: ...
@overload
def linearize(
    f: Callable[..., Any], *primals: Numbers, has_aux: Literal[False] = False
) -> tuple[Array, Callable[..., Array]]: ...
@overload
def linearize(f: Callable[..., Any], *primals: Any, has_aux: Literal[True]) -> tuple[Any, Callable[..., Any], Any]: ...
def linearize(f: Callable[..., Any], *primals: Any, has_aux: bool = False) -> Any:
    """Evaluate f and return what pushes tangents of its arguments forward to its output.

    Parameters
    ----------
    f : callable
        A function of arrays that returns one array. Arguments and output may be containers, as in `value_and_grad`.
    *primals : array_like
        Its arguments.
    has_aux : bool
        Whether f returns a pair: the output, and whatever else it has to tell.

    Returns
    -------
    output : array
    jvp_function : callable
        ``jvp_function(*tangents)``, with a tangent of the same shape for each argument, returns Σ ∂f/∂xᵢ · tangentᵢ.
        It can be called any number of times, and does not run f again.
    aux : object
        With `has_aux` only; tensors in it have become arrays.

    Examples
    --------
    >>> import microgradnet as mg
    >>> import numpy as np
    >>> output, push_forward = mg.linearize(mg.sin, np.array([0.0, np.pi]))
    >>> push_forward(np.array([1.0, 10.0]))
    array([  1., -10.])
    """
    _check_function(f, "linearize")
    if not primals:
        raise TypeError("linearize: at least one argument to differentiate is needed")
    first = Aux(f, "linearize") if has_aux else f
    linear = _Linear("linearize", first, primals)

    def jvp_function(*tangents: Any) -> Any:
        if len(tangents) != len(primals):
            raise TypeError(
                f"linearize: one tangent for each of {len(primals)} arguments is needed, got {len(tangents)}"
            )
        seeds = linear.seeds(tangents)
        return linear.push(seeds, linear.recorded(seeds))

    output = linear.output(linear.recorded(()))
    return (output, jvp_function, first.aux()) if isinstance(first, Aux) else (output, jvp_function)


@overload
def jacobian(  # type: ignore[overload-overlap]
    f: Function[_P], argnums: Literal[0] = 0, *, has_aux: Literal[False] = False
) -> OfFirst[Array, _P]: ...
@overload
def jacobian(f: Function[_P], argnums: int, *, has_aux: Literal[False] = False) -> OfAny[Array]: ...
@overload
def jacobian(
    f: Function[_P], argnums: Sequence[int], *, has_aux: Literal[False] = False
) -> OfAny[tuple[Array, ...]]: ...
@overload
def jacobian(  # type: ignore[overload-overlap]
    f: Function[_P], argnums: Literal[0] = 0, *, has_aux: Literal[True]
) -> OfFirst[tuple[Array, Any], _P]: ...
@overload
def jacobian(f: Function[_P], argnums: int, *, has_aux: Literal[True]) -> OfAny[tuple[Array, Any]]: ...
@overload
def jacobian(
    f: Function[_P], argnums: Sequence[int], *, has_aux: Literal[True]
) -> OfAny[tuple[tuple[Array, ...], Any]]: ...
def jacobian(f: Callable[..., Any], argnums: Argnums = 0, *, has_aux: bool = False) -> Any:
    """Make a function that returns the Jacobian of f.

    Parameters
    ----------
    f : callable
        A function of arrays that returns one array. Arguments and output may be containers, as in `value_and_grad`.
    argnums : int or sequence of int
    has_aux : bool
        Whether f returns a pair: the output, and whatever else it has to tell.

    Returns
    -------
    callable
        ``(*args, **kwargs) -> jacobian``, of the output's shape and then the argument's; a tuple of them for a
        sequence of `argnums`. Tangents of all elements of the arguments are pushed forward at once, or, where these are
        more than those of the output, cotangents of all elements of that are pulled back. Of containers it is the
        output's, which has the argument's in place of each array. With `has_aux`, ``(jacobian, aux)``.

    Examples
    --------
    >>> import microgradnet as mg
    >>> import numpy as np
    >>> mg.jacobian(lambda x: x**2)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """
    _check_function(f, "jacobian")
    positions = _positions(argnums, "jacobian")
    run = _jacobian_and_aux if has_aux else _jacobian
    return _Transformed(run, f, positions, not isinstance(argnums, Sequence), "jacobian")


def _jacobian(
    f: Callable[..., Any], positions: tuple[int, ...], one: bool, caller: str, /, *args: Any, **kwargs: Any
) -> Any:
    with apart():
        run, structures = _run(caller, f, args, kwargs, positions)
    outputs = run.outputs
    inputs = sum(math.prod(node.shape) for node in run.places)
    blocks = (_columns if inputs <= run.output.size else _rows)(run)
    by_output = [blocks] if outputs is None else zip(*map(outputs.pieces, blocks), strict=True)
    grouped = [_grouped(each, structures) for each in by_output]
    jacobians = [each[0] if one else each for each in grouped]
    return jacobians[0] if outputs is None else outputs.together(jacobians)


def _columns(run: _Run) -> list[Any]:
    """Compute the Jacobian with respect to each leaf by pushing the tangents of its elements forward."""
    root = node_of(run.output)
    order = run.order()
    blocks: list[Any] = []
    for node in run.places:
        columns: list[Any] = [found.get(root) for found in _units(order, node, run.output, run.recorded)]
        if any(each is None for each in columns) or not columns:
            blocks.append(_nothing(run, node))
            continue
        block = moveaxis(concatenate(columns) if len(columns) > 1 else columns[0], 0, -1)
        blocks.append(_block(run, node, block))
    return blocks


def _rows(run: _Run) -> list[Any]:
    """Compute the Jacobian with respect to each leaf by pulling the cotangents of the output's elements back.

    One reverse pass is recorded. It is linear in its cotangent, whose tangents are the rows.
    """
    output = run.output
    zeros = np.zeros(output.shape, output.dtype)[()]
    cotangent = attach(zeros, leaf(zeros, requires_grad=True, name=None))
    with within(current_scope() or ROOT):
        pulled = run.gradients(cotangent, True)
        order = computed_from([node_of(cotangent)], [node_of(g) for g in pulled])
        every = [*_units(order, node_of(cotangent), output, run.recorded)]
    blocks: list[Any] = []
    for node, g in zip(run.places, pulled, strict=True):
        rows: list[Any] = [found.get(node_of(g)) for found in every]
        if any(each is None for each in rows) or not rows:
            blocks.append(_nothing(run, node))
            continue
        blocks.append(_block(run, node, concatenate(rows) if len(rows) > 1 else rows[0]))
    return blocks


def _block(run: _Run, node: Node, numbers: Any) -> Any:
    """Bring the derivatives with respect to a leaf to the shape of both and its dtype, in an array of their own."""
    block = reshape(numbers, (*run.output.shape, *node.shape))
    return constant(in_dtype(block, node)) if run.recorded else np.array(block, node.dtype, order="C")


def _nothing(run: _Run, node: Node) -> Any:
    zeros = np.zeros((*run.output.shape, *node.shape), node.dtype)
    return constant(zeros) if run.recorded else zeros


_AT_ONCE = 1 << 24
"""How many numbers the tangents of one pass may be together."""


def _units(order: Sequence[Node], x: Node, output: Tensor, record: bool) -> Iterator[dict[Node, Any]]:
    """Push the unit vectors of x forward, as many at a time as there is room for."""
    size = math.prod(x.shape)
    count = max(1, _AT_ONCE // max(1, size + sum(math.prod(node.shape) for node in order)))
    for start in range(0, size, count):
        n = min(count, size - start)
        unit = np.eye(n, size, start, x.dtype).reshape(n, *x.shape)
        yield _push(order, {x: unit}, output, record, n)


def _jacobian_and_aux(
    f: Callable[..., Any], positions: tuple[int, ...], one: bool, caller: str, /, *args: Any, **kwargs: Any
) -> tuple[Any, Any]:
    first = Aux(f, caller)
    return _jacobian(first, positions, one, caller, *args, **kwargs), first.aux()


@overload
def hessian(  # type: ignore[overload-overlap]
    f: Function[_P], argnums: Literal[0] = 0, *, has_aux: Literal[False] = False
) -> OfFirst[Array, _P]: ...
@overload
def hessian(f: Function[_P], argnums: int, *, has_aux: Literal[False] = False) -> OfAny[Array]: ...
@overload
def hessian(
    f: Function[_P], argnums: Sequence[int], *, has_aux: Literal[False] = False
) -> OfAny[tuple[tuple[Array, ...], ...]]: ...
@overload
def hessian(  # type: ignore[overload-overlap]
    f: Function[_P], argnums: Literal[0] = 0, *, has_aux: Literal[True]
) -> OfFirst[tuple[Array, Any], _P]: ...
@overload
def hessian(f: Function[_P], argnums: int, *, has_aux: Literal[True]) -> OfAny[tuple[Array, Any]]: ...
@overload
def hessian(
    f: Function[_P], argnums: Sequence[int], *, has_aux: Literal[True]
) -> OfAny[tuple[tuple[tuple[Array, ...], ...], Any]]: ...
def hessian(f: Callable[..., Any], argnums: Argnums = 0, *, has_aux: bool = False) -> Any:
    """Make a function that returns the Hessian of f, a function that returns one number.

    Parameters
    ----------
    f : callable
    argnums : int or sequence of int
    has_aux : bool
        Whether f returns a pair: the number, and whatever else it has to tell.

    Returns
    -------
    callable
        ``(*args, **kwargs) -> hessian``, of the argument's shape twice; for a sequence of
        `argnums` a tuple of tuples, one block for each pair of arguments. Of a container it is that container, which
        has it once more in place of each array. With `has_aux`, ``(hessian, aux)``.

    Examples
    --------
    >>> import microgradnet as mg
    >>> import numpy as np
    >>> mg.hessian(lambda x: x[0] ** 2 * x[1])(np.array([3.0, 5.0]))
    array([[10.,  6.],
           [ 6.,  0.]])
    >>> mg.hessian(lambda p: p["a"] ** 2 * p["b"])({"a": 3.0, "b": 5.0})
    {'a': {'a': array(10.), 'b': array(6.)}, 'b': {'a': array(6.), 'b': array(0.)}}
    """
    _check_function(f, "hessian")
    positions = _positions(argnums, "hessian")
    one = not isinstance(argnums, Sequence)
    gradient = _Transformed(_grad_and_aux if has_aux else _grad, f, positions, one, "hessian")
    return _Transformed(_jacobian_and_aux if has_aux else _jacobian, gradient, positions, one, "hessian")


@overload
def hvp(f: Callable[..., Any], x: Numbers, v: Numbers) -> Array: ...
@overload
def hvp(f: Callable[..., Any], x: Tensor, v: Input) -> Any: ...
@overload
def hvp(f: Callable[..., Any], x: Numbers, v: Tensor) -> Any: ...
@overload
def hvp(f: Callable[..., Any], x: Tree, v: Any) -> Tree: ...
def hvp(f: Callable[..., Any], x: Any, v: Any) -> Any:
    """Multiply the Hessian of f at x with v, without forming it: two reverse passes.

    Parameters
    ----------
    f : callable
        A function of one array, or of one container, that returns one number.
    x, v : array_like
        The argument, and a vector of the same shape.

    Returns
    -------
    array
        ∂²f/∂x² · v, of the shape of x.

    Examples
    --------
    >>> import microgradnet as mg
    >>> import numpy as np
    >>> mg.hvp(lambda x: mg.sum(x**3), np.array([1.0, 2.0]), np.array([1.0, 10.0]))
    array([  6., 120.])
    """
    _check_function(f, "hvp")
    gradient = _Transformed(_grad, f, (0,), True, "hvp")
    return _pulled(gradient, (x,), "hvp", "vector", "argument")[1](v)[0]
