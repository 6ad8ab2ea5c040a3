"""The article's network, twice: with gradients derived by hand, and as ordinary expressions.

The network has two layers and no biases. With σ the logistic sigmoid,

    layer1 = σ(x · weights1)        output = σ(layer1 · weights2)        loss = Σ (y − output)²

where x is (n, d), weights1 (d, h), weights2 (h, o) and y (n, o).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

import numpy as np

from microgradnet.compiler import compile  # noqa: A004
from microgradnet.compiler.function import Backend
from microgradnet.nn import Comparison, TwoLayers, activations
from microgradnet.ops import matmul, sigmoid, square
from microgradnet.ops import sum as sum_
from microgradnet.plain import plain
from microgradnet.record import scope
from microgradnet.repeating import scan
from microgradnet.tensor import Tensor, tensor
from microgradnet.transforms import grad, gradients, value_and_grad

__all__ = [
    "AutogradNetwork",
    "ManualNetwork",
    "backprop",
    "comparison",
    "dataset",
    "feedforward",
    "initial_weights",
    "loss",
    "recorded_loss",
    "sigmoid_derivative",
    "sum_of_squares",
]

Array = np.ndarray[Any, np.dtype[Any]]


def dataset(dtype: Any = np.float64) -> tuple[Array, Array]:
    """Return the article's data: the exclusive or of the first two columns; the third is constant.

    Parameters
    ----------
    dtype : dtype
        Of both arrays.

    Returns
    -------
    x : array, shape (4, 3)
    y : array, shape (4, 1)

    Examples
    --------
    >>> import microgradnet as mg
    >>> x, y = mg.article.dataset()
    >>> x[:, :2].tolist(), y[:, 0].tolist()
    ([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0.0, 1.0, 1.0, 0.0])
    """
    x = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], dtype)
    y = np.array([[0], [1], [1], [0]], dtype)
    return x, y


def initial_weights(x: Any, y: Any, *, hidden: int = 4, seed: int | None = None) -> tuple[Array, Array]:
    """Draw both weight matrices uniformly from [0, 1), in the dtype of x.

    Parameters
    ----------
    x, y : array, shapes (n, d) and (n, o)
        The data, for their shapes.
    hidden : int
        The number of hidden units, h.
    seed : int, optional
        The same seed gives the same weights.

    Returns
    -------
    weights1 : array, shape (d, h)
    weights2 : array, shape (h, o)

    Examples
    --------
    >>> import microgradnet as mg
    >>> weights1, weights2 = mg.article.initial_weights(*mg.article.dataset(), seed=0)
    >>> weights1.shape, weights2.shape
    ((3, 4), (4, 1))
    """
    random = np.random.default_rng(seed)
    dtype = np.asarray(x).dtype
    return (
        random.random((np.shape(x)[1], hidden)).astype(dtype),
        random.random((hidden, np.shape(y)[1])).astype(dtype),
    )


# --- as expressions: arrays in, arrays out; tensors in, and every step is recorded ---------------------


def feedforward(x: Any, weights1: Any, weights2: Any, *, activation: str | Callable[[Any], Any] = sigmoid) -> Any:
    """Compute the network's output σ(σ(x · weights1) · weights2).

    Parameters
    ----------
    x : array or Tensor, shape (n, d)
    weights1 : array or Tensor, shape (d, h)
    weights2 : array or Tensor, shape (h, o)
    activation : str or callable
        The name of an activation, or any function made of this package's operations, in place of σ.

    Returns
    -------
    array or Tensor, shape (n, o)
    """
    if isinstance(activation, str):
        activation = activations[activation]
    with scope("hidden layer"):
        layer1 = activation(matmul(x, weights1))
    with scope("output layer"):
        return activation(matmul(layer1, weights2))


def loss(x: Any, y: Any, weights1: Any, weights2: Any, *, activation: str | Callable[[Any], Any] = sigmoid) -> Any:
    """Compute the sum of squares Σ (y − output)², one number.

    Parameters
    ----------
    x, y : array or Tensor, shapes (n, d) and (n, o)
    weights1, weights2 : array or Tensor, shapes (d, h) and (h, o)
    activation : str or callable
        As for `feedforward`.

    Returns
    -------
    number or Tensor, shape ()

    Examples
    --------
    >>> import microgradnet as mg
    >>> x, y = mg.article.dataset()
    >>> weights1, weights2 = mg.article.initial_weights(x, y, seed=0)
    >>> by_hand = mg.article.backprop(x, y, weights1, weights2)
    >>> automatic = mg.grad(mg.article.loss, argnums=(2, 3))(x, y, weights1, weights2)
    >>> all(np.allclose(-d, g, rtol=1e-12) for d, g in zip(by_hand, automatic))
    True
    """
    return sum_of_squares(y, feedforward(x, weights1, weights2, activation=activation))


def sum_of_squares(y: Any, output: Any) -> Any:
    """Compute Σ (y − output)².

    Parameters
    ----------
    y, output : array or Tensor, shape (n, o)

    Returns
    -------
    number or Tensor, shape ()
    """
    with scope("loss"):
        return sum_(square(y - output))


# --- by hand: plain NumPy, the chain rule worked out on paper ------------------------------------------


def sigmoid_derivative(a: Any) -> Any:
    """Return σ′ in terms of the *activation* a = σ(z), not of z: a (1 − a).

    Parameters
    ----------
    a : array or Tensor
        Of any shape; what came out of the sigmoid.

    Returns
    -------
    array or Tensor
        Of the same shape.

    Examples
    --------
    >>> import microgradnet as mg
    >>> bool(mg.article.sigmoid_derivative(mg.sigmoid(0.3)) == mg.grad(mg.sigmoid)(0.3))
    True
    """
    return a * (1.0 - a)


def backprop(x: Array, y: Array, weights1: Array, weights2: Array) -> tuple[Array, Array]:
    """Compute both weight updates with the formulas derived by hand.

    They point *down* the loss, ``d_weights = −∂loss/∂weights``, which is why they are added to the weights:

        d_weights2 = layer1ᵀ · (2 (y − output) ⊙ σ′(output))
        d_weights1 = xᵀ · ((2 (y − output) ⊙ σ′(output)) · weights2ᵀ ⊙ σ′(layer1))

    Parameters
    ----------
    x, y : array, shapes (n, d) and (n, o)
    weights1, weights2 : array, shapes (d, h) and (h, o)

    Returns
    -------
    d_weights1 : array, shape (d, h)
    d_weights2 : array, shape (h, o)

    Examples
    --------
    >>> import microgradnet as mg
    >>> x, y = mg.article.dataset()
    >>> weights1, weights2 = mg.article.initial_weights(x, y, seed=0)
    >>> d_weights1, d_weights2 = mg.article.backprop(x, y, weights1, weights2)
    >>> before = mg.article.loss(x, y, weights1, weights2)
    >>> bool(mg.article.loss(x, y, weights1 + d_weights1, weights2 + d_weights2) < before)
    True
    """
    layer1 = sigmoid(np.dot(x, weights1))
    output = sigmoid(np.dot(layer1, weights2))
    delta = 2.0 * (y - output) * sigmoid_derivative(output)
    d_weights2 = np.dot(layer1.T, delta)
    d_weights1 = np.dot(x.T, np.dot(delta, weights2.T) * sigmoid_derivative(layer1))
    return d_weights1, d_weights2


# --- the two networks ----------------------------------------------------------------------------------


class _Network:
    """Two sigmoid layers, trained with a learning rate of 1.

    Parameters
    ----------
    x, y : array_like, shapes (n, d) and (n, o)
        Float32 stays float32; what isn't floating becomes float64.
    hidden : int
        The number of hidden units, h.
    seed : int, optional
        For the weights, as in `initial_weights`.

    Attributes
    ----------
    input, y : array, shapes (n, d) and (n, o)
    weights1, weights2 : array, shapes (d, h) and (h, o)
    output : array, shape (n, o)
        What the last `feedforward` computed.
    """

    def __init__(self, x: Any, y: Any, *, hidden: int = 4, seed: int | None = None) -> None:
        self.input: Array = _matrix(x, "x")
        self.y: Array = _matrix(y, "y")
        if len(self.input) != len(self.y):
            raise ValueError(
                f"x and y must have the same number of rows, got shapes {self.input.shape} and {self.y.shape}"
            )
        self.weights1, self.weights2 = initial_weights(self.input, self.y, hidden=hidden, seed=seed)
        self.output = np.zeros_like(self.y)

    def feedforward(self) -> Array:
        """Compute the output at the present weights, shape (n, o)."""
        self.output = feedforward(self.input, self.weights1, self.weights2)
        return self.output

    def backprop(self) -> tuple[Array, Array]:
        """Feed forward, and add to each weight matrix its update, which is returned: (d_weights1, d_weights2)."""
        d_weights1, d_weights2 = self._updates()
        self.weights1 = self.weights1 + d_weights1
        self.weights2 = self.weights2 + d_weights2
        return d_weights1, d_weights2

    def _updates(self) -> tuple[Array, Array]:
        """Feed forward, and return −∂loss/∂weights for both weight matrices."""
        raise NotImplementedError

    def train(self, iterations: int = 1500) -> list[float]:
        """Repeat `backprop`.

        Parameters
        ----------
        iterations : int

        Returns
        -------
        list of float
            The loss Σ (y − output)² before each update.
        """
        losses = []
        for _ in range(iterations):
            self.backprop()
            losses.append(float(sum_of_squares(self.y, self.output)))
        self.feedforward()
        return losses


def _matrix(values: Any, name: str) -> Array:
    array = np.asarray(plain(values, name))
    array = array.copy() if array.dtype.kind == "f" else array.astype(np.float64)
    if array.ndim != 2:
        raise ValueError(f"{name} must have two axes, rows and columns, got shape {array.shape}")
    return array


class ManualNetwork(_Network):
    """The article's network with the gradients derived by hand."""

    def _updates(self) -> tuple[Array, Array]:
        self.feedforward()
        return backprop(self.input, self.y, self.weights1, self.weights2)


