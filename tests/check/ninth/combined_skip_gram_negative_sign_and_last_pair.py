"""Combined skip gram negative sign and last pair.

expected kind: sign + missing-term or detached
wrong line: 59 and 70
correction 59: grad_center += np.dot(1 - z, O[ks])
correction 70: gradO += go
what: The centre is drawn to the negative words, and of the output only the last pair's gradient is left
source: usual
said: a usual mistake, made up by the author
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


def right(pairs, negatives, C, O):
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
            neu1e += g * O[word]
            dO[word] += g * l1
        dC[c] += neu1e
    return dC, dO


def neg_sampling(center, outside, ks, O):
    grad_O = np.zeros_like(O)
    p = sigmoid(np.dot(O[outside], center))
    grad_center = (p - 1) * O[outside]
    grad_O[outside] += (p - 1) * center
    z = sigmoid(-np.dot(O[ks], center))
    grad_center += np.dot(z - 1, O[ks])
    np.add.at(grad_O, ks, np.outer(1 - z, center))
    return grad_center, grad_O


def backprop(pairs, negatives, C, O):
    gradC, gradO = np.zeros_like(C), np.zeros_like(O)
    for n in range(len(pairs)):
        c, o = pairs[n]
        gc, go = neg_sampling(C[c], o, negatives[n], O)
        gradC[c] += gc
        gradO = go
    return gradC, gradO
