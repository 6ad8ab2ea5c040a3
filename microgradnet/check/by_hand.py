"""A gradient derived by hand, as it was given: which parameters it is of, and what it says about each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import index
from typing import Any

import numpy as np

from microgradnet.check.agreement import TOLERANCES, standard
from microgradnet.check.nonfinite import first_nonfinite
from microgradnet.check.text import argument_names, check_call, contents, copies
from microgradnet.leaving import Running
from microgradnet.plain import is_array, plain
from microgradnet.record import Recorded, no_grad, value_of
from microgradnet.tensor import tensor
from microgradnet.text import legible
from microgradnet.transforms import vjp

__all__ = ["ByHand"]

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class ByHand:
    """A loss, its arguments, and gradients of it that were derived by hand.

    Attributes
    ----------
    f : callable
    manual :
        As the user gave it.
    values : list
        The arguments of f.
    names : list of str
        Theirs.
    positions : list of int
        Which of them are the parameters.
    gradients : dict of str to array
        The manual gradient of each parameter, of any shape.
    descent : bool
        Whether they point down the loss.
    """

    f: Callable[..., Any]
    manual: Any
    values: list[Any]
    names: list[str]
    positions: list[int]
    gradients: dict[str, Array]
    descent: bool

    @classmethod
    def read(
        cls,
        f: Callable[..., Any],
        manual: Any,
        args: Sequence[Any],
        argnums: int | Sequence[int] | None,
        descent: bool,
        *,
        caller: str,
    ) -> ByHand:
        """Make sense of what the user gave; see `compare` for what that may be and what is raised."""
        if not callable(f):
            raise TypeError(f"{caller}: the loss must be a function, got {type(f).__name__}")
        values = [_as_given(a, f"{caller}: argument {i}") for i, a in enumerate(args)]
        named = manual if isinstance(manual, Mapping) else args[0] if [type(a) for a in args] == [dict] else ()
        check_call(f, values, caller, "the loss", named)
        if callable(manual):
            check_call(manual, values, caller, "the manual gradient", named)
        by_hand = _one_array(_by_hand(manual, values, caller), values, argnums)
        names = argument_names(f, len(args))
        positions = _parameters(f, by_hand, values, names, argnums, caller)
        gradients = _in_order(by_hand, [names[i] for i in positions], caller)
        if not positions:
            raise TypeError(f"{caller}: there is nothing to compare; no gradients were given, or no arguments")
        for i in positions:
            if (dtype := _dtype(values[i])) is None or dtype.kind == "O":
                raise TypeError(f"{caller}: {_not_one_array(f, values, names, i)}")
            if dtype.kind != "f":
                raise TypeError(
                    f"{caller}: parameter {names[i]!r} must hold real floating-point numbers, got {dtype}; "
                    "convert it with float() or .astype(float)"
                )
        read = {names[i]: _real(g, names[i], caller) for i, g in zip(positions, gradients, strict=True)}
        return cls(f, manual, values, names, positions, read, descent)

    def automatic(self, caller: str) -> tuple[float, dict[str, Array]]:
        """Compute the loss and its automatic gradients, by parameter.

        Raises
        ------
        ValueError
            If the loss is not one finite number.
        """

        def of_parameters(*parameters: Any) -> Any:
            everything = list(self.values)
            for i, p in zip(self.positions, parameters, strict=True):
                everything[i] = p
            loss = self.call(*everything)
            if not isinstance(loss, Recorded | np.ndarray | np.generic | float | int):
                raise TypeError(f"{caller}: the loss must return one number, got {type(loss).__name__}")
            dtype = np.asarray(value_of(loss)).dtype
            if dtype.kind != "f":
                raise TypeError(f"{caller}: the loss must be a real floating-point number, got {dtype}")
            return loss

        with np.errstate(all="ignore"):  # what isn't finite is an error below, or a finding
            loss, pull = Running(caller).call(vjp, [of_parameters, *(self.values[i] for i in self.positions)])
        if loss.size != 1:
            raise ValueError(f"{caller}: the loss must be one number, got shape {loss.shape}; sum it, or take its mean")
        if not np.isfinite(loss).all():
            with np.errstate(all="ignore"):
                origin = first_nonfinite(self.f, *copies(self.values), argnums=tuple(self.positions))
            why = "" if origin is None else f"; {str(origin).removesuffix('.')}"
            raise ValueError(f"{caller}: the loss is {loss.item()} at these arguments, so there is no gradient{why}")
        with np.errstate(all="ignore"):
            gradients = pull(np.ones_like(loss))
        return float(loss.item()), {
            self.names[i]: np.asarray(g) for i, g in zip(self.positions, gradients, strict=True)
        }

    def call(self, *values: Any) -> Any:
        """Call the loss, which may write to its arguments: they are copies."""
        return self.f(*copies(values))

    def value(self, *values: Any) -> Any:
        """Compute the loss from plain arrays, as it is computed where it is differentiated."""
        with no_grad():
            return _plain(self.call(*(tensor(v) if i in self.positions else v for i, v in enumerate(values))))

    def unrepeatable(self) -> tuple[str, str] | None:
        """Say what returns something else at every call, and what it returned; None if nothing does."""
        try:
            first, second = (float(np.asarray(self.value(*self.values)).item()) for _ in range(2))
        except Exception:  # the user's loss, which may want to be recorded
            first = second = 0.0
        if not np.isclose(first, second, rtol=TOLERANCES[8][0], atol=0, equal_nan=True):
            return "the loss", f"it was {first:.9g}, and {second:.9g} when called again"
        if not callable(self.manual):
            return None
        again = self.at(self.values).gradients
        for name, g in self.gradients.items():
            rtol, atol = standard(g, g, None, None)
            if g.shape != again[name].shape or not np.allclose(g, again[name], rtol, atol, equal_nan=True):
                return "the manual gradient", f"that of {name} was another when called again"
        return None

    def at(self, values: list[Any]) -> ByHand:
        """Return the same derivation at other arguments; the manual gradient must be a function."""
        return ByHand.read(self.f, self.manual, values, self.positions, self.descent, caller="diagnose")

    @property
    def function(self) -> str:
        """The name of the loss."""
        return legible(str(getattr(self.f, "__name__", "f"))).replace("<lambda>", "f")

    @property
    def ascending(self) -> dict[str, Array]:
        """The manual gradients as ∂loss/∂parameter, whichever way they were given."""
        return {name: -g if self.descent else g for name, g in self.gradients.items()}


def _as_given(value: Any, whose: str) -> Any:
    """Return an argument as it is for both functions: lists of numbers as an array; arrays must be plain."""
    if isinstance(value, Recorded) or is_array(value):
        return plain(_plain(value), whose)
    if isinstance(value, list | tuple):
        try:
            array = np.array(value)
        except ValueError:  # rows of different lengths
            return value
        return array if array.dtype.kind in "fiub" else value
    return value


def _dtype(value: Any) -> np.dtype[Any] | None:
    """Return the dtype of a number or array; None for what is neither, such as a list of arrays."""
    try:
        return np.asarray(value).dtype
    except ValueError:
        return None


def _plain(value: Any) -> Any:
    return value.numpy() if isinstance(value, Recorded) else value  # type: ignore[attr-defined]


def _real(gradient: Any, name: str, caller: str) -> Array:
    try:
        given = _plain(gradient)
        array = np.array(plain(given, f"{caller}: the manual gradient of {name!r}") if is_array(given) else given)
    except ValueError as error:  # rows of different lengths
        raise TypeError(f"{caller}: the manual gradient of {name!r} is no array: {error}") from None
    if array.dtype.kind == "O":
        raise TypeError(f"{caller}: the manual gradient of {name!r} is no array, but {type(gradient).__name__}")
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{caller}: the manual gradient of {name!r} has dtype {array.dtype}, not real numbers")
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def _by_hand(manual: Any, values: Sequence[Any], caller: str) -> Mapping[str, Any] | list[Any]:
    """Return the gradients derived by hand: by name, or as a list."""
    if callable(manual):
        try:
            manual = manual(*copies(values))
        except Exception as error:
            error.add_note(f"raised by the manual gradient, which {caller} calls with the arguments of the loss")
            raise
    if manual is None:
        raise TypeError(f"{caller}: the manual gradient is None; does the function return what it computes?")
    if isinstance(manual, Mapping):
        return manual
    return list(manual) if isinstance(manual, tuple | list | Iterator) else [manual]


def _one_array(
    by_hand: Mapping[str, Any] | list[Any], values: Sequence[Any], argnums: int | Sequence[int] | None
) -> Mapping[str, Any] | list[Any]:
    """Take a list of numbers, however deep, for the gradient of the only parameter where its shape is that.

    Unless its only item is of that shape: then it is a list of one gradient.
    """
    if isinstance(by_hand, Mapping):
        return by_hand
    if argnums is None:
        only = [v for v in values if (dtype := _dtype(v)) is not None and dtype.kind == "f"]
    else:
        asked = argnums if isinstance(argnums, Sequence) else [argnums]
        only = [values[i] for i in asked if hasattr(i, "__index__") and -len(values) <= i < len(values)]
    if len(only) != 1 or any(isinstance(g, Recorded) for g in by_hand):
        return by_hand
    try:
        shape = np.shape(only[0])
        if len(by_hand) == 1 and np.shape(by_hand[0]) == shape:
            return by_hand
        return [np.array(by_hand)] if np.shape(by_hand) == shape else by_hand
    except ValueError:  # rows of different lengths
        return by_hand


def _not_one_array(f: Callable[..., Any], values: Sequence[Any], names: list[str], i: int) -> str:
    """Say what a parameter is that isn't one array, and how the loss would take its arrays."""
    value, inside = values[i], contents(values[i])
    kind = type(value).__name__
    if not inside:
        return f"parameter {names[i]!r} must be one array, got {kind}; pass each array as an argument of its own"
    alone = [name or f"{names[i]}{k}" for k, name in enumerate(inside)]
    items = value.values() if isinstance(value, Mapping) else value
    arrays = all((dtype := _dtype(item)) is not None and dtype.kind in "fiub" for item in items)
    what = f"{kind} of {len(inside)} {'array' if arrays else 'item'}{'s' * (len(inside) > 1)}"
    named = f" ({', '.join(inside)})" if all(inside) else ""
    way = "pass each array as an argument of its own"
    if arrays and all(name.isidentifier() for name in alone):
        called = getattr(f, "__name__", "loss").replace("<lambda>", "loss")
        way += f": def {called}({', '.join(alone)}{', ...' if len(values) > 1 else ''})"
    return f"parameter {names[i]!r} must be one array, got a {what}{named}; {way}"


