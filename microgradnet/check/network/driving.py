"""One step of somebody's network, on a copy of it: forward, back, and the update, or its own training until then.

The object that was given is never changed, nor are NumPy's random numbers, and what the step prints is not seen.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from microgradnet.check.network.attributes import Slot, numbers_in
from microgradnet.check.network.first_update import Again, FirstUpdate
from microgradnet.check.network.methods import BACKWARD, FORWARD, UPDATE, Method, bare, likely_role, role_of
from microgradnet.plain import Inside
from microgradnet.record import Recorded

__all__ = ["Drive", "OneStep", "copied", "same", "with_dot"]


def copied(network: Any, caller: str, shared: Sequence[Any] = ()) -> Any:
    """Copy a network with all that it holds, but for arrays that are going to be replaced.

    Raises
    ------
    TypeError
        If it can't be copied.
    """
    try:
        return copy.deepcopy(network, {id(each): each for each in shared if isinstance(each, np.ndarray)})
    except Exception as error:
        raise TypeError(
            f"{caller}: a {type(network).__name__} can't be copied, and the network itself is never changed: {error}; "
            "what it holds besides numbers (files, locks, generators) has to go"
        ) from error


def same(a: Any, b: Any) -> bool:
    """Whether two numbers or arrays are the same, NaN too."""
    a, b = np.asarray(a), np.asarray(b)
    return a.shape == b.shape and np.array_equal(a, b, equal_nan=a.dtype.kind == b.dtype.kind == "f")


class _WithDot(Inside, np.ndarray[Any, np.dtype[Any]]):
    """An array whose method ``dot`` is NumPy's function, which tensors take part in."""

    def dot(self, other: Any, out: Any = None) -> Any:
        """Multiply; ``X.dot(W)`` of an ndarray knows no protocol, and would make an array of the tensor W."""
        return np.dot(self, other) if out is None else super().dot(other, out)


def with_dot(value: Any) -> Any:
    """Return the same array, with which ``X.dot(W)`` can be recorded."""
    return value.view(_WithDot) if type(value) is np.ndarray else value


@dataclass(frozen=True)
class OneStep:
    """What a step left behind.

    Attributes
    ----------
    network : object
        The copy, after the step.
    method : str
        What was called last.
    returned : object
        What that returned.
    known : mapping
        What the step was made with, by role: of a training that draws rows, those rows.
    again : bool
        Whether training began another step, of rows that it doesn't say.
    """

    network: Any
    method: str
    returned: Any
    known: Mapping[str, Any]
    again: bool = False


class _Enough(BaseException):
    """Raised out of somebody's training when its first gradients are there; no ``except Exception`` catches it."""

    def __init__(self, step: OneStep) -> None:
        self.step = step


@dataclass(frozen=True)
class Drive:
    """How a network is made to go forward, and to go one step on.

    Attributes
    ----------
    forward, backward, update, train : Method or None
        `train` is called where there is no method that goes back, or none that can be called.
    kept : Slot or None
        Where the output is kept after going forward, if that returns nothing.
    item : int or None
        Which item of what going forward returns is the output, if it returns several arrays.
    stored : Slot or None
        Where what going forward returned has to be stored, because going back reads it there.
    written : tuple of Slot
        What going forward writes.
    slope : callable or None
        ``slope(network, output) -> array``, for a method that wants ∂loss/∂output.
    """

    forward: Method | None = None
    backward: Method | None = None
    update: Method | None = None
    train: Method | None = None
    kept: Slot | None = None
    item: int | None = None
    stored: Slot | None = None
    written: tuple[Slot, ...] = ()
    slope: Callable[[Any, Any], Any] | None = field(default=None, compare=False)

    def ahead(self, network: Any, known: Mapping[str, Any]) -> tuple[Any, Any]:
        """Go forward; return the output, and all that was returned."""
        if self.forward is None:
            return None, None
        returned = self.forward.call(network, known)
        output = _output(returned[self.item] if self.item is not None else returned, known)
        if output is None and self.kept is not None:
            output = self.kept.of(network)
        if self.stored is not None:
            self.stored.put(network, output)
        return output, returned

    def step(
        self, network: Any, known: Mapping[str, Any], enough: Callable[[OneStep], bool], updating: bool = False
    ) -> OneStep:
        """Go one step on, or so far that it is enough; of what was given, the network is changed."""
        if self.train is not None:
            return self._trained(network, known, enough)
        output, returned = self.ahead(network, known)
        known = dict(known)
        if output is not None:
            known |= {"output": output}
        if isinstance(returned, tuple) and len(returned) > 1:
            known |= {"cache": returned[-1]}
        if self.backward is None:
            return OneStep(network, str(self.forward), returned, known)
        if self.slope is not None:
            known |= {"slope": self.slope(network, output)}
        step = OneStep(network, str(self.backward), self.backward.call(network, known), known)
        if not updating or self.update is None or enough(step):
            return step
        return replace(step, method=str(self.update), returned=self.update.call(network, known))

    def _trained(self, network: Any, known: Mapping[str, Any], enough: Callable[[OneStep], bool]) -> OneStep:
        """Train until the first step is made, with what the methods were called with on the way."""
        assert self.train is not None
        seen: dict[str, Any] = {}
        places = [p for p in numbers_in(network) if likely_role(p.name) != "rounds" and p not in self.written]
        for place, value in list(numbers_in(network).items()):
            if likely_role(place.name) == "rounds" and isinstance(value, int):
                place.put(network, known["rounds"])

        def watch(name: str, arguments: Mapping[str, Any], call: Callable[[], Any]) -> Any:
            seen.update({role_of(n): a for n, a in arguments.items() if role_of(n) in ("x", "y")})
            returned = call()
            if bare(name) in BACKWARD + UPDATE:
                step = OneStep(network, name, returned, {**known, **_rows(known, seen)})
                if enough(step):
                    raise _Enough(step)
            return returned

        first = FirstUpdate(network, places, seen)
        returned, again = None, False
        with _watched(network, watch, self.train.name):
            try:
                with first:
                    returned = self.train.call(network, known)
            except _Enough as found:
                return found.step
            except Again:
                again = True
        drawn = _drawn(known, first.names) or _rows(known, first.seen)
        return OneStep(network, str(self.train), returned, {**known, **drawn}, again and not drawn)


