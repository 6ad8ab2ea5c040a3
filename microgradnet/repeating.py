"""A step that is repeated: a loop of Python's, or, in a function that is compiled, a loop in what is generated."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from microgradnet.leaving import compiling
from microgradnet.ops.shapes import stack
from microgradnet.plain import is_array, plain
from microgradnet.record import Recorded, attach, next_index, no_grad, node_of, settled, traced, value_of
from microgradnet.trees import Structure, flatten, paths, statics, unflatten

__all__ = ["scan"]


def scan(step: Callable[..., Any], state: Any, n: int | None = None, *, xs: Any = None) -> tuple[Any, Any]:
    """Repeat a step, and collect something in each turn.

    What this computes is::

        collected = []
        for i in range(n):
            state, y = step(state)           # step(state, xs[i]) where there are xs
            collected.append(y)
        return state, np.stack(collected)

    Parameters
    ----------
    step : callable
        ``step(state)``, or ``step(state, x)`` where `xs` are given, returns a pair: the new state, of the same
        structure, shapes and dtypes as the old one, and what is collected, which may be None.
    state : array, number, or container of them
        What the first turn begins with.
    n : int, optional
        How many turns there are. The default is the length of `xs`.
    xs : array or container of arrays, optional
        What is gone over, along the first axis of each array: turn i is given the i-th part.

    Returns
    -------
    state : array or Tensor, or container of them
        After the last turn.
    collected : array or Tensor, or container of them
        With a new first axis, of length n.

    Raises
    ------
    TypeError
        If neither `n` nor `xs` is given; if the step returns no pair, or a state of another structure or dtype.
    ValueError
        If the step returns a state of another shape, or the arrays of `xs` have different lengths.

    Notes
    -----
    Every turn is recorded as any other code, so that gradients of any order flow through all of them. Called in a
    function that `mg.compile` compiles, the step is traced once, and is a loop in what is generated: in machine code
    with Numba, where it knows all the operations. So is its gradient: the turns collect their states, and a second
    loop goes back over them. The step must then be one that can be traced: it chooses with ``mg.where``.

    A Python number in the state becomes one of NumPy's; a float of the dtype of the floating-point arrays beside it.
    With ``n=0`` the step is carried out once, to see what would be collected.

    Examples
    --------
    >>> import numpy as np
    >>> import microgradnet as mg
    >>> mg.scan(lambda x: (x / 2 + 1 / x, x), 1.0, 4)  # Newton's method, for the root of 2
    (np.float64(1.4142135623746899), array([1.        , 1.5       , 1.41666667, 1.41421569]))
    >>> mg.scan(lambda total, x: (total + x, total), 0.0, xs=np.array([1.0, 2.0, 3.0]))
    (np.float64(6.0), array([0., 1., 3.]))
    >>> mg.grad(lambda w: mg.scan(lambda h: (mg.tanh(w * h), None), 1.0, 50)[0])(1.5)
    array(0.37262509)
    """
    if not callable(step):
        raise TypeError(f"scan: the step must be a function, got {type(step).__name__}")
    rows: list[Any] = []
    over = flatten(xs, rows, _is_leaf, "scan: xs")
    count = _length(n, rows, over)
    leaves: list[Any] = []
    structure = flatten(state, leaves, _is_leaf, "scan: the state")
    beside = [leaf for leaf in (*leaves, *rows) if _dtype(leaf) is not None and _dtype(leaf).kind == "f"]
    number = np.result_type(*map(_dtype, beside)) if beside else np.dtype(float)
    leaves = [_begun(leaf, number) for leaf in leaves]
    rows = [row if isinstance(row, Recorded) else plain(row, "scan: xs") for row in rows]
    turn = _Step(step, structure, leaves, None if xs is None else over)
    run = compiling()
    if run is not None:
        return _compiled(turn, leaves, rows, count, run.compiling)
    collected: list[list[Any]] = []
    if not count:
        with no_grad():
            turn(leaves, [_first(value_of(row)) for row in rows])
    for i in range(count):
        leaves, ys = turn(leaves, [_kept(row[i]) for row in rows])
        collected.append([_kept(y) for y in ys])
    stacked = [_stacked(each) for each in zip(*collected, strict=True)]
    if not count:
        stacked = [np.zeros((0, *np.shape(value_of(y))), _dtype(y) or float) for y in turn.last]
    return unflatten(structure, leaves), unflatten(turn.collects, stacked)


class _Step:
    """A step as a function of the arrays in its state and in a row: of lists, to lists."""

    def __init__(self, step: Callable[..., Any], state: Structure, leaves: list[Any], over: Structure | None) -> None:
        self._step = step
        self.state = state
        self._over = over
        self._kinds = [(np.shape(value_of(leaf)), _dtype(leaf)) for leaf in leaves]
        self.collects: Any = None
        self.last: list[Any] = []

    def __call__(self, leaves: list[Any], rows: list[Any]) -> tuple[list[Any], list[Any]]:
        """Carry out a turn: return the arrays in the new state, and in what is collected."""
        row = () if self._over is None else (unflatten(self._over, rows),)
        returned = self._step(unflatten(self.state, leaves), *row)
        if not isinstance(returned, tuple) or len(returned) != 2:
            raise TypeError(
                "scan: the step must return a pair (state, collected), collected may be None; got "
                + (f"a tuple of {len(returned)}" if isinstance(returned, tuple) else f"a {type(returned).__name__}")
            )
        return self._checked(returned[0]), self._collected(returned[1])

    def _checked(self, state: Any) -> list[Any]:
        """Take a new state apart, which must be as the old one was."""
        found: list[Any] = []
        structure = flatten(state, found, _is_leaf, "scan: the state")
        if structure != self.state:
            raise TypeError(
                f"scan: the step must return a state of the same structure as the one it was given: that held "
                f"{_listed(self.state, 'state')}, this holds {_listed(structure, 'state')}"
            )
        names = paths(self.state, "state")
        for k, (name, (shape, dtype)) in enumerate(zip(names, self._kinds, strict=True)):
            if type(found[k]) in (float, int, bool):
                found[k] = _number(found[k], dtype)
            given = np.shape(value_of(found[k]))
            if given != shape:
                raise ValueError(f"scan: {name} has shape {shape}, but the step made it one of shape {given}")
            if _dtype(found[k]) != dtype:
                raise TypeError(
                    f"scan: {name} has dtype {dtype}, but the step made it {_dtype(found[k])}; begin with a state of "
                    "that dtype, or convert what the step returns"
                )
        return found

    def _collected(self, y: Any) -> list[Any]:
        """Take apart what is collected, which must be alike in each turn."""
        found: list[Any] = []
        structure = flatten(y, found, _is_leaf, "scan: what is collected")
        if self.collects is None:
            self.collects = structure
        elif structure != self.collects:
            raise TypeError(
                "scan: what is collected must be alike in each turn: first it held "
                f"{_listed(self.collects, 'collected')}, now {_listed(structure, 'collected')}"
            )
        self.last = found
        return found


def _listed(structure: Structure, name: str) -> str:
    """Say what a tree of a name holds."""
    held = [*paths(structure, name), *(f"{path} = {value!r:.40}" for path, value in statics(structure, name).items())]
    return ", ".join(held) or "nothing"


def _length(n: Any, rows: list[Any], over: Structure) -> int:
    """Return how many turns there are."""
    if n is None and not rows:
        raise TypeError("scan: give the number of turns, n, or what is gone over, xs")
    if n is not None:
        try:
            n = operator.index(n)
        except TypeError:
            raise TypeError(
                f"scan: n must be an integer, got {type(n).__name__}; what is gone over is given by name, xs=..."
            ) from None
        if n < 0:
            raise ValueError(f"scan: n must not be negative, got {n}")
    for name, row in zip(paths(over, "xs"), rows, strict=True):
        shape = np.shape(value_of(row))
        if not shape:
            raise ValueError(f"scan: {name} has no axis to go along; give what is the same in each turn by a closure")
        if n is not None and shape[0] != n:
            raise ValueError(f"scan: {name} has length {shape[0]}, but there are {n} turns")
        n = shape[0]
    return int(n)


def _is_leaf(value: Any) -> bool:
    return isinstance(value, float | int | Recorded) or is_array(value)


def _dtype(leaf: Any) -> Any:
    """Return the dtype of an array or a tensor, in the byte order of the machine; None of a number of Python's."""
    traced = isinstance(leaf, Recorded) and node_of(leaf).traced
    dtype: Any = node_of(leaf).dtype if traced else getattr(leaf, "dtype", None)
    return dtype if getattr(dtype, "isnative", True) else dtype.newbyteorder("=")


