"""Recording: an operation is declared as a `Primitive`; calling it on tensors leaves a `Node`.

This room knows what a call is and what it leaves behind. It knows no operation by name, computes no
derivative and draws nothing. Everything above reads the `Node`s made here.

A record owns every array it holds: results are its own, and arrays that somebody else could still write
to are copied when they are recorded (see `owned`). So no later write can change a gradient.
"""

from __future__ import annotations

import importlib
import inspect
import itertools
import math
import operator
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar, Token
from functools import partial, wraps
from heapq import heappush
from types import AsyncGeneratorType, CoroutineType, FunctionType, GeneratorType
from typing import (
    TYPE_CHECKING,
    Any,
    Concatenate,
    Literal,
    NoReturn,
    ParamSpec,
    TypedDict,
    TypeVar,
    Unpack,
    overload,
)
from weakref import ref

import numpy as np

from microgradnet.calls import KNOWN, call_of, pull_of, push_of
from microgradnet.ownership import TINY, held, owned
from microgradnet.plain import NUMBERS, REAL, Inside, NotPlain, array, plain, standard
from microgradnet.template import Template, parsed

if TYPE_CHECKING:
    from microgradnet.typed import Binary, Joining, Leading, Splitting, Tensor, Unary, Variadic

__all__ = ["Node", "Primitive", "Recorded", "Scope", "no_grad", "primitive", "primitives", "scope"]

Array = Any
"""A NumPy array or scalar, or an array of a library that follows the Array API standard."""

_F = TypeVar("_F", bound=Callable[..., Any])
_P = ParamSpec("_P")

VJP = Callable[..., Any]
"""``vjp(g, y, *inputs, **static)``: the cotangent of one input, from the cotangent g of the output y."""

STRUCTURES = ("elementwise", "linear", "multilinear")
"""What may be known of an operation as a map, from which the tangent of its output follows; or "linear in a"."""


# --- where an operation is recorded -----------------------------------------------------------------


class Scope:
    """A named group of operations, nested in `parent`.

    A reverse pass that is itself recorded works in a scope per operation, whose `origin` is the forward
    node that the work belongs to. Where all is `opened`, functions made of operations are recorded at once, see
    `deferred`.
    """

    __slots__ = ("name", "opened", "origin", "parent")

    name: str
    parent: Scope | None
    origin: Node | None
    opened: bool

    def __init__(self, name: str, parent: Scope | None = None, origin: Node | None = None) -> None:
        self.name = name
        self.parent = parent
        self.origin = origin
        self.opened = parent is not None and parent.opened

    @property
    def path(self) -> tuple[str, ...]:
        """Names from the outermost scope to this one; the root's is ``()``."""
        names = []
        scope: Scope | None = self
        while scope is not None and scope.parent is not None:
            names.append(scope.name)
            scope = scope.parent
        return tuple(reversed(names))

    def __repr__(self) -> str:
        return f"Scope({'/'.join(self.path)!r})"


ROOT = Scope("")

_current: ContextVar[Scope | None] = ContextVar("microgradnet_scope", default=ROOT)
current_scope: Callable[[], Scope | None] = _current.get
enter_scope: Callable[[Scope | None], Token[Scope | None]] = _current.set
"""The scope that operations are recorded in now, or None where recording is off: one look-up, 30 ns
(a `threading.local` attribute took 70 ns). Each thread, and each asyncio task, has its own."""


class _Block:
    """A ``with`` block that was entered: in which other one, and what the scope was before."""

    __slots__ = ("before", "left", "outer")

    before: Scope | None
    left: bool
    outer: _Block | None


_innermost: ContextVar[_Block | None] = ContextVar("microgradnet_block", default=None)
innermost_block = _innermost.get
enter_block = _innermost.set


class _Within:
    """Work in another scope for the length of a ``with`` block (or of a decorated function).

    A generator may leave its block when others have entered theirs, or in another context than it entered it in. So a
    block is only marked when it is left; each context goes back as far as it can.
    """

    def __init__(self) -> None:
        self._entered: list[_Block] = []

    def _scope(self, here: Scope | None) -> Scope | None:
        raise NotImplementedError

    def __enter__(self) -> None:
        outer = innermost_block()
        while outer is not None and outer.left:  # in another context
            enter_scope(outer.before)
            outer = outer.outer
        block = _Block()
        block.outer = outer
        block.before = here = current_scope()
        block.left = False
        enter_scope(self._scope(here))
        enter_block(block)
        self._entered.append(block)

    def __exit__(self, *exception: object) -> None:
        innermost = innermost_block()
        entered = self._entered
        if innermost is not None and entered and innermost is entered[-1]:
            block = entered.pop()
        else:
            found = self._found(innermost)
            if found is None:
                return
            block = found
            entered.remove(block)
        block.left = True
        while innermost is not None and innermost.left:
            enter_scope(innermost.before)
            innermost = innermost.outer
        enter_block(innermost)

    def _found(self, block: _Block | None) -> _Block | None:
        """Find the block to leave: the innermost of this context; elsewhere the only one that there is."""
        while block is not None and block not in self._entered:
            block = block.outer
        return self._entered[0] if block is None and len(self._entered) == 1 else block

    def __call__(self, function: _F) -> _F:
        """Decorate a function that has done its work when it returns."""
        what = _later(function)
        if what is not None:
            raise TypeError(f"{self!r} can't decorate {what}; {self._way}")

        @wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            with self:
                result = function(*args, **kwargs)
            if isinstance(result, GeneratorType | CoroutineType | AsyncGeneratorType):
                if isinstance(result, CoroutineType):
                    result.close()  # or Python would complain that nobody has awaited it
                raise TypeError(
                    f"{self!r} has no effect on the {type(result).__name__} that was returned, which runs later; "
                    f"{self._way}"
                )
            return result

        return call  # type: ignore[return-value]

    @property
    def _way(self) -> str:
        return f"write `with mg.{self!r}:` inside of it, around what is meant"


