"""The article from beginning to end: a network trained with a hand derivation, and with automatic gradients.

Both start from the same weights. At every iteration the two gradients of the loss are compared; at the end stand
the predictions of both. Run with the number of iterations to try another than 1500.
"""

import sys

import numpy as np

import microgradnet as mg


def sigmoid(z):
    return 1 / (1 + np.exp(-z))  # of an array: an array; of a tensor: recorded


def sigmoid_derivative(a):
    return a * (1 - a)  # in terms of the activation a = sigmoid(z)


def loss(weights1, weights2):
    layer1 = sigmoid(np.dot(x, weights1))
    output = sigmoid(np.dot(layer1, weights2))
    return np.sum((y - output) ** 2)


def backprop(weights1, weights2):
    """Apply the chain rule as worked out on paper: the updates point down the loss."""
    layer1 = sigmoid(np.dot(x, weights1))
    output = sigmoid(np.dot(layer1, weights2))
    delta = 2 * (y - output) * sigmoid_derivative(output)
    return np.dot(x.T, np.dot(delta, weights2.T) * sigmoid_derivative(layer1)), np.dot(layer1.T, delta)


x = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], float)
y = np.array([[0], [1], [1], [0]], float)
random = np.random.default_rng(0)
manual = automatic = [random.random((3, 4)), random.random((4, 1))]

print(mg.compare(loss, backprop, *manual, descent=True))

gradients = mg.grad(loss, argnums=(0, 1))
furthest = 0.0
for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 1500):
    by_hand, exact = backprop(*automatic), gradients(*automatic)
    furthest = max(furthest, *(np.abs(d + g).max() for d, g in zip(by_hand, exact, strict=True)))
    manual = [w + d for w, d in zip(manual, backprop(*manual), strict=True)]
    automatic = [w - g for w, g in zip(automatic, exact, strict=True)]

print(f"\nlargest difference of a gradient over all iterations: {furthest:.1e}")
print(f"loss: {loss(*manual):.6f} by hand, {loss(*automatic):.6f} automatic\n")
print("y  by hand   automatic")
for row in np.hstack([y, *(sigmoid(sigmoid(x @ w1) @ w2) for w1, w2 in (manual, automatic))]):
    print("{:.0f}  {:.6f}  {:.6f}".format(*row))