class AutogradNetwork(_Network):
    """The article's network with automatic gradients, of a compiled function or, with ``compiled=False``, recorded.

    With ``compiled="numba"`` it is machine code (extra ``fast``), which takes a second or more to begin: for very many
    iterations.
    """

    def __init__(
        self, x: Any, y: Any, *, hidden: int = 4, seed: int | None = None, compiled: bool | Backend = True
    ) -> None:
        super().__init__(x, y, hidden=hidden, seed=seed)
        self._backend: Backend | None = "numpy" if compiled is True else compiled or None
        self._differentiate = _compiled(self._backend) if self._backend else _recorded

    def train(self, iterations: int = 1500) -> list[float]:
        """Repeat `backprop`: compiled, all iterations are one call, a `microgradnet.scan`.

        Parameters
        ----------
        iterations : int

        Returns
        -------
        list of float
            The loss Σ (y − output)² before each update.
        """
        if not self._backend or type(self).backprop is not _Network.backprop:
            return super().train(iterations)
        weights = self.weights1, self.weights2
        (self.weights1, self.weights2), losses = _repeated(self._backend)(self.input, self.y, weights, iterations)
        self.feedforward()
        return [float(value) for value in losses]

    def _updates(self) -> tuple[Array, Array]:
        self.output, d_weights1, d_weights2 = self._differentiate(self.input, self.y, self.weights1, self.weights2)
        return d_weights1, d_weights2


