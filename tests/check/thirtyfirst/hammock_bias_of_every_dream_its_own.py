"""Hammock bias of every dream its own.

expected kind: missing-sum
wrong line: 93
correction 93: grad["b1"] = da.sum(axis=(0, 1))
what: The gradient of the bias is summed over the naps, and not over the dreams in them
source: https://github.com/ooples/AiDotNet.Tensors/issues/234
said: the gradient of the bias is reduced over the first axis alone, so with batch, sequence and features it keeps the sequence
"""

import numpy as np

PARAMETERS = ["E", "g", "W1", "b1", "W2", "b2"]
EPS = 1e-3


def data(seed=0):
    r = np.random.default_rng(seed)
    # three naps of four dreams, each one of five kinds; what does one dream of next?
    E, g = r.normal(size=(5, 4)), r.uniform(0.6, 1.5, size=4)
    W1, b1, W2, b2 = r.normal(size=(4, 6)), 0.4 * r.normal(size=6), r.normal(size=(6, 4)), 0.4 * r.normal(size=4)
    naps = r.integers(0, 5, size=(3, 5))
    return E, g, W1, b1, W2, b2, naps


def loss(E, g, W1, b1, W2, b2, naps):
    x = E[naps[:, :-1]]
    u = x - np.mean(x, axis=2, keepdims=True)
    u = g * u / np.sqrt(np.mean(u**2, axis=2, keepdims=True) + EPS)
    a = u @ W1 + b1
    y = x + a / (1 + np.exp(-a)) @ W2 + b2
    logits = y @ E.T
    chosen = np.take_along_axis(logits, naps[:, 1:, None], axis=2)[..., 0]
    return np.mean(np.log(np.sum(np.exp(logits), axis=2)) - chosen)


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def sigmoid_grad(s):
    """s is what the sigmoid gave."""
    return s * (1 - s)


def right(E, g, W1, b1, W2, b2, naps):
    tokens, targets = naps[:, :-1].ravel(), naps[:, 1:].ravel()
    dE, dg, dW1, db1, dW2, db2 = [np.zeros(p.shape) for p in (E, g, W1, b1, W2, b2)]
    for token, target in zip(tokens, targets):
        x = E[token]
        std = np.sqrt(np.var(x) + EPS)
        hat = (x - np.mean(x)) / std
        a = (g * hat) @ W1 + b1
        s = sigmoid(a)
        y = x + (a * s) @ W2 + b2
        p = np.exp(E @ y)
        p = (p / np.sum(p) - np.eye(5)[target]) / len(tokens)
        dE += np.outer(p, y)
        dy = E.T @ p
        dW2 += np.outer(a * s, dy)
        db2 += dy
        dh = W2 @ dy
        da = dh * (s + a * sigmoid_grad(s))
        dW1 += np.outer(g * hat, da)
        db1 += da
        du = W1 @ da
        dg += du * hat
        dhat = du * g
        dx = (dhat - np.mean(dhat) - hat * np.mean(dhat * hat)) / std
        dE[token] += dx + dy
    return dE, dg, dW1, db1, dW2, db2


class Block:
    def __init__(self, g, W1, b1, W2, b2):
        self.p, self.grad = {"g": g, "W1": W1, "b1": b1, "W2": W2, "b2": b2}, {}
    def forward(self, x):
        p = self.p
        self.std = np.sqrt(x.var(axis=2, keepdims=True) + EPS)
        self.hat = (x - x.mean(axis=2, keepdims=True)) / self.std
        self.u = p["g"] * self.hat
        self.a = self.u @ p["W1"] + p["b1"]
        self.s = 1 / (1 + np.exp(-self.a))
        self.h = self.a * self.s
        return x + self.h @ p["W2"] + p["b2"]
    def backward(self, dy):
        p, grad = self.p, self.grad
        grad["W2"] = np.einsum("ntk,ntd->kd", self.h, dy)
        grad["b2"] = dy.sum(axis=(0, 1))
        dh = dy @ p["W2"].T
        da = dh * self.s * (1 + self.a * (1 - self.s))
        grad["W1"] = np.einsum("ntd,ntk->dk", self.u, da)
        grad["b1"] = da.sum(axis=0)
        du = da @ p["W1"].T
        grad["g"] = (du * self.hat).sum(axis=(0, 1))
        dhat = du * p["g"]
        dx = dhat - dhat.mean(axis=2, keepdims=True) - self.hat * np.mean(dhat * self.hat, axis=2, keepdims=True)
        return dy + dx / self.std


def backprop(E, g, W1, b1, W2, b2, naps):
    now, then = naps[:, :-1], naps[:, 1:]
    block = Block(g, W1, b1, W2, b2)
    y = block.forward(E[now])
    p = np.exp(y @ E.T)
    d = (p / p.sum(axis=2, keepdims=True) - np.eye(len(E))[then]) / then.size
    dE = np.einsum("ntv,ntd->vd", d, y)
    np.add.at(dE, now, block.backward(d @ E))
    return {"E": dE, **block.grad}
