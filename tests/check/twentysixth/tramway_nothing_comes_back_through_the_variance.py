"""Tramway nothing comes back through the variance.

expected kind: missing-term or detached
wrong line: 106
correction 106: dz = inv * (dxhat - dxhat.mean(axis=0) - xhat * np.mean(dxhat * xhat, axis=0))
what: Going back through the norm, the path through the variance is left out; only the mean gives something back
source: https://github.com/BVLC/caffe/issues/3878
said: counts four paths from the input to the output of the norm, finds terms for three of them, and asks whether one is missing
"""

import numpy as np

PARAMETERS = ["W1", "g1", "b1", "W2", "g2", "b2", "V", "c"]
EPS = 1e-3


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, W2, V = r.normal(size=(3, 4)), r.normal(size=(4, 3)), r.normal(size=(3, 3))
    g1, g2 = r.uniform(0.6, 1.8, size=4), r.uniform(0.6, 1.8, size=3)
    b1, b2, c = 0.5 * r.normal(size=4), 0.5 * r.normal(size=3), 0.5 * r.normal(size=3)
    return W1, g1, b1, W2, g2, b2, V, c, r.normal(size=(7, 3)), np.array([0, 1, 2, 2, 1, 0, 1])


def loss(W1, g1, b1, W2, g2, b2, V, c, stops, line):
    h = stops
    for W, g, b in [(W1, g1, b1), (W2, g2, b2)]:
        z = h @ W
        off = z - np.mean(z, axis=0)
        h = np.maximum(g * off / np.sqrt(np.mean(off**2, axis=0) + EPS) + b, 0)
    scores = h @ V + c
    return np.mean(np.log(np.sum(np.exp(scores), axis=1)) - scores[np.arange(len(line)), line])


class Dense:
    def __init__(self, W, bias=None):
        self.W, self.bias = W, bias

    def forward(self, x):
        self.x = x
        return x @ self.W if self.bias is None else x @ self.W + self.bias

    def backward(self, dout):
        self.grads = [self.x.T @ dout] + ([] if self.bias is None else [dout.sum(axis=0)])
        return dout @ self.W.T


class Relu:
    grads = []

    def forward(self, x):
        self.on = x > 0
        return x * self.on

    def backward(self, dout):
        return dout * self.on


class Norm:
    def __init__(self, gamma, beta):
        self.gamma, self.beta = gamma, beta

    def forward(self, x):
        self.centered = x - x.mean(axis=0)
        self.deviation = np.sqrt(np.mean(self.centered**2, axis=0) + EPS)
        self.xhat = self.centered / self.deviation
        return self.gamma * self.xhat + self.beta

    def backward(self, dout):
        n = len(dout)
        self.grads = [np.sum(self.xhat * dout, axis=0), np.sum(dout, axis=0)]
        dxhat = dout * self.gamma
        dvar = -0.5 * np.sum(dxhat * self.centered, axis=0) / self.deviation**3
        dcentered = dxhat / self.deviation + 2 * dvar * self.centered / n
        return dcentered - np.mean(dcentered, axis=0)


def right(W1, g1, b1, W2, g2, b2, V, c, stops, line):
    net = []
    for W, g, b in ((W1, g1, b1), (W2, g2, b2)):
        net += [Dense(W), Norm(g, b), Relu()]
    net.append(Dense(V, c))
    out = stops
    for layer in net:
        out = layer.forward(out)
    dout = np.exp(out) / np.exp(out).sum(axis=1, keepdims=True)
    dout[range(len(line)), line] -= 1
    dout /= len(line)
    for layer in reversed(net):
        dout = layer.backward(dout)
    return [grad for layer in net for grad in layer.grads]


def norm_forward(z, g, b):
    mean, var = z.mean(axis=0), z.var(axis=0)
    inv = 1 / np.sqrt(var + EPS)
    xhat = (z - mean) * inv
    return g * xhat + b, (xhat, inv, g)


def norm_backward(dy, cache):
    xhat, inv, g = cache
    dg = np.sum(dy * xhat, axis=0)
    db = np.sum(dy, axis=0)
    dxhat = dy * g
    dz = inv * (dxhat - dxhat.mean(axis=0))
    return dz, dg, db


def backprop(W1, g1, b1, W2, g2, b2, V, c, stops, line):
    layers = [(W1, g1, b1), (W2, g2, b2)]
    h, caches = stops, []
    for W, g, b in layers:
        y, cache = norm_forward(h @ W, g, b)
        caches.append((h, y, cache))
        h = np.maximum(y, 0)
    scores = h @ V + c
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    dscores = (p - np.eye(len(c))[line]) / len(line)
    grads = [h.T @ dscores, dscores.sum(axis=0)]
    dh = dscores @ V.T
    for l in range(len(layers) - 1, -1, -1):
        x, y, cache = caches[l]
        dz, dg, db = norm_backward(dh * (y > 0), cache)
        grads = [x.T @ dz, dg, db] + grads
        dh = dz @ layers[l][0].T
    return grads
