"""Ignored words kept and words ignored.

expected kind: wrong-mask
wrong line: 63
correction 63: dz = np.where(ignore[t], np.zeros_like(dz), dz)
what: The condition of where is the wrong way round: what should be ignored learns, the rest doesn't
source: https://github.com/awslabs/sockeye/issues/200
said: the condition should be 1 - ignore in place of ignore; as it is it keeps the padding and clears the words
"""

import numpy as np

PARAMETERS = ["Wx", "Wh", "Wo"]


def data(seed=0):
    r = np.random.default_rng(seed)
    ignore = np.array([0, 0, 1, 0, 1, 1])
    Wx, Wh, Wo = r.normal(size=(3, 4)), 0.5 * r.normal(size=(4, 4)), r.normal(size=(4, 3))
    return Wx, Wh, Wo, r.normal(size=(6, 3)), r.integers(0, 3, 6), ignore


def loss(Wx, Wh, Wo, xs, tags, ignore):
    h, total = np.zeros(4), 0
    for x, tag, skip in zip(xs, tags, ignore):
        h = np.tanh(x @ Wx + h @ Wh)
        z = h @ Wo
        total = total + (1 - skip) * (np.log(np.sum(np.exp(z))) - z[tag])
    return total


def right(Wx, Wh, Wo, xs, tags, ignore):
    H = [np.zeros(4)]
    for x in xs:
        H.append(np.tanh(x @ Wx + H[-1] @ Wh))
    H = np.array(H)
    P = np.exp(H[1:] @ Wo)
    D = (P / P.sum(1, keepdims=True) - np.eye(3)[tags]) * (1 - ignore)[:, None]
    A, c = np.zeros((6, 4)), np.zeros(4)
    for t in range(5, -1, -1):
        A[t] = (Wo @ D[t] + c) * (1 - H[t + 1] ** 2)
        c = Wh @ A[t]
    return xs.T @ A, H[:-1].T @ A, H[1:].T @ D


class Tagger:
    def __init__(self, params):
        self.params = params
        self.grads = {k: np.zeros_like(v) for k, v in params.items()}

    def forward(self, xs):
        self.xs, self.hs, self.ps = xs, {-1: np.zeros(len(self.params["Wh"]))}, {}
        for t, x in enumerate(xs):
            self.hs[t] = np.tanh(x @ self.params["Wx"] + self.hs[t - 1] @ self.params["Wh"])
            e = np.exp(self.hs[t] @ self.params["Wo"])
            self.ps[t] = e / e.sum()

    def backward(self, tags, ignore):
        dh_next = np.zeros_like(self.hs[-1])
        for t in reversed(range(len(self.xs))):
            dz = self.ps[t].copy()
            dz[tags[t]] -= 1
            dz = np.where(ignore[t], dz, np.zeros_like(dz))
            self.grads["Wo"] += np.outer(self.hs[t], dz)
            da = (self.params["Wo"] @ dz + dh_next) * (1 - self.hs[t] ** 2)
            self.grads["Wx"] += np.outer(self.xs[t], da)
            self.grads["Wh"] += np.outer(self.hs[t - 1], da)
            dh_next = self.params["Wh"] @ da


def backprop(Wx, Wh, Wo, xs, tags, ignore):
    net = Tagger({"Wx": Wx, "Wh": Wh, "Wo": Wo})
    net.forward(xs)
    net.backward(tags, ignore)
    return net.grads
