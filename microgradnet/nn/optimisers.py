"""Training: optimisers, pure functions that make new parameters of old ones, and minibatches.

Parameters are an array or dicts, lists, tuples and dataclasses of arrays, and so are gradients and what an optimiser
remembers. Nothing of the user's is written into, and nothing is kept here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from microgradnet import ops
from microgradnet.record import Recorded
from microgradnet.trees import along, flatten, paths, unflatten

__all__ = ["adam", "adamw", "minibatches", "momentum", "rmsprop", "sgd"]

_F = TypeVar("_F", bound=Callable[..., Any])
_Parameters = TypeVar("_Parameters")

State = Mapping[str, Any]
Array = NDArray[Any]

_DOC = """{summary}

{source}

Parameters
----------
parameters : array or container of arrays
    Dicts, lists, tuples and dataclasses, nested as they like. What is no floating-point number or array is passed on.
gradients : array or container of arrays
    Of the same structure, as `mg.grad` returns them.
state : dict, optional
    What the last call returned; None at first.
rate : float
    The learning rate; it may be another one in each call.{more}

Returns
-------
parameters : array or container of arrays
    New ones, of the same structure, shapes and dtypes.
state : dict
    {state}

Raises
------
ValueError
    If the gradients have another structure or another shape than the parameters, or are of whole numbers, or the state
    is of another optimiser.

Examples
--------
>>> import numpy as np
>>> import microgradnet as mg
>>> loss = lambda p: (p["w"] - 3) ** 2 + (p["b"] + 1) ** 2
>>> parameters, state = {{"w": 0.0, "b": 0.0}}, None
>>> for _ in range(2000):
...     gradients = mg.grad(loss)(parameters)
...     parameters, state = mg.nn.{name}(parameters, gradients, state, rate=0.01)
>>> round(float(parameters["w"]), 1), round(float(parameters["b"]), 1)
(3.0, -1.0)
"""


def _documented(source: str, more: str = "", state: str = "") -> Callable[[_F], _F]:
    """Complete the first line of a docstring with what all optimisers share."""

    def document(optimiser: _F) -> _F:
        name, summary = optimiser.__name__, optimiser.__doc__
        optimiser.__doc__ = _DOC.format(name=name, summary=summary, source=source, more=more, state=f"{_COUNT}{state}.")
        return optimiser

    return document


_COUNT = "``count``, how many steps were taken"
_BETAS = """
beta1, beta2 : float
    The shares that the means of gradients and of their squares keep in each step.
