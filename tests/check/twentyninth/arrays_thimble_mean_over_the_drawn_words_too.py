"""Arrays thimble mean over the drawn words too.

expected kind: mean-for-sum
wrong line: 86
correction 86: delta = off / n
given as: arrays
what: The slopes are divided by the number of words that are scored, not by that of the pairs
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["G", "U"]


def data(seed=0):
    r = np.random.default_rng(seed)
    # a word is the mean of its three pieces; ten pieces, seven words that may be near, four drawn for each pair
    pieces = np.array([[0, 1, 2], [2, 3, 4], [5, 1, 6], [7, 8, 9], [2, 0, 9], [4, 4, 5]])
    near, drawn = r.integers(0, 7, size=6), r.integers(0, 7, size=(6, 4))
    return r.normal(size=(10, 3)), r.normal(size=(7, 3)), pieces, near, drawn


def loss(G, U, pieces, near, drawn):
    h = np.mean(G[pieces], axis=1)
    pulled = np.log(1 + np.exp(-np.sum(h * U[near], axis=1)))
    pushed = np.log(1 + np.exp(np.sum(h[:, None, :] * U[drawn], axis=2)))
    return np.mean(pulled + np.sum(pushed, axis=1))


def logistic(score):
    return 1 / (1 + np.exp(-score))


def train_pair(model, subwords, target, negatives):
    """Add what one pair gives to the slopes of the model."""
    hidden = np.zeros(model["G"].shape[1])
    for piece in subwords:
        hidden += model["G"][piece]
    hidden /= len(subwords)

    grad_hidden = np.zeros_like(hidden)
    for word, label in [(target, 1)] + [(word, 0) for word in negatives]:
        alpha = logistic(model["U"][word] @ hidden) - label
        grad_hidden += alpha * model["U"][word]
        model["dU"][word] += alpha * hidden
    # every piece has its part in the mean
    for piece in subwords:
        model["dG"][piece] += grad_hidden / len(subwords)


def right(G, U, pieces, near, drawn):
    model = {"G": G, "U": U, "dG": np.zeros(G.shape), "dU": np.zeros(U.shape)}
    pairs = len(near)
    for i in range(pairs):
        train_pair(model, list(pieces[i]), near[i], list(drawn[i]))
    return {"G": model["dG"] / pairs, "U": model["dU"] / pairs}


class PieceVectors:
    def __init__(self, G, U):
        self.G, self.U = G, U

    def embed(self, pieces):
        self.pieces = pieces
        self.h = self.G[pieces].sum(axis=1) / pieces.shape[1]
        return self.h

    def embed_back(self, dh):
        each = np.repeat(dh[:, None, :], self.pieces.shape[1], axis=1) / self.pieces.shape[1]
        dG = np.zeros(self.G.shape)
        np.add.at(dG, self.pieces.reshape(-1), each.reshape(-1, each.shape[2]))
        return dG

    def gradients(self, pieces, near, drawn):
        h = self.embed(pieces)
        n = len(h)
        # the real word first, then the drawn ones
        words = np.column_stack([near, drawn])
        truth = np.zeros(words.shape)
        truth[:, 0] = 1
        vectors = self.U[words]
        scores = np.matmul(vectors, h[:, :, None])[:, :, 0]
        off = 1 / (1 + np.exp(-scores)) - truth
        delta = off / off.size
        dh = np.sum(delta[:, :, None] * vectors, axis=1)
        dU = np.zeros(self.U.shape)
        np.add.at(dU, words, delta[:, :, None] * h[:, None, :])
        return self.embed_back(dh), dU


def backprop(G, U, pieces, near, drawn):
    return PieceVectors(G, U).gradients(pieces, near, drawn)
