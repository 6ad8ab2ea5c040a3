"""The derivative of tan for that of tanh.

expected kind: wrong-activation or sign
wrong line: 48
correction 48: return (1.0 - np.square(output)) * top_diff
what: 1 + tanh^2, the rule of tan, in place of 1 - tanh^2
source: https://github.com/gy910210/neural-network-from-scratch/issues/2
said: Somebody proposes 1 + output^2 as tanh's backward pass, since the derivative of tan is 1 + tan^2.
"""

import numpy as np

PARAMETERS = ["Wxh", "bh", "Who", "bo"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [
        r.normal(size=(6, 4)), r.integers(3, size=6),
        r.normal(size=(4, 5)), r.normal(size=5), r.normal(size=(5, 3)), r.normal(size=3),
    ]


def loss(X, y, Wxh, bh, Who, bo):
    h = np.tanh(X @ Wxh + bh)
    scores = h @ Who + bo
    scores = scores - np.max(scores, axis=1, keepdims=True)
    logp = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    return -np.mean(logp[np.arange(len(X)), y])


def right(X, y, Wxh, bh, Who, bo):
    n = len(X)
    h = np.tanh(X @ Wxh + bh)
    e = np.exp(h @ Who + bo)
    d = (e / e.sum(1, keepdims=True) - np.eye(3)[y]) / n
    dh = d @ Who.T
    da = dh - dh * h * h
    return X.T @ da, da.sum(0), h.T @ d, d.sum(0)


class Tanh:
    def forward(self, X):
        return np.tanh(X)

    def backward(self, X, top_diff):
        output = self.forward(X)
        return (1.0 + np.square(output)) * top_diff


class MultiplyGate:
    def forward(self, W, X): return np.dot(X, W)
    def backward(self, W, X, dZ): return np.dot(np.transpose(X), dZ), np.dot(dZ, np.transpose(W))


class AddGate:
    def forward(self, X, b): return X + b
    def backward(self, X, b, dZ): return dZ * np.ones_like(X), np.dot(np.ones((1, dZ.shape[0])), dZ)[0]


def backprop(X, y, Wxh, bh, Who, bo):
    mul, add, act = MultiplyGate(), AddGate(), Tanh()
    m1 = mul.forward(Wxh, X); z1 = add.forward(m1, bh); a1 = act.forward(z1)
    m2 = mul.forward(Who, a1); z2 = add.forward(m2, bo)
    ex = np.exp(z2)
    dtop = ex / np.sum(ex, axis=1, keepdims=True)
    for row, label in enumerate(y):
        dtop[row, label] -= 1
    dm2, db2 = add.backward(m2, bo, dtop / len(y))
    dW2, da1 = mul.backward(Who, a1, dm2)
    dz1 = act.backward(z1, da1)
    dm1, db1 = add.backward(m1, bh, dz1)
    dW1, _ = mul.backward(Wxh, X, dm1)
    return dW1, db1, dW2, db2