def _recorded(x: Array, y: Array, weights1: Array, weights2: Array) -> tuple[Array, Array, Array]:
    """Compute the output and −∂loss/∂weights for both weight matrices."""
    w1 = tensor(weights1, requires_grad=True, name="weights1")
    w2 = tensor(weights2, requires_grad=True, name="weights2")
    output = feedforward(tensor(x, name="x"), w1, w2)
    d_weights1, d_weights2 = gradients(sum_of_squares(tensor(y, name="y"), output), [w1, w2])
    return output.numpy(), -d_weights1, -d_weights2


@cache
def _compiled(backend: Backend) -> Callable[..., tuple[Array, Array, Array]]:
    """Make the same of `microgradnet.compile`, which takes less time."""

    def updates(x: Any, y: Any, weights1: Any, weights2: Any) -> tuple[Any, Any, Any]:
        d1, d2 = grad(loss, argnums=(2, 3))(x, y, weights1, weights2)
        return feedforward(x, weights1, weights2), -d1, -d2

    return compile(updates, backend=backend)


@cache
def _repeated(backend: Backend) -> Callable[..., Any]:
    """Make what carries out all iterations in one call."""

    def trained(x: Any, y: Any, weights: tuple[Any, Any], iterations: int) -> tuple[tuple[Any, Any], Any]:
        def step(weights: tuple[Any, Any]) -> tuple[tuple[Any, Any], Any]:
            value, (d1, d2) = value_and_grad(loss, argnums=(2, 3))(x, y, *weights)
            return (weights[0] - d1, weights[1] - d2), value

        return scan(step, weights, iterations)

    return compile(trained, backend=backend)


