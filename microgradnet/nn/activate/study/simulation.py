"""Real networks, of finite width, beside what is expected of infinitely wide ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from microgradnet.nn.activate.study.curve import Array, Curve
from microgradnet.nn.activate.study.propagation import CORRELATION, LAYERS
from microgradnet.ops import matmul
from microgradnet.ops import sum as sum_
from microgradnet.tensor import Tensor, tensor
from microgradnet.transforms import gradients

__all__ = ["MeasuredByLayer", "Simulation", "simulate"]

WIDTH, INPUTS, SEEDS = 256, 16, 8


@dataclass(frozen=True)
class MeasuredByLayer:
    """A quantity by layers, measured in several networks.

    Attributes
    ----------
    mean, spread : array, shape (layers,)
        Over the networks; the spread is their standard deviation.
    error : array, shape (layers,)
        The standard error of the mean, spread / √networks.
    """

    mean: Array
    spread: Array
    error: Array

    @classmethod
    def of(cls, values: Array) -> MeasuredByLayer:
        """Take what was measured, shape (networks, layers)."""
        with np.errstate(all="ignore"):  # a signal may have left the range of floating point
            spread = values.std(axis=0, ddof=1)
        return cls(values.mean(axis=0), spread, spread / np.sqrt(len(values)))


@dataclass(frozen=True)
class Simulation:
    """What was measured in networks of 20 layers of 256 units, for 16 inputs, with weights of the gain.

    Attributes
    ----------
    width, inputs, networks : int
    signal : MeasuredByLayer
        The mean square of the sums of each layer.
    gradient : MeasuredByLayer
        The mean square of the gradient of the sums, in relation to the last layer.
    correlations : MeasuredByLayer
        Of two inputs.
    dead, dead_units : float
        In the last layer: the share of slopes that are 0, and of units whose slope is 0 for every input.
    """

    width: int
    inputs: int
    networks: int
    signal: MeasuredByLayer
    gradient: MeasuredByLayer
    correlations: MeasuredByLayer
    dead: float
    dead_units: float


def simulate(curve: Curve, gain: float, *, seeds: int = SEEDS) -> Simulation:
    """Run networks with the activation in every layer, forward and backward.

    Parameters
    ----------
    curve : Curve
    gain : float
        σ_w: each weight is normal with the standard deviation σ_w / √256.
    seeds : int
        The number of networks; the seeds are 0, 1, …
    """
    found = [_run(curve, gain, np.random.default_rng(seed)) for seed in range(seeds)]
    signal, gradient, correlations, dead = (np.array(values) for values in zip(*found, strict=True))
    by_layer = [MeasuredByLayer.of(values) for values in (signal, gradient, correlations)]
    return Simulation(WIDTH, INPUTS, seeds, by_layer[0], by_layer[1], by_layer[2], *map(float, dead.mean(axis=0)))


def _run(curve: Curve, gain: float, random: np.random.Generator) -> tuple[Array, Array, Array, tuple[float, float]]:
    """Measure signal, gradient and correlations by layers, and dead slopes and units in the last one."""
    shared, own = random.normal(size=(1, WIDTH)), random.normal(size=(INPUTS, WIDTH))
    first = np.sqrt(CORRELATION) * shared + np.sqrt(1 - CORRELATION) * own
    first /= np.sqrt(np.mean(first**2, axis=1, keepdims=True))
    with np.errstate(all="ignore"):
        sums = [tensor(first @ random.normal(0, WIDTH**-0.5, (WIDTH, WIDTH)), requires_grad=True)]
        for _ in range(LAYERS - 1):
            weights = random.normal(0, gain * WIDTH**-0.5, (WIDTH, WIDTH))
            following = matmul(curve.activation(sums[-1]), weights)
            flat = not (isinstance(following, Tensor) and following.requires_grad)  # a step, or a constant
            sums.append(tensor(following, requires_grad=True) if flat else following)
        towards = random.normal(size=sums[-1].shape)
        backward = gradients(sum_(sums[-1] * towards), sums)
        values = np.stack([z.numpy() for z in sums])
        squares = np.mean(np.stack(backward) ** 2, axis=(1, 2))
        signal = np.mean(values**2, axis=(1, 2))
        products = np.einsum("liu,lju->lij", values, values) / WIDTH
        sizes = np.sqrt(np.einsum("lii->li", products))
        products /= sizes[:, :, None] * sizes[:, None, :]
        pairs = products[:, *np.triu_indices(INPUTS, 1)].mean(axis=1)
        flat = curve.slope(values[-1]) == 0
        return signal, squares / squares[-1], pairs, (float(flat.mean()), float(flat.all(axis=0).mean()))