def _later(function: Any) -> str | None:
    """Say what something is if it does its work after the call, or in no call; None if it does it in the call."""
    if isinstance(function, type):
        return f"the class {function.__name__}"
    while isinstance(function, partial):
        function = function.func
    if not callable(function):
        return f"a {type(function).__name__}"
    name = getattr(function, "__name__", type(function).__name__)
    for f in (function, function.__call__):
        if inspect.iscoroutinefunction(f):
            return f"the coroutine function {name}, which runs when it is awaited"
        if inspect.isgeneratorfunction(f) or inspect.isasyncgenfunction(f):
            return f"the generator function {name}, which runs when it is iterated over"
    return None


class no_grad(_Within):  # noqa: N801 - reads as the statement it is, as in PyTorch
    """Turn recording off in this thread for the length of a ``with`` block, or in a decorated function.

    A coroutine or generator function can't be decorated, since it runs after the call: write the block inside of it.

    Examples
    --------
    >>> import microgradnet as mg
    >>> w = mg.tensor([1.0, 2.0], requires_grad=True)
    >>> with mg.no_grad():
    ...     doubled = 2 * w
    >>> doubled.requires_grad
    False
    """

    def __repr__(self) -> str:
        return "no_grad()"

    def _scope(self, here: Scope | None) -> None:  # noqa: ARG002
        return None


class scope(_Within):  # noqa: N801
    """Group the operations of a ``with`` block under a name; scopes nest, drawings show them as boxes.

    Parameters
    ----------
    name : str
        Any text.

    Examples
    --------
    >>> import microgradnet as mg
    >>> w = mg.tensor([1.0, 2.0], requires_grad=True)
    >>> with mg.scope("hidden layer"):
    ...     y = mg.exp(w)
    >>> mg.Graph.of(y).nodes[-1].scope
    ('hidden layer',)
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        if not isinstance(name, str):
            raise TypeError(f"scope: the name must be a string, got {type(name).__name__}")
        self.name = name

    def __repr__(self) -> str:
        return f"scope({self.name!r})"

    def _scope(self, here: Scope | None) -> Scope | None:
        return None if here is None else Scope(self.name, here)


class within:  # noqa: N801
    """Work in a given scope; None turns recording off. For the rooms above, which leave it where they enter it."""

    __slots__ = ("_target", "_token")

    def __init__(self, target: Scope | None) -> None:
        self._target = target

    def __enter__(self) -> None:
        self._token = enter_scope(self._target)

    def __exit__(self, *exception: object) -> None:
        _current.reset(self._token)


def in_child_of_fork(renew: Callable[[], None]) -> Callable[[], None]:
    """Decorate what makes new locks in the child of a fork: the thread that may have held one was not taken along."""
    if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
        os.register_at_fork(after_in_child=renew)
    return renew


# --- what a call leaves behind ----------------------------------------------------------------------

next_index: Callable[[], int] = itertools.count(0, -1).__next__
"""What is newer has the smaller index."""


class Node:
    """One entry of the record: a tensor that was given, or the result of one operation.

    Attributes
    ----------
    primitive : Primitive or None
        The operation; None for a leaf, a tensor that was given and not computed.
    saved : tuple or None
        ``(output, *inputs)``, the values the VJPs are given; None in a leaf, and after a reverse pass freed it.
        A result that no VJP reads is None in it; constants and the values of leaves are always there.
    static : mapping
        The call's other arguments (axis, shape, ...), by name, as given.
    shape, dtype :
        Those of the output.
    requires_grad : bool
        Whether derivatives flow through this node.
    scope : Scope
        Where it was recorded.
    index : int
        Falls with every node made, so inputs always have a larger one: the order of indices is a
        topological order, and the smallest is the newest.
    oldest : float
        The largest index among the leaves that gradients flow to from here; −∞ if there is none.
    name : str or None
        The name the user gave the tensor.
    grad : array, Tensor or None
        What `.backward()` has added up here; leaves only.
    traced : bool
        Whether everything computed from this is recorded, differentiable or not; see `traced`.
    number : bool
        Whether this was traced in place of a number.
    own : bool
        Whether this is the argument of a function that is differentiated, whose tensor may be written into.
    """

    __slots__ = (  # without a `__getattr__`, which would make reading each of them ten times as long
        "__weakref__",
        "_first",
        "_second",
        "dtype",
        "grad",
        "index",
        "name",
        "oldest",
        "primitive",
        "requires_grad",
        "saved",
        "scope",
        "shape",
        "static",
    )

    primitive: Primitive | None
    _first: Node | tuple[Node, ...]
    _second: Node | None
    saved: tuple[Array, ...] | None
    static: Mapping[str, Any]
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    requires_grad: bool
    scope: Scope
    index: int
    oldest: float
    name: str | None
    grad: Any
    traced = False
    number = False
    own = False

    @property
    def inputs(self) -> tuple[Node, ...]:
        """The node of each array argument, in order; `CONSTANT` where the argument was a plain array or number."""
        # Of one or two inputs the nodes are kept themselves: a tuple of them is one more thing for Python's garbage
        # collector to go through, again and again in a long chain, which took as long as all else.
        first, second = self._first, self._second
        if second is not None:
            return first, second  # type: ignore[return-value]
        return first if type(first) is tuple else (first,)  # type: ignore[return-value]

    @inputs.setter
    def inputs(self, nodes: tuple[Node, ...]) -> None:
        self._first, self._second = nodes if len(nodes) == 2 else (nodes[0] if len(nodes) == 1 else nodes, None)

    def __repr__(self) -> str:
        what = "leaf" if self.primitive is None else self.primitive.name
        return f"<Node {self.index}: {what} {self.shape} {self.dtype}>"


class _Traced(Node):
    """A node that was traced. A class of its own, so that those which are not pay nothing for it."""

    __slots__ = ()
    traced = True
    own = True


class Argument(Node):
    """The argument of a function that is differentiated: the tensor is the function's own, a leaf is its user's."""

    __slots__ = ()
    own = True


class _TracedNumber(_Traced):
    """A node that was traced in place of a number, and has the rules that hold beside one."""

    __slots__ = ()
    number = True


NEWEST = -math.inf
"""An index below all that there are: the oldest of no leaves."""
_NO_STATIC: dict[str, Any] = {}


def leaf(value: Array, *, requires_grad: bool, name: str | None, node_type: type[Node] = Node) -> Node:
    """Make a node for a tensor that is given, not computed."""
    node = node_type()
    node.primitive = node.saved = node.grad = None
    node.inputs = ()
    node.static = _NO_STATIC
    node.shape = value.shape
    node.dtype = value.dtype
    node.requires_grad = requires_grad
    node.scope = current_scope() or ROOT
    node.index = index = next_index()
    node.oldest = index if requires_grad else NEWEST
    node.name = name
    return node


CONSTANT = leaf(np.float64(0.0), requires_grad=False, name=None)
"""Stands in `Node.inputs` for every plain array and number, and for tensors that nobody tracks."""


class TracingError(TypeError):
    """Somebody asked for the value of a tensor that is being traced, which has another one in every call."""


class Recorded(Inside):
    """A value and its place in the record: what `Tensor` adds operators to.

    `_settled` is True where `_value` is a real NumPy array or scalar that nobody outside the record can
    write to: it can be recorded as it is. Everything else takes the general path, `Primitive.apply`.
    Of a view, `_view` is the tensor that it is a view of, the operation that makes it, and the other arguments of that;
    `_views` are the views of a tensor. Most have neither.
    """

    __slots__ = ("__weakref__", "_made", "_node", "_run", "_settled", "_tangent", "_value", "_view", "_views")

    _value: Array
    _node: Node
    _settled: bool
    _view: Any
    _views: list[ref[Recorded]]
    _tangent: Array  # these three of a `Moving` only
    _made: Primitive | None
    _run: Any

    if TYPE_CHECKING:

        @property
        def shape(self) -> tuple[int, ...]: ...  # noqa: D102
        @property
        def ndim(self) -> int: ...  # noqa: D102
        @property
        def size(self) -> int: ...  # noqa: D102
        @property
        def dtype(self) -> np.dtype[Any]: ...  # noqa: D102

    def concrete(self, asked: str) -> Array:
        """Return the value to one who leaves the record with it; while it is being traced there is none to give."""
        if self._node.traced:
            raise TracingError(
                f"{asked} of a tensor that is being traced would freeze a value that changes from call to call; "
                "choose with mg.where, keep to operations, or leave this part out of the traced function"
            )
        return self._value


class Moving(Recorded):
    """A value with its tangent, which is computed as the operation is called: a dual number, see `dual`.

    It has no place in the record until somebody asks for it. From then on it is a tensor like all others.
    """

    __slots__ = ()

    @property
    def _node(self) -> Node:  # type: ignore[override]
        node: Node = self._run.place(self)
        return node


def node_of(tensor: Recorded) -> Node:
    """Return the place of a tensor in the record. These three are how the rooms above read a tensor's own state."""
    return tensor._node