for _network in (ManualNetwork, AutogradNetwork):
    _summary, _, _details = (_Network.__doc__ or "").partition("\n")
    _network.__doc__ = f"{_network.__doc__}\n{_details}"

# --- both, side by side --------------------------------------------------------------------------------


def recorded_loss(x: Any, y: Any, weights1: Any, weights2: Any) -> Tensor:
    """Record one loss on tensors named as the arguments are, for a picture of its graph.

    Parameters
    ----------
    x, y : array, shapes (n, d) and (n, o)
    weights1, weights2 : array, shapes (d, h) and (h, o)

    Returns
    -------
    Tensor, shape ()
    """
    result: Tensor = loss(
        tensor(x, name="x"),
        tensor(y, name="y"),
        tensor(weights1, requires_grad=True, name="weights1"),
        tensor(weights2, requires_grad=True, name="weights2"),
    )
    return result


def comparison(x: Array, y: Array, *, hidden: int = 4, seed: int | None = None, compiled: bool = False) -> Comparison:
    """Prepare two runs from the same weights, one with `backprop` and one with automatic gradients of `loss`.

    Parameters
    ----------
    x, y : array, shapes (n, d) and (n, o)
    hidden : int
    seed : int, optional
        For the weights, as in `initial_weights`.
    compiled : bool
        Whether the automatic run is compiled: many iterations are one call, a `microgradnet.scan`.

    Returns
    -------
    Comparison
        Its `run` trains; at every iteration the two gradients are compared.

    Examples
    --------
    >>> import microgradnet as mg
    >>> both = mg.article.comparison(*mg.article.dataset(), seed=0)
    >>> steps = list(both.run(100))
    >>> both.agree
    True
    """
    names = ("weights1", "weights2")
    differentiate = value_and_grad(loss, argnums=(2, 3))

    def by_hand(weights: Mapping[str, Array]) -> tuple[float, dict[str, Array]]:
        both = [weights[name] for name in names]
        return float(loss(x, y, *both)), dict(zip(names, backprop(x, y, *both), strict=True))

    def automatic(weights: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
        value, gradients = differentiate(x, y, *(weights[name] for name in names))
        return value, dict(zip(names, gradients, strict=True))

    initial = dict(zip(names, initial_weights(x, y, hidden=hidden, seed=seed), strict=True))
    return Comparison(initial, by_hand, automatic, partial(TwoLayers("sigmoid").magnitudes, x, y), compiled=compiled)
