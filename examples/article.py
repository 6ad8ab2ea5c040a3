"""The article from beginning to end: a network of two layers, its gradients by hand and automatic, 1500 iterations."""

import numpy as np

import microgradnet as mg

x = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], dtype=float)
y = np.array([[0], [1], [1], [0]], dtype=float)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def by_hand(weights1, weights2):
    """Compute d_weights = -∂loss/∂weights as the chain rule gives it; σ′ takes the activation, a(1 - a)."""
    layer1 = sigmoid(x @ weights1)
    output = sigmoid(layer1 @ weights2)
    delta = 2 * (y - output) * output * (1 - output)
    return x.T @ (delta @ weights2.T * layer1 * (1 - layer1)), layer1.T @ delta


def loss(weights1, weights2):
    """The same network as an expression: nothing is derived."""
    layer1 = mg.sigmoid(x @ weights1)
    output = mg.sigmoid(layer1 @ weights2)
    return mg.sum((y - output) ** 2)


random = np.random.default_rng(0)
weights1, weights2 = random.random((3, 4)), random.random((4, 1))
value_and_gradients = mg.value_and_grad(loss, argnums=(0, 1))
largest = 0.0
for iteration in range(1500):
    value, gradients = value_and_gradients(weights1, weights2)
    updates = by_hand(weights1, weights2)
    largest = max(largest, *(np.abs(g + d).max() for g, d in zip(gradients, updates, strict=True)))
    if iteration % 250 == 0:
        print(f"iteration {iteration:4}: loss {value:.6f}")
    weights1, weights2 = weights1 - gradients[0], weights2 - gradients[1]

print(f"largest difference between the gradients by hand and the automatic ones: {largest:.1e}")
print("predictions", sigmoid(sigmoid(x @ weights1) @ weights2).ravel().round(3), "for", y.ravel())
assert largest < 1e-12
