"""The built-in activations that work number by number, each with its formula, derivative and source."""

from __future__ import annotations

from typing import Any

from microgradnet import ops
from microgradnet.nn.activate.registry import activation

INFINITY = float("inf")


@activation(
    derivative=lambda z, a: ops.ones_like(z), formula="x", range=(-INFINITY, INFINITY), monotonic=True, kinks=(),
)  # fmt: skip
def identity(x: Any) -> Any:
    """Return x itself: no activation."""
    return x


activation(
    ops.sigmoid, derivative=lambda z, a: a * (1 - a),
    symbol="σ", formula="σ(x) = 1 / (1 + e⁻ˣ)", range=(0, 1), monotonic=True, kinks=(),
    source="Rumelhart, Hinton and Williams, Learning representations by back-propagating errors, Nature 323, 1986",
)  # fmt: skip
activation(
    ops.tanh, derivative=lambda z, a: 1 - a * a,
    symbol="tanh", formula="tanh x = (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ)", range=(-1, 1), monotonic=True, kinks=(),
    source="LeCun, Bottou, Orr and Müller, Efficient BackProp, 1998",
)  # fmt: skip
activation(
    ops.relu, derivative=lambda z, a: ops.sign(a),
    symbol="ReLU", formula="max(x, 0)", range=(0, INFINITY), monotonic=True, kinks=(0.0,),
    source="Nair and Hinton, Rectified linear units improve restricted Boltzmann machines, ICML 2010",
)  # fmt: skip
activation(
    ops.softplus, derivative=lambda z, a: ops.sigmoid(z),
    formula="log(1 + eˣ)", range=(0, INFINITY), monotonic=True, kinks=(),
    source="Dugas et al., Incorporating second-order functional knowledge for better option pricing, NIPS 2000",
)  # fmt: skip
