"""A function made of operations, in one: NumPy computes it, and it is recorded when somebody looks.

To record the median takes as long as to compute it five times, and of what is recorded most passes need nothing. So
a call on NumPy's arrays is computed by NumPy's own function and leaves one node, which knows VJPs for plain cotangents.
All else is found in the record of the function itself: a reverse pass that is recorded makes that anew, a forward pass
and a snapshot, for a drawing or for source, open the node, which then is what it would have been (`opened`). What is
traced is recorded at once.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache, partial, wraps
from operator import attrgetter
from types import CodeType, FunctionType
from typing import Any, TypeVar

import numpy as np

from microgradnet.calls import COPIED, KNOWN, code, lazily
from microgradnet.record import (
    CONSTANT,
    VJP,
    Node,
    Primitive,
    Recorded,
    Scope,
    attach,
    current_scope,
    next_index,
    node_of,
    undispatched,
    within,
)

__all__ = ["Closed", "Deferred", "apart", "deferred", "deferred_join", "opened"]

_F = TypeVar("_F", bound=Callable[..., Any])

_FIXED = frozenset({int, float, bool, str, type(None), type})
"""Types of what nobody can change after the call."""


def apart(outside: Scope | None = None) -> within:
    """Record what is called in a ``with`` block at once, for a pass that would open all of it.

    Where recording is off, that is in a scope `outside`.
    """
    here = current_scope() or outside
    if here is not None:
        here = Scope(here.name, here.parent, here.origin)
        here.opened = True
    return within(here)


class Closed(Primitive):
    """What stands for a function made of operations until a node is opened.

    Attributes
    ----------
    function : callable
        It records the operations.
    """

    function: Callable[..., Any]


class Deferred(Closed):
    """A closed operation that NumPy computes."""

    def __init__(self, function: Any, computes: Callable[..., Any], vjps: Sequence[VJP | None]) -> None:
        parameters = list(inspect.signature(function).parameters.values())
        arity = len(vjps)
        read = list(inspect.signature(next(vjp for vjp in vjps if vjp is not None)).parameters)[2 + arity :]
        kept = [*parameters[:arity], *(p for p in parameters[arity:] if p.name in read)]
        super().__init__(
            function.__name__, lambda xp, *inputs, **static: computes(*inputs, **static), computes,
            tuple(vjps), arity, inspect.Signature(kept), quicker=False, numpy=None, source=None, text=None, latex=None,
            symbol=None, keep=None, views=False, structure=None, leading=None,
        )  # fmt: skip
        self.defaults |= {p.name: p.default for p in kept[arity:]}
        self.function = function
        self.module = function.__module__
        self._pull_plain = self.pull
        self.pull = self._pull

    def _pull(self, node: Node, saved: Any, cotangents: dict[Node, Any], waiting: list[Any], along: Any) -> None:
        if isinstance(cotangents[node], Recorded):
            # From what the node has itself: the pass has made constants of what has no gradient outside of it.
            KNOWN["__through"](node, _again(node), cotangents, waiting, along)
        else:
            self._pull_plain(node, saved, cotangents, waiting, along)


def opened(nodes: Iterable[Node]) -> bool:
    """Put in the place of each call that was only computed what it records; say whether there was one."""
    closed = dict.fromkeys([n for n in nodes if isinstance(n.primitive, Closed) and n.saved is not None])
    for node in closed:
        _open(node)
    return bool(closed)


def _again(node: Any) -> Node:
    """Record a call that was only computed; return the node of its last operation."""
    values = node.saved[1:]
    inputs = [v if p is CONSTANT else attach(v, p) for p, v in zip(node.inputs, values, strict=True)]
    with np.errstate(all="ignore"):  # the call itself has warned already
        return node_of(node.primitive.function(*inputs, **node.static))


def _open(node: Any) -> None:
    since = next_index()
    with within(node.scope):
        last = _again(node)
    if last.index > since or last.shape != node.shape or last.dtype != node.dtype:
        raise AssertionError(f"{node.primitive.name}: recorded, it isn't what NumPy computes")
    # What was recorded is newer than what uses it. Indices between the node's own and the next put it into its place.
    inner = [last]
    for made in inner:
        opened([made])
        inner += {p for p in made.inputs if p.index < since}.difference(inner)
    inner.sort(key=attrgetter("index"))
    for k, made in enumerate(inner):
        made.index = node.index + k / len(inner)
    node.primitive, node.inputs, node.static, node.saved = last.primitive, last.inputs, last.static, last.saved


def deferred(
    computes: Callable[..., Any] | None, *vjps: VJP | None, when: Callable[..., bool] | None = None
) -> Callable[[_F], _F]:
    """Let NumPy's function compute a function made of operations, whose first parameters are the inputs of the VJPs.

    Parameters
    ----------
    computes : callable or None
        It computes the same, up to rounding, and no view unless of an argument. None where this NumPy doesn't have it.
    *vjps : callable or None
        One for each input: ``vjp(g, y, *inputs, **static)``, of plain arrays only, written with NumPy. The static
        arguments are those that the first VJP names: given others, the function is recorded at once.
    when : callable, optional
        ``when(*inputs)``: for which values. The default is for all.
    """

    def decorate(function: _F) -> _F:
        if computes is None:
            return function
        computed = undispatched(computes)

        def write(call: FunctionType) -> CodeType:  # at the first call, since few of all are needed
            declared = Deferred(function, computed, vjps)
            parameters = tuple(inspect.signature(function).parameters.values())
            call.__globals__.update({
                "__primitive": declared, "__function": function, "__computes": computed, "__when": when,
                "__defaults": declared.defaults, "__FIXED": _FIXED, "__fixed": _fixed,
                **{f"__default_{p.name}": p.default for p in parameters},
            })  # fmt: skip
            call.__defaults__, call.__kwdefaults__ = function.__defaults__, function.__kwdefaults__
            form = tuple([(p.name, p.kind) for p in parameters])
            return _written(form, len(vjps), tuple(declared.defaults), when is not None)

        call: Any = wraps(function)(lazily(function.__name__, {}, write))
        return _documented(call, function)  # type: ignore[no-any-return]

    return decorate


def deferred_join(computes: Callable[..., Any], vjp: VJP) -> Callable[[_F], _F]:
    """Do what `deferred` does for a function of a list of arrays; ``vjp(i, g, y, *arrays)`` is that of the i-th."""
    computed = undispatched(computes)

    def decorate(function: _F) -> _F:
        @cache
        def of(count: int) -> Callable[..., Any]:
            def one(*arrays: Any) -> Any:
                return function(arrays)

            known: Any = one
            known.__name__, known.__module__ = function.__name__, function.__module__
            kind = inspect.Parameter.POSITIONAL_ONLY
            known.__signature__ = inspect.Signature([inspect.Parameter(f"x{i}", kind) for i in range(count)])
            return deferred(lambda *arrays: computed(arrays), *[partial(vjp, i) for i in range(count)])(one)

        @wraps(function)
        def call(tup: Any, **static: Any) -> Any:
            if static or type(tup) not in (list, tuple) or not 0 < len(tup) <= 8:
                return function(tup, **static)
            return of(len(tup))(*tup)

        return _documented(call, function)  # type: ignore[no-any-return]

    return decorate


def _documented(call: Any, function: Any) -> Any:
    """Say where doctest finds the examples of a function: it passes over what has the names of another module."""
    if "<locals>" not in function.__qualname__:
        function.__globals__.setdefault("__test__", {})[function.__name__] = function
    return call


def _fixed(value: Any) -> bool:
    """Whether nobody can change something after the call."""
    return all(map(_fixed, value)) if type(value) is tuple else type(value) in _FIXED


@cache
def _written(parameters: tuple[tuple[str, Any], ...], arity: int, read: Collection[str], checked: bool) -> CodeType:
    """Write the call of the functions of a form, as `calls` does it for operations."""
    inputs = [name for name, _ in parameters[:arity]]
    signature = inspect.Signature([inspect.Parameter(name, kind) for name, kind in parameters])
    several = {inspect.Parameter.VAR_POSITIONAL: "*·", inspect.Parameter.VAR_KEYWORD: "**·"}
    passed = [several.get(kind, "·=·").replace("·", name) for name, kind in parameters[arity:]]
    at_once = f"return __function({', '.join([*inputs, *passed])})"

    def each(template: str, between: str, of: Collection[str] = inputs) -> str:
        return between.join(template.replace("·", x) for x in of)

    taken = f"""
    if __type_· is __Tensor:
        __value_· = ·._value if ·._settled else __taken(·)
        if __value_· is None:
            {at_once}
        __node_· = ·._node
    else:
        if __type_· is __ndarray and (·.dtype is __float64 or ·.dtype.kind in "fiub"):
            __value_· = {COPIED}
        elif __type_· in __NUMBERS:
            __value_· = ·
        else:
            {at_once}
        __node_· = __CONSTANT
