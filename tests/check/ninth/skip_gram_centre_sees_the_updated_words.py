"""Skip gram centre sees the updated words.

expected kind: updated-parameter or repeated-term or missing-term or wrong-point
wrong line: 67
correction 67: neu1e += g * O[word]
what: The centre's error is taken at the output vector after its step
source: https://github.com/piskvorky/gensim/issues/287
said: The error should be saved before the output vectors are updated
"""

import numpy as np

PARAMETERS = ["C", "O"]


def data(seed=0):
    r = np.random.default_rng(seed)
    pairs = np.array([[0, 1], [2, 3], [1, 4], [0, 2]])
    negatives = np.array([[2, 2, 4], [0, 1, 4], [3, 3, 0], [4, 3, 4]])
    return pairs, negatives, r.normal(size=(5, 3)), r.normal(size=(5, 3))


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def loss(pairs, negatives, C, O):
    total = 0.0
    for (c, o), ks in zip(pairs, negatives):
        total -= np.log(sigmoid(O[o] @ C[c]))
        total -= np.sum(np.log(sigmoid(-O[ks] @ C[c])))
    return total


def neg_sampling(center, outside, ks, O):
    grad_O = np.zeros_like(O)
    p = sigmoid(np.dot(O[outside], center))
    grad_center = (p - 1) * O[outside]
    grad_O[outside] += (p - 1) * center
    z = sigmoid(-np.dot(O[ks], center))
    grad_center += np.dot(1 - z, O[ks])
    np.add.at(grad_O, ks, np.outer(1 - z, center))
    return grad_center, grad_O


def right(pairs, negatives, C, O):
    gradC, gradO = np.zeros_like(C), np.zeros_like(O)
    for n in range(len(pairs)):
        c, o = pairs[n]
        gc, go = neg_sampling(C[c], o, negatives[n], O)
        gradC[c] += gc
        gradO += go
    return gradC, gradO


def backprop(pairs, negatives, C, O):
    dC, dO = np.zeros_like(C), np.zeros_like(O)
    for (c, o), ks in zip(pairs, negatives):
        l1 = C[c]
        neu1e = np.zeros(3)
        words = [(o, 1)]
        for k in ks:
            words.append((k, 0))
        for word, label in words:
            f = sigmoid(np.dot(l1, O[word]))
            g = f - label
            neu1e += g * (O[word] - 0.05 * g * l1)
            dO[word] += g * l1
        dC[c] += neu1e
    return dC, dO
