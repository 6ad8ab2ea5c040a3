"""Triplet only the anchor learns.

expected kind: detached or missing-term
wrong line: 74
correction 74: parts = [A.back(2 * (n - p)), P.back(2 * (p - a)), N.back(2 * (a - n))]
what: Positive and negative are held, though the net that embeds them is the same
source: https://github.com/jhjin/triplet-criterion/issues/2
said: only the derivative of the anchor is there; the others are held on purpose
"""

import numpy as np

PARAMETERS = ["W", "b"]


MARGIN = 1.0


def data(seed=0):
    r = np.random.default_rng(seed)
    return (*(r.normal(size=(5, 3)) for _ in range(3)), r.normal(size=(3, 2)), r.normal(size=2))


def loss(anchor, positive, negative, W, b):
    a, p, n = np.tanh(anchor @ W + b), np.tanh(positive @ W + b), np.tanh(negative @ W + b)
    gap = np.sum((a - p) ** 2, axis=1) - np.sum((a - n) ** 2, axis=1) + MARGIN
    return np.mean(np.maximum(gap, 0))


embed = lambda x, W, b: np.tanh(x @ W + b)
squared = lambda u, v: np.sum((u - v) ** 2, axis=1)


def embed_backward(dout, x, out):
    dz = dout * (1 - out**2)
    return x.T @ dz, dz.sum(axis=0)


def right(anchor, positive, negative, W, b):
    x_a, x_p, x_n = [embed(x, W, b) for x in (anchor, positive, negative)]
    active = squared(x_a, x_p) - squared(x_a, x_n) + MARGIN > 0
    scale = 2 * active[:, None] / len(anchor)
    diff_a = scale * (x_n - x_p)
    diff_p = scale * (x_p - x_a)
    diff_n = scale * (x_a - x_n)
    dW, db = np.zeros_like(W), np.zeros_like(b)
    for dout, x, out in [(diff_a, anchor, x_a), (diff_p, positive, x_p), (diff_n, negative, x_n)]:
        gW, gb = embed_backward(dout, x, out)
        dW += gW
        db += gb
    return dW, db


class Branch:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def __call__(self, x):
        self.x, self.e = x, np.tanh(x @ self.W + self.b)
        return self.e

    def back(self, g):
        d = g * (1 - self.e * self.e)
        return np.outer(self.x, d), d


def backprop(anchor, positive, negative, W, b):
    dW, db = 0 * W, 0 * b
    for i in range(len(anchor)):
        A, P, N = Branch(W, b), Branch(W, b), Branch(W, b)
        a, p, n = A(anchor[i]), P(positive[i]), N(negative[i])
        if (a - p) @ (a - p) - (a - n) @ (a - n) + MARGIN <= 0:
            continue
        parts = [A.back(2 * (n - p))]
        dW += sum(part[0] for part in parts) / len(anchor)
        db += sum(part[1] for part in parts) / len(anchor)
    return {"W": dW, "b": db}
