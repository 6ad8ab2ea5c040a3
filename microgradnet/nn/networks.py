"""The network of two layers, for any activations, with or without biases: as an expression, and by hand.

    z1 = x · weights1 + bias1        layer1 = f(z1)
    z2 = layer1 · weights2 + bias2   output = g(z2)        loss = Σ (y − output)²

Parameters are a mapping from their names to arrays. Nothing here changes them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from microgradnet.nn.registry import derivative_of, find
from microgradnet.ops import matmul, square
from microgradnet.ops import sum as sum_
from microgradnet.record import scope
from microgradnet.tensor import Tensor, tensor

__all__ = ["Array", "Parameters", "TwoLayers", "initial_parameters"]

Array = np.ndarray[Any, np.dtype[Any]]
Parameters = Mapping[str, Any]


def initial_parameters(
    inputs: int, hidden: int, outputs: int, *, bias: bool = False, seed: int | None = None
) -> dict[str, Array]:
    """Draw the parameters of a network of two layers.

    Parameters
    ----------
    inputs, hidden, outputs : int
        Numbers of units: d, h and o.
    bias : bool
        Whether there are biases; they start at zero.
    seed : int, optional
        The same seed gives the same parameters.

    Returns
    -------
    dict of str to array
        ``weights1`` (d, h), ``bias1`` (h,), ``weights2`` (h, o), ``bias2`` (o,), in that order. Each weight
        is uniform in ±√(6 / (units before + units after)), which keeps sums over many inputs out of the
        flat ends of the activation (Glorot and Bengio, AISTATS 2010, eq. 16).
    """
    random = np.random.default_rng(seed)
    parameters = {}
    for layer, before, after in ((1, inputs, hidden), (2, hidden, outputs)):
        limit = np.sqrt(6 / (before + after))
        parameters[f"weights{layer}"] = random.uniform(-limit, limit, (before, after))
        if bias:
            parameters[f"bias{layer}"] = np.zeros(after)
    return parameters


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
        activation: str | Callable[[Any], Any] = "sigmoid",
        output_activation: str | Callable[[Any], Any] | None = None,
    ) -> None:
        named = (activation, activation if output_activation is None else output_activation)
        self._named = named
        self._functions = (find(named[0]), find(named[1]))

    # --- as an expression --------------------------------------------------------------------------

    def feedforward(self, x: Any, parameters: Parameters) -> Any:
        """Compute the output, shape (n, o), from x, shape (n, d): arrays or tensors."""
        with scope("hidden layer"):
            layer1 = self._functions[0](_affine(x, parameters, 1))
        with scope("output layer"):
            return self._functions[1](_affine(layer1, parameters, 2))

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
        loss.backward()
        return loss.item(), {name: t.grad for name, t in tensors.items()}

    # --- by hand -----------------------------------------------------------------------------------

    def by_hand(self, x: Array, y: Array, parameters: Parameters) -> tuple[float, dict[str, Array]]:
        """Compute the loss and, by name, the updates −∂loss/∂parameter with formulas derived by hand.

            delta2 = 2 (y − output) ⊙ g′(z2)          d_weights2 = layer1ᵀ · delta2     d_bias2 = Σ delta2
            delta1 = (delta2 · weights2ᵀ) ⊙ f′(z1)    d_weights1 = xᵀ · delta1          d_bias1 = Σ delta1

        Raises
        ------
        ValueError
            If no derivative by hand is registered for an activation.
        """
        layer1, output, slope1, slope2 = self._forward_by_hand(x, parameters)
        residual = y - output
        delta2 = 2.0 * residual * slope2
        delta1 = np.dot(delta2, parameters["weights2"].T) * slope1
        return float(np.sum(residual**2)), _sums_over_rows(x, layer1, delta1, delta2, parameters)

    def magnitudes(self, x: Array, y: Array, parameters: Parameters) -> dict[str, Array]:
        """Compute, by name, how large each element of a gradient would be if no term in its sums cancelled.

        These are the formulas of `by_hand` with the absolute value of everything: the scale of the rounding
        errors in any way of computing the gradient (Higham, Accuracy and Stability of Numerical Algorithms,
        2002, sections 3.1 and 3.5). Near a minimum the gradient itself is no such scale, for there its terms cancel.
        """
        layer1, output, slope1, slope2 = map(np.abs, self._forward_by_hand(x, parameters))
        delta2 = 2.0 * (np.abs(y) + output) * slope2
        delta1 = np.dot(delta2, np.abs(parameters["weights2"]).T) * slope1
        return _sums_over_rows(np.abs(x), layer1, delta1, delta2, parameters)

    def _forward_by_hand(self, x: Array, parameters: Parameters) -> tuple[Array, Array, Array, Array]:
        """Return layer1, output, f′(z1) and g′(z2)."""
        f, g = self._functions
        slope_f, slope_g = derivative_of(self._named[0]), derivative_of(self._named[1])
        z1 = np.dot(x, parameters["weights1"]) + parameters.get("bias1", 0.0)
        layer1 = f(z1)
        z2 = np.dot(layer1, parameters["weights2"]) + parameters.get("bias2", 0.0)
        output = g(z2)
        return layer1, output, slope_f(z1, layer1), slope_g(z2, output)

    def learning_rate(self, rows: int) -> float:
        """Return a learning rate to begin with: 1 / (16 · rows · steepest f′ · (steepest g′)²), slopes over ±4.

        The loss is a sum over rows, and its curvature grows with them and with the slopes. A sigmoid is
        nowhere steeper than 1/4: for two of them this is 4 / rows, the article's 1 for the article's four rows.
        """
        z = np.linspace(-4.0, 4.0, 161)
        f, g = self._functions
        steepest_f = np.abs(derivative_of(self._named[0])(z, f(z))).max()
        steepest_g = np.abs(derivative_of(self._named[1])(z, g(z))).max()
        return float(1 / (16 * rows * steepest_f * steepest_g**2))


def _affine(x: Any, parameters: Parameters, layer: int) -> Any:
    z = matmul(x, parameters[f"weights{layer}"])
    bias = parameters.get(f"bias{layer}")
    return z if bias is None else z + bias


def _sums_over_rows(x: Array, layer1: Array, delta1: Array, delta2: Array, names: Parameters) -> dict[str, Array]:
    sums = {
        "weights1": np.dot(x.T, delta1),
        "bias1": np.sum(delta1, axis=0),
        "weights2": np.dot(layer1.T, delta2),
        "bias2": np.sum(delta2, axis=0),
    }
    return {name: sums[name] for name in names}