epsilon : float
    What is added to the root of the mean square."""
_OF_ADAM = "; ``mean`` and ``square``, the running means of gradients and of their squares"


@_documented("Robbins and Monro, A stochastic approximation method, 1951.")
def sgd(
    parameters: _Parameters, gradients: Any, state: State | None = None, *, rate: float
) -> tuple[_Parameters, dict[str, Any]]:
    """Take a step of gradient descent: p − rate · g."""

    def step(_: Any, p: Any, g: Any) -> tuple[Any]:
        return (p - rate * g,)

    return _stepped("sgd", step, (), parameters, gradients, state)


@_documented(
    "Polyak, Some methods of speeding up the convergence of iteration methods, 1964; as in PyTorch.",
    "\ndecay : float\n    The share of the velocity that each step keeps.",
    "; ``velocity``, the sum of the gradients that decay",
)
def momentum(
    parameters: _Parameters, gradients: Any, state: State | None = None, *, rate: float, decay: float = 0.9
) -> tuple[_Parameters, dict[str, Any]]:
    """Take a step of gradient descent with momentum: v ← decay · v + g, p − rate · v."""

    def step(_: Any, p: Any, g: Any, velocity: Any) -> tuple[Any, Any]:
        velocity = decay * velocity + g
        return p - rate * velocity, velocity

    return _stepped("momentum", step, ("velocity",), parameters, gradients, state)


@_documented(
    "Tieleman and Hinton, Lecture 6.5, Neural networks for machine learning, 2012; ε stands where PyTorch has it.",
    "\ndecay : float\n    The share that the mean of squares keeps in each step."
    "\nepsilon : float\n    What is added to the root of the mean square.",
    "; ``square``, the running mean of squares of gradients",
)
def rmsprop(
    parameters: _Parameters,
    gradients: Any,
    state: State | None = None,
    *,
    rate: float = 0.01,
    decay: float = 0.99,
    epsilon: float = 1e-8,
) -> tuple[_Parameters, dict[str, Any]]:
    """Take a step of gradient descent by RMSprop: s ← decay · s + (1 − decay) g², p − rate · g / (√s + ε)."""

    def step(_: Any, p: Any, g: Any, square: Any) -> tuple[Any, Any]:
        square = decay * square + (1 - decay) * g**2
        return p - rate * g / (ops.sqrt(square) + epsilon), square

    return _stepped("rmsprop", step, ("square",), parameters, gradients, state)


@_documented(
    "Kingma and Ba, Adam: a method for stochastic optimization, ICLR 2015.",
    _BETAS,
    _OF_ADAM,
)
def adam(
    parameters: _Parameters,
    gradients: Any,
    state: State | None = None,
    *,
    rate: float = 0.001,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
) -> tuple[_Parameters, dict[str, Any]]:
    """Take a step by Adam: p − rate · m̂ / (√v̂ + ε), m̂ and v̂ the running means of g and g² without their bias to 0."""

    def step(count: Any, p: Any, g: Any, mean: Any, square: Any) -> tuple[Any, Any, Any]:
        moved, mean, square = _adapted(count, g, mean, square, beta1, beta2, epsilon)
        return p - rate * moved, mean, square

    return _stepped("adam", step, ("mean", "square"), parameters, gradients, state)


@_documented(
    "Loshchilov and Hutter, Decoupled weight decay regularization, ICLR 2019.",
    f"\ndecay : float\n    Times the rate, the share of the parameters that each step takes away.{_BETAS}",
    _OF_ADAM,
)
def adamw(
    parameters: _Parameters,
    gradients: Any,
    state: State | None = None,
    *,
    rate: float = 0.001,
    decay: float = 0.01,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
) -> tuple[_Parameters, dict[str, Any]]:
    """Take a step by Adam, and let the parameters decay beside it: p − rate · decay · p − rate · m̂ / (√v̂ + ε)."""

    def step(count: Any, p: Any, g: Any, mean: Any, square: Any) -> tuple[Any, Any, Any]:
        moved, mean, square = _adapted(count, g, mean, square, beta1, beta2, epsilon)
        return (1 - rate * decay) * p - rate * moved, mean, square

    return _stepped("adamw", step, ("mean", "square"), parameters, gradients, state)


def _adapted(
    count: Any, g: Any, mean: Any, square: Any, beta1: float, beta2: float, epsilon: float
) -> tuple[Any, Any, Any]:
    """Return m̂ / (√v̂ + ε), and the running means m and v."""
    mean = beta1 * mean + (1 - beta1) * g
    square = beta2 * square + (1 - beta2) * g**2
    root = ops.sqrt(square / _complement(beta2, count))
    return mean / _complement(beta1, count) / (root + epsilon), mean, square


def _complement(beta: float, count: Any) -> Any:
    """Compute 1 − βⁿ, with all digits in single precision, too."""
    exponent: Any = count * (math.log(beta) if beta else -math.inf)
    return -(math.expm1(exponent) if type(exponent) is float else ops.expm1(exponent))


# --- containers of parameters ----------------------------------------------------------------------------


def _stepped(
    name: str,
    step: Callable[..., tuple[Any, ...]],
    remembered: tuple[str, ...],
    parameters: Any,
    gradients: Any,
    state: State | None,
) -> tuple[Any, dict[str, Any]]:
    """Take a step with each parameter: ``step(count, p, g, *remembered)`` returns what replaces p and others."""
    leaves: list[Any] = []
    structure = flatten(parameters, leaves, _is_parameter, "parameters")
    if state is None:
        nothing = [ops.zeros_like(p) for p in leaves]
        state = {"count": 0.0} | {key: unflatten(structure, nothing) for key in remembered}
    elif set(state) != {"count", *remembered}:
        wanted = ", ".join(("count", *remembered))
        raise ValueError(f"{name}: the state must be what {name} returned, with {wanted}; got {', '.join(state)}")
    count: Any = state["count"] if isinstance(state["count"], Recorded) else float(state["count"])
    columns = [along(structure, gradients, f"{name}: gradients")]
    columns += [along(structure, state[key], f"{name}: state[{key!r}]") for key in remembered]
    given = paths(flatten(gradients, [], _is_parameter, "gradients"), "parameters")
    if unmoved := sorted(set(given) - set(paths(structure, "parameters"))):
        raise ValueError(
            f"{name}: there is a gradient of {', '.join(unmoved)}, which holds no floating-point numbers and can't be "
            "moved; convert it with float() or .astype(float)"
        )
    moved: list[list[Any]] = [[] for _ in ("parameters", *remembered)]
    for path, p, *others in zip(paths(structure, "parameters"), leaves, *columns, strict=True):
        for other, whose in zip(others, ("gradient", *remembered), strict=True):
            if ops.shape(other) != ops.shape(p):
                raise ValueError(
                    f"{name}: the {whose} of {path} has shape {ops.shape(other)}, but that has {ops.shape(p)}"
                )
        for column, new in zip(moved, step(count + 1, p, *others), strict=True):
            column.append(ops.astype(new, p.dtype) if getattr(new, "dtype", None) != getattr(p, "dtype", None) else new)
    new, *kept = (unflatten(structure, column) for column in moved)
    return new, {"count": _in_precision(count + 1, leaves)} | dict(zip(remembered, kept, strict=True))


def _in_precision(count: Any, leaves: list[Any]) -> Any:
    """Make a number of the parameters' dtype, or a compiled step, with two of them, would take the rate for static."""
    if isinstance(count, Recorded):
        return count
    dtypes = [getattr(p, "dtype", np.float64) for p in leaves]
    return np.result_type(np.float32, *dtypes).type(count)  # half precision counts to 2048 only


