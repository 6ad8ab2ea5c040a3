"""The rate of an update, which stands between it and the gradient: found by trying, or read, and always said.

A number is the rate if the update is twice as large when it is: an attribute, an argument or a global that is called
so; if all of the update isn't, as where something is wrong, then that of some parameters. A factor written into the
update is read from the source. What isn't found is 1: no wrong factor hides in it.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from microgradnet.check.network.attributes import Slot, numbers_in
from microgradnet.check.network.methods import RATE, bare, likely_role

__all__ = ["Rate", "rate_of"]

Update = Mapping[Slot, Any]


LARGE = 2.0**20
"""What a rate is multiplied by where the gradient is read: less of an update is then lost by adding it."""


@dataclass(frozen=True)
class Rate:
    """What an update is divided by to be the gradient, and where that was found.

    Attributes
    ----------
    value : float
    text : str
        For people.
    place : Slot or None
        The attribute that it is.
    argument : bool
        Whether it is an argument.
    times : float
        What it is multiplied by where the gradient is read.
    """

    value: float = 1.0
    text: str = "rate 1"
    place: Slot | None = None
    argument: bool = False
    times: float = LARGE

    def enlarged(self, network: Any, known: Mapping[str, Any]) -> tuple[float, Mapping[str, Any]]:
        """Make the rate large in a network, or in what its methods are called with; return what divides the update."""
        large = self.times * self.value
        if self.place is not None:
            self.place.put(network, large)
            return large, known
        return (large, {**known, "rate": large}) if self.argument else (self.value, known)


def rate_of(network: Any, known: Mapping[str, Any], update: Callable[[Any, Mapping[str, Any]], Update]) -> Rate:
    """Find the rate of an update.

    Parameters
    ----------
    network : object
        A copy of it is made by `update`.
    known : mapping
        What the step is made with.
    update : callable
        ``update(change, known)``: what a step adds to the parameters of a copy, once ``change(copy)`` was called.
    """
    once = update(lambda n: None, known)
    tried = []
    for rate, again in _candidates(network, known, update):
        tried.append((rate, _doubled(network, once, again)))
        if all(tried[-1][1].values()) and any(np.any(u) for u in once.values()):
            return rate
    if (written := _written(network, [p for p, u in once.items() if np.any(u)])) is not None:
        return written
    for rate, doubled in tried:  # something is wrong with the others: what a larger rate makes of them isn't theirs
        if any(np.any(once[place]) for place in doubled if doubled[place]):
            return replace(rate, times=1.0)
    return Rate()


def _candidates(
    network: Any, known: Mapping[str, Any], update: Callable[[Any, Mapping[str, Any]], Update]
) -> Iterator[tuple[Rate, Update]]:
    """List the numbers that are called like a rate, and what the update is with twice each."""
    for place, value in numbers_in(network).items():
        if likely_role(place.name) == "rate" and np.ndim(value) == 0 and value:
            text = f"rate {float(value):g}, which is .{place}"
            yield Rate(float(value), text, place), update(partial(place.put, value=2 * value), known)
    argument = Rate(1.0, "divided by the rate it is called with", argument=True)
    yield argument, update(lambda n: None, {**known, "rate": 2.0})
    for name, value in _globals(network):
        names = _functions(network)[0].__globals__
        try:
            names[name] = 2 * value
            again = update(lambda n: None, known)
        finally:
            names[name] = value
        yield Rate(float(value), f"rate {float(value):g}, which is {name} in its file"), again
    for function, name, value in _locals(network):
        code = function.__code__
        try:
            constants = tuple(2 * c if type(c) is float and c == value else c for c in code.co_consts)
            function.__code__ = code.replace(co_consts=constants)
            again = update(lambda n: None, known)
        finally:
            function.__code__ = code
        yield Rate(value, f"rate {value:g}, which is {name} in {function.__name__}()"), again


def _doubled(network: Any, once: Update, again: Update) -> dict[Slot, bool]:
    """Say of which numbers an update is twice another, to the digits that adding it to one leaves of it."""
    found = {}
    for place, u in once.items():
        before = np.asarray(place.of(network))
        lost = 8 * float(np.finfo(before.dtype).eps) * float(np.max(np.abs(before), initial=0.0))
        most = float(np.max(np.abs(u), initial=0.0))
        legible = most == 0 or most >= 100 * lost
        found[place] = legible and np.allclose(again[place], 2 * u, rtol=1e-5, atol=1e-9 * most + lost)
    return found


def _functions(network: Any) -> list[Any]:
    return [f for kind in type(network).__mro__ for f in vars(kind).values() if inspect.isfunction(f)]


def _globals(network: Any) -> Iterable[tuple[str, Any]]:
    """Name the numbers of the file that the class's methods use, and that are called like a rate."""
    functions = _functions(network)
    used = {name for f in functions for name in f.__code__.co_names if bare(name) in RATE}
    for name in used:
        if isinstance(value := functions[0].__globals__.get(name), int | float) and value:
            yield name, value


def _locals(network: Any) -> Iterable[tuple[Any, str, float]]:
    """Name the numbers that methods begin with and call a rate: ``learning_rate = 0.1``."""
    for function in _functions(network):
        for statement in ast.walk(_source(function)):
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=float(value))):
                    if bare(name) in RATE:
                        yield function, name, value


def _source(function: Any) -> ast.AST:
    """Read the source of a function; nothing where there is none."""
    try:
        return ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        return ast.Module([], [])


def _written(network: Any, places: Iterable[Slot]) -> Rate | None:
    """Read the factor from statements such as ``self.w += 0.1 * d_w``, if all parameters have the same one."""
    factors: dict[str, tuple[float, str]] = {}
    for function in _functions(network):
        for statement in ast.walk(_source(function)):
            if (found := _factor(statement)) is not None:
                factors.setdefault(found[0], (found[1], ast.unparse(statement)))
    named = [factors.get(place.name) for place in places]
    if not named or None in named or len({f[0] for f in named if f}) != 1:
        return None
    value, code = named[0]  # type: ignore[misc]
    return Rate(value, f"rate {value:g}, as in {code!r}")


def _factor(statement: ast.AST) -> tuple[str, float] | None:
    """Return the attribute that a statement adds to, and the number before what is added."""
    plain = ast.Name | ast.Attribute | ast.Subscript  # 2 * (y - output) is of the gradient
    match statement:
        case ast.AugAssign(
            target=ast.Attribute(attr=name), op=ast.Add() | ast.Sub(),
            value=ast.BinOp(left=ast.Constant(value=float(value)), op=ast.Mult(), right=rest),
        ) | ast.Assign(
            targets=[ast.Attribute(attr=name)],
            value=ast.BinOp(
                left=ast.Attribute(), op=ast.Add() | ast.Sub(),
                right=ast.BinOp(left=ast.Constant(value=float(value)), op=ast.Mult(), right=rest),
            ),
        ) if isinstance(rest, plain) and value > 0:  # fmt: skip
            return name, value
    return None