def value_of(given: Any) -> Any:
    """Return the value of a tensor as it lies in the record, which nobody may write to; anything else as it is."""
    return given._value if isinstance(given, Recorded) else given


def settled(given: Any) -> bool:
    """Whether this is a tensor of a real NumPy array or scalar that nobody outside the record can write to."""
    return isinstance(given, Recorded) and given._settled


_Result: type[Any] = Recorded


_join: Callable[[Any], Any] | None = None


def results_are(cls: type[Recorded], join: Callable[[Any], Any]) -> None:
    """Say which class the results of operations have, `Tensor`, and what `joined` does: both live on floors above."""
    global _Result, _join
    _Result = KNOWN["__Tensor"] = cls
    _join = join


def joined(given: Any) -> Any:
    """Make one tensor of a list, or of an array of objects, that holds tensors; return all else as it is."""
    return given if _join is None else _join(given)


def attach(value: Array, node: Node) -> Tensor:
    """Make the tensor of a value that nobody else can write to, at its place in the record."""
    result: Tensor = _Result()
    result._value = value
    result._node = node
    result._settled = isinstance(value, REAL) and value.dtype.kind in "fiub" and not node.traced
    return result


def in_places(node: Node, saved: tuple[Array, ...], since: float = NEWEST) -> list[Any]:
    """Put the saved values of a node back in their places in the record, for derivatives that are to be recorded.

    What depends on nothing but leaves that are newer than an index, `since`, is a constant.
    """
    placed = []
    for value, place in zip(saved, (node, *node.inputs), strict=True):
        if value is not None:
            if place.oldest <= since != NEWEST:
                place = CONSTANT
            if place is not CONSTANT or isinstance(value, np.ndarray):
                value = attach(value, place)
        placed.append(value)
    return placed


def viewed(result: Tensor, primitive: Primitive, given: Any, static: Mapping[str, Any]) -> Tensor:
    """Remember that a result is a view of what was given, if it is: what is written into one, the other has too."""
    if isinstance(given, Recorded):
        base = given._value
        try:
            owner = result._value.base
        except AttributeError:  # an array of another library
            return result
        if base is owner is not None or _shared(result._value, owner, base, given):
            view_of(given, result, primitive, static)
    return result


def _shared(value: Array, owner: Any, base: Array, given: Recorded) -> bool:
    """Whether a result lies in the memory of what was given."""
    if base.ndim == 0 and is_view(given):  # NumPy has a view of an array without axes, where this is a number
        return True
    if owner is None or isinstance(base, np.generic):
        return False
    return owner is base.base or np.may_share_memory(value, base)


def view_of(base: Recorded, view: Recorded, primitive: Primitive, static: Mapping[str, Any]) -> None:
    """Say that a tensor is a view of another."""
    view._view = base, primitive, static
    if isinstance(base, Moving) or _may_be_written(base._node):
        follows(view, base)


def _may_be_written(node: Node) -> bool:
    """Whether somebody may write into a tensor at this place: into all but a parameter."""
    return node.primitive is not None or node.own or not node.requires_grad


def follows(view: Recorded, base: Recorded) -> None:
    """Note, at what it is a view of, that a view has the value that follows from it now."""
    views = getattr(base, "_views", None)
    if views is None:
        base._views = [ref(view)]
        return
    views.append(ref(view))
    if len(views) & 31 == 0 and len(views).bit_count() == 1:  # 32, 64, ...: of most, nothing is left
        views[:] = [known for known in views if known() is not None]


