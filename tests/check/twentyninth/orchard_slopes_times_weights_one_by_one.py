"""Orchard slopes times weights one by one.

expected kind: elementwise-for-matmul
wrong line: 99
correction 99: dh1 = dz2 @ self.W2.T
what: The slopes of the second layer are multiplied with its weights element by element, which only fits since both are five by five
source: https://github.com/apache/tvm/pull/5695
said: the gradient of a dense layer multiplied with the weights element by element, where it should have been a dense layer again
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]
KEEP = 0.8
REG = 0.05


def data(seed=0):
    r = np.random.default_rng(seed)
    # five trees with three readings, two hidden layers of five units; does a tree bear fruit?
    W1, b1 = r.normal(size=(3, 5)), 0.3 * r.normal(size=5)
    W2, b2 = 0.7 * r.normal(size=(5, 5)), 0.3 * r.normal(size=5)
    W3, b3 = r.normal(size=(5, 1)), 0.3 * r.normal(size=1)
    trees, fruit = r.normal(size=(5, 3)), r.integers(0, 2, size=(5, 1)).astype(float)
    mask1, mask2 = ((r.random(size=(5, 5)) < KEEP).astype(float) for _ in range(2))
    return W1, b1, W2, b2, W3, b3, trees, fruit, mask1, mask2


def loss(W1, b1, W2, b2, W3, b3, trees, fruit, mask1, mask2):
    h1 = np.tanh(trees @ W1 + b1) * mask1 / KEEP
    h2 = np.tanh(h1 @ W2 + b2) * mask2 / KEEP
    z = h2 @ W3 + b3
    entropy = np.mean(np.log(1 + np.exp(z)) - fruit * z)
    return entropy + 0.5 * REG * (np.sum(W1 * W1) + np.sum(W2 * W2) + np.sum(W3 * W3))


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def model_forward(p, X, masks):
    """A dictionary of everything, layer by layer; D is dropout."""
    cache = {"A0": X}
    for l in (1, 2):
        Z = np.dot(cache["A%d" % (l - 1)], p["W%d" % l]) + p["b%d" % l]
        cache["T%d" % l] = np.tanh(Z)
        cache["D%d" % l] = masks[l - 1]
        cache["A%d" % l] = cache["T%d" % l] * cache["D%d" % l] / KEEP
    cache["A3"] = sigmoid(np.dot(cache["A2"], p["W3"]) + p["b3"])
    return cache


def model_backward(p, cache, Y):
    m = Y.shape[0]
    grads = {}
    dZ = cache["A3"] - Y
    for l in (3, 2, 1):
        A_prev = cache["A%d" % (l - 1)]
        grads["W%d" % l] = np.dot(A_prev.T, dZ) / m + REG * p["W%d" % l]
        grads["b%d" % l] = np.sum(dZ, axis=0) / m
        if l > 1:
            dA = np.dot(dZ, p["W%d" % l].T)
            dA = dA * cache["D%d" % (l - 1)]
            dA /= KEEP
            dZ = dA * (1 - cache["T%d" % (l - 1)] ** 2)
    return grads


def right(W1, b1, W2, b2, W3, b3, trees, fruit, mask1, mask2):
    p = {"W1": W1, "b1": b1, "W2": W2, "b2": b2, "W3": W3, "b3": b3}
    cache = model_forward(p, trees, [mask1, mask2])
    return model_backward(p, cache, fruit)


class ThreeLayerNet:
    def __init__(self, *parameters):
        self.W1, self.b1, self.W2, self.b2, self.W3, self.b3 = parameters
        self.grads = {}

    def forward(self, x, mask1, mask2):
        self.x = x
        self.m1, self.m2 = mask1 / KEEP, mask2 / KEEP
        self.t1 = np.tanh(x @ self.W1 + self.b1)
        self.h1 = self.t1 * self.m1
        self.t2 = np.tanh(self.h1 @ self.W2 + self.b2)
        self.h2 = self.t2 * self.m2
        return (self.h2 @ self.W3 + self.b3)[:, 0]

    def backward(self, dz):
        dz3 = dz[:, None]
        self.grads["W3"] = self.h2.T @ dz3 + REG * self.W3
        self.grads["b3"] = dz3.sum(axis=0)
        # second hidden layer
        dh2 = dz3 @ self.W3.T
        dz2 = dh2 * self.m2 * (1 - self.t2**2)
        self.grads["W2"] = self.h1.T @ dz2 + REG * self.W2
        self.grads["b2"] = dz2.sum(axis=0)
        # first hidden layer
        dh1 = dz2 * self.W2.T
        dz1 = dh1 * self.m1 * (1 - self.t1**2)
        self.grads["W1"] = self.x.T @ dz1 + REG * self.W1
        self.grads["b1"] = dz1.sum(axis=0)
        return self.grads


def backprop(W1, b1, W2, b2, W3, b3, trees, fruit, mask1, mask2):
    net = ThreeLayerNet(W1, b1, W2, b2, W3, b3)
    score = net.forward(trees, mask1, mask2)
    chance = 1 / (1 + np.exp(-score))
    return net.backward((chance - fruit[:, 0]) / len(chance))
