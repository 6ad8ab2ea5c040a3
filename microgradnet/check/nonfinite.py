"""Where a NaN or an infinity comes from: the first operation that made one, in a loss or in its gradient.

A result that is not finite is followed back through the record, element by element, to the operation that made it
of finite numbers. Which elements of its inputs a result depends on is found by computing the operation again with
other numbers in their places: no operation is known here by name, but `where`, whose condition chooses.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from microgradnet.check.explain.chain import Chain, Link
from microgradnet.check.explain.wording import expression
from microgradnet.check.text import argument_names, place
from microgradnet.graph import Graph, legible, located, printable, shape_text
from microgradnet.ops.elementwise import where
from microgradnet.record import Recorded, within

__all__ = ["Nonfinite", "first_nonfinite"]

Array = Any
Index = tuple[int, ...]

FILLS = (0.5, 2.0)
"""Numbers that stand for others to see what depends on them: most operations have finite results and slopes at one."""


# --- what was found ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Nonfinite:
    """The operation that first made a NaN or an infinity; ``str()`` says it in a sentence or two.

    Attributes
    ----------
    operation : str
        The name of the primitive; ``"argument"`` or ``"constant"`` for a number that was given so.
    step : str
        The operation as it was written, in the user's names.
    direction : {"forward", "backward"}
        Whether its result is not finite, or the gradient that it passes back.
    index : tuple of int
        The element: of the result, or, backward, of the gradient of `argument`.
    value : float
        What it made there: NaN, infinity or −infinity.
    inputs : dict of str to float or str
        What it made it of: the numbers at that element, by what they are called; for an operation that takes more
        than one element together, such as a sum, the shape and the largest number.
    scope : tuple of str
        Where it was recorded, the outermost scope first.
    where : str or None
        Backward: the ``where`` that did not take the branch in which the step stands.
    advice : str
        What mends it.
    argument : str or None
        Backward: the input of the operation whose gradient it is.
    because : str
        What else is known of how it came about; often empty.
    """

    operation: str
    step: str
    direction: str
    index: tuple[int, ...]
    value: float
    inputs: dict[str, float | str]
    scope: tuple[str, ...] = ()
    where: str | None = None
    advice: str = ""
    argument: str | None = None
    because: str = ""

    def __str__(self) -> str:
        at = f" at {place(self.index)}" if self.index else ""
        scope = f" (scope {' / '.join(self.scope)})" if self.scope else ""
        if self.operation in ("argument", "constant"):
            text = f"forward: {self.step} holds {shown(self.value)}{at}{scope}"
        else:
            given = ", ".join(f"{k} = {v if isinstance(v, str) else shown(v)}" for k, v in self.inputs.items())
            made = f"made {shown(self.value)}"
            if self.argument is not None:
                made += f" of the gradient of {self.argument}"
            text = f"{self.direction}: {self.step} {made}{at}"
            text += f", from {given}{' there' if at else ''}" if given else ""
            text += scope
        return printable("".join([text, f"; {self.because}" if self.because else ""]))


def shown(number: float) -> str:
    """Write a number as Python does, with few digits."""
    return f"{number:.4g}"


def first_nonfinite(
    f: Callable[..., Any], *args: Any, argnums: int | Sequence[int] | None = None
) -> Nonfinite | None:
    """Find the operation that first makes a NaN or an infinity, in the value of a function or in its gradient.

    The function is recorded once and gone back through once. Where its value is not finite, the operation is found
    that made it so of finite numbers; where the value is finite and a gradient is not, the step of the reverse
    pass that did. What overflows on the way and leaves both finite is no finding: e^1000 in 1 / (1 + e^1000), or
    the −∞ of a mask before a softmax.

    Parameters
    ----------
    f : callable
        A function of arrays that returns one array; the gradient is that of the sum of its elements.
    *args : array_like
        Its arguments.
    argnums : int or sequence of int, optional
        The positions of the arguments whose gradients count. The default is all that hold floating-point numbers.

    Returns
    -------
    Nonfinite or None
        None if the value and the gradients are finite.

    Raises
    ------
    TypeError
        If f is not callable or returns no array of numbers, or `argnums` asks for an argument that isn't there or
        holds no floating-point numbers.

    Examples
    --------
    >>> import numpy as np
    >>> import microgradnet as mg
    >>> print(mg.first_nonfinite(lambda p: -mg.sum(mg.log(p)), np.array([0.5, 1.0, 0.0])))
    forward: log(p) made -inf at [2], from p = 0 there
    >>> print(mg.first_nonfinite(lambda w: mg.sum(mg.where(w > 0, w, mg.exp(w) - 1)), np.array([800.0, -1.0])).advice)
    safe = np.where(w > 0, 0.5, w); np.where(w > 0, w, exp(safe) - 1)
    """
    if not callable(f):
        raise TypeError(f"first_nonfinite takes a function, got {type(f).__name__}")
    values = [a._value if isinstance(a, Recorded) else a for a in args]
    values = [np.array(v) if isinstance(v, list) and _is_floating(v) else v for v in values]
    positions = _positions(values, argnums)
    names = argument_names(f, len(args))
    with np.errstate(all="ignore"):  # what isn't finite is the finding
        output, given = _recorded(f, values, names, positions)
        if not isinstance(output, Recorded):
            return None if np.isfinite(output).all() else _unrecorded(np.asarray(output))
        graph, position = located(output)
        wanted = {names[i]: position[given[i]._node] for i in positions if given[i]._node in position}
        return _Search(Chain(graph, graph.outputs[0], wanted)).first()


def _positions(values: Sequence[Any], argnums: int | Sequence[int] | None) -> list[int]:
    if argnums is None:
        return [i for i, v in enumerate(values) if _is_floating(v)]
    positions = list(argnums) if isinstance(argnums, Sequence) else [argnums]
    for i in positions:
        if not -len(values) <= i < len(values):
            raise TypeError(f"first_nonfinite: argnums asks for argument {i}, but there are {len(values)}")
        if not _is_floating(values[i]):
            raise TypeError(f"first_nonfinite: argument {i} holds no real floating-point numbers")
    return [i % len(values) for i in positions]


def _is_floating(value: Any) -> bool:
    try:
        return np.asarray(value).dtype.kind == "f"
    except ValueError:  # rows of different lengths
        return False


def _recorded(f: Callable[..., Any], values: list[Any], names: list[str], positions: list[int]) -> tuple[Any, Any]:
    """Call f and record every step; only those that derivatives flow through if it can't be traced."""
    try:
        output, given = Chain.output(f, values, names, positions, trace=True)
    except TypeError:  # it branches on values
        output, given = Chain.output(f, values, names, positions, trace=False)
    if not isinstance(output, Recorded | np.ndarray | np.generic | float | int):
        raise TypeError(f"first_nonfinite: the function must return one array, got {type(output).__name__}")
    return output, given


