"""The network of two layers, for any activations, with or without biases: as an expression, and by hand.

    z1 = x · weights1 + bias1        layer1 = f(z1)
    z2 = layer1 · weights2 + bias2   output = g(z2)        loss = Σ (y − output)²

Parameters are a mapping from their names to arrays; a learnable parameter α of an activation is one of them, as
``alpha1`` or ``alpha2``. Nothing here changes them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import numpy as np

from microgradnet.nn.activate import Activation, find
from microgradnet.ops import matmul, square
from microgradnet.ops import sum as sum_
from microgradnet.record import scope
from microgradnet.tensor import Tensor, tensor
from microgradnet.transforms import gradients, value_and_grad, vjp

__all__ = ["Array", "Parameters", "TwoLayers", "initial_parameters", "with_derivatives"]

Array = np.ndarray[Any, np.dtype[Any]]
Parameters = Mapping[str, Any]


def initial_parameters(
    inputs: int,
    hidden: int,
    outputs: int,
    *,
    activation: str | Callable[..., Any] = "sigmoid",
    output_activation: str | Callable[..., Any] | None = None,
    bias: bool = False,
    seed: int | None = None,
) -> dict[str, Array]:
    """Draw the parameters of a network of two layers.

    Parameters
    ----------
    inputs, hidden, outputs : int
        Numbers of units: d, h and o, what the activations make of them.
    activation, output_activation : str or callable
        As for `TwoLayers`: some have learnable parameters, and some make fewer units of more.
    bias : bool
        Whether there are biases; they start at zero.
    seed : int, optional
        The same seed gives the same parameters.

    Returns
    -------
    dict of str to array
        ``weights1`` (d, h), ``bias1`` (h,), ``weights2`` (h, o), ``bias2`` (o,), in that order; a layer's learnable
        parameters, 0-d, after its bias. A layer is wider where its activation makes fewer units of it: for ``glu``
        weights1 is (d, 2h). Each weight is uniform in ±√(6 / (units before + units after)), which keeps sums over
        many inputs out of the flat ends of the activation (Glorot and Bengio, AISTATS 2010, eq. 16).
    """
    network = TwoLayers(activation, output_activation)
    return network.initial_parameters(inputs, hidden, outputs, bias=bias, seed=seed)


class TwoLayers:
    """A network of two layers and its loss, differentiated in two ways.

    Parameters
    ----------
    activation : str or callable
        f, of the hidden layer.
    output_activation : str or callable, optional
        g, of the output layer. The default is f.

    Examples
    --------
    >>> from microgradnet import article
    >>> from microgradnet.nn import TwoLayers, initial_parameters
    >>> x, y = article.dataset()
    >>> parameters = initial_parameters(3, 4, 1, bias=True, seed=0)
    >>> network = TwoLayers("tanh", "sigmoid")
    >>> loss, gradients = network.automatic(x, y, parameters)
    >>> same_loss, updates = network.by_hand(x, y, parameters)
    >>> all(np.allclose(gradients[name], -updates[name], rtol=1e-12) for name in parameters)
    True
    """

    def __init__(
        self,
        activation: str | Callable[..., Any] = "sigmoid",
        output_activation: str | Callable[..., Any] | None = None,
    ) -> None:
        self.activations: tuple[Activation, Activation] = (
            find(activation),
            find(activation if output_activation is None else output_activation),
        )

    def initial_parameters(
        self, inputs: int, hidden: int, outputs: int, *, bias: bool = False, seed: int | None = None
    ) -> dict[str, Array]:
        """Draw parameters, as the function `initial_parameters` does."""
        random = np.random.default_rng(seed)
        parameters = {}
        units = (inputs, hidden, outputs)
        for layer, f in enumerate(self.activations, 1):
            before, width = units[layer - 1], _width(f, units[layer])
            limit = np.sqrt(6 / (before + width))
            parameters[f"weights{layer}"] = random.uniform(-limit, limit, (before, width))
            if bias:
                parameters[f"bias{layer}"] = np.zeros(width)
            for name in f.learnable:
                parameters[f"{name}{layer}"] = np.array(f.parameters[name], dtype=np.float64)
        return parameters

    # --- as an expression --------------------------------------------------------------------------

    def feedforward(self, x: Any, parameters: Parameters) -> Any:
        """Compute the output, shape (n, o), from x, shape (n, d): arrays or tensors."""
        with scope("hidden layer"):
            layer1 = self._activated(1, x, parameters)
        with scope("output layer"):
            return self._activated(2, layer1, parameters)

    def _activated(self, layer: int, x: Any, parameters: Parameters) -> Any:
        f = self.activations[layer - 1]
        return f(_affine(x, parameters, layer), **_learned(f, layer, parameters))

    def loss(self, x: Any, y: Any, parameters: Parameters) -> Any:
        """Compute Σ (y − output)² for x, shape (n, d), and y, shape (n, o): arrays or tensors."""
        output = self.feedforward(x, parameters)
        with scope("loss"):
            return sum_(square(y - output))

    def recorded(self, x: Array, y: Array, parameters: Parameters) -> tuple[Tensor, dict[str, Tensor]]:
        """Record one loss on tensors named x, y and as the parameters are: (loss, the parameters' tensors)."""
        tensors = {name: tensor(value, requires_grad=True, name=name) for name, value in parameters.items()}
        return self.loss(tensor(x, name="x"), tensor(y, name="y"), tensors), tensors

    def automatic(self, x: Array, y: Array, parameters: Parameters) -> tuple[float, dict[str, Array]]:
        """Compute the loss and its automatic gradients ∂loss/∂parameter, by name."""
        loss, tensors = self.recorded(x, y, parameters)
        return loss.item(), dict(zip(tensors, gradients(loss, list(tensors.values())), strict=True))

    def differentiated(self, x: Any, y: Any, parameters: Parameters) -> tuple[Any, dict[str, Any]]:
        """Compute what `automatic` does, in a way that `microgradnet.compile` can trace."""

        def loss(*values: Any) -> Any:
            return self.loss(x, y, dict(zip(parameters, values, strict=True)))

        value, gradients = value_and_grad(loss, argnums=tuple(range(len(parameters))))(*parameters.values())
        return value, dict(zip(parameters, gradients, strict=True))

    def compiled(self, x: Array, y: Array) -> Callable[[Parameters], tuple[float, dict[str, Array]]]:
        """Make a function of the parameters that computes what `automatic` does, compiled by `microgradnet.compile`."""
        from microgradnet.compiler import compile  # noqa: A004 - it takes a while to load

        quick = compile(self.differentiated, backend="numpy")  # Numba takes seconds to begin

        def automatic(parameters: Parameters) -> tuple[float, dict[str, Array]]:
            value, gradients = quick(x, y, dict(parameters))
            return float(value), gradients

        return automatic

    # --- by hand -----------------------------------------------------------------------------------

    def by_hand(self, x: Array, y: Array, parameters: Parameters) -> tuple[float, dict[str, Array]]:
        """Compute the loss and, by name, the updates −∂loss/∂parameter with formulas derived by hand.

            delta2 = 2 (y − output) ⊙ g′(z2)          d_weights2 = layer1ᵀ · delta2     d_bias2 = Σ delta2
            delta1 = (delta2 · weights2ᵀ) ⊙ f′(z1)    d_weights1 = xᵀ · delta1          d_bias1 = Σ delta1

        A learnable parameter α of f has d_α1 = Σ (delta2 · weights2ᵀ) ⊙ ∂f/∂α, and so has one of g. An activation
        along an axis has its transposed Jacobian in place of ⊙ f′.

        Raises
        ------
        ValueError
            If no derivative by hand is registered for an activation.
        """
        z1, layer1, z2, output = self._forward_by_hand(x, parameters)
        residual = y - output
        pulled2 = self._pull(2, 2.0 * residual, z2, output, parameters)
        pulled1 = self._pull(1, np.dot(pulled2["z"], parameters["weights2"].T), z1, layer1, parameters)
        return float(np.sum(residual**2)), _sums_over_rows(x, layer1, pulled1, pulled2, parameters)

    def magnitudes(self, x: Array, y: Array, parameters: Parameters) -> dict[str, Array]:
        """Compute, by name, how large each element of a gradient would be if no term in its sums cancelled.

        These are the formulas of `by_hand` with the absolute value of everything: the scale of the rounding
        errors in any way of computing the gradient (Higham, Accuracy and Stability of Numerical Algorithms,
        2002, sections 3.1 and 3.5). Near a minimum the gradient itself is no such scale, for there its terms cancel.
        """
        z1, layer1, z2, output = self._forward_by_hand(x, parameters)
        pulled2 = self._pull_magnitude(2, 2.0 * (np.abs(y) + np.abs(output)), z2, output, parameters)
        g1 = np.dot(pulled2["z"], np.abs(parameters["weights2"]).T)
        pulled1 = self._pull_magnitude(1, g1, z1, layer1, parameters)
        return _sums_over_rows(np.abs(x), np.abs(layer1), pulled1, pulled2, parameters)

    def _forward_by_hand(self, x: Array, parameters: Parameters) -> tuple[Array, Array, Array, Array]:
        """Return z1, layer1, z2 and output."""
        f, g = self.activations
        z1 = np.dot(x, parameters["weights1"]) + parameters.get("bias1", 0.0)
        layer1 = f(z1, **_learned(f, 1, parameters))
        z2 = np.dot(layer1, parameters["weights2"]) + parameters.get("bias2", 0.0)
        return z1, layer1, z2, g(z2, **_learned(g, 2, parameters))

    def _pull(self, layer: int, g: Array, z: Array, a: Array, parameters: Parameters) -> dict[str, Array]:
        """Pull the gradient of a layer's values back through its activation: to ``z``, and to what it learns."""
        f = self.activations[layer - 1]
        pulled = f.pull(g, z, a, **_learned(f, layer, parameters))
        return {"z": pulled.pop(f.argument), **pulled}

    def _pull_magnitude(self, layer: int, g: Array, z: Array, a: Array, parameters: Parameters) -> dict[str, Array]:
        """Do the same with |g| and the absolute value of the activation's Jacobian."""
        if self.activations[layer - 1].elementwise:
            return {k: np.abs(v) for k, v in self._pull(layer, g, z, a, parameters).items()}
        total: dict[str, Array] = {}
        for column in range(a.shape[-1]):  # one row of the Jacobian at a time, for its terms may cancel
            alone = np.zeros_like(g)
            alone[..., column] = g[..., column]
            for k, v in self._pull(layer, alone, z, a, parameters).items():
                total[k] = total.get(k, 0.0) + np.abs(v)
        return total

    def learning_rate(self, rows: int) -> float:
        """Return a learning rate to begin with: 1 / (16 · rows · steepest f′ · (steepest g′)²), slopes over ±4.

        The loss is a sum over rows, and its curvature grows with them and with the slopes. A sigmoid is
        nowhere steeper than 1/4: for two of them this is 4 / rows, the article's 1 for the article's four rows.
        The slope of an activation along an axis is taken to be 2, which that of log-softmax can reach.
        """
        f, g = map(_steepest, self.activations)
        return float(1 / (16 * rows * f * g**2))


def with_derivatives(f: Activation) -> Activation:
    """Return an activation as it is, or, where no derivatives by hand are known of it, with its automatic ones.

    So the formulas of a network can be written by hand with an activation whose own derivative nobody has worked out.
    """
    if f.derivatives:
        return f

    def pulled(of: str) -> Callable[..., Any]:
        def derivative(*given: Any, **parameters: Any) -> Any:
            """Compute f′ from (z, a), or along an axis the gradient of z from (g, z, a)."""
            z = given[-2]
            values = {f.argument: z} | {k: np.broadcast_to(v, np.shape(z)) for k, v in parameters.items() if k == of}

            def value(x: Any) -> Any:
                return f.function(**{**parameters, **values, of: x})

            a, pull = vjp(value, np.asarray(values[of], dtype=np.float64))
            return pull(np.ones_like(a) if f.elementwise else given[0])[0]

        return derivative

    other = Activation.__new__(Activation)
    vars(other).update(vars(f), derivatives={of: pulled(of) for of in (f.argument, *f.learnable)})
    return other


def _steepest(f: Activation) -> float:
    """Return the largest |f′| over ±4."""
    if not f.elementwise:
        return 2.0
    z = np.linspace(-4.0, 4.0, 161)
    return float(np.abs(f.pull(np.ones_like(z), z, f(z))[f.argument]).max())


def _width(f: Activation, units: int) -> int:
    """Return how many units an activation needs to make that many."""
    if f.elementwise:
        return units
    for factor in range(1, 33):
        with suppress(ValueError):  # of a width that can't be divided
            if np.shape(f(np.zeros((1, factor * units))))[-1] == units:
                return factor * units
    raise ValueError(f"the activation {f.name!r} makes {units} units of no multiple of {units} up to 32 times")


def _learned(f: Activation, layer: int, parameters: Parameters) -> dict[str, Any]:
    """Find the learnable parameters of an activation among those of the network."""
    return {name: parameters[f"{name}{layer}"] for name in f.learnable}


def _affine(x: Any, parameters: Parameters, layer: int) -> Any:
    z = matmul(x, parameters[f"weights{layer}"])
    bias = parameters.get(f"bias{layer}")
    return z if bias is None else z + bias


def _sums_over_rows(
    x: Array, layer1: Array, pulled1: Mapping[str, Array], pulled2: Mapping[str, Array], names: Parameters
) -> dict[str, Array]:
    sums = {}
    for layer, before, pulled in ((1, x, pulled1), (2, layer1, pulled2)):
        sums[f"weights{layer}"] = np.dot(before.T, pulled["z"])
        sums[f"bias{layer}"] = np.sum(pulled["z"], axis=0)
        sums |= {f"{name}{layer}": np.sum(v) for name, v in pulled.items() if name != "z"}
    return {name: sums[name] for name in names}
