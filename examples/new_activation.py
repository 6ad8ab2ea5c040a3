"""An activation of one's own: written as an expression, checked, and trained with.

It is made of the package's operations, so its gradient is automatic at every order. The derivative worked out by
hand stands beside it, and is checked as well: that is what formulas derived by hand will use.
"""

import numpy as np

import microgradnet as mg


@mg.activation(derivative=lambda z, a: a + mg.sigmoid(z) * (1 - a), replace=True)  # in place of the built-in one
def swish(z):
    """Return z σ(z) (Ramachandran, Zoph and Le, "Searching for activation functions", 2017)."""
    return z * mg.sigmoid(z)


print("activations:", ", ".join(mg.activations))

z = np.linspace(-4, 4, 9)
print(mg.gradcheck(swish, z, order=2))


def by_hand(z):
    a = swish(z)
    return a + mg.sigmoid(z) * (1 - a)


print(mg.compare(lambda z: mg.sum(swish(z)), by_hand, z))


def network(x, weights1, weights2, name):
    hidden = mg.activations[name](x @ weights1)
    return mg.sigmoid(hidden @ weights2)


def loss(weights1, weights2, name):
    return mg.sum((y - network(x, weights1, weights2, name)) ** 2)


x, y = mg.article.dataset()
for name in ("sigmoid", "tanh", "swish"):
    weights1, weights2 = mg.article.initial_weights(x, y, seed=0)
    for _ in range(500):
        d_weights1, d_weights2 = mg.grad(loss, argnums=(0, 1))(weights1, weights2, name)
        weights1, weights2 = weights1 - 0.5 * d_weights1, weights2 - 0.5 * d_weights2
    print(f"{name}: loss {loss(weights1, weights2, name):.6f} after 500 iterations")
