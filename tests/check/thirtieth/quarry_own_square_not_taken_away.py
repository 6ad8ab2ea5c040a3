"""Quarry own square not taken away.

expected kind: missing-term
wrong line: 106
correction 106: g["V"][i] += dpooled * x[i] * (sums - V[i] * x[i])
what: The product of a feature with itself isn't taken off the sum in the slope of its vector
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["w0", "w", "V", "W", "o"]


def data(seed=0):
    r = np.random.default_rng(seed)
    # eight stones of a quarry, five features each; does the stone split
    w0, w, V = 0.3 * r.normal(size=1), r.normal(size=5), r.normal(size=(5, 3))
    return w0, w, V, r.normal(size=(3, 3)), r.normal(size=3), r.normal(size=(8, 5)), r.integers(0, 2, size=8)


def loss(w0, w, V, W, o, stones, splits):
    pooled = 0.5 * ((stones @ V) ** 2 - stones**2 @ V**2)
    score = w0 + stones @ w + np.maximum(pooled @ W, 0) @ o
    return np.mean(np.log(1 + np.exp(score)) - splits * score)


class BiInteraction:
    def __init__(self, V):
        self.V = V

    def forward(self, x):
        self.x = x
        self.xv = x @ self.V
        return (self.xv**2 - (x * x) @ (self.V * self.V)) / 2

    def backward(self, dpooled):
        self.dV = self.x.T @ (self.xv * dpooled) - (self.x * self.x).T @ dpooled * self.V


class NeuralFM:
    """A factorisation machine with a hidden layer on top of the pooled pairs."""

    def __init__(self, w0, w, V, W, o):
        self.w0, self.w, self.W, self.o = w0, w, W, o
        self.pairs = BiInteraction(V)

    def forward(self, x):
        self.x = x
        self.pooled = self.pairs.forward(x)
        self.pre = self.pooled @ self.W
        self.hidden = self.pre.clip(min=0)
        return self.w0 + x @ self.w + self.hidden @ self.o

    def backward(self, dscore):
        dw0 = np.array([dscore.sum()])
        dw = self.x.T @ dscore
        do = self.hidden.T @ dscore
        dhidden = np.outer(dscore, self.o)
        dpre = np.where(self.pre > 0, dhidden, 0)
        dW = self.pooled.T @ dpre
        self.pairs.backward(dpre @ self.W.T)
        return dw0, dw, self.pairs.dV, dW, do


def right(w0, w, V, W, o, stones, splits):
    model = NeuralFM(w0, w, V, W, o)
    score = model.forward(stones)
    probability = 1 / (1 + np.exp(-score))
    return model.backward((probability - splits) / len(splits))


def interact(x, V):
    """Pooled products of all pairs of features, and the sums that they are made of."""
    k = V.shape[1]
    sums, squares = np.zeros(k), np.zeros(k)
    for i in range(len(x)):
        vx = V[i] * x[i]
        sums += vx
        squares += vx * vx
    return (sums * sums - squares) / 2, sums


def predict(x, w0, w, V, W, o):
    pooled, sums = interact(x, V)
    z = pooled @ W
    a = np.where(z > 0, z, 0)
    score = w0[0] + w @ x + o @ a
    return score, (pooled, sums, z, a)


def backprop(w0, w, V, W, o, stones, splits):
    g = dict(w0=np.zeros(1), w=np.zeros(w.shape), V=np.zeros(V.shape), W=np.zeros(W.shape), o=np.zeros(o.shape))
    for x, y in zip(stones, splits):
        score, (pooled, sums, z, a) = predict(x, w0, w, V, W, o)
        delta = (1 / (1 + np.exp(-score)) - y) / len(splits)
        g["w0"][0] += delta
        g["w"] += delta * x
        g["o"] += delta * a
        dz = delta * o
        dz[z <= 0] = 0
        g["W"] += np.outer(pooled, dz)
        dpooled = W @ dz
        for i in range(len(x)):
            g["V"][i] += dpooled * x[i] * sums
    return g
