"""Combined kayak uphill and the repeated middle word counts once.

expected kind: missing-sum + sign
wrong line: 70 and 80
correction 70: np.add.at(grads["V"], self.centers, dv)
correction 80: error = chance - labels
what: A middle word that comes several times gets only its last gradient; the error has the direction down the loss
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["V", "U"]


def data(seed=0):
    r = np.random.default_rng(seed)
    # eight pairs of words from a river guide of six words, three drawn words for each
    V, U = 0.8 * r.normal(size=(6, 4)), 0.8 * r.normal(size=(6, 4))
    return V, U, r.integers(0, 6, size=8), r.integers(0, 6, size=8), r.integers(0, 6, size=(8, 3))


def loss(V, U, centers, outsides, drawn):
    total = 0.0
    for c, o, ks in zip(centers, outsides, drawn):
        total = total + np.log(1 + np.exp(-U[o] @ V[c])) + np.sum(np.log(1 + np.exp(U[ks] @ V[c])))
    return total / len(centers)


def sigmoid(s):
    return 1 / (1 + np.exp(-s))


def pair_gradient(v, U, o, ks):
    """One pair: the gradient of the word in the middle, and of those outside, by word."""
    p, q = sigmoid(U[o] @ v), sigmoid(U[ks] @ v)
    dv = (p - 1) * U[o] + q @ U[ks]
    outside = [(o, (p - 1) * v)]
    outside += [(k, qk * v) for k, qk in zip(ks, q)]
    return dv, outside


def right(V, U, centers, outsides, drawn):
    dV, dU = np.zeros_like(V), np.zeros_like(U)
    for c, o, ks in zip(centers, outsides, drawn):
        dv, outside = pair_gradient(V[c], U, o, ks)
        dV[c] += dv
        for word, du in outside:
            dU[word] += du
    return dV / len(centers), dU / len(centers)


class SkipGram:
    def __init__(self, V, U):
        self.V, self.U = V, U

    def forward(self, centers, outsides, drawn):
        # the true word first, and then the drawn ones
        self.centers = centers
        self.words = np.hstack([outsides[:, None], drawn])
        self.v, self.u = self.V[centers], self.U[self.words]
        self.scores = np.einsum("nd,nkd->nk", self.v, self.u)
        return 1 / (1 + np.exp(-self.scores))

    def backward(self, error):
        grads = {"V": np.zeros(self.V.shape), "U": np.zeros(self.U.shape)}
        dv = np.einsum("nk,nkd->nd", error, self.u)
        du = np.einsum("nk,nd->nkd", error, self.v)
        grads["V"][self.centers] += dv
        np.add.at(grads["U"], self.words.ravel(), du.reshape(-1, du.shape[2]))
        return grads


def backprop(V, U, centers, outsides, drawn):
    model = SkipGram(V, U)
    chance = model.forward(centers, outsides, drawn)
    labels = np.zeros(chance.shape)
    labels[:, 0] = 1
    error = labels - chance
    error /= len(centers)
    return model.backward(error)
