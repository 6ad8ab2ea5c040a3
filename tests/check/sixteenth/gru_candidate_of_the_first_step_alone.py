"""Gru candidate of the first step alone.

expected kind: missing-term
wrong line: 96
correction 96: grads["Wc"] += np.dot(X[:, t].T, dc)
what: The gradient of the candidate's weights is overwritten at each step instead of added to
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wg", "Ug", "Wc", "Uc", "v"]


def data(seed=0):
    r = np.random.default_rng(seed)
    Wg, Ug, Wc, Uc = r.normal(size=(2, 6)), r.normal(size=(3, 6)), r.normal(size=(2, 3)), r.normal(size=(3, 3))
    return Wg, Ug, Wc, Uc, r.normal(size=3), r.normal(size=(4, 4, 2)), np.array([1, 0, 1, 1])


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def loss(Wg, Ug, Wc, Uc, v, X, y):
    h = np.zeros((X.shape[0], Uc.shape[0]))
    for t in range(X.shape[1]):
        gates = sigmoid(X[:, t] @ Wg + h @ Ug)
        z, r = gates[:, :3], gates[:, 3:]
        c = np.tanh(X[:, t] @ Wc + (r * h) @ Uc)
        h = (1 - z) * h + z * c
    p = sigmoid(h @ v)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


class GRU:
    def __init__(self, Wg, Ug, Wc, Uc):
        self.Wg, self.Ug, self.Wc, self.Uc = Wg, Ug, Wc, Uc
        self.H = Uc.shape[0]

    def forward(self, X):
        self.X, self.cache = X, []
        h = np.zeros((X.shape[0], self.H))
        for t in range(X.shape[1]):
            g = sigmoid(X[:, t].dot(self.Wg) + h.dot(self.Ug))
            z, r = g[:, : self.H], g[:, self.H :]
            c = np.tanh(X[:, t].dot(self.Wc) + (r * h).dot(self.Uc))
            self.cache.append((h, z, r, c))
            h = h + z * (c - h)
        return h

    def backward(self, dh):
        self.grads = [np.zeros_like(w) for w in (self.Wg, self.Ug, self.Wc, self.Uc)]
        for t in range(len(self.cache) - 1, -1, -1):
            h, z, r, c = self.cache[t]
            x = self.X[:, t]
            dac = dh * z * (1 - c**2)
            drh = dac.dot(self.Uc.T)
            daz = dh * (c - h) * z * (1 - z)
            dar = drh * h * r * (1 - r)
            dag = np.hstack((daz, dar))
            self.grads[0] += x.T.dot(dag)
            self.grads[1] += h.T.dot(dag)
            self.grads[2] += x.T.dot(dac)
            self.grads[3] += (r * h).T.dot(dac)
            dh = dh * (1 - z) + dag.dot(self.Ug.T) + drh * r
        return self.grads


def right(Wg, Ug, Wc, Uc, v, X, y):
    gru = GRU(Wg, Ug, Wc, Uc)
    h = gru.forward(X)
    d = (sigmoid(h.dot(v)) - y) / len(y)
    return (*gru.backward(np.outer(d, v)), h.T.dot(d))


def backprop(Wg, Ug, Wc, Uc, v, X, y):
    N, T, _ = X.shape
    H = len(v)
    h, z, r, c = np.zeros((T + 1, N, H)), np.zeros((T, N, H)), np.zeros((T, N, H)), np.zeros((T, N, H))
    for t in range(T):
        z[t] = sigmoid(np.dot(X[:, t], Wg[:, :H]) + np.dot(h[t], Ug[:, :H]))
        r[t] = sigmoid(np.dot(X[:, t], Wg[:, H:]) + np.dot(h[t], Ug[:, H:]))
        c[t] = np.tanh(np.dot(X[:, t], Wc) + np.dot(r[t] * h[t], Uc))
        h[t + 1] = (1 - z[t]) * h[t] + z[t] * c[t]
    grads = {k: np.zeros_like(w) for k, w in dict(Wg=Wg, Ug=Ug, Wc=Wc, Uc=Uc).items()}
    dlogit = (sigmoid(np.dot(h[T], v)) - y) / N
    grads["v"] = np.dot(dlogit, h[T])
    dh = dlogit[:, None] * v
    for t in reversed(range(T)):
        dc = dh * z[t] * (1 - c[t] ** 2)
        dz = dh * (c[t] - h[t]) * z[t] * (1 - z[t])
        dreset = np.dot(dc, Uc.T)
        dr = dreset * h[t] * r[t] * (1 - r[t])
        grads["Wc"] = np.dot(X[:, t].T, dc)
        grads["Uc"] += np.dot((r[t] * h[t]).T, dc)
        grads["Wg"][:, :H] += np.dot(X[:, t].T, dz)
        grads["Wg"][:, H:] += np.dot(X[:, t].T, dr)
        grads["Ug"][:, :H] += np.dot(h[t].T, dz)
        grads["Ug"][:, H:] += np.dot(h[t].T, dr)
        dh = dh * (1 - z[t]) + dreset * r[t] + np.dot(dz, Ug[:, :H].T) + np.dot(dr, Ug[:, H:].T)
    return grads