def _parameters(
    f: Callable[..., Any],
    by_hand: Mapping[str, Any] | list[Any],
    values: Sequence[Any],
    names: list[str],
    argnums: int | Sequence[int] | None,
    caller: str,
) -> list[int]:
    """Find the positions of the parameters."""
    trees = [i for i, value in enumerate(values) if contents(value)]
    if isinstance(by_hand, Mapping) and (unknown := [name for name in by_hand if name not in names]):
        if (tree := next((i for i in trees if {*unknown} <= {*(contents(values[i]) or ())}), None)) is not None:
            raise TypeError(f"{caller}: {_not_one_array(f, values, names, tree)}")
        raise ValueError(
            f"{caller}: there are gradients of {unknown}, but the loss takes {names}"
            + ("" if all(map(str.isidentifier, names)) else "; give them as a tuple, in the order of the arguments")
        )
    if argnums is not None:
        try:
            positions = [index(i) for i in argnums] if isinstance(argnums, Iterable) else [index(argnums)]
        except TypeError:
            raise TypeError(f"{caller}: argnums is an integer or several, got {argnums!r}") from None
        for i in positions:
            if not -len(values) <= i < len(values):
                raise TypeError(f"{caller}: argnums asks for argument {i}, but there are {len(values)}")
        positions = [i % len(values) for i in positions]
        if len(set(positions)) < len(positions):
            raise ValueError(f"{caller}: argnums names an argument twice: {argnums!r}")
        return positions
    if isinstance(by_hand, Mapping):
        return [names.index(name) for name in by_hand]
    floating = [i for i, v in enumerate(values) if (kind := _dtype(v)) is not None and kind.kind == "f"]
    if by_hand and not values:
        raise TypeError(f"{caller}: no arguments were given; those of the loss follow the gradient by hand")
    if trees and len(floating) != len(by_hand):
        raise TypeError(f"{caller}: {_not_one_array(f, values, names, trees[0])}")
    if by_hand and not floating:
        raise TypeError(
            f"{caller}: no argument holds real floating-point numbers, so none can be a parameter; convert those that "
            "are with float() or .astype(float)"
        )
    if len(floating) != len(by_hand):
        others = [f"{names[i]} holds {d}" for i, v in enumerate(values) if (d := _dtype(v)) and d.kind in "iubc"]
        raise TypeError(
            f"{caller}: {len(by_hand)} gradient{'s' * (len(by_hand) != 1)}, but {len(floating)} floating-point "
            f"argument{'s' * (len(floating) != 1)} ({', '.join(names[i] for i in floating)}"
            f"{'; ' * bool(others)}{', '.join(others)}); say which are the parameters with argnums=, or on "
            "the command line with --parameters"
        )
    return floating


def _in_order(by_hand: Mapping[str, Any] | list[Any], wanted: list[str], caller: str) -> list[Any]:
    """Return one manual gradient for each parameter."""
    if isinstance(by_hand, Mapping):
        missing = [name for name in wanted if name not in by_hand]
        if missing:
            raise ValueError(f"{caller}: the manual gradient of {missing} is missing; there are {list(by_hand)}")
        return [by_hand[name] for name in wanted]
    if len(by_hand) != len(wanted):
        raise ValueError(f"{caller}: {len(by_hand)} manual gradients for {len(wanted)} parameters, {wanted}")
    return by_hand