def _number(value: Any, dtype: Any) -> Any:
    """Make NumPy's number of one of Python's."""
    return np.asarray(value, dtype)[()]


def _begun(leaf: Any, number: Any) -> Any:
    """Return what the state begins with: a number of Python's becomes one of NumPy's."""
    if isinstance(leaf, Recorded):
        return leaf
    if type(leaf) in (float, int, bool):
        return np.asarray(leaf, number if type(leaf) is float else None)[()]
    return np.array(plain(leaf, "scan: the state"))[()]  # a step may write into it


def _first(row: Any) -> Any:
    """Return the first part of what is gone over; zeros if there is none."""
    return row[0] if len(row) else np.zeros(row.shape[1:], row.dtype)[()]


def _kept(y: Any) -> Any:
    """Return what is given or collected as it is now; a step may write into it."""
    if isinstance(y, Recorded):
        return attach(value_of(y), node_of(y)) if settled(y) or node_of(y).traced else y
    return np.array(y)[()]


def _stacked(parts: tuple[Any, ...]) -> Any:
    first = np.shape(value_of(parts[0]))
    for i, shape in enumerate(map(np.shape, map(value_of, parts))):
        if shape != first:
            raise ValueError(
                f"scan: what is collected must be alike in each turn: in turn 0 it has shape {first}, in turn {i} "
                f"it has shape {shape}"
            )
    return stack(parts) if any(isinstance(p, Recorded) for p in parts) else np.stack(parts)


def _compiled(turn: _Step, leaves: list[Any], rows: list[Any], count: int, backend: str) -> tuple[Any, Any]:
    """Trace one turn, and record all of them as an operation."""
    from microgradnet.compiler.turns import Turns, first_turn, turns_of

    samples = [*map(value_of, leaves), *(_first(value_of(row)) for row in rows)]
    since = next_index()
    places = [traced(np.array(sample)[()]) for sample in samples]
    nodes = [*map(node_of, places)]
    state, ys = turn(places[: len(leaves)], places[len(leaves) :])
    graph, arguments, outside = first_turn([*state, *ys], nodes, since)
    turns = Turns(graph, arguments, [*samples, *map(value_of, outside)], len(leaves), len(rows), count, backend)
    inputs = [*leaves, *rows, *outside]
    if any(isinstance(i, Recorded) and node_of(i).requires_grad for i in inputs):
        turns = turns.keeping
    results = turns_of(turns, inputs)
    collected = results[len(leaves) : len(leaves) + len(ys)]
    return unflatten(turn.state, results[: len(leaves)]), unflatten(turn.collects, collected)
