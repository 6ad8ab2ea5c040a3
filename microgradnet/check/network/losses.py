"""The loss of somebody's network: as it was given, as the class has it, or the usual one, which is then said."""

from __future__ import annotations

import builtins
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from microgradnet import ops
from microgradnet.check.network.methods import LOSS, Method, bare, likely_role, method_of, role_of
from microgradnet.record import Recorded, value_of

__all__ = ["Loss", "given_loss", "own_loss", "target_of", "usual_losses"]

SQUARES = "sum((y - output)**2)"

USUAL = (
    SQUARES, f"{SQUARES} / 2", "mean((y - output)**2)", "mean((y - output)**2) / 2", f"{SQUARES} / len(y)",
    f"{SQUARES} / (2 * len(y))", "-sum(y * log(output) + (1 - y) * log(1 - output))",
    "-sum(y * log(output) + (1 - y) * log(1 - output)) / len(y)",
    "-sum(y * log(output))", "-sum(y * log(output)) / len(y)",
    "-sum(log_softmax(output) * y)", "-sum(log_softmax(output) * y) / len(y)",
)  # fmt: skip
"""Losses of an output and targets of its shape, the assumed one first."""

USUAL_OF_LABELS = (
    "-mean(log(output[arange(len(y)), y]))", "-sum(log(output[arange(len(y)), y]))",
    "-mean(log_softmax(output)[arange(len(y)), y])", "-sum(log_softmax(output)[arange(len(y)), y])",
)  # fmt: skip
"""Losses of an output with a column for each class, and the numbers of the classes."""

OWN = ("calculate", "forward", "loss", "compute", "call", "__call__")
"""What an object that computes a loss calls its method."""


@dataclass(frozen=True)
class Loss:
    """A loss of a network that has gone forward.

    Attributes
    ----------
    text : str
        What it is, in words for the report.
    of : callable
        ``of(network, known)``, where the output is known too.
    assumed : bool
        Whether nobody has said that this is the loss.
    alone : bool
        Whether it goes forward by itself.
    given : bool
        Whether the user said it.
    """

    text: str
    of: Callable[[Any, Mapping[str, Any]], Any]
    assumed: bool = False
    alone: bool = False
    given: bool = False


def given_loss(loss: Any, network: Any, caller: str) -> Loss:
    """Make sense of what the user gave: a function, the name of a method, or an expression."""
    if isinstance(loss, str) and loss.isidentifier() and callable(getattr(network, loss, None)):
        found = _of_method(Method(loss), network, f"{loss}()")
    elif isinstance(loss, str) and callable(function := names_around(network).get(loss)):
        found = _of_method(Method(loss, function), network, f"{loss}()")
    elif isinstance(loss, str):
        found = expression(loss, caller)
    elif callable(loss):
        method = Method(getattr(loss, "__name__", "loss"), loss)
        found = _of_method(method, network, "a lambda" if "<" in method.name else f"{method.name}()")
    else:
        raise TypeError(f"{caller}: loss must be a function, a method's name or an expression, not {loss!r}")
    return replace(found, given=True)


def own_loss(network: Any, known: Mapping[str, Any]) -> Loss | None:
    """Find the loss that a class has: a method, or an attribute that is a function or has a method for it."""
    if (method := method_of(network, LOSS)) is not None and not _lacks(method, network, known):
        return _of_method(method, network, f"{method}()")
    for name, part in getattr(network, "__dict__", {}).items():
        inside = None if bare(name) not in LOSS or inspect.isroutine(part) else method_of(part, OWN)
        if inside is not None and not _lacks(inside, part, known):
            return _inside(name, _of_method(inside, part, f"{name}.{inside}()"))
    return None


def _inside(name: str, loss: Loss) -> Loss:
    """Return the loss that an attribute of a network has."""
    return replace(loss, of=lambda n, k: loss.of(getattr(n, name), {**k, "y": target_of(n, k)}))


def _lacks(method: Method, network: Any, known: Mapping[str, Any]) -> bool:
    """Whether a parameter of a method would stay without an argument."""
    roles = _roles(method, network)
    return len(roles) != 2 or "y" not in roles if "" in roles else not set(roles) <= {*known, "output"}


def _roles(method: Method, network: Any) -> list[str]:
    """Return what the parameters of a loss stand for, those without a default; a and h are outputs here."""
    asked = [p for p in method.asked(network) if p.default is p.empty and p.kind is not p.VAR_POSITIONAL]
    return ["output" if bare(p.name) in ("a", "h") else likely_role(p.name) for p in asked]


