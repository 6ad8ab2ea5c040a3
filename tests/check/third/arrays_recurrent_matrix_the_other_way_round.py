"""Arrays recurrent matrix the other way round.

expected kind: transpose
wrong line: 49
correction 49: dLdW += np.outer(delta, s[t])
given as: arrays
what: The gradient of the square matrix of a recurrent network is transposed
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["U", "W"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 2)), r.normal(size=(3, 3)) * 0.7, r.normal(size=(5, 2)), r.normal(size=3)


def loss(U, W, xs, y):
    h = np.zeros(3)
    for x in xs:
        h = np.tanh(U @ x + W @ h)
    return np.sum((h - y) ** 2)


def right(U, W, xs, y):
    hs = [np.zeros(3)]
    for x in xs:
        hs.append(np.tanh(U @ x + W @ hs[-1]))
    gU, gW, d = 0 * U, 0 * W, 2 * (hs[-1] - y)
    for t in range(4, -1, -1):
        a = d * (1 - hs[t + 1] ** 2)
        gU, gW, d = gU + np.outer(a, xs[t]), gW + np.outer(a, hs[t]), W.T @ a
    return gU, gW


def backprop(U, W, xs, y):
    s = [np.zeros(3)]
    for x in xs:
        s.append(np.tanh(U.dot(x) + W.dot(s[-1])))
    dLdU, dLdW = np.zeros_like(U), np.zeros_like(W)
    delta = 2 * (s[-1] - y)
    for t in np.arange(len(xs))[::-1]:
        delta = delta * (1 - s[t + 1] ** 2)
        dLdU += np.outer(delta, xs[t])
        dLdW += np.outer(s[t], delta)
        delta = W.T.dot(delta)
    return dLdU, dLdW
