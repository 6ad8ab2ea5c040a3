"""Bidirectional gradient of the second way not added.

expected kind: missing-term or detached
wrong line: 91 or 92
correction 91: dW = fw.dW + bw.dW
correction 92: return dW + bw.dW, fw.dU, bw.dU, fw.db, bw.db, np.dot(last.T, ds)
what: What the weights of both directions get from the second one is left out
source: https://github.com/mlpack/mlpack/pull/1742
said: the gradient of the backward RNN was not added to the total gradient
"""

import numpy as np

PARAMETERS = ["W", "Uf", "Ub", "bf", "bb", "v"]


def data(seed=0):
    r = np.random.default_rng(seed)
    W, Uf, Ub = r.normal(size=(2, 3)), r.normal(size=(3, 3)), r.normal(size=(3, 3))
    bf, bb, v = r.normal(size=3), r.normal(size=3), r.normal(size=6)
    return W, Uf, Ub, bf, bb, v, r.normal(size=(5, 4, 2)), np.array([1, 0, 0, 1, 1])


def loss(W, Uf, Ub, bf, bb, v, X, y):
    f = b = np.zeros((len(X), 3))
    for t in range(X.shape[1]):
        f = np.tanh(X[:, t] @ W + f @ Uf + bf)
        b = np.tanh(X[:, -1 - t] @ W + b @ Ub + bb)
    s = np.concatenate([f, b], axis=1) @ v
    return np.mean(np.log(1 + np.exp(s)) - y * s)


def right(W, Uf, Ub, bf, bb, v, X, y):
    N, T, _ = X.shape
    f, b = [np.zeros((N, 3))], [np.zeros((N, 3))]
    for t in range(T):
        f.append(np.tanh(X[:, t] @ W + f[t] @ Uf + bf))
        b.append(np.tanh(X[:, T - 1 - t] @ W + b[t] @ Ub + bb))
    feats = np.concatenate([f[T], b[T]], axis=1)
    score = feats @ v
    dscore = (1 / (1 + np.exp(-score)) - y)[:, None] / N
    dv = (feats * dscore).sum(axis=0)
    df, db = np.split(dscore * v, 2, axis=1)
    dW, dUf, dUb = np.zeros(W.shape), np.zeros(Uf.shape), np.zeros(Ub.shape)
    dbf, dbb = np.zeros(3), np.zeros(3)
    for t in reversed(range(T)):
        df = df * (1 - f[t + 1] ** 2)
        db = db * (1 - b[t + 1] ** 2)
        dW += X[:, t].T @ df
        dW += X[:, T - 1 - t].T @ db
        dUf += f[t].T @ df
        dUb += b[t].T @ db
        dbf += df.sum(axis=0)
        dbb += db.sum(axis=0)
        df = df @ Uf.T
        db = db @ Ub.T
    return dW, dUf, dUb, dbf, dbb, dv


class Direction:
    """One way over the sequence; the weights of the inputs belong to both."""

    def __init__(self, W, U, b):
        self.W, self.U, self.b = W, U, b

    def forward(self, X):
        self.X = X
        self.h = [np.zeros((X.shape[0], self.b.size))]
        for t in range(X.shape[1]):
            self.h.append(np.tanh(np.dot(X[:, t], self.W) + np.dot(self.h[t], self.U) + self.b))
        return self.h[-1]

    def backward(self, dh):
        self.dW, self.dU, self.db = np.zeros_like(self.W), np.zeros_like(self.U), np.zeros_like(self.b)
        for t in reversed(range(self.X.shape[1])):
            da = dh * (1 - self.h[t + 1] ** 2)
            self.dW += np.dot(self.X[:, t].T, da)
            self.dU += np.dot(self.h[t].T, da)
            self.db += np.sum(da, axis=0)
            dh = np.dot(da, self.U.T)


def backprop(W, Uf, Ub, bf, bb, v, X, y):
    fw, bw = Direction(W, Uf, bf), Direction(W, Ub, bb)
    last = np.hstack([fw.forward(X), bw.forward(X[:, ::-1])])
    prob = 1 / (1 + np.exp(-np.dot(last, v)))
    ds = (prob - y) / len(y)
    dlast = np.outer(ds, v)
    fw.backward(dlast[:, :3])
    bw.backward(dlast[:, 3:])
    dW = fw.dW
    return dW, fw.dU, bw.dU, fw.db, bw.db, np.dot(last.T, ds)