def _unrecorded(output: Array) -> Nonfinite:
    at = _first(output)
    because = "it depends on no recorded operation"
    return Nonfinite("constant", "what the function returned", "forward", at, float(output[at]), {}, because=because)


# --- the search ----------------------------------------------------------------------------------------


class _Search:
    """The record of one call, in which numbers that aren't finite are followed to where they were made."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self.graph = chain.graph
        self.values = chain.values

    def first(self) -> Nonfinite | None:
        """Find what made the value, or else a gradient, not finite."""
        output = self.values[self.chain.output]
        if not np.isfinite(output).all():
            return self.forward(self.chain.output, _first(output))
        run = self.chain.right
        found = []
        for node in self.chain.parameters.values():
            gradient = run.cotangent(node)
            if not np.isfinite(gradient).all():
                found.append(self._back(node, _first(gradient)))
        # The reverse pass goes from the last operation to the first.
        return self.backward(*max(found, key=lambda made: made[0].node)) if found else None

    # --- forward ---------------------------------------------------------------------------------------

    def _forth(self, node: int, at: Index) -> list[tuple[int, Index]]:
        """Follow an element that is not finite to where it was made: the way there, the operation or number last."""
        way = [(node, at)]
        while (operation := self.graph[node].operation) is not None:
            entry = self.graph[node]
            inputs = [self.values[i] for i in entry.inputs]
            call = _Call(lambda *xs, op=operation, entry=entry: op.compute(*xs, **entry.static), inputs, entry.shape)
            cause = call.cause(at, _element(self.values[node], at))
            if cause is None:
                break
            node, at = entry.inputs[cause[0]], cause[1]
            way.append((node, at))
        if self.graph[node].operation is None and np.isinf(_element(self.values[node], at)):
            # An infinity may be meant; what made a NaN of it is to blame.
            spoilt = [i for i, (n, a) in enumerate(way) if np.isnan(_element(self.values[n], a))]
            if spoilt:
                way = way[: spoilt[-1] + 1]
        return way

    def forward(self, node: int, at: Index) -> Nonfinite:
        """Say what made an element of a value not finite."""
        way = self._forth(node, at)
        node, at = way[-1]
        value = float(_element(self.values[node], at))
        entry = self.graph[node]
        if entry.operation is None:
            kind = "constant" if entry.name is None else "argument"
            text = f"argument {legible(entry.name)}" if entry.name is not None else "a constant"
            return Nonfinite(kind, text, "forward", at, value, {}, entry.scope)
        inputs = self._inputs(node, at)
        became = ""
        if not math.isnan(value):
            became = next(
                (
                    f"{expression(self.graph, n)} then made nan of it"
                    for n, a in reversed(way)
                    if np.isnan(_element(self.values[n], a))
                ),
                "",
            )
        return Nonfinite(
            entry.operation.name, expression(self.graph, node), "forward", at, value, inputs, entry.scope,
            advice=self._advice(node, at), because=became,
        )  # fmt: skip

    def _inputs(self, node: int, at: Index | None) -> dict[str, float | str]:
        """Return the numbers that an element was made of, or the shapes and sizes of what it was made of."""
        entry = self.graph[node]
        operation: Any = entry.operation
        arrays = [self.values[i] for i in entry.inputs]
        call = _Call(lambda *xs: operation.compute(*xs, **entry.static), arrays, entry.shape)
        own = None if at is None else call.alone(at, _element(self.values[node], at))
        found: dict[str, float | str] = {}
        for i, x in zip(entry.inputs, arrays if own is None else own, strict=True):
            if self.graph[i].is_number and self.graph[i].name is None:
                continue
            text = expression(self.graph, i, 3)
            found[text] = float(x) if np.ndim(x) == 0 else _summary(x)
        return found

    def _advice(self, node: int, at: Index) -> str:
        return "keep what goes into it away from there, or compute the result in another form"

    # --- backward --------------------------------------------------------------------------------------

    def _back(self, node: int, at: Index) -> tuple[Link, Index | None, Index]:
        """Follow an element of a cotangent to the VJP that made it: (link, element of what it returned, of the sum)."""
        run = self.chain.right
        while True:
            links = sorted(self.chain.incoming[node], reverse=True)
            link = next((k for k in links if not np.isfinite(_element(run.summed[k], at))), None)
            if link is None:  # finite numbers were added up
                return links[0], None, at
            raw = run.raw[link]
            inside = _summand(raw, np.shape(run.summed[link]), at)
            if inside is None:
                return link, None, at
            cause = self._pull(link).cause(inside, _element(raw, inside), among=(0,))
            if cause is None:
                return link, inside, at
            node, at = link.node, cause[1]

    def _pull(self, link: Link) -> _Call:
        """The VJP of a link as a function of the cotangent, the result and the inputs."""
        run, entry = self.chain.right, self.graph[link.node]
        given = [run.cotangent(link.node), self.values[link.node], *(self.values[i] for i in entry.inputs)]
        return _Call(lambda g, y, *inputs: self.chain.vjp_at(link, g, y, *inputs), given, np.shape(run.raw[link]))

    def backward(self, link: Link, inside: Index | None, at: Index) -> Nonfinite:
        """Say which VJP made an element of a cotangent not finite."""
        run, entry = self.chain.right, self.graph[link.node]
        parent = self.chain.parent(link)
        operation: Any = entry.operation
        call = self._pull(link)
        because: list[str] = []
        made = None
        cut = None
        own = None
        value = float(_element(run.cotangent(parent), at))
        if inside is not None:
            value = float(_element(run.raw[link], inside))
            own = call.alone(inside, value)
            cause = call.cause(inside, value, among=range(1, len(call.given)))
            if cause is not None:
                start = link.node if cause[0] == 1 else entry.inputs[cause[0] - 1]
                made = self._forth(start, cause[1])[-1]
            if own is not None:
                because.append(self._product(link, own, value))
                if own[0] == 0:
                    cut = self._cut(link.node, inside)
        text = None
        if cut is not None:
            text = expression(self.graph, cut)
        taken = cut is not None and self.graph[cut].operation is where.primitive
        return Nonfinite(
            operation.name,
            expression(self.graph, link.node),
            "backward",
            at,
            value,
            self._inputs(link.node, inside),
            entry.scope,
            where=text if taken else None,
            advice="",
            argument=expression(self.graph, parent, 3),
            because="; ".join(filter(None, because)),
        )

    def _product(self, link: Link, own: list[Any], value: float) -> str:
        return ""

    def _cut(self, node: int, at: Index) -> int | None:
        return None


# --- what a result depends on ------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Call:
    """One call of a function of arrays: its arguments, and the shape of its result."""

    f: Callable[..., Array]
    given: Sequence[Array]
    shape: tuple[int, ...] | None

    def alone(self, at: Index, value: Any) -> list[Any] | None:
        """Return the numbers that an element is computed from, if f computes each from those in its place only."""
        try:
            own = [_element(x, _place(np.shape(x), self.shape or (), at)) for x in self.given]
            result = self.f(*own)
        except (TypeError, ValueError, IndexError):  # it takes no single numbers
            return None
        return own if np.shape(result) == () and _same(result, value) else None

    def cause(self, at: Index, value: Any, among: Sequence[int] | None = None) -> tuple[int, Index] | None:
        """Find the argument, and its element, that made an element of the result what it is by not being finite.

        None if it would be the same with finite numbers in their places.
        """
        among = range(len(self.given)) if among is None else among
        if all(np.isfinite(self.given[k]).all() for k in among if _floats(self.given[k])):
            return None
        own = self.alone(at, value)
        if own is not None:
            found = _cause(self.f, own, (), value, among)
            return found and (found[0], _place(np.shape(self.given[found[0]]), self.shape or (), at))
        return _cause(self.f, self.given, at, value, among)


def _cause(
    f: Callable[..., Array], given: Sequence[Array], at: Index, value: Any, among: Sequence[int]
) -> tuple[int, Index] | None:
    """Do what `_Call.cause` does, for all elements together: half of the suspects are let off at a time."""
    suspects = [(k, int(i)) for k in among if _floats(given[k]) for i in np.flatnonzero(~np.isfinite(given[k]))]
    everyone = list(suspects)

    def same_with(kept: list[tuple[int, int]], fill: float) -> bool:
        let_off = set(everyone).difference(kept)
        arrays = [np.array(x) if k in among else x for k, x in enumerate(given)]
        for k, i in let_off:
            arrays[k].flat[i] = fill
        arrays = [_like(x, old) for x, old in zip(arrays, given, strict=True)]
        try:
            return _same(_element(f(*arrays), at), value)
        except (TypeError, ValueError, IndexError):
            return False

    if not suspects or all(same_with([], fill) for fill in FILLS):
        return None
    while len(suspects) > 1:
        middle = len(suspects) // 2
        halves = suspects[:middle], suspects[middle:]
        half = next((h for h in halves if same_with(h, FILLS[0])), None)
        if half is None:  # it takes more than one, as in ∞ − ∞
            break
        suspects = half
    k, i = suspects[0]
    return k, tuple(map(int, np.unravel_index(i, np.shape(given[k]))))


def _like(x: Array, old: Array) -> Array:
    """Return an array of no axes as what it was: Python's number, or NumPy's."""
    if np.ndim(x):
        return x
    return type(old)(x) if type(old) in (float, int, bool) else np.asarray(x)[()]


def _floats(x: Array) -> bool:
    return bool(np.asarray(x).dtype.kind == "f")


def _same(a: Any, b: Any) -> bool:
    return bool(a == b) or bool(a != a and b != b)


def _first(x: Array) -> Index:
    """Return the index of the first element that is not finite."""
    position = int(np.argmin(np.isfinite(x)))
    return tuple(map(int, np.unravel_index(position, np.shape(x))))


def _element(x: Array, at: Index) -> Any:
    return x[at] if np.ndim(x) else x if at == () else np.asarray(x)[at]


def _place(shape: tuple[int, ...], whole: tuple[int, ...], at: Index) -> Index:
    """Find the element of an array that stands at a place of what it is broadcast to."""
    extra = len(whole) - len(shape)
    if extra < 0 or any(n not in (1, m) for n, m in zip(shape, whole[extra:], strict=True)):
        raise ValueError(f"{shape} is not broadcast to {whole}")
    return tuple(0 if n == 1 else i for n, i in zip(shape, at[extra:], strict=True))


def _summand(raw: Array, shape: tuple[int, ...], at: Index) -> Index | None:
    """Find an element that is not finite among those that were summed to one; None if all are finite."""
    if np.shape(raw) == shape:
        return at
    for i in np.argwhere(~np.isfinite(raw)):
        inside = tuple(map(int, i))
        if _place(shape, np.shape(raw), inside) == at:
            return inside
    return None


def _summary(x: Array) -> str:
    size = np.abs(np.asarray(x, dtype=np.float64))
    return f"{shape_text(np.shape(x))}, up to {shown(float(np.max(size, initial=0.0)))}"