def is_view(tensor: Recorded) -> bool:
    """Whether what is written into a tensor is written into another, too."""
    return type(getattr(tensor, "_view", None)) is tuple


def fresh(value: np.ndarray[Any, Any]) -> Tensor:
    """Make a leaf that gradients are wanted of, and that owns its value, from a floating-point array.

    What `attach` makes of a `leaf`, in half the time: one is made of each argument of a transform, in every call.
    """
    result: Tensor = _Result()
    result._value = value.copy("K") if value.nbytes <= TINY else owned(value)
    result._node = node = Argument()
    result._settled = True
    node.primitive = node._second = node.saved = node.name = node.grad = None
    node._first = ()
    node.static = _NO_STATIC
    node.shape = value.shape
    node.dtype = value.dtype
    node.requires_grad = True
    node.scope = current_scope() or ROOT
    node.index = node.oldest = next_index()
    return result


def traced(value: Array, *, requires_grad: bool = False, name: str | None = None, number: bool = False) -> Tensor:
    """Make a tensor from which *every* operation is recorded, whether derivatives flow through it or not.

    Recording for derivatives alone leaves out what has none: comparisons, integers, data and whatever is
    computed from data only. Whoever wants the whole computation (to replay it on other data, or to write down
    the transpose of x in a gradient) traces it. Traced tensors take the general path, `Primitive.apply`.
    One may stand for a number, with which a function will be called.
    """
    node_type = _TracedNumber if number else _Traced
    return attach(value, leaf(value, requires_grad=requires_grad, name=name, node_type=node_type))


def namespace(values: Sequence[Array]) -> Any:
    """Return the Array API namespace of some values: NumPy, unless an array says otherwise."""
    for value in values:
        if not isinstance(value, REAL) and type(value) not in NUMBERS and standard(value):
            return value.__array_namespace__()
    return np


# --- the declaration of an operation ----------------------------------------------------------------

primitives: dict[str, Primitive] = {}
"""Every declared operation by name."""

compositions: dict[str, Callable[..., Any]] = {}
"""Every function of one number that has a name and is made of several operations: activations."""

numpy_functions: dict[Any, Callable[..., Any]] = {}
"""What ``np.f(tensor)`` calls, by NumPy's function."""

_PACKAGE = __name__.partition(".")[0] + "."


