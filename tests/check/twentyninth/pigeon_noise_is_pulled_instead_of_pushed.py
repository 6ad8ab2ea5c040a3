"""Pigeon noise is pulled instead of pushed.

expected kind: sign
wrong line: 97
correction 97: d_nscore = 1 / (1 + np.exp(-nscore))
what: The slopes of the sampled words have the sign of those of the real neighbour
source: https://github.com/theeluwin/pytorch-sgns/issues/12
said: thinks that the sampled words have the same sign as the real ones in the loss, where they should have the other
"""

import numpy as np

PARAMETERS = ["V", "U"]


def data(seed=0):
    r = np.random.default_rng(seed)
    # nine words in three dimensions; five of them stand in a middle, each between two neighbours
    V, U = r.normal(size=(9, 3)), r.normal(size=(9, 3))
    middle = np.array([1, 4, 1, 8, 6])
    around = r.integers(0, 9, size=(5, 2))
    noise = r.integers(0, 9, size=(5, 2, 3))
    noise[0, 0, :2] = 3
    return V, U, middle, around, noise


def loss(V, U, middle, around, noise):
    v = V[middle]
    good = np.sum(v[:, None, :] * U[around], axis=2)
    bad = np.sum(v[:, None, None, :] * U[noise], axis=3)
    return np.sum(np.log(1 + np.exp(-good))) + np.sum(np.log(1 + np.exp(bad)))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def neg_sampling_gradient(center, outside, samples, center_vectors, outside_vectors):
    """Gradients of one center and one outside word, with its samples."""
    v = center_vectors[center]
    grad_center = np.zeros(v.shape)
    grad_outside = np.zeros(outside_vectors.shape)

    # the word that was there
    hit = sigmoid(np.dot(outside_vectors[outside], v))
    grad_center += (hit - 1) * outside_vectors[outside]
    grad_outside[outside] += (hit - 1) * v

    # and those that weren't; one may be sampled twice
    for k in samples:
        miss = sigmoid(-np.dot(outside_vectors[k], v))
        grad_center += (1 - miss) * outside_vectors[k]
        grad_outside[k] += (1 - miss) * v
    return grad_center, grad_outside


def skipgram(center, outsides, samples, center_vectors, outside_vectors):
    grad_centers = np.zeros(center_vectors.shape)
    grad_outsides = np.zeros(outside_vectors.shape)
    for outside, drawn in zip(outsides, samples):
        gc, go = neg_sampling_gradient(center, outside, drawn, center_vectors, outside_vectors)
        grad_centers[center] += gc
        grad_outsides += go
    return grad_centers, grad_outsides


def right(V, U, middle, around, noise):
    grad_V, grad_U = np.zeros(V.shape), np.zeros(U.shape)
    for i in range(len(middle)):
        c, o = skipgram(middle[i], around[i], noise[i], V, U)
        grad_V += c
        grad_U += o
    return grad_V, grad_U


class SkipGramBatch:
    """All pairs at once: rows of pairs, a column for each sampled word."""

    def __init__(self, V, U):
        self.V, self.U = V, U

    def gather(self, middle, around, noise):
        windows = around.shape[1]
        self.c = np.repeat(middle, windows)
        self.o = around.reshape(-1)
        self.k = noise.reshape(len(self.o), -1)
        self.vc, self.uo, self.uk = self.V[self.c], self.U[self.o], self.U[self.k]

    def scores(self):
        oscore = (self.vc * self.uo).sum(axis=1)
        nscore = np.einsum("pd,pkd->pk", self.vc, self.uk)
        return oscore, nscore

    def backward(self):
        oscore, nscore = self.scores()
        d_oscore = -1 / (1 + np.exp(oscore))
        d_nscore = -1 / (1 + np.exp(-nscore))
        d_vc = d_oscore[:, None] * self.uo
        d_vc += np.einsum("pk,pkd->pd", d_nscore, self.uk)
        d_uo = d_oscore[:, None] * self.vc
        d_uk = d_nscore[:, :, None] * self.vc[:, None, :]
        dV, dU = np.zeros_like(self.V), np.zeros_like(self.U)
        np.add.at(dV, self.c, d_vc)
        np.add.at(dU, self.o, d_uo)
        np.add.at(dU, self.k, d_uk)
        return {"V": dV, "U": dU}


def backprop(V, U, middle, around, noise):
    batch = SkipGramBatch(V, U)
    batch.gather(middle, around, noise)
    return batch.backward()
