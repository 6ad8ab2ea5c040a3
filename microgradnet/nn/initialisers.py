"""Initial weights, drawn so that signals and gradients keep their size from layer to layer, whatever the activation."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from microgradnet.nn.activate.gain import gain as gain_of

__all__ = [
    "Initialiser", "glorot_normal", "glorot_uniform", "he_normal", "he_uniform", "lecun_normal", "lecun_uniform",
    "orthogonal",
]  # fmt: skip

Array = NDArray[Any]


class Initialiser(Protocol):
    """What draws weights: a function of a generator and a shape."""

    def __call__(
        self,
        rng: np.random.Generator,
        shape: Sequence[int],
        *,
        gain: float | None = None,
        activation: str | Callable[[Any], Any] | None = None,
        layout: str | None = None,
        dtype: Any = np.float64,
    ) -> Array:
        """Draw weights of a shape."""


_DOC = """{summary}

{source}

Parameters
----------
rng : numpy.random.Generator
shape : sequence of int
    Of two axes or more.
gain : float, optional
    What all is multiplied by. The default is {default}.
activation : str or callable, optional
    In place of `gain`, the activation that comes after: its name or a function, whose `mg.nn.gain` is taken.
layout : str, optional
    A letter for each axis: i for inputs, o for outputs, and others for the window of a convolution. The default is "io"
    for matrices, as in ``x @ weights``, and "oi…" for kernels, as in (outputs, inputs, height, width). The fan-in is
    the number of inputs times the size of the window, and the fan-out that of outputs times the same.
dtype : dtype
    Of the result: a floating one. The numbers drawn are the same for all.

Returns
-------
array
    Of the given shape.

Raises
------
TypeError
    If `rng` is no generator.
ValueError
    If the shape has fewer than two axes, the layout doesn't fit it, both `gain` and `activation` are given, or the
    activation has no gain.