class Primitive:
    """An operation with everything that is known about it, as `primitive` was told.

    Attributes
    ----------
    name : str
    forward : callable
        ``forward(xp, *inputs, **static)``; xp is the Array API namespace of the inputs.
    on_numpy : callable
        ``on_numpy(*inputs, **static)``: the same for NumPy's arrays.
    quicker : bool
        Whether that was declared, and is quicker than what `forward` does with NumPy.
    vjps : iterable of VJP or None
        One for each input; None where the derivative is zero wherever it exists.
    keep : tuple of bool
        Which of ``(output, *inputs)`` a node saves for the VJPs.
    differentiable : bool
        Whether there is a VJP at all. Calls of an operation without one are not recorded.
    views : bool
        Whether the result may be a view of the first input, in which it is seen when one of both is written into.
    structure, leading :
        As given to `primitive`.
    linear_in : frozenset of int or None
        In which inputs it is linear while the others stay, if only in some.
    beside_number : Primitive
        The same operation with the VJPs that hold where one of its inputs is a number; mostly it is this one.
    defaults : dict
        The static arguments, with their defaults.
    numpy, source, text, latex, symbol :
        As given to `primitive`.
    over : callable or None
        What is called instead where more is given by name than `forward` names, as a mask; a room above may set it.
    reads : bool
        Whether a VJP may read more than the cotangent, so that its result depends on the inputs, too.
    call : callable
        The operation itself: what a user calls.
    pull : callable
        What takes a reverse pass through one of its nodes; see `calls.pull_of`.
    push : callable or None
        What takes tangents through one of its nodes, if it is elementwise; see `calls.push_of`.
    """

    def __init__(
        self,
        name: str,
        forward: Callable[..., Array],
        on_numpy: Callable[..., Array],
        vjps: Iterable[VJP | None],
        arity: int | None,
        signature: inspect.Signature,
        **known: Any,
    ) -> None:
        self.name = name
        self.module = ""
        self.forward = forward
        self.on_numpy = undispatched(on_numpy)
        self.quicker: bool = known["quicker"]
        self.vjps = vjps
        self.beside_number = self
        self.arity = arity
        self.differentiable: bool = arity is None or any(vjp is not None for vjp in vjps)
        self.signature = signature
        self.over: Callable[..., Any] | None = None
        parameters = list(signature.parameters.values())
        statics = parameters[1 if arity is None else arity :]
        self.keep: tuple[bool, ...] = _kept(name, known["keep"], [p.name for p in parameters[:arity]])
        self.defaults: dict[str, Any] = {p.name: p.default for p in statics if p.default is not p.empty}
        self.numpy: Callable[..., Any] | None = known["numpy"]
        self.source: str | Callable[..., str] | None = known["source"]
        self.text: str | Callable[..., str] | None = known["text"]
        self.latex: str | Callable[..., str] | None = known["latex"]
        self.symbol: str = known["symbol"] or name
        self.views: bool = known["views"]
        self.structure: str | None = known["structure"]
        self.linear_in = _linear_in(self.structure, [p.name for p in parameters[: arity or 0]])
        self.leading: Callable[..., Any] | None = known["leading"]
        self.reads = self.structure not in ("elementwise", "linear") or True in self.keep or arity is None
        self.call: Callable[..., Any] = self.apply
        self.pull = pull_of(self)
        self.push = push_of(self) if self.structure == "elementwise" else None

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"

    def __reduce__(self) -> tuple[Callable[[str, str, bool], Primitive], tuple[str, str, bool]]:
        """Copy and pickle as a function does, by name: what was declared is not taken along."""
        base = primitives.get(self.name)
        if base is None or (self is not base and self is not base.beside_number):
            raise TypeError(f"the operation {self.name!r} was declared anew since, so it can't be copied or pickled")
        return _declared, (self.name, self.module, self is not base)

    def apply(self, /, *inputs: Any, **static: Any) -> Any:
        """Call with tensors, arrays, numbers or lists: the general path, right for all that a call can be given.

        It is for tensors that are traced, arrays of other libraries, lists, and what has to be refused. All else takes
        the path that is written for the operation (`calls`), which computes and leaves behind the same.
        """
        static = {k: given_for(self.name, k, v) for k, v in {**self.defaults, **static}.items()}
        try:
            values = [i._value if isinstance(i, Recorded) else array(i, self.name) for i in inputs]
        except TypeError:
            whole = tuple(map(joined, inputs))
            if all(map(operator.is_, whole, inputs)):
                raise
            return self.general(*whole, **static)
        if not any(isinstance(i, Recorded) for i in inputs):
            return self._in_namespace(namespace(values), values, static)
        parents = tuple(i._node if isinstance(i, Recorded) else CONSTANT for i in inputs)
        scope = current_scope()
        differentiated = scope is not None and self.differentiable and any(p.requires_grad for p in parents)
        traced = any(p.traced for p in parents)
        if not differentiated:
            scope = (scope or ROOT) if traced else None
        if scope is not None:
            values = [
                v if isinstance(i, Recorded) and (i._settled or i._node.traced) else owned(v)
                for i, v in zip(inputs, values, strict=True)
            ]
        try:
            y = self.compute(*values, **static)
        except ValueError as error:
            _raise_with_shapes(self, error, values)
        if not hasattr(y, "dtype"):
            _raise_with_type(self, y)
        if scope is None:
            result = attach(y, CONSTANT)
            if isinstance(y, np.ndarray) and y.base is not None:  # maybe a view of an array that was handed out
                result._settled = result._settled and all(i._settled for i in inputs if isinstance(i, Recorded))
        else:
            result = attach(y, self.left_by(y, parents, values, static, scope, differentiated))
        return viewed(result, self, inputs[0], static) if self.views else result

    def left_by(
        self,
        y: Array,
        parents: tuple[Node, ...],
        values: Sequence[Array],
        static: Mapping[str, Any],
        scope: Scope,
        differentiated: bool,
        node_type: type[Node] = Node,
    ) -> Node:
        """Make the node that a call leaves behind, which has computed y."""
        node = _Traced() if [p for p in parents if p.traced] else node_type()
        node.primitive = self
        node.inputs = parents
        keep = self.keep if self.arity else (self.keep[0],) + (True,) * len(values)
        saved = [y if keep[0] else None]
        for k, v, p in zip(keep[1:], values, parents, strict=True):
            saved.append(v if k or p.primitive is None else None)
        node.saved = tuple(saved)
        node.static = static
        node.shape = y.shape
        node.dtype = y.dtype
        node.requires_grad = differentiated
        node.oldest = max([p.oldest for p in parents]) if differentiated else NEWEST
        node.scope = scope
        node.index = next_index()
        node.name = node.grad = None
        if differentiated and getattr(y.dtype, "kind", "f") != "f":
            _raise_with_dtype(self, y.dtype)
        return node

    def general(self, /, *inputs: Any, **static: Any) -> Any:
        """Call the operation that it is on these inputs, by the general path."""
        if any(isinstance(i, Moving) for i in inputs):
            return KNOWN["__moved"](self, inputs, static)
        beside_number = self.beside_number is not self and any(map(is_number, inputs))
        return (self.beside_number if beside_number else self).apply(*inputs, **static)

    def compute(self, /, *values: Array, **static: Any) -> Array:
        """Compute the value of arrays as a recorded call does, so that it is the same to the last bit."""
        xp = namespace(values)
        if xp is np:
            return self.on_numpy(*values, **static)
        return self._in_namespace(xp, values, static)

    def template(self, count: int, static: Mapping[str, Any]) -> Template | None:
        """Return how a call with so many inputs is written as NumPy code; None if the declaration doesn't say.

        Raises
        ------
        ValueError
            If the declared template is no expression.
        """
        source = self.source(**static) if callable(self.source) else self.source
        try:
            return None if source is None else parsed(source, count, tuple(self.defaults))
        except ValueError as error:
            raise ValueError(f"source: the template of {self.name!r} is {error}") from error

    def _in_namespace(self, xp: Any, values: Sequence[Array], static: Mapping[str, Any]) -> Array:
        """Compute the value in the one namespace that the values have."""
        if xp is not np and any(isinstance(v, np.ndarray) and v.ndim and v.dtype.kind in "fc" for v in values):
            raise NotPlain(
                f"{self.name}: an array of NumPy's would be converted to one of {xp.__name__} in silence; give arrays "
                "of one library, and make tensors of them all by mg.tensor, or arrays of NumPy's by np.asarray"
            )
        return self.forward(xp, *values, **static)


_Dispatched = type(np.concatenate)


