"""Rnnmask padded steps do not hand on.

expected kind: missing-term or detached
wrong line: 85
correction 85: dh = (1 - m) * dh + dstacked[:, self.D : self.D + self.H]
what: Where a step is padding nothing goes back to the state that was kept
source: https://github.com/PaddlePaddle/Paddle/pull/29813
said: the mask isn't loaded in the backward pass
"""

import numpy as np

PARAMETERS = ["W", "V"]


def data(seed=0):
    r = np.random.default_rng(seed)
    mask = np.array([[1, 1, 1, 1], [1, 1, 0, 0], [1, 1, 1, 0], [1, 0, 0, 0]])
    return 0.7 * r.normal(size=(6, 3)), r.normal(size=(3, 3)), r.normal(size=(4, 4, 2)), mask, np.array([1, 0, 2, 1])


def loss(W, V, xs, mask, y):
    n = len(xs)
    h, ones = np.zeros((n, 3)), np.ones((n, 1))
    for t in range(xs.shape[1]):
        m = mask[:, t][:, None]
        h = m * np.tanh(np.concatenate([xs[:, t], h, ones], axis=1) @ W) + (1 - m) * h
    s = h @ V
    return np.sum(np.log(np.sum(np.exp(s), axis=1))) - np.sum(s[np.arange(n), y])


def run_one(W, x, length):
    states, stacked = [np.zeros(W.shape[1])], []
    for t in range(length):
        stacked.append(np.concatenate((x[t], states[t], [1.0])))
        states.append(np.tanh(stacked[t] @ W))
    return states, stacked


def right(W, V, xs, mask, y):
    dW, dV = np.zeros_like(W), np.zeros_like(V)
    D, H = xs.shape[2], W.shape[1]
    Wh = W[D : D + H]
    lengths = mask.sum(axis=1)
    for x, length, label in zip(xs, lengths, y):
        states, stacked = run_one(W, x, length)
        last = states[-1]
        p = np.exp(last @ V)
        p /= p.sum()
        p[label] -= 1
        dV += np.outer(last, p)
        dh = V @ p
        for t in range(length - 1, -1, -1):
            dz = (1 - states[t + 1] ** 2) * dh
            dW += np.outer(stacked[t], dz)
            dh = Wh @ dz
    return dW, dV


class MaskedRNN:
    def __init__(self, W):
        self.W = W
        self.dW = np.zeros_like(W)

    def forward(self, xs, mask):
        n, T, D = xs.shape
        H = self.W.shape[1]
        self.mask, self.cache = mask[:, :, None], []
        h = np.zeros((n, H))
        for t in range(T):
            stacked = np.hstack([xs[:, t], h, np.ones((n, 1))])
            new = np.tanh(stacked @ self.W)
            self.cache.append((stacked, new))
            h = np.where(self.mask[:, t] == 1, new, h)
        self.D, self.H = D, H
        return h

    def backward(self, dh):
        for t in reversed(range(len(self.cache))):
            stacked, new = self.cache[t]
            m = self.mask[:, t]
            dz = m * dh * (1 - new**2)
            self.dW += stacked.T @ dz
            dstacked = dz @ self.W.T
            dh = dstacked[:, self.D : self.D + self.H]


def backprop(W, V, xs, mask, y):
    rnn = MaskedRNN(W)
    h = rnn.forward(xs, mask)
    e = np.exp(h @ V)
    d = e / e.sum(axis=1, keepdims=True)
    d[np.arange(len(y)), y] -= 1
    rnn.backward(d @ V.T)
    return rnn.dW, h.T @ d
