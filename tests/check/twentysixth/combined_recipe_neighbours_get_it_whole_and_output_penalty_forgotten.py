"""Combined recipe neighbours get it whole and output penalty forgotten.

expected kind: sum-for-mean + missing-term
wrong line: 81 and 106
correction 81: np.add.at(dX, around, share[:, :, None] * dh[:, None, :])
correction 106: return {"X": scatter(dh), "Y": dY + 2 * RIDGE * Y, "bias": dbias}
what: The gradient of the bag isn't shared among its ingredients; the penalty of the output vectors has no gradient
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["X", "Y", "bias"]
RIDGE = 0.05


def data(seed=0):
    r = np.random.default_rng(seed)
    # four dishes of up to four neighbours, an ingredient each, two drawn ones
    around = np.array([[1, 2, 5, 0], [3, 3, 4, 1], [0, 5, 0, 0], [2, 4, 5, 3]])
    there = np.array([[1.0, 1, 1, 0], [1, 1, 1, 1], [1, 1, 0, 0], [1, 1, 1, 0]])
    missing, drawn = np.array([4, 0, 3, 1]), np.array([[0, 3], [5, 2], [1, 1], [0, 5]])
    X, Y, bias = 1.3 * r.normal(size=(6, 3)), 1.3 * r.normal(size=(6, 3)), 0.5 * r.normal(size=6)
    return X, Y, bias, around, there, missing, drawn


def loss(X, Y, bias, around, there, missing, drawn):
    h = np.sum(X[around] * there[:, :, None], axis=1) / np.sum(there, axis=1, keepdims=True)
    good = np.sum(h * Y[missing], axis=1) + bias[missing]
    bad = np.sum(h[:, None, :] * Y[drawn], axis=2) + bias[drawn]
    total = np.sum(np.log(1 + np.exp(-good))) + np.sum(np.log(1 + np.exp(bad)))
    return total / len(missing) + RIDGE * np.sum(Y**2)


def logistic(t):
    return 1 / (1 + np.exp(-t))


class BagOfIngredients:
    def __init__(self, X, Y, bias):
        self.X, self.Y, self.bias = X, Y, bias
        self.dX, self.dY, self.dbias = np.zeros_like(X), 2 * RIDGE * Y, np.zeros_like(bias)

    def bag(self, around, there):
        self.words = around[there > 0]
        self.h = self.X[self.words].mean(axis=0)

    def push(self, word, label, weight):
        """Score one word, learn from it, and return what the bag hears."""
        score = self.Y[word] @ self.h + self.bias[word]
        if label:
            slope = -weight * logistic(-score)
        else:
            slope = weight * logistic(score)
        self.dY[word] += slope * self.h
        self.dbias[word] += slope
        return slope * self.Y[word]

    def spread(self, dh):
        for word in self.words:
            self.dX[word] += dh / len(self.words)


def right(X, Y, bias, around, there, missing, drawn):
    model, weight = BagOfIngredients(X, Y, bias), 1 / len(missing)
    for i in range(len(missing)):
        model.bag(around[i], there[i])
        dh = model.push(missing[i], True, weight)
        for word in drawn[i]:
            dh = dh + model.push(word, False, weight)
        model.spread(dh)
    return model.dX, model.dY, model.dbias


def gather(X, around, there):
    share = there / there.sum(axis=1, keepdims=True)

    def scatter(dh):
        dX = np.zeros_like(X)
        np.add.at(dX, around, there[:, :, None] * dh[:, None, :])
        return dX

    return np.einsum("nk,nkd->nd", share, X[around]), scatter


def score(h, Y, bias, words):
    def back(ds):
        dY, dbias = np.zeros_like(Y), np.zeros_like(bias)
        np.add.at(dY, words, ds[..., None] * h[:, None, :])
        np.add.at(dbias, words, ds)
        return np.einsum("nk,nkd->nd", ds, Y[words]), dY, dbias

    return np.einsum("nd,nkd->nk", h, Y[words]) + bias[words], back


def backprop(X, Y, bias, around, there, missing, drawn):
    n = len(missing)
    h, scatter = gather(X, around, there)
    words = np.concatenate([missing[:, None], drawn], axis=1)
    s, back = score(h, Y, bias, words)
    labels = np.zeros(s.shape)
    labels[:, 0] = 1
    ds = (1 / (1 + np.exp(-s)) - labels) / n
    dh, dY, dbias = back(ds)
    return {"X": scatter(dh), "Y": dY, "bias": dbias}
