"""Cricket late only if told wrongly.

expected kind: wrong-mask
wrong line: 90
correction 90: late = r[rows, own] - r[rows, best] < MARGIN
what: Only those count that are told wrongly, not those that are right by less than the margin
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["P", "W", "b", "U"]
MARGIN = 1.5


def data(seed=0):
    r = np.random.default_rng(seed)
    # seven crickets, three measures; four tags, some rare, and one of three meadows
    P, W, b, U = r.normal(size=(3, 4)), r.normal(size=(4, 4)), 0.5 * r.normal(size=4), r.normal(size=(4, 3))
    tags, rare = r.integers(0, 2, size=(7, 4)) * 1.0, r.uniform(0.3, 0.8, size=4)
    return P, W, b, U, r.normal(size=(7, 3)), tags, rare, r.integers(0, 3, size=7)


def loss(P, W, b, U, crickets, tags, rare, meadow):
    n = crickets.shape[0]
    h = np.tanh(crickets @ P)
    s = h @ W + b
    tagging = np.sum(np.maximum(s, 0) - s * tags + rare * np.log(1 + np.exp(-np.abs(s))))
    r = h @ U
    own = r[np.arange(n), meadow]
    rival = np.max(r - 1e6 * np.eye(3)[meadow], axis=1)
    return (tagging + np.sum(np.maximum(0, MARGIN + rival - own))) / n


def tag_gradient(s, tags, rare):
    """max(s, 0) - s tags + rare log(1 + exp(-|s|)), one number for each tag"""
    sigma = 1 / (1 + np.exp(-s))
    ds = rare * sigma - tags + (1 - rare) * (s > 0)
    return ds


def rival_of(scores, own):
    others = [k for k in range(len(scores)) if k != own]
    return max(others, key=lambda k: scores[k])


def right(P, W, b, U, crickets, tags, rare, meadow):
    n = len(crickets)
    dP, dU = np.zeros_like(P), np.zeros_like(U)
    H = np.tanh(crickets @ P)
    dS = tag_gradient(H @ W + b, tags, rare) / n
    dH = dS @ W.T
    # the perceptrons of the meadows learn from those only that are told wrongly, or not by the margin
    for i in range(n):
        scores = H[i] @ U
        k = rival_of(scores, meadow[i])
        if MARGIN + scores[k] - scores[meadow[i]] > 0:
            g = np.zeros(3)
            g[k], g[meadow[i]] = 1 / n, -1 / n
            dU += np.outer(H[i], g)
            dH[i] += U @ g
    for i in range(n):
        dP += np.outer(crickets[i], dH[i] * (1 - H[i] ** 2))
    return {"P": dP, "W": H.T @ dS, "b": dS.sum(axis=0), "U": dU}


class TagHead:
    def __init__(self, W, b, rare):
        self.W, self.b, self.rare = W, b, rare

    def backward(self, h, tags):
        s = h @ self.W + self.b
        small = 1 / (1 + np.exp(np.abs(s)))
        ds = (s > 0) - tags - self.rare * np.sign(s) * small
        self.dW, self.db = h.T @ ds, ds.sum(axis=0)
        return ds @ self.W.T


class MarginHead:
    def __init__(self, U):
        self.U = U

    def backward(self, h, own):
        rows = np.arange(len(h))
        r = h @ self.U
        masked = r.copy()
        masked[rows, own] = -np.inf
        best = masked.argmax(axis=1)
        late = r[rows, own] < r[rows, best]
        dr = np.zeros(r.shape)
        dr[rows, best] += late
        dr[rows, own] -= late
        self.dU = h.T @ dr
        return dr @ self.U.T


def backprop(P, W, b, U, crickets, tags, rare, meadow):
    n = len(crickets)
    h = np.tanh(crickets @ P)
    tagger, chooser = TagHead(W, b, rare), MarginHead(U)
    dh = tagger.backward(h, tags) + chooser.backward(h, meadow)
    dP = crickets.T @ (dh * (1 - h * h))
    return dP / n, tagger.dW / n, tagger.db / n, chooser.dU / n
