"""Log softmax weight of the class not of the label.

expected kind: wrong-point or wrong-parameter or wrong-axis
wrong line: 67
correction 67: dz[j] = weight[y[i]] * (np.exp(logp[j]) - target)
what: Each class's own weight is taken, where the example has that of its label
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["V", "c", "U", "d"]


EPS = 0.1


def data(seed=0):
    r = np.random.default_rng(seed)
    params = [r.normal(size=s) for s in [(3, 4), 4, (4, 3), 3]]
    return (*params, r.normal(size=(5, 3)), r.integers(0, 3, size=5), np.array([0.5, 1.0, 2.0]))


def loss(V, c, U, d, X, y, weight):
    z = np.tanh(X @ V + c) @ U + d
    top = np.max(z, axis=1, keepdims=True)
    logp = z - top - np.log(np.sum(np.exp(z - top), axis=1, keepdims=True))
    target = (1 - EPS) * np.eye(3)[y] + EPS / 3
    return -np.sum(weight[y] * np.sum(target * logp, axis=1))


def right(V, c, U, d, X, y, weight):
    A = X @ V + c
    H = np.tanh(A)
    Z = H @ U + d
    Z = Z - Z.max(axis=1, keepdims=True)
    logP = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))
    target = np.full(Z.shape, EPS / 3)
    target[np.arange(len(y)), y] += 1 - EPS
    dlogP = -weight[y][:, None] * target
    dZ = dlogP - np.exp(logP) * dlogP.sum(axis=1, keepdims=True)
    dU = H.T @ dZ
    dd = dZ.sum(axis=0)
    dH = dZ @ U.T
    dA = dH * (1 - H**2)
    dV = X.T @ dA
    dc = dA.sum(axis=0)
    return dV, dc, dU, dd


def log_softmax(row):
    top = max(row)
    return row - top - np.log(sum(np.exp(v - top) for v in row))


def backprop(V, c, U, d, X, y, weight):
    dV, dc, dU, dd = np.zeros((3, 4)), np.zeros(4), np.zeros((4, 3)), np.zeros(3)
    for i in range(len(X)):
        h = np.tanh(X[i] @ V + c)
        logp = log_softmax(h @ U + d)
        dz = np.zeros(3)
        for j in range(3):
            target = EPS / 3
            if j == y[i]:
                target += 1 - EPS
            dz[j] = weight[j] * (np.exp(logp[j]) - target)
        for j in range(3):
            dd[j] += dz[j]
            for k in range(4):
                dU[k, j] += h[k] * dz[j]
        for k in range(4):
            da = np.dot(U[k], dz) * (1 - h[k] ** 2)
            dc[k] += da
            for l in range(3):
                dV[l, k] += X[i, l] * da
    return {"V": dV, "c": dc, "U": dU, "d": dd}
