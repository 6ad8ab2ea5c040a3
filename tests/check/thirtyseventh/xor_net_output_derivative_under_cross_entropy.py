"""Xor net output derivative under cross entropy.

expected kind: repeated-factor
wrong line: 52
correction 52: delta_o = error
what: the derivative of the sigmoid at the output multiplied on, though the cross-entropy has cancelled it
source: https://github.com/PacktPublishing/Python-Deep-Learning-Second-Edition/issues/5
said: the first delta of a book's network should be the error alone, without the activation's derivative
"""

import numpy as np

PARAMETERS = ["V", "W"]
X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float)
T = np.array([0.0, 1.0, 1.0, 0.0])

def data(seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(3, 3)), rng.normal(size=4)

def squash(s):
    return 1 / (1 + np.exp(-s))

def with_one(v):
    return np.append(v, 1.0)

def loss(V, W):
    total = 0.0
    for x, t in zip(X, T):
        o = squash(W @ with_one(np.tanh(V @ with_one(x))))
        total -= t * np.log(o) + (1 - t) * np.log(1 - o)
    return total

def right(V, W):
    dV, dW = np.zeros_like(V), np.zeros_like(W)
    for x, t in zip(X, T):
        h = np.tanh(V @ with_one(x))
        o = squash(W @ with_one(h))
        error = o - t
        delta_o = error
        dW += delta_o * with_one(h)
        delta_h = delta_o * W[:-1] * (1 - h * h)
        dV += np.outer(delta_h, with_one(x))
    return dV, dW

def backprop(V, W):
    dV, dW = np.zeros_like(V), np.zeros_like(W)
    for x, t in zip(X, T):
        h = np.tanh(V @ with_one(x))
        o = squash(W @ with_one(h))
        error = o - t
        delta_o = error * o * (1 - o)
        dW += delta_o * with_one(h)
        delta_h = delta_o * W[:-1] * (1 - h * h)
        dV += np.outer(delta_h, with_one(x))
    return dV, dW
