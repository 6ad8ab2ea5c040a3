"""Arrays contrast one view alone.

expected kind: missing-term or detached
wrong line: 88
correction 88: return dW, dV + other.backward(dub)[1]
given as: arrays
what: The last weights have the gradient of the first view alone
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "V"]
TAU = 0.5


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 5)), r.normal(size=(5, 3)), r.normal(size=(5, 4)), r.normal(size=(5, 4))


def loss(W, V, A, B):
    za, zb = np.tanh(A @ W) @ V, np.tanh(B @ W) @ V
    za = za / np.sqrt(np.sum(za**2, axis=1, keepdims=True))
    zb = zb / np.sqrt(np.sum(zb**2, axis=1, keepdims=True))
    logits = za @ zb.T / TAU
    pairs = np.sum(za * zb, axis=1) / TAU
    return np.mean(np.log(np.sum(np.exp(logits), axis=1)) - pairs)


def encode(X, W, V):
    h = np.tanh(np.dot(X, W))
    z = np.dot(h, V)
    norm = np.sqrt(np.sum(z**2, axis=1, keepdims=True))
    return z / norm, (X, h, norm)


def encode_backward(dunit, unit, cache, V):
    X, h, norm = cache
    dz = (dunit - unit * np.sum(dunit * unit, axis=1, keepdims=True)) / norm
    dh = np.dot(dz, V.T)
    return np.dot(X.T, dh * (1 - h**2)), np.dot(h.T, dz)


def right(W, V, A, B):
    N = A.shape[0]
    ua, cache_a = encode(A, W, V)
    ub, cache_b = encode(B, W, V)
    logits = np.dot(ua, ub.T) / TAU
    P = np.exp(logits - logits.max(axis=1, keepdims=True))
    P = P / P.sum(axis=1, keepdims=True)
    dsim = (P - np.eye(N)) / TAU / N
    dWa, dVa = encode_backward(np.dot(dsim, ub), ua, cache_a, V)
    dWb, dVb = encode_backward(np.dot(dsim.T, ua), ub, cache_b, V)
    return dWa + dWb, dVa + dVb


class Tower:
    def __init__(self, W, V):
        self.W, self.V = W, V

    def forward(self, X):
        self.X, self.h = X, np.tanh(X @ self.W)
        self.z = self.h @ self.V
        self.length = np.linalg.norm(self.z, axis=1)
        return self.z / self.length[:, None]

    def backward(self, d):
        along = np.sum(d * self.z, axis=1) / self.length**2
        dz = (d - along[:, None] * self.z) / self.length[:, None]
        da = (dz @ self.V.T) * (1 - self.h**2)
        return self.X.T @ da, self.h.T @ dz


def backprop(W, V, A, B):
    left, other = Tower(W, V), Tower(W, V)
    ua, ub = left.forward(A), other.forward(B)
    dua, dub = np.zeros_like(ua), np.zeros_like(ub)
    for i in range(len(ua)):
        e = np.exp(ub @ ua[i] / TAU)
        p = e / e.sum()
        p[i] -= 1
        dua[i] = p @ ub / TAU / len(ua)
        dub += np.outer(p, ua[i]) / TAU / len(ua)
    dW, dV = left.backward(dua)
    dW += other.backward(dub)[0]
    return dW, dV
