"""Arrays glossary center and outside words exchanged.

expected kind: wrong-parameter
wrong line: 79
correction 79: return {"V": by_center, "U": by_word}
given as: arrays
what: The table of the centres gets the gradient of the outside words, and these get that of the centres
source: https://github.com/clhchtcjj/BiNE/issues/16
said: centre and context seem to have changed places: the one is labelled where the other should be, and whose vector is updated is the other
"""

import numpy as np

PARAMETERS = ["V", "U"]
def data(seed=0):
    r = np.random.default_rng(seed)
    V, U = r.normal(size=(6, 3)), r.normal(size=(6, 3))
    center, outside = np.array([0, 2, 2, 5, 1]), np.array([3, 4, 0, 2, 3])
    return V, U, center, outside, np.array([[1, 4, 4], [5, 0, 1], [3, 3, 5], [0, 4, 1], [2, 5, 0]])


def loss(V, U, center, outside, drawn):
    n, k = drawn.shape
    v = V[center]
    good = np.sum(v * U[outside], axis=1)
    bad = np.sum(v.reshape(n, 1, 3) * U[drawn], axis=2)
    return np.mean(np.log(1 + np.exp(-good)) + np.sum(np.log(1 + np.exp(bad)), axis=1))


def sig(x):
    return 1 / (1 + np.exp(-x))


def neg_sampling_gradient(v, target, negatives, U):
    """Return the gradients of one pair: of the centre's vector, of all outside vectors."""
    grad_U = np.zeros_like(U)
    err = sig(U[target] @ v) - 1
    grad_v = err * U[target]
    grad_U[target] += err * v
    for k in negatives:
        err = sig(U[k] @ v)
        grad_v = grad_v + err * U[k]
        grad_U[k] += err * v
    return grad_v, grad_U


def right(V, U, center, outside, drawn):
    grad_V, grad_U = np.zeros(V.shape), np.zeros(U.shape)
    for c, o, negatives in zip(center, outside, drawn):
        grad_v, grad_u = neg_sampling_gradient(V[c], o, negatives, U)
        grad_V[c] += grad_v
        grad_U += grad_u
    return grad_V / len(center), grad_U / len(center)


class SkipGram:
    """The word that was there and the drawn ones as columns of one table."""

    def __init__(self, V, U):
        self.tables = {"V": V, "U": U}

    def forward(self, center, outside, drawn):
        self.center = center
        self.ids = np.column_stack((outside, drawn))
        self.truth = np.zeros(self.ids.shape)
        self.truth[:, 0] = 1
        self.v = self.tables["V"][center]
        self.u = self.tables["U"][self.ids]
        self.score = np.einsum("nd,nkd->nk", self.v, self.u)
        return self.score

    def backward(self):
        p = 0.5 * (1 + np.tanh(self.score / 2))
        delta = (p - self.truth) / len(self.center)
        by_center = np.zeros_like(self.tables["V"])
        by_word = np.zeros_like(self.tables["U"])
        np.add.at(by_center, self.center, np.einsum("nk,nkd->nd", delta, self.u))
        np.add.at(by_word, self.ids, delta[:, :, None] * self.v[:, None])
        return {"V": by_word, "U": by_center}


def backprop(V, U, center, outside, drawn):
    model = SkipGram(V, U)
    model.forward(center, outside, drawn)
    return model.backward()
