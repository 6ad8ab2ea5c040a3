"""Triplet all counted also within the margin.

expected kind: wrong-mask or missing-factor
wrong line: 63
correction 63: coef = 2 * (margins > 0)[:, None] / N
what: Triplets that are far enough apart, where the hinge is zero, have a gradient too
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2"]
MARGIN = 0.5


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 4)), r.normal(size=4), r.normal(size=(4, 2)), *r.normal(size=(3, 8, 3))


def loss(W1, b1, W2, anchor, positive, negative):
    a, p, n = (np.tanh(x @ W1 + b1) @ W2 for x in (anchor, positive, negative))
    distances = np.sum((a - p) ** 2, axis=1) - np.sum((a - n) ** 2, axis=1)
    return np.mean(np.maximum(distances + MARGIN, 0))


class Embedding:
    def __init__(self, W1, b1, W2):
        self.W1, self.b1, self.W2 = W1, b1, W2

    def forward(self, x):
        self.x = x
        self.h = np.tanh(np.dot(x, self.W1) + self.b1)
        return np.dot(self.h, self.W2)

    def backward(self, dout):
        dpre = np.dot(dout, self.W2.T) * (1 - self.h**2)
        return np.dot(self.x.T, dpre), dpre.sum(axis=0), np.dot(self.h.T, dout)


def right(W1, b1, W2, anchor, positive, negative):
    nets = [Embedding(W1, b1, W2) for _ in range(3)]
    a, p, n = [net.forward(x) for net, x in zip(nets, (anchor, positive, negative))]
    losses = ((a - p) ** 2).sum(axis=1) - ((a - n) ** 2).sum(axis=1) + MARGIN
    hit = (losses > 0).reshape(-1, 1) * 2.0 / len(losses)
    d_anchor = (n - p) * hit
    d_positive, d_negative = (p - a) * hit, (a - n) * hit
    dW1, db1, dW2 = 0, 0, 0
    for net, d in zip(nets, (d_anchor, d_positive, d_negative)):
        g = net.backward(d)
        dW1, db1, dW2 = dW1 + g[0], db1 + g[1], dW2 + g[2]
    return dW1, db1, dW2


def backprop(W1, b1, W2, anchor, positive, negative):
    N = len(anchor)
    x = np.vstack([anchor, positive, negative])
    h = np.tanh(x @ W1 + b1)
    out = h @ W2
    a, p, n = out[:N], out[N : 2 * N], out[2 * N :]
    margins = MARGIN + np.einsum("nd,nd->n", a - p, a - p) - np.einsum("nd,nd->n", a - n, a - n)
    coef = 2 / N
    dout = np.zeros_like(out)
    dout[:N] += coef * (a - p) - coef * (a - n)
    dout[N : 2 * N] -= coef * (a - p)
    dout[2 * N :] += coef * (a - n)
    dW2 = h.T @ dout
    delta = dout @ W2.T
    delta *= 1 - h * h
    return {"W1": x.T @ delta, "b1": delta.sum(0), "W2": dW2}
