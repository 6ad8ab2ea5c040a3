"""A gradient written down: the steps of the reverse pass, a NumPy function that needs nothing else, and LaTeX.

The function is run on other data than the gradient was recorded on, beside the formulas derived by hand.
"""

from typing import Any

import numpy as np

import microgradnet as mg

x, y = (mg.tensor(array, name=name) for array, name in zip(mg.article.dataset(), "xy", strict=True))
weights1, weights2 = (
    mg.tensor(array, requires_grad=True) for array in mg.article.initial_weights(x.numpy(), y.numpy(), seed=0)
)

layer1 = mg.sigmoid(x @ weights1)
output = mg.sigmoid(layer1 @ weights2)
loss = mg.sum((y - output) ** 2)

derivation = mg.derive(loss, [weights1, weights2], names=locals())
print(derivation)
print(f"\n{derivation.source('backprop')}\n\n{derivation.latex()}\n")

written: dict[str, Any] = {}
exec(derivation.source("backprop"), written)
random = np.random.default_rng(1)
others = [random.normal(size=shape) for shape in ((100, 3), (100, 1), (3, 8), (8, 1))]
for automatic, by_hand in zip(written["backprop"](*others), mg.article.backprop(*others), strict=True):
    print(f"largest difference from the formulas derived by hand: {np.abs(automatic + by_hand).max():.1e}")