def _of_method(method: Method, network: Any, text: str) -> Loss:
    roles = _roles(method, network)
    if method.function is not None and len(roles) == 1 and roles[0] in ("", "network"):
        return Loss(text, lambda n, k: method.on(n)(n))
    if len(roles) == 2 and set(roles) <= {"", "output", "y"}:
        places = (1, 0) if roles[0] == "y" or (roles[1] == "output" and roles[0] != "output") else (0, 1)
        return Loss(text, lambda n, k: method.on(n)(*((k["output"], target_of(n, k))[i] for i in places)))

    def of(n: Any, known: Mapping[str, Any]) -> Any:
        value = method.call(n, {**known, "y": target_of(n, known)} if "y" in roles else known)
        return value[0] if isinstance(value, tuple) else value

    return Loss(text, of, alone="x" in roles)


def expression(text: str, caller: str, *, assumed: bool = False) -> Loss:
    """Make a loss of an expression in the output, y, x, and what the network holds.

    Raises
    ------
    ValueError
        If it is no expression of Python's.
    """
    try:
        code = builtins.compile(text, "<loss>", "eval")
    except SyntaxError as error:
        raise ValueError(f"{caller}: the loss is neither a method nor an expression: {text!r}") from error
    functions = {name: getattr(ops, name) for name in ops.__all__} | {"np": np, "arange": np.arange}

    def of(network: Any, known: Mapping[str, Any]) -> Any:
        names = names_around(network) | functions | {"network": network, "net": network}
        names |= getattr(network, "__dict__", {})
        names |= {role: known[role] for role in ("x", "output") if role in known}
        names["y"] = fitted(target_of(network, known), known.get("output"))
        try:
            return eval(code, names)  # the user's own line, as in their file
        except NameError as error:
            raise ValueError(
                f"{caller}: in the loss {text!r}, {error}; there are output, y, x and attributes"
            ) from None

    return Loss(text, of, assumed)


def names_around(network: Any) -> dict[str, Any]:
    """Return the names of the file that the class of a network is written in."""
    functions = [f for kind in type(network).__mro__ for f in vars(kind).values() if inspect.isfunction(f)]
    return dict(functions[0].__globals__) if functions else {}


def target_of(network: Any, known: Mapping[str, Any]) -> Any:
    """Return y: as it was given, else the attribute of that name; None if there is none."""
    if known.get("y") is not None:
        return known["y"]
    named = [v for name, v in getattr(network, "__dict__", {}).items() if role_of(name) == "y" and not callable(v)]
    return named[0] if named else None


def fitted(y: Any, output: Any) -> Any:
    """Give y the shape of the output, where only axes of length 1 or a transposition are between them."""
    shape = getattr(output, "shape", None)
    if y is None or shape is None:
        return y
    y = y if isinstance(y, Recorded) else np.asarray(y)
    if y.shape == shape:
        return y
    if y.T.shape == shape:
        return y.T
    squeezed = [tuple(n for n in s if n != 1) for s in (y.shape, shape)]
    return y.reshape(shape) if squeezed[0] == squeezed[1] else y


def usual_losses(y: Any, output: Any, caller: str) -> list[Loss]:
    """Name the losses that are usual for such an output, the one to assume first.

    Raises
    ------
    ValueError
        If none is.
    """
    shape, of_y = getattr(output, "shape", ()), np.shape(fitted(y, output))
    labels = len(shape) == 2 and of_y == shape[:1] and np.asarray(y).dtype.kind in "iu"
    if of_y != shape and not labels:
        raise ValueError(
            f"{caller}: no loss was given and the class has none; the usual one, {SQUARES}, needs an output and a y of "
            f"one shape, and they have {shape} and {of_y}. Say the loss: a function of the network, or an expression"
        )
    texts = list(USUAL_OF_LABELS if labels else USUAL)
    value = np.asarray(value_of(output))
    sums = value.sum(axis=-1) if value.ndim == 2 and value.shape[1] > 1 else np.zeros(1)
    if not labels and np.allclose(sums, 1) and (value > 0).all():  # a softmax
        texts.sort(key=lambda t: t != "-sum(y * log(output)) / len(y)")
    elif labels and not np.allclose(sums, 1):
        texts.sort(key=lambda t: "softmax" not in t)
    return [expression(text, caller, assumed=True) for text in texts]
