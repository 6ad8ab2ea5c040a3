"""Words parts share what each should have.

expected kind: mean-for-sum or scale
wrong line: 67 or 69
correction 67: grad = error * self.U[word]
correction 69: self.dG[gram] += grad * len(grams)
what: The parts of a word are summed, and each gets only its share of the gradient
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["G", "U"]


def data(seed=0):
    r = np.random.default_rng(seed)
    G, U = r.normal(size=(7, 3)), r.normal(size=(5, 3))
    # the parts of each centre's word, as fastText has them
    grams = np.array([[0, 1, 2], [3, 4, 3], [0, 5, 6]])
    context = np.array([1, 0, 4])
    negatives = np.array([[2, 3], [3, 3], [2, 0]])
    return G, U, grams, context, negatives


def loss(G, U, grams, context, negatives):
    center = np.sum(G[grams], axis=1)
    words = np.concatenate([context[:, None], negatives], axis=1)
    sign = np.array([1.0, -1.0, -1.0])
    margins = sign * np.sum(U[words] * center[:, None, :], axis=2)
    return np.sum(np.log(1 + np.exp(-margins))) / len(grams)


def right(G, U, grams, context, negatives):
    n = grams.shape[0]
    h = G[grams].sum(1)
    pos = 1 / (1 + np.exp(-np.einsum("nd,nd->n", U[context], h)))
    neg = 1 / (1 + np.exp(-np.einsum("nkd,nd->nk", U[negatives], h)))
    d_pos = (pos - 1) / n
    d_neg = neg / n

    grad_U = np.zeros_like(U)
    np.add.at(grad_U, context, d_pos[:, None] * h)
    np.add.at(grad_U, negatives, d_neg[:, :, None] * h[:, None, :])
    grad_h = d_pos[:, None] * U[context]
    grad_h += np.einsum("nk,nkd->nd", d_neg, U[negatives])
    grad_G = np.zeros_like(G)
    for j in range(grams.shape[1]):
        np.add.at(grad_G, grams[:, j], grad_h)
    return grad_G, grad_U


class SubwordSkipGram:
    def __init__(self, G, U):
        self.G, self.U = G, U
        self.dG, self.dU = np.zeros_like(G), np.zeros_like(U)

    def hidden(self, grams):
        return self.G[grams].sum(axis=0)

    def learn(self, grams, word, label):
        hidden = self.hidden(grams)
        p = 1 / (1 + np.exp(-self.U[word].dot(hidden)))
        error = p - label
        self.dU[word] += error * hidden
        grad = error * self.U[word] / len(grams)
        for gram in grams:
            self.dG[gram] += grad


def backprop(G, U, grams, context, negatives):
    model = SubwordSkipGram(G, U)
    for i in range(len(grams)):
        model.learn(grams[i], context[i], 1)
        for n in negatives[i]:
            model.learn(grams[i], n, 0)
    return model.dG / len(grams), model.dU / len(grams)