"""
    older = """
    if __node_·.oldest > __node.oldest:
        __node.oldest = __node_·.oldest"""
    unread = [
        (name if kind in several else f"{name} is not __default_{name}")
        for name, kind in parameters[arity:]
        if name not in read
    ]
    given = each("·=·", ", ", read)
    changing = "· is not __default_· and __type(·) not in __FIXED and not __fixed(·)"
    values, nodes = each("__value_·", ", "), each("__node_·", ", ")
    nodes = nodes if arity == 2 else f"{nodes}, None" if arity == 1 else f"({nodes}), None"  # see `Node.inputs`
    source = f"""
def call{signature}:
    {each("__type_· = __type(·)", "; ")}
    __scope = __current_scope()
    if __scope is None or __scope.opened or {" or ".join([each("__type_· is not __Tensor", " and "), *unread])}:
        {at_once}
{each(taken, "")}
    if not ({each("__node_·.requires_grad", " or ")}){f" or not __when({values})" if checked else ""}:
        {at_once}
    __static = __defaults
    try:
        if {each("· is __default_·", " and ", read) or True}:
            __output = __computes({values})
        else:
            if {each(changing, " or ", read) or False}:
                {at_once}
            __static = {{{each("'·': ·", ", ", read)}}}
            __output = __computes({values}, {given})
        __dtype = __output.dtype
        __base = __output.base
        if (__dtype is not __float64 and __dtype.kind != "f") or {each("__output is __value_·", " or ")}:
            {at_once}
        if __base is not None and ({each("__base is __value_· or __base is __value_·.base", " or ")}):
            {at_once}
    except __Exception:
        {at_once}
    __result = __Tensor()
    __result._value = __output
    __result._settled = True
    __result._node = __node = __Node()
    __node.primitive = __primitive
    __node._first, __node._second = {nodes}
    __node.saved = (__output, {values})
    __node.static = __static
    __node.shape = __output.shape
    __node.dtype = __dtype
    __node.requires_grad = True
    __node.oldest = __node_{inputs[0]}.oldest{each(older, "", inputs[1:])}
    __node.scope = __scope
    __node.index = __next_index()
    __node.name = __node.grad = None
    return __result
"""
    return code("call", source)
