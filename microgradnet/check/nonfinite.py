"""Where a NaN or an infinity comes from: the first operation that made one, in a loss or in its gradient.

A result that is not finite is followed back through the record, element by element, to the operation that made it
of finite numbers. Which elements of its inputs a result depends on is found by computing the operation again with
other numbers in their places: no operation is known here by name, but `where`, whose condition chooses.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from microgradnet.check.dependence import Call, Index, element, first, is_floating, like, summand
from microgradnet.check.double_where import double_where
from microgradnet.check.explain.chain import Chain, Link
from microgradnet.check.text import argument_names, place
from microgradnet.containers import is_tree, opened
from microgradnet.graph import located
from microgradnet.notation import expression, names_in
from microgradnet.ops.elementwise import where
from microgradnet.plain import is_array, plain
from microgradnet.record import Recorded, node_of, value_of
from microgradnet.text import legible, printable
from microgradnet.trees import indices

__all__ = ["Nonfinite", "first_nonfinite"]

Array = Any

CHOICE = where.primitive


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
        if self.operation in ("argument", "constant"):
            text = f"{self.step} holds {shown(self.value)}{at}"
        else:
            text = f"{self.step} made {shown(self.value)}{at}"
            if self.argument is not None:
                text += f" of the gradient of {self.argument}"
        parts = [f"{self.direction}: {text}"]
        numbers = all(isinstance(v, float) for v in self.inputs.values())
        parts.append(_from(self.inputs) + (" there" if self.inputs and at and numbers else ""))
        if self.scope:
            parts.append(f" (scope {legible(' / '.join(self.scope), 60)})")
        if self.because:
            parts.append(f": {self.because}")
        return printable("".join(parts))


def shown(number: float) -> str:
    """Write a number as Python does, with few digits and without a sign of zero."""
    return f"{number + 0.0:.4g}"


def _from(inputs: Mapping[str, float | str]) -> str:
    """Write the numbers that something was made of, or the shapes."""
    given = (f"{k} = {shown(v)}" if isinstance(v, float) else f"{k}, {v}" for k, v in inputs.items())
    return f", from {' and '.join(given)}" if inputs else ""


def first_nonfinite(f: Callable[..., Any], *args: Any, argnums: int | Sequence[int] | None = None) -> Nonfinite | None:
    """Find the operation that first makes a NaN or an infinity, in the value of a function or in its gradient.

    The function is recorded once and gone back through once. Where its value is not finite, the operation is found
    that made it so of finite numbers; where the value is finite and a gradient is not, the step of the reverse
    pass that did. What is not finite on the way and leaves both finite is no finding, such as the −∞ of a mask
    before a softmax.

    Parameters
    ----------
    f : callable
        A function of arrays, or of containers of them, that returns one array; the gradient is that of the sum of
        its elements.
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
    safe = np.where(w > 0, 1, w); np.where(w > 0, w, np.exp(safe) - 1)
    """
    if not callable(f):
        raise TypeError(f"first_nonfinite takes a function, got {type(f).__name__}")
    if any(map(is_tree, args)):
        of_leaves, leaves, structures = opened(f, args, range(len(args)))
        asked = None if argnums is None else [k for i in _asked(structures, argnums) for k in indices(structures[i])]
        return first_nonfinite(of_leaves, *leaves, argnums=asked)
    values = [value_of(a) for a in args]
    values = [plain(v, f"first_nonfinite: argument {i}") if is_array(v) else v for i, v in enumerate(values)]
    values = [np.array(v) if isinstance(v, list) and _is_floating(v) else v for v in values]
    positions = _positions(values, argnums)
    names = argument_names(f, len(args))
    with np.errstate(all="ignore"):  # what isn't finite is the finding
        output, given = _recorded(f, values, names, positions)
    if isinstance(output, Recorded):
        return made_nonfinite(output, [given[i] for i in positions], names_in(f, names))
    return None if np.isfinite(output).all() else _unrecorded(np.asarray(output))


def made_nonfinite(
    output: Any, parameters: Sequence[Any] | None = None, names: Mapping[str, Any] | None = None
) -> Nonfinite | None:
    """Do what `first_nonfinite` does with what was recorded: a tensor, and those whose gradients count.

    The default is every tensor that requires gradients. The names are those of others, as in `Graph.of`.
    """
    graph, position = located(output, names=names)
    if parameters is None:
        wanted = [i for i in graph.inputs if graph[i].requires_grad]
    else:
        wanted = [position[node_of(p)] for p in parameters if node_of(p) in position]
    with np.errstate(all="ignore"):  # what isn't finite is the finding
        return _Trail(Chain(graph, graph.outputs[0], {str(i): i for i in wanted})).first()


def _positions(values: Sequence[Any], argnums: int | Sequence[int] | None) -> list[int]:
    if argnums is None:
        return [i for i, v in enumerate(values) if _is_floating(v)]
    positions = _asked(values, argnums)
    for i in positions:
        if not _is_floating(values[i]):
            raise TypeError(f"first_nonfinite: argument {i} holds no real floating-point numbers")
    return [i % len(values) for i in positions]


def _asked(arguments: Sequence[Any], argnums: int | Sequence[int]) -> list[int]:
    positions = list(argnums) if isinstance(argnums, Sequence) else [argnums]
    for i in positions:
        if not -len(arguments) <= i < len(arguments):
            raise TypeError(f"first_nonfinite: argnums asks for argument {i}, but there are {len(arguments)}")
    return positions


def _is_floating(value: Any) -> bool:
    try:
        return is_floating(value)
    except ValueError:  # rows of different lengths
        return False


def _recorded(f: Callable[..., Any], values: list[Any], names: list[str], positions: list[int]) -> tuple[Any, Any]:
    """Call f and record every step; only those that derivatives flow through if it can't be traced."""
    output, given = Chain.called(f, values, names, positions)
    if not isinstance(output, Recorded | np.ndarray | np.generic | float | int):
        raise TypeError(f"first_nonfinite: the function must return one array, got {type(output).__name__}")
    return output, given


