"""Quilt variance raised to another power.

expected kind: missing-factor
wrong line: 107
correction 107: dvar = (dhat * xmu).sum(axis=1, keepdims=True) * -0.5 * (var + EPS) ** -1.5
what: The derivative of one over the root of the variance has the power -1/2, not -3/2
source: https://github.com/131250208/TPlinker-joint-extraction/issues/37
said: the deviation is the variance to a wrong power; there it is the forward pass and the power 2, the form here is the author's
"""

import numpy as np

PARAMETERS = ["W0", "W1", "b1", "W2", "gain", "shift", "V"]
EPS = 1e-2


def data(seed=0):
    r = np.random.default_rng(seed)
    W0, W1, b1, W2 = 0.8 * r.normal(size=(3, 4)), r.normal(size=(4, 6)), 0.4 * r.normal(size=6), 0.7 * r.normal(size=(6, 4))
    gain, shift = 1 + 0.4 * r.normal(size=4), 0.3 * r.normal(size=4)
    return W0, W1, b1, W2, gain, shift, r.normal(size=(4, 3)), r.normal(size=(7, 3)), r.integers(0, 3, size=7)


def loss(W0, W1, b1, W2, gain, shift, V, patches, colours):
    # the norm comes after the sum of the block and what goes past it
    x = patches @ W0
    s = x + np.maximum(x @ W1 + b1, 0) @ W2
    mean = np.mean(s, axis=1, keepdims=True)
    var = np.mean((s - mean) ** 2, axis=1, keepdims=True)
    logits = ((s - mean) / np.sqrt(var + EPS) * gain + shift) @ V
    chosen = np.sum(logits * np.eye(3, dtype=V.dtype)[colours], axis=1)
    return np.mean(np.log(np.sum(np.exp(logits), axis=1)) - chosen)


class LayerNorm:
    def __init__(self, gain, shift):
        self.gain, self.shift = gain, shift

    def __call__(self, s):
        self.rstd = (s.var(axis=-1, keepdims=True) + EPS) ** -0.5
        self.hat = (s - s.mean(axis=-1, keepdims=True)) * self.rstd
        return self.hat * self.gain + self.shift

    def back(self, g):
        self.dgain = np.sum(g * self.hat, axis=0)
        self.dshift = np.sum(g, axis=0)
        d = g * self.gain
        along = np.mean(d * self.hat, axis=-1, keepdims=True)
        return self.rstd * (d - np.mean(d, axis=-1, keepdims=True) - along * self.hat)


class Residual:
    def __init__(self, W1, b1, W2):
        self.W1, self.b1, self.W2 = W1, b1, W2

    def __call__(self, x):
        self.x = x
        self.h = np.maximum(x @ self.W1 + self.b1, 0)
        return x + self.h @ self.W2

    def back(self, g):
        self.dW2 = self.h.T @ g
        dh = (g @ self.W2.T) * (self.h > 0)
        self.dW1 = self.x.T @ dh
        self.db1 = np.sum(dh, axis=0)
        dx = dh @ self.W1.T + g
        return dx


def right(W0, W1, b1, W2, gain, shift, V, patches, colours):
    block, norm = Residual(W1, b1, W2), LayerNorm(gain, shift)
    out = norm(block(patches @ W0))
    err = np.exp(out @ V)
    err /= np.sum(err, axis=1, keepdims=True)
    err[np.arange(len(colours)), colours] -= 1
    err /= len(colours)
    dx = block.back(norm.back(err @ V.T))
    return patches.T @ dx, block.dW1, block.db1, block.dW2, norm.dgain, norm.dshift, out.T @ err


def backprop(W0, W1, b1, W2, gain, shift, V, patches, colours):
    N, D = len(patches), W0.shape[1]
    grads = {}
    # forward
    x = patches.dot(W0)
    a = x.dot(W1) + b1
    relu = a * (a > 0)
    s = x + relu.dot(W2)
    mu = s.sum(axis=1, keepdims=True) / D
    xmu = s - mu
    var = (xmu**2).sum(axis=1, keepdims=True) / D
    inv = 1 / np.sqrt(var + EPS)
    hat = xmu * inv
    y = gain * hat + shift
    scores = y.dot(V)
    scores -= scores.max(axis=1, keepdims=True)
    probs = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    # backward, node by node
    dscores = probs.copy()
    dscores[range(N), colours] -= 1
    dscores /= N
    grads["V"] = y.T.dot(dscores)
    dy = dscores.dot(V.T)
    grads["shift"] = dy.sum(axis=0)
    grads["gain"] = (dy * hat).sum(axis=0)
    dhat = dy * gain
    dvar = (dhat * xmu).sum(axis=1, keepdims=True) * -0.5 * (var + EPS) ** -0.5
    dxmu = dhat * inv + dvar * 2 * xmu / D
    dmu = -dxmu.sum(axis=1, keepdims=True)
    ds = dxmu + dmu / D
    grads["W2"] = relu.T.dot(ds)
    da = ds.dot(W2.T) * (a > 0)
    grads["W1"] = x.T.dot(da)
    grads["b1"] = da.sum(axis=0)
    dx = ds + da.dot(W1.T)
    grads["W0"] = patches.T.dot(dx)
    return grads
