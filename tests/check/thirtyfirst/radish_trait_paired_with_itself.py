"""Radish trait paired with itself.

expected kind: missing-term
wrong line: 63
correction 63: gV[i, f] += slope * (x[i] * sums[f] - V[i, f] * x[i] ** 2) / n
what: The pair of a trait with itself isn't taken out of the sum
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["w0", "w", "V"]
REG = 0.1


def data(seed=0):
    r = np.random.default_rng(seed)
    # seven beds with five traits of the soil; did the radishes come up (1) or not (-1)?
    X, came = r.normal(size=(7, 5)), r.choice([-1.0, 1.0], size=7)
    return r.normal(size=1), r.normal(size=5), 0.6 * r.normal(size=(5, 3)), X, came


def loss(w0, w, V, X, came):
    f = w0 + X @ w
    for i in range(X.shape[1]):
        for j in range(i):
            f = f + np.sum(V[i] * V[j]) * X[:, i] * X[:, j]
    return np.mean(np.log(1 + np.exp(-came * f))) + 0.5 * REG * np.sum(V * V)


def fm(w0, w, V, X):
    XV = X @ V
    pairs = 0.5 * np.sum(XV**2 - X**2 @ V**2, axis=1)
    return w0 + X @ w + pairs, XV


def right(w0, w, V, X, came):
    f, XV = fm(w0, w, V, X)
    d = -came / (1 + np.exp(came * f)) / len(came)
    dw0 = np.array([np.sum(d)])
    dw = X.T @ d
    dV = X.T @ (d[:, None] * XV)
    dV -= V * ((X**2).T @ d)[:, None]
    dV += REG * V
    return {"w0": dw0, "w": dw, "V": dV}


def backprop(w0, w, V, X, came):
    (n, traits), k = X.shape, V.shape[1]
    g0, gw, gV = 0.0, [0.0] * traits, np.zeros((traits, k))
    for x, y in zip(X, came):
        # one pass over the factors, O(kn)
        sums = [sum(V[i, f] * x[i] for i in range(traits)) for f in range(k)]
        score = w0[0] + sum(w[i] * x[i] for i in range(traits))
        for f in range(k):
            score += 0.5 * (sums[f] ** 2 - sum((V[i, f] * x[i]) ** 2 for i in range(traits)))
        slope = -y * (1 - 1 / (1 + np.exp(-y * score)))
        g0 += slope / n
        for i in range(traits):
            gw[i] += slope * x[i] / n
            for f in range(k):
                gV[i, f] += slope * x[i] * sums[f] / n
    gV += REG * V
    return np.array([g0]), np.array(gw), gV
