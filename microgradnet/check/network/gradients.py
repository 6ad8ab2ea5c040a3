"""Where the gradients by hand are after a step of somebody's network: returned, left in attributes, or added.

Gradients belong to parameters by their names, where these say it (dW1, grads["W1"], nabla_w, layer.dweights), else by
their shapes and order.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from microgradnet.check.network.attributes import Place, numbers_in
from microgradnet.check.network.methods import bare

__all__ = ["by_shape", "leaves_of", "matched", "parameter_like"]

OF_A_GRADIENT = re.compile(
    r"^(?:d(?:loss|cost|[ljce])d|deltanabla|sumnabla|nabla|gradients?|grads?|delta|del|d|g)?(.*?)"
    r"(?:gradients?|grads?|deltas?|d)?$"
)
"""What stands around a parameter's name in the name of its gradient, written without underscores and capitals."""

PARAMETER = re.compile(r"(w|b|weights?|bias(es)?|theta|coefs?|intercepts?|kernels?|gamma|beta)_?\w{0,3}_?", re.I)


def parameter_like(place: Place) -> bool:
    """Whether a name is one that people give to parameters."""
    return PARAMETER.fullmatch(place.name) is not None


def _short(name: str) -> str:
    """Write a parameter's name as short as people do: w1 for weights_1, b for biases."""
    name = re.sub(r"^(weights?|wts?)", "w", bare(name))
    return re.sub(r"^(bias(es)?)", "b", name)


def _keys(place: Place, gradient: bool) -> list[tuple[tuple[int, ...], str]]:
    """Return what has to be the same of a parameter and of its gradient: the indices on the way, and a name."""
    indices = tuple(key for kind, key in place.steps if kind == "[]" and isinstance(key, int))
    names = [_short(place.name)]
    if gradient and (found := OF_A_GRADIENT.match(bare(place.name))) and found[1]:
        names.append(_short(found[1]))
    return [(indices, name) for name in names]


def matched(gradients: Mapping[Place, Any], parameters: Mapping[Place, Any]) -> dict[Place, Place]:
    """Find the gradient of each parameter, by names, and where none has a name, by shapes in order."""
    found: dict[Place, Place] = {}
    for parameter, value in parameters.items():
        (wanted,) = _keys(parameter, False)
        fitting = [g for g in gradients if wanted in _keys(g, True)]
        fitting.sort(key=lambda g: (np.size(gradients[g]) != np.size(value), g.container != parameter.container))
        if fitting:
            found[parameter] = fitting[0]
    return found


def by_shape(gradients: Mapping[Place, Any], parameters: Mapping[Place, Any]) -> dict[Place, Place]:
    """Match gradients without names to the parameters, if each shape says which one, or all are in order."""
    shapes = {p: np.shape(v) for p, v in parameters.items()}
    given = {g: np.shape(v) for g, v in gradients.items()}
    if len(set(shapes.values())) == len(shapes) and sorted(shapes.values()) == sorted(given.values()):
        return {p: next(g for g, s in given.items() if s == shape) for p, shape in shapes.items()}
    if list(shapes.values()) == list(given.values()):
        return dict(zip(shapes, given, strict=True))
    return {}


def leaves_of(returned: Any, method: Any) -> dict[Place, Any]:
    """Name all numbers and arrays in what a method returned, the items of a tuple as its ``return`` calls them."""
    if not isinstance(returned, tuple):
        return dict(_numbers(returned))
    found = {}
    for i, (name, item) in enumerate(zip(_returned_names(method, len(returned)), returned, strict=True)):
        for place, value in _numbers(item):
            before = Place().attribute(name) if name else Place() if place.name else Place().item(i)
            found[Place((*before.steps, *place.steps))] = value
    return found


def _numbers(value: Any) -> Iterator[tuple[Place, Any]]:
    if isinstance(value, np.ndarray | np.generic | float):
        yield Place(), value
    else:
        yield from ((p, v) for p, v in numbers_in(value).items() if np.asarray(v).dtype.kind == "f")


def _returned_names(method: Any, count: int) -> list[str]:
    """Read what a method's last ``return a, b`` calls its items; "" for what has no name, or no source."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(method)))
    except (OSError, TypeError, SyntaxError):
        return [""] * count
    found = [n.value.elts for n in ast.walk(tree) if isinstance(n, ast.Return) and isinstance(n.value, ast.Tuple)]
    fitting = [[e.id if isinstance(e, ast.Name) else "" for e in items] for items in found if len(items) == count]
    return fitting[-1] if fitting else [""] * count