def _is_parameter(value: Any) -> bool:
    return isinstance(value, float) or getattr(getattr(value, "dtype", None), "kind", "") == "f"


# --- minibatches -----------------------------------------------------------------------------------------


@overload
def minibatches(rng: np.random.Generator, array: Array, /, *, size: int) -> Iterator[Array]: ...
@overload
def minibatches(rng: np.random.Generator, /, *arrays: Array, size: int) -> Iterator[tuple[Array, ...]]: ...
def minibatches(rng: np.random.Generator, /, *arrays: Any, size: int) -> Iterator[Any]:
    """Go once through the rows of arrays, in an order that is drawn, some rows at a time.

    Parameters
    ----------
    rng : numpy.random.Generator
        What draws the order; the next call draws another one.
    *arrays : array
        With as many rows each.
    size : int
        How many rows a batch has; the last one has what is left.

    Returns
    -------
    iterator
        Of tuples with the same rows of each array; of a single array, of its rows.

    Raises
    ------
    TypeError
        If `rng` is no generator.
    ValueError
        If there are no arrays, they have no or not as many rows, or `size` isn't positive.

    Examples
    --------
    >>> import numpy as np
    >>> import microgradnet as mg
    >>> x, y = np.arange(5.0), np.arange(5)
    >>> for some, labels in mg.nn.minibatches(np.random.default_rng(0), x, y, size=2):
    ...     print(some, labels)
    [2. 4.] [2 4]
    [3. 0.] [3 0]
    [1.] [1]
    """
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"minibatches: first comes a numpy.random.Generator, got {type(rng).__name__}")
    arrays = tuple(a if hasattr(a, "shape") else np.asarray(a) for a in arrays)
    shapes = [a.shape for a in arrays]
    if not shapes or any(shape[:1] != shapes[0][:1] or not shape for shape in shapes):
        raise ValueError(f"minibatches: arrays with as many rows each are needed, got shapes {shapes}")
    if size < 1:
        raise ValueError(f"minibatches: size must be positive, got {size}")
    order = rng.permutation(shapes[0][0])
    batches = (order[i : i + size] for i in range(0, len(order), size))
    return (arrays[0][rows] if len(arrays) == 1 else tuple([a[rows] for a in arrays]) for rows in batches)
