"""An activation of one's own: its value is written down, its derivatives are checked and used at once."""

import numpy as np

import microgradnet as mg


@mg.activation
def swish(x, beta=1.0):
    """Compute x·σ(βx) (Ramachandran, Zoph and Le, 2017)."""
    return x * mg.sigmoid(beta * x)


report = mg.gradcheck(swish, np.linspace(-4, 4, 9), order=2)
print(report)
assert report.ok

x, y = mg.article.dataset()
value_and_gradients = mg.value_and_grad(mg.article.loss, argnums=(2, 3))
for name in ("sigmoid", "tanh", "swish"):
    weights1, weights2 = mg.article.initial_weights(x, y, seed=0)
    for _ in range(1500):
        loss, (g1, g2) = value_and_gradients(x, y, weights1, weights2, activation=mg.activations[name])
        weights1, weights2 = weights1 - 0.05 * g1, weights2 - 0.05 * g2
    print(f"{name:8} loss {loss:.4f} after 1500 iterations at a learning rate of 0.05")
