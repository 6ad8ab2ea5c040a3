"""Whether exported source computes what the activation does: it is run, and held against this package's own numbers."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from typing import Any

import numpy as np

from microgradnet.nn.activate.declaration import Activation
from microgradnet.tensor import tensor
from microgradnet.transforms import gradients
from microgradnet.views.libraries import Library

__all__ = ["agreement"]

Array = np.ndarray[Any, np.dtype[Any]]

ORDERS = ("value", "first derivative", "second derivative")

LINE = np.concatenate([np.linspace(-8, 8, 801), *(s * np.geomspace(1e-6, 1e3, 46) for s in (-1, 1))])
"""Round numbers are among them, where kinks tend to be: what is taken there is to be the same."""

SHAPES = ((4, 12), (2, 3, 12))

FAR_OFF = {"float64": 1e-8, "float32": 1e-3}
"""How far the numbers may be apart, in relation to them or to one: rounding is less."""


def agreement(declared: Activation, name: str, static: Mapping[str, Any], library: Library, code: str) -> str:
    """Run exported source, compare it, and say with what it agrees, or that it was not run.

    Parameters
    ----------
    declared : Activation
    name : str
        Of the function in the source.
    static : mapping of str to object
        The parameters that aren't learned.
    library : Library
    code : str

    Raises
    ------
    ValueError
        If it computes something else.
    """
    try:
        module = importlib.import_module(library.module)
    except ImportError:
        return f"Not run: {library.title} is not installed where this was written."
    names: dict[str, Any] = {"__name__": f"exported_{name}"}
    exec(compile(code, f"<{name} for {library.title}>", "exec"), names)
    said = []
    for dtype in ("float64", "float32"):
        worst: dict[int, float] = {}
        for given in _given(declared, dtype):
            with np.errstate(all="ignore"):
                ours = _ours(declared, given, static)
                theirs = _RUN[library.module](names, name, declared, given)
            for order, (own, found) in enumerate(zip(ours, theirs, strict=False)):
                for pair in zip(own, found, strict=True):
                    worst[order] = max(worst.get(order, 0.0), _apart(declared, name, library, order, *pair))
        numbers = ", ".join(f"{ORDERS[order]} within {error:.1g}" for order, error in worst.items())
        said.append(f"in {dtype} {numbers}")
    points = f"at {LINE.size} points from -1000 to 1000"
    where = points if declared.elementwise else f"for x of shapes {SHAPES[0]} and {SHAPES[1]}"
    from microgradnet import __version__

    return (
        f"Run with {library.title} {module.__version__}, it agrees with microgradnet {__version__} {where}: "
        f"{'; '.join(said)}, in relation to the number, or to 1."
    )


def _given(declared: Activation, dtype: str) -> list[list[Array]]:
    """List what it is called with: x, and the learnable parameters, one for each number of x."""
    if not declared.elementwise:
        return [[np.sin(np.arange(float(np.prod(shape)))).reshape(shape).astype(dtype) * 3] for shape in SHAPES]
    defaults = [float(declared.parameters[k]) for k in declared.learnable]
    settings = [defaults, [1.5 * v + 0.25 for v in defaults]] if defaults else [[]]
    return [[LINE.astype(dtype), *(np.full(LINE.shape, v, dtype) for v in values)] for values in settings]


def _weights(shape: Sequence[int], dtype: Any) -> Array:
    """Return a cotangent with different numbers in it."""
    weights: Array = (1.5 + np.cos(np.arange(float(np.prod(shape))))).reshape(shape).astype(dtype)
    return weights


def _ours(declared: Activation, given: Sequence[Array], static: Mapping[str, Any]) -> list[list[Array]]:
    """Compute value, first and second derivatives."""
    leaves = [tensor(v, requires_grad=True) for v in given]
    y: Any = declared(leaves[0], **dict(zip(declared.learnable, leaves[1:], strict=True)), **static)
    if not declared.elementwise:
        g = tensor(_weights(y.shape, given[0].dtype))
        (first,) = gradients(y, leaves, seed=g, create_graph=True)
        return [[y.data], [first.data], _of(first, leaves, _weights(first.shape, given[0].dtype))]
    slopes: Any = gradients(y, leaves, seed=np.ones(y.shape, y.dtype), create_graph=True)
    seconds = [d for i, slope in enumerate(slopes) for d in _of(slope, leaves, np.ones(y.shape, y.dtype))[i:]]
    return [[y.data], [slope.data for slope in slopes], seconds]


def _of(y: Any, leaves: Sequence[Any], seed: Array) -> list[Array]:
    """Differentiate once more, what may be constant."""
    if not y.requires_grad:
        return [np.zeros(leaf.shape, leaf.dtype) for leaf in leaves]
    found: list[Array] = gradients(y, list(leaves), seed=seed)
    return found


def _in_numpy(names: Mapping[str, Any], name: str, declared: Activation, given: Sequence[Array]) -> list[list[Array]]:
    value = names[name](*given)
    if not declared.elementwise:
        return [[value], [names[f"{name}_vjp"](*given, _weights(value.shape, value.dtype))]]
    found = [names[f"{name}{end}"](*given) for end in ("_derivative", "_second_derivative")]
    return [[value], *(list(part) if isinstance(part, tuple) else [part] for part in found)]


def _in_torch(names: Mapping[str, Any], name: str, declared: Activation, given: Sequence[Array]) -> list[list[Array]]:
    torch: Any = importlib.import_module("torch")

    def back(y: Any, seed: Array) -> list[Any]:
        if not y.requires_grad:
            return [torch.zeros_like(leaf) for leaf in leaves]
        return list(torch.autograd.grad(y, leaves, torch.from_numpy(seed), create_graph=True, materialize_grads=True))

    leaves = [torch.tensor(v, requires_grad=True) for v in given]
    y = names[name](*leaves)
    if not declared.elementwise:
        (first,) = back(y, _weights(y.shape, given[0].dtype))
        found = [[y], [first], back(first, _weights(first.shape, given[0].dtype))]
    else:
        ones = np.ones(y.shape, given[0].dtype)
        slopes = back(y, ones)
        found = [[y], slopes, [d for i, slope in enumerate(slopes) for d in back(slope, ones)[i:]]]
    return [[part.detach().numpy() for part in parts] for parts in found]


def _in_jax(names: Mapping[str, Any], name: str, declared: Activation, given: Sequence[Array]) -> list[list[Array]]:
    jax: Any = importlib.import_module("jax")

    def back(f: Callable[..., Any], seed: Array) -> Callable[..., Any]:
        return lambda *leaves: jax.vjp(f, *leaves)[1](seed)

    f = names[name]
    weights = np.ones if declared.elementwise else _weights

    def derived(*leaves: Any) -> Any:
        y = f(*leaves)
        first = back(f, weights(y.shape, y.dtype))
        slopes = first(*leaves)
        seconds = [
            d
            for i, slope in enumerate(slopes)
            for d in back(lambda *x, i=i: first(*x)[i], weights(slope.shape, slope.dtype))(*leaves)[i:]
        ]
        return [y], slopes, seconds

    enabled: Any = (jax if hasattr(jax, "enable_x64") else importlib.import_module("jax.experimental")).enable_x64
    wide: Any = enabled(True) if given[0].dtype == np.float64 else nullcontext()
    with wide:
        compiled = jax.jit(derived)  # one program is compiled sooner than all its operations
        return [[np.asarray(part) for part in parts] for parts in compiled(*map(jax.numpy.asarray, given))]


_RUN = {"numpy": _in_numpy, "torch": _in_torch, "jax": _in_jax}


def _apart(declared: Activation, name: str, library: Library, order: int, ours: Array, theirs: Array) -> float:
    """Return how far numbers are apart; refuse what rounding can't explain."""
    wrong = f"export_activation: what was written for {library.title} isn't {name!r}: its {ORDERS[order]}"
    if (ours.shape, ours.dtype) != (theirs.shape, theirs.dtype):
        raise ValueError(f"{wrong} is {theirs.dtype} of shape {theirs.shape}, not {ours.dtype} of shape {ours.shape}")
    with np.errstate(all="ignore"):
        off = np.abs(theirs - ours) / np.maximum(np.abs(ours), 1)
    off = np.where((ours == theirs) | (np.isnan(ours) & np.isnan(theirs)), 0, off).reshape(-1)
    off = np.where(np.isnan(off), np.inf, off)
    at = int(np.argmax(off))
    if off[at] > FAR_OFF[ours.dtype.name]:
        where = f" at x = {LINE[at]:.6g}" if declared.elementwise else ""
        raise ValueError(
            f"{wrong}{where} is {theirs.reshape(-1)[at]:.9g}, and should be {ours.reshape(-1)[at]:.9g}, in {ours.dtype}"
        )
    return float(off[at])
