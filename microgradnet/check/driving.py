"""One step of somebody's network, on a copy of it: forward, back, and the update, or its own training until then.

The object that was given is never changed, nor are NumPy's random numbers, and what the step prints is not seen.
"""

from __future__ import annotations

import copy
import io
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from microgradnet.check.attributes import Place, numbers_in, objects_in
from microgradnet.check.methods import BACKWARD, FORWARD, ROUNDS, UPDATE, Method, bare, role_of
from microgradnet.plain import Inside
from microgradnet.record import Recorded

__all__ = ["Drive", "Step", "copied", "quietly", "same", "with_dot"]


@contextmanager
def quietly() -> Iterator[None]:
    """Print nothing, and leave the random numbers of NumPy and of Python as they were."""
    numpy_state, python_state = np.random.get_state(), random.getstate()  # noqa: NPY002 - what people's code draws from
    try:
        with redirect_stdout(io.StringIO()):
            yield
    finally:
        np.random.set_state(numpy_state)  # noqa: NPY002
        random.setstate(python_state)


def copied(network: Any, caller: str) -> Any:
    """Copy a network with all that it holds.

    Raises
    ------
    TypeError
        If it can't be copied.
    """
    try:
        return copy.deepcopy(network)
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

    def dot(self, other: Any, out: Any = None) -> Any:  # type: ignore[override]
        """Multiply; ``X.dot(W)`` of an ndarray knows no protocol, and would make an array of the tensor W."""
        return np.dot(self, other) if out is None else super().dot(other, out)


def with_dot(value: Any) -> Any:
    """Return the same array, with which ``X.dot(W)`` can be recorded."""
    return value.view(_WithDot) if type(value) is np.ndarray else value


@dataclass(frozen=True)
class Step:
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
    ended : bool
        Whether the step went to its end, and was not left when its gradients were there.
    forwards : int
        How often something in the network was asked to go forward, at most.
    """

    network: Any
    method: str
    returned: Any
    known: Mapping[str, Any]
    ended: bool = True
    forwards: int = 1


class _Enough(BaseException):
    """Raised out of somebody's training when its first gradients are there; no ``except Exception`` catches it."""

    def __init__(self, step: Step) -> None:
        self.step = step


@dataclass(frozen=True)
class Drive:
    """How a network is made to go forward, and to go one step on.

    Attributes
    ----------
    forward, backward, update, train : Method or None
        `train` is called where there is no method that goes back, or none that can be called.
    kept : Place or None
        Where the output is kept after going forward, if that returns nothing.
    stored : Place or None
        Where what going forward returned has to be stored, because going back reads it there.
    slope : callable or None
        ``slope(network, output) -> array``, for a method that wants ∂loss/∂output.
    """

    forward: Method | None = None
    backward: Method | None = None
    update: Method | None = None
    train: Method | None = None
    kept: Place | None = None
    stored: Place | None = None
    slope: Callable[[Any, Any], Any] | None = field(default=None, compare=False)

    def ahead(self, network: Any, known: Mapping[str, Any]) -> tuple[Any, Any]:
        """Go forward; return the output, and all that was returned."""
        if self.forward is None:
            return None, None
        returned = self.forward.call(network, known)
        output = _output(returned, known)
        if output is None and self.kept is not None:
            output = self.kept.of(network)
        if self.stored is not None:
            self.stored.put(network, output)
        return output, returned

    def step(
        self, network: Any, known: Mapping[str, Any], enough: Callable[[Step], bool], updating: bool = False
    ) -> Step:
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
            return Step(network, str(self.forward), returned, known)
        if self.slope is not None:
            known |= {"slope": self.slope(network, output)}
        step = Step(network, str(self.backward), self.backward.call(network, known), known)
        if not updating or self.update is None or enough(step):
            return step
        return replace(step, method=str(self.update), returned=self.update.call(network, known))

    def _trained(self, network: Any, known: Mapping[str, Any], enough: Callable[[Step], bool]) -> Step:
        assert self.train is not None
        seen, counts = dict(known), dict[int, int]()
        for place, value in list(numbers_in(network).items()):
            if bare(place.name) in ROUNDS and isinstance(value, int) and "rounds" in known:
                place.put(network, known["rounds"])

        def watch(owner: Any, name: str, arguments: Mapping[str, Any], call: Callable[[], Any]) -> Any:
            given = {role_of(n): a for n, a in arguments.items() if role_of(n) in ("x", "y")}
            if bare(name) in FORWARD:
                counts[id(owner)] = counts.get(id(owner), 0) + 1
            if owner is network and bare(name) in FORWARD + BACKWARD:
                seen.update(given)
            returned = call()
            if owner is network and bare(name) in BACKWARD + UPDATE:
                step = Step(network, name, returned, _rows(known, seen), False)
                if enough(step):
                    raise _Enough(step)
            return returned

        with _watched(network, watch):
            try:
                returned = self.train.call(network, known)
            except _Enough as found:
                return found.step
        most = max(counts.values(), default=1)
        return Step(network, str(self.train), returned, _rows(known, seen) if most == 1 else known, True, most)


def _rows(known: Mapping[str, Any], seen: Mapping[str, Any]) -> dict[str, Any]:
    """Take those rows of y that belong to the rows of x that were seen."""
    x, y, drawn = known.get("x"), known.get("y"), seen.get("x")
    found = {**known, **seen}
    if x is None or y is None or drawn is x or seen.get("y") is not y or same(x, drawn):
        return found
    try:
        where = [next(i for i, row in enumerate(x) if same(row, one)) for one in drawn]
    except (StopIteration, TypeError):  # no rows of x; or one row alone
        one = [i for i, row in enumerate(x) if same(row, drawn)] if np.ndim(x) else []
        return found | ({"y": y[one[0]]} if one else {})
    return found | {"y": np.asarray(y)[where]}


@contextmanager
def _watched(network: Any, watch: Callable[..., Any]) -> Iterator[None]:
    """Let each call of a method that goes forward, back, or updates be seen, in a network and in what it holds."""
    owners = [network, *(o for _, o in objects_in(network) if hasattr(o, "__dict__") and not callable(o))]
    put = []
    for owner in {id(o): o for o in owners}.values():
        for name in dir(type(owner)):
            if bare(name) in FORWARD + BACKWARD + UPDATE and name not in vars(owner):
                bound = getattr(owner, name)
                if callable(bound):
                    setattr(owner, name, _seen(owner, name, bound, watch))
                    put.append((owner, name))
    try:
        yield
    finally:
        for owner, name in put:
            vars(owner).pop(name, None)


def _seen(owner: Any, name: str, bound: Callable[..., Any], watch: Callable[..., Any]) -> Callable[..., Any]:
    method = Method(name, bound)

    def call(*args: Any, **kwargs: Any) -> Any:
        names = [p.name for p in method.asked(owner)]
        arguments = dict(zip(names, args, strict=False)) | kwargs
        return watch(owner, name, arguments, lambda: bound(*args, **kwargs))

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