def undispatched(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return what NumPy's function does after it has asked whose its arguments are, which takes 0.1 us."""
    return getattr(function, "__wrapped__", function) if type(function) is _Dispatched else function


def _declared(name: str, module: str, beside_number: bool) -> Primitive:
    """Find an operation by its name, as what was pickled asks for it; its module is imported if need be."""
    if name not in primitives:
        importlib.import_module(module)
    if name not in primitives:
        raise LookupError(
            f"no operation {name!r} is declared here; it was in {module}, whose import doesn't declare it"
        )
    return primitives[name].beside_number if beside_number else primitives[name]


def findable(value: Any) -> str | None:
    """Return the name by which a callable is found in its module, as functions are pickled; None if it isn't."""
    name: str = getattr(value, "__qualname__", "")
    found: Any = sys.modules.get(value.__module__)
    for part in name.split("."):
        found = getattr(found, part, None)
    return name if found is value else None


def given_for(name: str, argument: str, value: Any) -> Any:
    """Return the value of an argument that isn't differentiated, which no tensor may be given for that is recorded."""
    if not isinstance(value, Recorded):
        return value
    if value._node.requires_grad and current_scope() is not None:
        raise TypeError(f"{name}: {argument} is not differentiated; detach() the tensor given for it")
    return value.concrete(f"{name}: {argument}")


def is_number(value: Any) -> bool:
    """Whether an input is a number: Python's, NumPy's, or an array without axes; a tensor without axes is none."""
    if type(value) in NUMBERS:
        return True
    if isinstance(value, Recorded):
        return value._node.number
    return isinstance(value, int | float) or (isinstance(value, np.ndarray) and value.ndim == 0)


def _kept(name: str, keep: str | None, inputs: Sequence[str]) -> tuple[bool, ...]:
    """Turn names of values, as in ``"y a"``, into a mask of ``(output, *inputs)``."""
    if keep is None:
        return (True,) * (1 + len(inputs))
    names = set(keep.split())
    if unknown := names - {"y", *inputs}:
        raise ValueError(f"primitive {name!r}: keep names {sorted(unknown)}; it may name y and {', '.join(inputs)}")
    return ("y" in names, *(i in names for i in inputs))


def _raise_with_shapes(primitive: Primitive, error: ValueError, values: Sequence[Array]) -> NoReturn:
    """Say which operation failed, and on which shapes; LinAlgError and AxisError say enough themselves."""
    if type(error) is not ValueError:
        raise error
    shapes = " and ".join(str(np.shape(v)) for v in values)
    which = "the shape is" if len(values) == 1 else "the shapes are"
    message = str(error).removeprefix(f"{primitive.name}: ")
    raise ValueError(f"{primitive.name}: {message} ({which} {shapes})") from error


def _raise_with_type(primitive: Primitive, y: Any) -> NoReturn:
    """Say that the forward of an operation returned what is no array."""
    raise TypeError(
        f"{primitive.name}: the forward of the operation returned {'None' if y is None else type(y).__name__}; it must "
        "return one array (of several results declare one operation each, or stack them)"
    ) from None


def _raise_of_arguments(primitive: Primitive, error: TypeError, inputs: tuple[Any, ...]) -> NoReturn:
    """Say what is wrong with the arguments of a call on plain arrays, if it is a dtype."""
    for value in inputs:
        plain(value, primitive.name)
    raise error


def _raise_with_dtype(primitive: Primitive, dtype: Any) -> NoReturn:
    """Say that no gradient could come back from a result: it holds no real floating-point numbers."""
    raise TypeError(
        f"{primitive.name}: the result has dtype {dtype}, but gradients flow through real floating-point numbers only; "
        "detach() the tensors that require gradients, or convert the other inputs"
    )


# --- what a call knows --------------------------------------------------------------------------------


def _taken(tensor: Recorded) -> Array | None:
    """Return the value of a tensor that isn't settled: a leaf's array that was handed out, or a copy where it still is.

    None if it is traced, or its value is no real array of NumPy's.
    """
    value = tensor._value
    if type(value) is not np.ndarray or value.dtype.kind not in "fiub" or tensor._node.traced:
        return None
    del value  # which would be counted
    if not held(tensor):
        return tensor._value.copy("K")
    tensor._settled = True
    return tensor._value


def _is_new(y: Array, inputs: Iterable[Any]) -> bool:
    """Whether a result shares no memory with what was given."""
    return y.base is None and all(y is not x for x in inputs)


KNOWN |= {
    "__AttributeError": AttributeError, "__CONSTANT": CONSTANT, "__Exception": Exception, "__TINY": TINY,
    "__Dual": Moving, "__NUMBERS": NUMBERS, "__Node": Node, "__heappush": heappush,
    "__Tensor": _Result, "__TypeError": TypeError, "__ValueError": ValueError, "__current_scope": current_scope,
    "__float32": np.dtype(np.float32), "__float64": np.dtype(np.float64),
    "__follows": follows, "__is_new": _is_new, "__ndarray": np.ndarray, "__next_index": next_index, "__np": np,
    "__owned": owned, "__raise_of_arguments": _raise_of_arguments, "__raise_with_dtype": _raise_with_dtype,
    "__raise_with_shapes": _raise_with_shapes, "__raise_with_type": _raise_with_type, "__taken": _taken, "__type": type,
    "__viewed": viewed, "__zip": zip,
}  # fmt: skip


@overload
def mirrors(
    *functions: Callable[..., Any], inputs: Literal[1]
) -> Callable[[Callable[Concatenate[Any, _P], Any]], Unary[_P]]: ...
@overload
def mirrors(
    *functions: Callable[..., Any], inputs: Literal[2]
) -> Callable[[Callable[Concatenate[Any, Any, _P], Any]], Binary[_P]]: ...
@overload
def mirrors(
    *functions: Callable[..., Any], inputs: Literal["joined"]
) -> Callable[[Callable[Concatenate[Any, _P], Any]], Joining[_P]]: ...
@overload
def mirrors(
    *functions: Callable[..., Any], inputs: Literal["split"]
) -> Callable[[Callable[Concatenate[Any, _P], Any]], Splitting[_P]]: ...
@overload
def mirrors(
    *functions: Callable[..., Any], inputs: Literal["leading"]
) -> Callable[[Callable[Concatenate[Any, _P], Any]], Leading[_P]]: ...
@overload
def mirrors(*functions: Callable[..., Any]) -> Callable[[_F], _F]: ...
def mirrors(*functions: Callable[..., Any], inputs: object = None) -> Any:  # noqa: ARG001 - for type checkers
    """Register a function made of operations as what some of NumPy's functions call on tensors.

    `inputs` tells type checkers how many of its arguments are; without it they believe the function's own annotations.
    """

    def register(function: Any) -> Any:
        for f in functions:
            numpy_functions[f] = function
        return function

    return register


class _Each:
    """The VJPs of an operation that takes any number of inputs: ``vjp(i, g, y, *inputs, **static)`` for each i."""

    def __init__(self, vjp: VJP) -> None:
        self.vjp = vjp

    def __iter__(self) -> Iterator[VJP]:
        return (partial(self.vjp, i) for i in itertools.count())

    def __getitem__(self, i: int) -> VJP:
        return partial(self.vjp, i)


class _Known(TypedDict, total=False):
    beside_number: Sequence[VJP | None]
    name: str | None
    on_numpy: Callable[..., Array] | None
    numpy: Callable[..., Any] | None
    source: str | Callable[..., str] | None
    text: str | Callable[..., str] | None
    latex: str | Callable[..., str] | None
    symbol: str | None
    keep: str | None
    views: bool
    structure: str | None
    leading: Callable[..., Any] | None
    doc: str | None


@overload
def primitive(
    forward: Callable[Concatenate[Any, Any, _P], Array], vjps: tuple[VJP | None], **known: Unpack[_Known]
) -> Unary[_P]: ...
@overload
def primitive(
    forward: Callable[Concatenate[Any, Any, Any, _P], Array],
    vjps: tuple[VJP | None, VJP | None],
    **known: Unpack[_Known],
) -> Binary[_P]: ...
@overload
def primitive(
    forward: Callable[Concatenate[Any, Any, _P], Array], vjps: list[Any], **known: Unpack[_Known]
) -> Leading[_P]: ...
@overload
def primitive(
    forward: Callable[..., Array],
    vjps: tuple[VJP | None, VJP | None, VJP | None, *tuple[VJP | None, ...]],
    **known: Unpack[_Known],
) -> Variadic: ...
@overload
def primitive(forward: str, vjps: Sequence[VJP | None], **known: Unpack[_Known]) -> Variadic: ...
@overload
def primitive(forward: str | Callable[..., Array], vjps: VJP, **known: Unpack[_Known]) -> Variadic: ...
def primitive(
    forward: str | Callable[..., Array],
    vjps: Sequence[VJP | None] | VJP,
    *,
    beside_number: Sequence[VJP | None] = (),
    name: str | None = None,
    on_numpy: Callable[..., Array] | None = None,
    numpy: Callable[..., Any] | None = None,
    source: str | Callable[..., str] | None = None,
    text: str | Callable[..., str] | None = None,
    latex: str | Callable[..., str] | None = None,
    symbol: str | None = None,
    keep: str | None = None,
    views: bool = False,
    structure: str | None = None,
    leading: Callable[..., Any] | None = None,
    doc: str | None = None,
) -> Any:
    """Declare an operation: once, with everything that is known about it.

    Parameters
    ----------
    forward : callable or str
        ``forward(xp, *inputs, **static)`` computes the value; xp is the Array API namespace of the inputs
        (NumPy itself for NumPy's arrays). Parameters after the inputs are static: they are not
        differentiated, and each has a default. A string names a function of the namespace that does it.
    vjps : sequence of callable or None, or callable
        One for each input: ``vjp(g, y, *inputs, **static)`` returns the vector-Jacobian product, with g the
        cotangent of the output y. Write it with operators and this package's operations, and it serves every
        order of derivative. It may return y's shape where the operation broadcasts: the reverse pass sums
        it to the input's. None: the derivative is zero wherever it exists. For an operation on any number
        of inputs, one function ``vjp(i, g, y, *inputs, **static)`` for the i-th of them. From a tuple a type checker
        reads how many inputs there are.
    beside_number : sequence of callable or None, optional
        The VJPs of an operation of two inputs where one of them is a number, as 0 is in ``maximum(x, 0)``: Python's,
        NumPy's, or an array without axes. At a kink another rule may hold there. The default is `vjps`.
    name : str, optional
        The default is the name of `forward`.
    on_numpy : callable, optional
        A quicker ``on_numpy(*inputs, **static)`` for NumPy's arrays and scalars, where there is one.
    numpy : callable, optional
        The NumPy function it mirrors: ``numpy(tensor)`` then calls this operation.
    source, text, latex : str or callable, optional
        How a call is written as NumPy code, and as a formula, in text and in LaTeX: templates with ``{0}``, ``{1}`` for
        the inputs, ``{inputs}`` for all of them, with commas between them, and the names of static arguments; or a
        function of the static arguments that returns one. For NumPy code, the expression may come after lines that
        define a function it calls. The default of `text` follows from the symbol: a sign stands between two inputs,
        that of ``·³`` beside the input that the dot is, and a word before them, as in ``sinc(x)``. What has the
        `source` and `latex` of a built-in operation, and no other `text`, is simplified as that one; without a `latex`,
        if it has no other `symbol` either.
    symbol : str, optional
        What a drawing writes in the node. The default is the name.
    keep : str, optional
        Which values the VJPs read, to save memory: names of inputs, as `forward` names them, and ``y`` for the
        output, separated by spaces. A VJP gets None for a result that is not kept. The default is to keep all.
    views : bool
        Whether the result shares its memory with the first input where NumPy's does, as that of ``np.reshape``: what is
        written into one of both is then seen in the other. Without it a result has its numbers for itself.
    structure : {"elementwise", "linear", "multilinear"} or str, optional
        What is known of it, so that tangents are pushed forward at once, and not by the transpose of its VJPs: an
        element of the result depends on the elements in its place only, of inputs that are broadcast; or it is linear
        in all inputs that have a VJP together, as a sum is; or in each of them while the others stay, as a product of
        matrices is; or only in some, as in ``"linear in b"``, by names. `gradcheck` finds out what is wrong.
    leading : callable, optional
        Of what is linear, the same on arrays with one more axis in front: ``leading(*inputs, **static)``, or
        ``leading(i, *inputs, **static)`` of what is multilinear, in which the i-th input has it. The result may have
        any shape, its elements in order. Without it, it is called on one after the other.
    doc : str, optional
        The docstring. The default is that of `forward`.

    Returns
    -------
    callable
        The operation. Called on plain arrays it returns a plain array; with a `Tensor` among its inputs a
        `Tensor`. Its attribute ``primitive`` holds the declaration.

    Raises
    ------
    TypeError
        If a VJP or `forward` is not callable, or `forward` has fewer parameters than there are VJPs.
    ValueError
        If a built-in operation has that name, or `forward` is a lambda and no name is given. Declaring one of
        one's own again replaces it.

    Examples
    --------
    >>> import numpy as np
    >>> import microgradnet as mg
    >>> def cube(xp, x):
    ...     return x**3
    >>> cube = mg.primitive(cube, [lambda g, y, x: 3 * g * x**2], latex="{{{0}}}^3", symbol="·³")
    >>> mg.grad(cube)(2.0)
    array(12.)
    >>> mg.grad(mg.grad(cube))(2.0)
    array(12.)
    """
    vjps = vjps if callable(vjps) else tuple(vjps)
    run, quick, parameters = _run_by(forward, 1 if callable(vjps) else len(vjps))
    name = name or str(forward if isinstance(forward, str) else getattr(forward, "__name__", ""))
    if not name.isidentifier():
        raise ValueError(f"primitive: {name!r} can't name an operation; pass name=, a Python identifier")
    arity = None if callable(vjps) else len(vjps)
    each: Iterable[VJP | None] = _Each(vjps) if callable(vjps) else vjps
    for vjp in (*(() if callable(vjps) else vjps), *beside_number):
        if vjp is not None and not callable(vjp):
            raise TypeError(f"primitive {name!r}: a VJP must be a function or None, got {vjp!r}")
    if arity is not None and (arity == 0 or len(parameters) < arity):
        raise TypeError(
            f"primitive {name!r}: {arity} VJPs, but forward takes {len(parameters)} arguments after xp; "
            "give one VJP for each input, and a default to each static argument"
        )
    if beside_number and (arity, len(beside_number)) != (2, 2):
        raise TypeError(f"primitive {name!r}: beside_number= are the two VJPs of an operation of two inputs")
    functions = (f for f in (forward, *(each if arity else [vjps])) if hasattr(f, "__module__"))
    caller = sys._getframe(1).f_globals.get("__name__", "")
    module = next((f.__module__ for f in functions if f.__module__), caller)
    known = primitives.get(name)
    if known is not None and known.module.startswith(_PACKAGE) and not module.startswith(_PACKAGE):
        raise ValueError(f"primitive: {known.module} has declared an operation {name!r}; choose another name")
    signature = inspect.Signature(parameters)
    declared = Primitive(
        name,
        run,
        on_numpy or quick,
        each,
        arity,
        signature,
        quicker=on_numpy is not None,
        numpy=numpy,
        source=source,
        text=text,
        latex=latex,
        symbol=symbol,
        keep=keep,
        views=views,
        structure=structure,
        leading=leading,
    )
    declared.module = module
    _check_structure(declared)
    if beside_number:
        declared.beside_number = other = object.__new__(Primitive)
        vars(other).update(vars(declared), vjps=tuple(beside_number), beside_number=other)
        other.call = other.apply
        other.pull = pull_of(other)
        other.push = push_of(other) if structure == "elementwise" else None
    operation: Any = call_of(declared)
    declared.call = operation
    operation.primitive = declared
    operation.__name__ = operation.__qualname__ = name
    operation.__module__ = module
    operation.__doc__ = doc or getattr(forward, "__doc__", None)
    operation.__signature__ = signature
    primitives[name] = declared
    if numpy is not None:
        numpy_functions[numpy] = operation
    return operation


def _linear_in(structure: str | None, inputs: Sequence[str]) -> frozenset[int] | None:
    """Read in which inputs an operation is linear off ``"linear in a b"``; None if that isn't said."""
    start, _, names = (structure or "").partition("linear in ")
    known = not start and names and {*names.split()} <= {*inputs}
    return frozenset(map(inputs.index, names.split())) if known else None


def _check_structure(declared: Primitive) -> None:
    """Raise ValueError if nothing can be pushed forward by what is said of the structure of an operation."""
    structure, name = declared.structure, declared.name
    if structure not in (None, *STRUCTURES) and not declared.linear_in:
        raise ValueError(
            f"primitive {name!r}: structure= is one of {STRUCTURES}, or 'linear in' and names of inputs; "
            f"got {structure!r}"
        )
    if declared.arity is None:
        if structure == "elementwise":
            raise ValueError(f"primitive {name!r}: what is elementwise has one VJP for each input, and a fixed number")
        return
    for i, (kept, vjp) in enumerate(zip(declared.keep[1:], declared.vjps, strict=True)):
        others = {*range(declared.arity)} if structure == "multilinear" else declared.linear_in or set()
        if not kept and others - {i}:
            raise ValueError(f"primitive {name!r}: what is multilinear reads its other inputs; name them all in keep=")
        if not kept and vjp is None and structure == "linear":
            raise ValueError(f"primitive {name!r}: keep= must name the inputs without a VJP, which are read once more")


def _run_by(forward: Any, count: int) -> tuple[Callable[..., Array], Callable[..., Array], list[inspect.Parameter]]:
    """Return what computes the value in any namespace, what does on NumPy's arrays, and the parameters of both."""
    if callable(forward):
        return forward, partial(forward, np), _parameters(forward)[1:]
    if not isinstance(forward, str):
        raise TypeError(f"primitive: forward must be a function or the name of one, got {forward!r}")
    if not hasattr(np, forward):
        raise ValueError(f"primitive: {forward!r} is no function of the Array API standard's namespaces")

    def run(xp: Any, /, *inputs: Any, **static: Any) -> Array:
        return getattr(xp, forward)(*inputs, **static)

    letters = ("x",) if count == 1 else ("a", "b", "c")[:count]
    return run, getattr(np, forward), [inspect.Parameter(i, inspect.Parameter.POSITIONAL_OR_KEYWORD) for i in letters]


def _parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    """Return the parameters of a function; of most, a third of the time sooner than `inspect.signature` does."""
    code: Any = getattr(function, "__code__", None)
    others = inspect.CO_VARARGS | inspect.CO_VARKEYWORDS
    if (
        type(function) is not FunctionType
        or vars(function)
        or code.co_flags & others
        or code.co_posonlyargcount
        or code.co_kwonlyargcount
    ):
        return list(inspect.signature(function).parameters.values())
    names, missing, make = code.co_varnames[: code.co_argcount], inspect.Parameter.empty, inspect.Parameter
    defaults = (missing,) * len(names) + (function.__defaults__ or ())
    kind, notes = make.POSITIONAL_OR_KEYWORD, function.__annotations__
    each = zip(names, defaults[len(defaults) - len(names) :], strict=True)
    return [make(name, kind, default=default, annotation=notes.get(name, missing)) for name, default in each]
