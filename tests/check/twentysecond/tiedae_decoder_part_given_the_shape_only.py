"""Tiedae decoder part given the shape only.

expected kind: transpose
wrong line: 74
correction 74: dec = inner.T
what: What the decoder contributes is given the shape of the weights, but its elements lie as before
source: https://github.com/BVLC/caffe/pull/3612
said: the shared weights get the right shape in the decoder, the elements are still laid out in the encoder's order, not transposed
"""

import numpy as np

PARAMETERS = ["W", "b", "c"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(5, 3)), rng.normal(size=3), rng.normal(size=5), rng.uniform(size=(6, 5))


def loss(W, b, c, X):
    code = 1 / (1 + np.exp(-(X @ W + b)))
    again = 1 / (1 + np.exp(-(code @ W.T + c)))
    return 0.5 * np.sum((again - X) ** 2) / len(X)


class TiedCoder:
    def __init__(self, W, b, c):
        self.W, self.b, self.c = W, b, c
        self.gW, self.gb, self.gc = np.zeros(W.shape), np.zeros(b.shape), np.zeros(c.shape)

    def see(self, x, share):
        h = 1 / (1 + np.exp(-(x @ self.W + self.b)))
        o = 1 / (1 + np.exp(-(self.W @ h + self.c)))
        criterion = o - x
        e = criterion * share
        e *= o
        e *= 1 - o
        self.gc += e
        self.gW += e[:, None] * h
        d = self.W.T @ e
        d *= h
        d *= 1 - h
        self.gb += d
        self.gW += x[:, None] * d


def right(W, b, c, X):
    coder = TiedCoder(W, b, c)
    for x in X:
        coder.see(x, 1 / len(X))
    return coder.gW, coder.gb, coder.gc


def logistic(z):
    return 1 / (1 + np.exp(-z))


def encode(X, W, b):
    return logistic(np.dot(X, W) + b)


def decode(H, W, c):
    return logistic(np.dot(H, W.T) + c)


def backprop(W, b, c, X):
    H = encode(X, W, b)
    R = decode(H, W, c)
    d_out = (R - X) * R * (1 - R) / X.shape[0]
    d_hid = np.dot(d_out, W) * H * (1 - H)
    enc = np.dot(X.T, d_hid)
    inner = np.dot(H.T, d_out)
    dec = inner.reshape(W.shape)
    dW = enc + dec
    return {"W": dW, "b": d_hid.sum(axis=0), "c": d_out.sum(axis=0)}
