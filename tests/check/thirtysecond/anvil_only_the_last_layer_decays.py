"""Anvil only the last layer decays.

expected kind: missing-term
wrong line: 85
correction 85: for layer in self.layers: layer.dW += DECAY * layer.W
what: The decay of the weights is in the loss for all three layers, and its slope only in the last one
source: https://github.com/RucDongLab/STAGATE/issues/18
said: the sum of the weight decays was set to zero at each turn of the loop over the layers, so that only the last layer's was left
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]
DECAY = 0.2


def data(seed=0):
    r = np.random.default_rng(seed)
    # seven blows on the anvil, four measurements, four alloys
    weights = [0.7 * r.normal(size=(4, 4)) if i % 2 == 0 else 0.3 * r.normal(size=4) for i in range(6)]
    return *weights, r.normal(size=(7, 4)), r.integers(0, 4, size=7)


def loss(W1, b1, W2, b2, W3, b3, blows, alloy):
    h = np.maximum(0, blows @ W1 + b1)
    h = np.maximum(0, h @ W2 + b2)
    z = h @ W3 + b3
    nll = np.log(np.sum(np.exp(z), axis=1)) - z[np.arange(len(z)), alloy]
    return np.mean(nll) + DECAY / 2 * (np.sum(W1**2) + np.sum(W2**2) + np.sum(W3**2))


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def right(W1, b1, W2, b2, W3, b3, blows, alloy):
    W, b = [W1, W2, W3], [b1, b2, b3]
    L = len(W)
    activations = [blows]
    for i in range(L):
        z = activations[i] @ W[i] + b[i]
        activations.append(np.maximum(z, 0) if i < L - 1 else softmax(z))
    delta = activations[-1].copy()
    delta[range(len(blows)), alloy] -= 1
    delta /= len(blows)
    dW, db = [None] * L, [None] * L
    for i in reversed(range(L)):
        dW[i] = activations[i].T @ delta + DECAY * W[i]
        db[i] = delta.sum(axis=0)
        if i > 0:
            delta = (delta @ W[i].T) * (activations[i] > 0)
    return {f"{n}{i + 1}": g[i] for i in range(L) for n, g in (("W", dW), ("b", db))}


class Dense:
    def __init__(self, W, b, last=False):
        self.W, self.b, self.last = W, b, last

    def forward(self, x):
        self.x, self.out = x, x @ self.W + self.b
        if not self.last:
            self.out = self.out * (self.out > 0)
        return self.out

    def backward(self, dout):
        if not self.last:
            dout = np.where(self.out > 0, dout, 0.0)
        self.dW = np.dot(self.x.T, dout)
        self.db = np.ones(len(dout)) @ dout
        return np.dot(dout, self.W.T)


class Network:
    def __init__(self, *layers):
        self.layers = layers

    def gradients(self, x, y):
        for layer in self.layers:
            x = layer.forward(x)
        chances = np.exp(x) / np.sum(np.exp(x), axis=1)[:, None]
        d = (chances - np.eye(x.shape[1])[y]) / x.shape[0]
        for layer in self.layers[::-1]:
            d = layer.backward(d)
        self.layers[-1].dW += DECAY * self.layers[-1].W
        return [g for layer in self.layers for g in (layer.dW, layer.db)]


def backprop(W1, b1, W2, b2, W3, b3, blows, alloy):
    return Network(Dense(W1, b1), Dense(W2, b2), Dense(W3, b3, last=True)).gradients(blows, alloy)