def _rows(known: Mapping[str, Any], seen: Mapping[str, Any]) -> dict[str, Any]:
    """Return the rows of x that were seen, and those of y that belong to them; nothing if x was seen as a whole."""
    if known.get("x") is None or known.get("y") is None or seen.get("x") is None:
        return {}
    x, y, drawn = np.asarray(known["x"]), np.asarray(known["y"]), np.asarray(seen["x"])
    alone = drawn.shape == x.shape[1:]
    if not x.ndim or not (alone or drawn.shape[1:] == x.shape[1:]) or y.shape[:1] != x.shape[:1] or same(x, drawn):
        return {}
    found = [np.flatnonzero((x == row).reshape(len(x), -1).all(axis=1))[:1] for row in ([drawn] if alone else drawn)]
    at = np.concatenate(found) if found else np.zeros(0, int)
    if len(at) < len(found) or not len(at):
        return {}
    targets, given = y[at[0]] if alone else y[at], seen.get("y")
    same_rows = given is not None and np.shape(given) == targets.shape  # rows may be alike, and their targets not
    return {"x": seen["x"], "y": given if same_rows else targets}


def _drawn(known: Mapping[str, Any], names: Mapping[str, Any]) -> dict[str, Any]:
    """Find the rows that were drawn among local names."""
    named = {role: [v for n, v in names.items() if likely_role(n) == role] for role in ("x", "y")}
    for x in named["x"]:
        for y in (*named["y"], None):
            rows = _rows(known, {"x": x, "y": y})
            if rows and (y is None or rows["y"] is y):
                return rows
    return {}


@contextmanager
def _watched(network: Any, watch: Callable[..., Any], train: str) -> Iterator[None]:
    """Let each call of a network's method that goes forward, back, or updates be seen; not of that which is called."""
    put = []
    for name in dir(type(network)) if hasattr(network, "__dict__") else ():
        if bare(name) in FORWARD + BACKWARD + UPDATE and name != train and name not in vars(network):
            setattr(network, name, _seen(name, getattr(network, name), watch))
            put.append(name)
    try:
        yield
    finally:
        for name in put:
            vars(network).pop(name, None)


def _seen(name: str, bound: Callable[..., Any], watch: Callable[..., Any]) -> Callable[..., Any]:
    names = [p.name for p in Method(name, bound).asked(None)]

    def call(*args: Any, **kwargs: Any) -> Any:
        return watch(name, dict(zip(names, args, strict=False)) | kwargs, lambda: bound(*args, **kwargs))

    return call


def _output(returned: Any, known: Mapping[str, Any]) -> Any:
    """Find the output in what going forward returned; None if it is not there."""
    if isinstance(returned, Recorded | np.ndarray | np.generic | float):
        return returned
    if not isinstance(returned, tuple | list) or not len(returned):
        return None
    if isinstance(returned, tuple):
        arrays = [r for r in returned if isinstance(r, Recorded | np.ndarray | np.generic)]
        return _output(returned[-1], known) if not arrays else arrays[0]
    x = known.get("x")
    rows = np.shape(x)[0] if x is not None and np.ndim(x) else None
    if len(returned) == rows and len({getattr(r, "shape", ()) for r in returned}) == 1:
        from microgradnet.ops import stack

        return stack(returned)
    return _output(returned[-1], known)
