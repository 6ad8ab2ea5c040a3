"""Sums that became activations in place.

expected kind: wrong-point or stale-value
wrong line: 48 or 49
correction 48: zs.append(z.copy())
correction 49: activations.append(np.tanh(z))
what: The activation is written over the weighted sum, so that the slope is taken at the activation
source: https://github.com/deeplearning4j/deeplearning4j/pull/364
said: activations = sigma(z) was done in place, so zs were modified: activations and zs were the same object
"""

import numpy as np

PARAMETERS = ["W0", "W1", "W2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    W0, W1, W2 = r.normal(size=(3, 5)), r.normal(size=(5, 4)), r.normal(size=(4, 2))
    return W0, W1, W2, r.normal(size=(6, 3)), r.normal(size=(6, 2))


def loss(W0, W1, W2, X, Y):
    a = X
    for W in (W0, W1, W2):
        a = np.tanh(a @ W)
    return 0.5 * np.sum((a - Y) ** 2)


def right(W0, W1, W2, X, Y):
    a1 = np.tanh(X @ W0)
    a2 = np.tanh(a1 @ W1)
    a3 = np.tanh(a2 @ W2)
    d3 = (a3 - Y) * (1 - a3**2)
    d2 = d3 @ W2.T * (1 - a2**2)
    d1 = d2 @ W1.T * (1 - a1**2)
    return X.T @ d1, a1.T @ d2, a2.T @ d3


class MultiLayerNetwork:
    def __init__(self, *weights):
        self.weights = weights

    def zs_and_activations(self, x):
        zs, activations = [], [x]
        for W in self.weights:
            z = activations[-1] @ W
            zs.append(z)
            activations.append(np.tanh(z, out=z))
        return zs, activations

    def gradient(self, x, y):
        zs, activations = self.zs_and_activations(x)
        sech2 = lambda z: 1 / np.cosh(z) ** 2
        delta = (activations[-1] - y) * sech2(zs[-1])
        grads = [activations[-2].T @ delta]
        for layer in range(len(self.weights) - 2, -1, -1):
            delta = (delta @ self.weights[layer + 1].T) * sech2(zs[layer])
            grads.insert(0, activations[layer].T @ delta)
        return grads


def backprop(W0, W1, W2, X, Y):
    return MultiLayerNetwork(W0, W1, W2).gradient(X, Y)
