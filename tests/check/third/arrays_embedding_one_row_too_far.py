"""Arrays embedding one row too far.

expected kind: wrong-shape
wrong line: 40
correction 40: dE[word] += dbag
given as: arrays
what: The words are counted from one in the gradient of the embedding and from zero in the loss, so the rows are
    shifted
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["E"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(6, 3)), np.array([[0, 2, 5], [1, 2, 4], [3, 3, 0], [4, 5, 1]]), r.normal(size=(4, 3))


def loss(E, words, t):
    return np.sum((np.tanh(np.sum(E[words], axis=1)) - t) ** 2)


def right(E, words, t):
    C = np.array([[np.sum(row == k) for k in range(6)] for row in words])
    a = np.tanh(C @ E)
    return C.T @ (2 * (a - t) * (1 - a * a))


def backprop(E, words, t):
    vocab = len(E)
    dE = np.zeros_like(E)
    for sentence, target in zip(words, t):
        bag = np.tanh(E[sentence].sum(axis=0))
        dbag = 2 * (bag - target) * (1 - bag**2)
        for word in sentence:
            dE[(word + 1) % vocab] += dbag
    return dE