def _unrecorded(output: Array) -> Nonfinite:
    at = first(output)
    because = "it depends on no recorded operation"
    return Nonfinite("constant", "what the function returned", "forward", at, float(output[at]), {}, because=because)


# --- the search ----------------------------------------------------------------------------------------


class _Trail:
    """The record of one call, in which numbers that aren't finite are followed to where they were made."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self.graph = chain.graph
        self.values = chain.values

    def first(self) -> Nonfinite | None:
        """Find what made the value, or else a gradient, not finite."""
        output = self.values[self.chain.output]
        if not np.isfinite(output).all():
            return self.forward(self.chain.output, first(output))
        run = self.chain.right
        found = []
        for node in self.chain.parameters.values():
            gradient = run.cotangents.get(node, 0.0)  # none where it isn't reached
            if not np.isfinite(gradient).all():
                found.append(self._back(node, first(gradient)))
        # The reverse pass goes from the last operation to the first.
        return self.backward(*max(found, key=lambda made: made[0].node)) if found else None

    # --- forward ---------------------------------------------------------------------------------------

    def _forth(self, node: int, at: Index) -> list[tuple[int, Index]]:
        """Follow an element that is not finite to where it was made: the way there, the operation or number last."""
        way = [(node, at)]
        while self.graph[node].operation is not None:
            cause = self._call(node).cause(at, element(self.values[node], at))
            if cause is None:
                break
            node, at = self.graph[node].inputs[cause[0]], cause[1]
            way.append((node, at))
        if self.graph[node].operation is None and math.isinf(self._number(node, at)):
            # An infinity may be meant; what made a NaN of it is to blame.
            spoilt = [i for i, (n, a) in enumerate(way) if math.isnan(self._number(n, a))]
            if spoilt:
                way = way[: spoilt[-1] + 1]
        return way

    def forward(self, node: int, at: Index) -> Nonfinite:
        """Say what made an element of a value not finite."""
        way = self._forth(node, at)
        node, at = way[-1]
        value, entry = self._number(node, at), self.graph[node]
        if entry.operation is None:
            known = entry.name is not None
            text = f"argument {legible(entry.name or '')}" if known else "a constant"  # or a tensor without a name
            user = f" in {expression(self.graph, way[-2][0])}" if not known and len(way) > 1 else ""
            return Nonfinite("argument" if known else "constant", text + user, "forward", at, value, {}, entry.scope)
        spoilt = [n for n, a in way if math.isnan(self._number(n, a))]
        later = f"{expression(self.graph, spoilt[-1])} then makes nan of it" if spoilt and spoilt[-1] != node else ""
        return Nonfinite(
            entry.operation.name, expression(self.graph, node), "forward", at, value, self._inputs(node, at),
            entry.scope, advice=self._advice(node, at, "value"), because=_joined(self._which(node), later),
        )  # fmt: skip

    def _which(self, node: int) -> str:
        """Say which of several steps this is that are written alike, as in a loop."""
        entry, text = self.graph[node], expression(self.graph, node, 2)
        alike = {
            e.inputs: e.id
            for e in reversed(self.graph.nodes)
            if (e.operation, e.scope, e.shape) == (entry.operation, entry.scope, entry.shape)
            and (e.id == node or expression(self.graph, e.id, 2) == text)
        }
        number = sorted(alike.values()).index(alike[entry.inputs]) + 1
        return f"number {number} of {len(alike)} steps like it" if len(alike) > 1 else ""

    def _call(self, node: int) -> Call:
        """Return an operation as a function of its inputs."""
        entry = self.graph[node]
        operation: Any = entry.operation
        given = [self.values[i] for i in entry.inputs]
        return Call(lambda *inputs: operation.compute(*inputs, **entry.static), given, entry.shape)

    def _inputs(self, node: int, at: Index | None) -> dict[str, float | str]:
        """Return the numbers that an element was made of, or the shapes and sizes of what it was made of."""
        if self.graph[node].operation is None:
            return {}
        call = self._call(node)
        own = None if at is None else call.alone(at, element(self.values[node], at))
        found: dict[str, float | str] = {}
        for i, x in zip(self.graph[node].inputs, call.given if own is None else own, strict=True):
            if not self.graph[i].is_number or self.graph[i].name is not None:
                found[expression(self.graph, i, 3)] = float(x) if np.ndim(x) == 0 else _summary(x)
        return found

    def _advice(self, node: int, at: Index | None, what: str) -> str:
        """Say what mends an operation that has no finite value, or slope, at some numbers."""
        entry = self.graph[node]
        if entry.operation is None:
            return ""
        name, inputs = legible(entry.operation.name, 24), self._inputs(node, at)
        numbers = {k: v for k, v in inputs.items() if isinstance(v, float)}
        if not np.isfinite(list(numbers.values())).all():
            return f"{name} takes numbers here that were given as they are, not finite; give it others"
        if what == "gradient" or (what == "value" and self._call(node).overflows()):
            most = shown(float(np.finfo(entry.dtype).max))
            return f"{entry.dtype} holds numbers up to {most}: keep what goes in smaller, or compute with logarithms"
        operand = entry.inputs[self._operand(node, at)[0]]
        x = expression(self.graph, operand, 3)
        there = f"at {x} = {shown(numbers[x])}" if x in numbers else "there"
        return (
            f"{name} has no finite {what} {there}: keep {expression(self.graph, operand, 3, closed=True)} away from "
            "where it has none, with np.maximum or np.where before this step"
        )

    def _operand(self, node: int, at: Index | None) -> tuple[int, int | float]:
        """Find an input of an operation, and a harmless number in its place: value and slopes are finite then."""
        entry, call = self.graph[node], self._call(node)
        operation: Any = entry.operation
        floating = [k for k, x in enumerate(call.given) if is_floating(x) and not self.graph[entry.inputs[k]].is_number]
        own = None if at is None else call.alone(at, element(self.values[node], at))
        for k, harmless in itertools.product(floating if own is not None else (), (1, 0.5, 2)):
            tried = list(own or ())
            tried[k] = like(np.asarray(harmless, tried[k].dtype), tried[k])
            y = call.f(*tried)
            slopes = [
                vjp(np.ones_like(y), y, *tried, **entry.static)
                for vjp, i in zip(operation.vjps, entry.inputs, strict=False)
                if vjp is not None and self.graph[i].requires_grad
            ]
            if np.isfinite([y, *slopes]).all():
                return k, harmless
        return (floating or [0])[0], 1

    # --- backward --------------------------------------------------------------------------------------

    def _back(self, node: int, at: Index) -> tuple[Link, Index | None, Index]:
        """Follow an element of a cotangent to the VJP that made it: (link, element of what it returned, of the sum)."""
        run = self.chain.right
        while True:
            links = sorted(self.chain.incoming[node], reverse=True)
            link = next((k for k in links if not np.isfinite(element(run.summed[k], at))), None)
            if link is None:  # finite numbers were added up
                return links[0], None, at
            raw = run.raw[link]
            inside = summand(raw, np.shape(run.summed[link]), at)
            if inside is None:
                return link, None, at
            cause = self._pull(link).cause(inside, element(raw, inside))
            if cause is None or cause[0] != 0:  # what came in is not to blame
                return link, inside, at
            node, at = link.node, cause[1]

    def _pull(self, link: Link) -> Call:
        """Return the VJP of a link as a function of the cotangent, the result and the inputs."""
        run, entry = self.chain.right, self.graph[link.node]
        given = [run.cotangent(link.node), self.values[link.node], *(self.values[i] for i in entry.inputs)]
        vjp = self.chain.vjps[link]
        return Call(lambda *values: vjp(*values, **entry.static), given, np.shape(run.raw[link]))

    def backward(self, link: Link, inside: Index | None, at: Index) -> Nonfinite:
        """Say which VJP made an element of a cotangent not finite."""
        run, entry = self.chain.right, self.graph[link.node]
        operation: Any = entry.operation
        parent = self.chain.parent(link)
        value = element(run.cotangent(parent) if inside is None else run.raw[link], at if inside is None else inside)
        call = self._pull(link)
        own = None if inside is None else call.alone(inside, value)
        here = inside if own is not None and np.shape(run.raw[link]) == entry.shape else None  # of the result too
        made = Nonfinite(
            operation.name, expression(self.graph, link.node), "backward", at, float(value),
            self._inputs(link.node, here), entry.scope, argument=expression(self.graph, parent, 3),
        )  # fmt: skip
        if inside is None:
            return replace(
                made, because="finite numbers were added up", advice=self._advice(link.node, None, "gradient")
            )
        because = _joined(self._which(link.node), "" if own is None else self._product(link, own))
        step: tuple[int, Index | None] = link.node, here  # what the advice is about: this, or one that made an infinity
        if (cause := call.cause(inside, value, among=range(1, len(call.given)))) is not None:
            node, origin = self._forth(link.node if cause[0] == 1 else entry.inputs[cause[0] - 2], cause[1])[-1]
            step = node, origin
            if node != link.node:
                made_before = f"as {expression(self.graph, node)} is {shown(self._number(node, origin))}"
                because = _joined(because, made_before + _from(self._inputs(node, origin)), by=", ")
        cut = self._cut(link, at, here)
        if cut is not None and self.graph[cut.node].operation is CHOICE:
            text = expression(self.graph, cut.node)
            because = _joined(because, f"in the branch that {text} did not take", by=", ")
            return replace(made, where=text, because=because, advice=self._twice(cut, *step))
        if cut is not None:
            because = _joined(because, f"{expression(self.graph, cut.node)} doesn't depend on it there")
        own_slope = step[0] == link.node and (here is None or math.isfinite(self._number(link.node, here)))
        what = "gradient" if call.overflows() else "slope" if own_slope else "value"
        return replace(made, because=because, advice=self._advice(*step, what))

    def _product(self, link: Link, own: Sequence[Any]) -> str:
        """Write what came in times the derivative of an operation, both of one number."""
        vjp, one, g = self.chain.vjps[link], np.ones_like(own[0])[()], float(own[0])
        slope = float(vjp(one, *own[1:], **self.graph[link.node].static))
        return f"the derivative is {shown(slope)}" if g == 1 else f"{shown(g)} × {shown(slope)}"

    def _cut(self, link: Link, at: Index, own: Index | None) -> Link | None:
        """Find the operation's input on which nothing depends, where the way from an element to the output ends.

        The way starts at the results that the element of a link's input goes into, if the cotangent is 0 there; own
        is the place of the one, where it is one.
        """
        cotangent = np.asarray(self.chain.right.cotangent(link.node))
        starts = cotangent == 0
        if own is not None:
            starts &= np.arange(starts.size).reshape(starts.shape) == np.ravel_multi_index(own, starts.shape)
        else:
            starts &= self._call(link.node).influence(link.i, at)
        places = np.argwhere(starts)
        if not len(places):
            return None
        ahead, seen = [(link.node, tuple(map(int, places[0])))], {link.node}
        while ahead:
            node, at = ahead.pop()
            for user in self.chain.incoming.get(node, ()):
                places = np.argwhere(self._call(user.node).influence(user.i, at))
                if not len(places):
                    return user
                if user.node not in seen:
                    seen.add(user.node)
                    ahead.append((user.node, tuple(map(int, places[0]))))
        return None

    def _twice(self, cut: Link, step: int, at: Index | None) -> str:
        """Advise the double ``where``."""
        graph = self.graph
        if graph[step].operation is None:
            return ""
        operand, harmless = self._operand(step, at)
        x = graph[step].inputs[operand]
        code = None
        if graph[x].shape == graph[cut.node].shape:
            code = double_where(graph, self.values, cut.node, cut.i, step, operand, harmless)
        return code or (
            f"give {expression(graph, step)} a harmless number, such as {harmless}, in place of "
            f"{expression(graph, x, 3)}, with a where of its own, wherever this one does not take it"
        )

    def _number(self, node: int, at: Index) -> float:
        return float(element(self.values[node], at))


def _joined(*parts: str, by: str = "; ") -> str:
    return by.join(filter(None, parts))


def _summary(x: Array) -> str:
    size = np.abs(np.asarray(x, dtype=np.float64))
    return f"shape {np.shape(x)}, up to {shown(float(np.max(size, initial=0.0)))}"