Examples
--------
>>> import numpy as np
>>> import microgradnet as mg
>>> weights = mg.nn.{name}(np.random.default_rng(0), (300, 100), activation="tanh")
>>> kernel = mg.nn.{name}(np.random.default_rng(0), (16, 8, 3, 3), dtype=np.float32)
>>> weights.shape, kernel.shape, kernel.dtype
((300, 100), (16, 8, 3, 3), dtype('float32'))
"""

_GLOROT = "Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks, AISTATS 2010."
_HE = "He, Zhang, Ren and Sun, Delving deep into rectifiers, ICCV 2015."
_LECUN = "LeCun, Bottou, Orr and Müller, Efficient BackProp, 1998."


def _declared(name: str, summary: str, source: str, default: float, draw: Callable[..., Array]) -> Initialiser:
    """Make an initialiser of ``draw(rng, shape, layout, gain)``."""

    def initialiser(
        rng: np.random.Generator,
        shape: Sequence[int],
        *,
        gain: float | None = None,
        activation: str | Callable[[Any], Any] | None = None,
        layout: str | None = None,
        dtype: Any = np.float64,
    ) -> Array:
        if not isinstance(rng, np.random.Generator):
            raise TypeError(
                f"{name}: rng must be a numpy.random.Generator, got {type(rng).__name__}; make one by "
                "np.random.default_rng(seed)"
            )
        try:
            sizes = tuple(map(int, shape))
            scale = _gain(gain, activation, default)
            return draw(rng, sizes, _layout(sizes, layout), scale).astype(dtype)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from error

    initialiser.__name__ = initialiser.__qualname__ = name
    said = {1.0: "1", math.sqrt(2): "√2, that of ReLU"}[default]
    initialiser.__doc__ = _DOC.format(summary=summary, source=source, default=said, name=name)
    return initialiser


def _gain(gain: float | None, activation: Any, default: float) -> float:
    if activation is None:
        return default if gain is None else float(gain)
    if gain is not None:
        raise ValueError("give gain= or activation=, which stands for its gain, and not both")
    found = gain_of(activation)
    if not 0 < found < math.inf:
        raise ValueError(
            f"the gain of the activation is {found}: no weights make it keep the size of a signal; give gain="
        )
    return found


def _layout(shape: tuple[int, ...], layout: str | None) -> str:
    if len(shape) < 2:
        raise ValueError(
            f"weights need inputs and outputs, and so two axes, got the shape {shape}; biases are np.zeros"
        )
    if layout is None:
        return "io" if len(shape) == 2 else "oi" + "w" * (len(shape) - 2)
    if len(layout) != len(shape) or layout.count("i") != 1 or layout.count("o") != 1:
        raise ValueError(
            f"layout must have a letter for each axis of {shape}, one i and one o among them, as 'oihw', got {layout!r}"
        )
    return layout


def _fans(shape: tuple[int, ...], layout: str) -> tuple[int, int]:
    """Return how many inputs one output has, and how many outputs one input."""
    inputs, outputs = shape[layout.index("i")], shape[layout.index("o")]
    window = math.prod(n for n, letter in zip(shape, layout, strict=True) if letter not in "io")
    return inputs * window, outputs * window


def _scaled(uniform: bool, fan: Callable[[int, int], float]) -> Callable[..., Array]:
    """Draw numbers with the standard deviation gain / √fan."""

    def draw(rng: np.random.Generator, shape: tuple[int, ...], layout: str, gain: float) -> Array:
        deviation = gain / math.sqrt(max(fan(*_fans(shape, layout)), 1))
        bound = math.sqrt(3) * deviation
        return rng.uniform(-bound, bound, shape) if uniform else deviation * rng.standard_normal(shape)

    return draw


def _orthogonal(rng: np.random.Generator, shape: tuple[int, ...], layout: str, gain: float) -> Array:
    first = layout.index("o")
    arranged = (shape[first], *shape[:first], *shape[first + 1 :])
    rows, columns = shape[first], math.prod(arranged[1:])
    a = rng.standard_normal((max(rows, columns), min(rows, columns)))
    q, r = np.linalg.qr(a)
    q = q * np.where(np.diagonal(r) < 0, -1, 1)  # or not all would be equally likely
    matrix = q if rows >= columns else q.T
    return np.moveaxis(gain * matrix.reshape(arranged), 0, first)


def _mean_fan(fan_in: int, fan_out: int) -> float:
    return (fan_in + fan_out) / 2


def _fan_in(fan_in: int, fan_out: int) -> float:  # noqa: ARG001
    return fan_in


_UNIFORM = "Draw weights uniformly within ±√3 times the standard deviation"
_NORMAL = "Draw weights from a normal distribution, which isn't cut off, with the standard deviation"

glorot_uniform = _declared(
    "glorot_uniform", f"{_UNIFORM} gain / √((fan-in + fan-out) / 2).", _GLOROT, 1.0, _scaled(True, _mean_fan)
)
glorot_normal = _declared(
    "glorot_normal", f"{_NORMAL} gain / √((fan-in + fan-out) / 2).", _GLOROT, 1.0, _scaled(False, _mean_fan)
)
he_uniform = _declared("he_uniform", f"{_UNIFORM} gain / √fan-in.", _HE, math.sqrt(2), _scaled(True, _fan_in))
he_normal = _declared("he_normal", f"{_NORMAL} gain / √fan-in.", _HE, math.sqrt(2), _scaled(False, _fan_in))
lecun_uniform = _declared("lecun_uniform", f"{_UNIFORM} gain / √fan-in.", _LECUN, 1.0, _scaled(True, _fan_in))
lecun_normal = _declared("lecun_normal", f"{_NORMAL} gain / √fan-in.", _LECUN, 1.0, _scaled(False, _fan_in))
orthogonal = _declared(
    "orthogonal",
    "Draw weights whose rows for the outputs, or columns where those are fewer, are orthogonal and of length gain.",
    "All such matrices are equally likely. Saxe, McClelland and Ganguli, Exact solutions to the nonlinear dynamics of "
    "learning in\ndeep linear neural networks, ICLR 2014.",
    1.0,
    _orthogonal,
)
