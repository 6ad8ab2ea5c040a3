"""A triplet loss over the triplets of a batch.

expected kind: missing-sum or missing-term
wrong line: 43
correction 43: dE[row] += g / len(triplets)
what: an example of several triplets gets the gradient of the last of them only
source: https://github.com/luhaofang/tripletloss/issues/39
said: the layer that selects triplets set the gradients of the images, although an image may be in several triplets, so that they have to be added
"""
import numpy as np

margin = 5.0
triplets = [(0, 1, 4), (1, 2, 5), (3, 0, 2), (4, 5, 1), (2, 3, 4)]

def loss(X, W):
    E = X @ W
    total = 0.0
    for a, p, n in triplets:
        total += max(0.0, np.sum((E[a] - E[p]) ** 2) - np.sum((E[a] - E[n]) ** 2) + margin)
    return total / len(triplets)


def right(X, W):
    E = X @ W
    dE = np.zeros_like(E)
    for a, p, n in triplets:
        if np.sum((E[a] - E[p]) ** 2) - np.sum((E[a] - E[n]) ** 2) + margin <= 0:
            continue
        grads = (2 * (E[n] - E[p]), 2 * (E[p] - E[a]), 2 * (E[a] - E[n]))
        for row, g in zip((a, p, n), grads):
            dE[row] += g / len(triplets)
    return dE @ W.T, X.T @ dE


def backprop(X, W):
    E = X @ W
    dE = np.zeros_like(E)
    for a, p, n in triplets:
        if np.sum((E[a] - E[p]) ** 2) - np.sum((E[a] - E[n]) ** 2) + margin <= 0:
            continue
        grads = (2 * (E[n] - E[p]), 2 * (E[p] - E[a]), 2 * (E[a] - E[n]))
        for row, g in zip((a, p, n), grads):
            dE[row] = g / len(triplets)
    return dE @ W.T, X.T @ dE


PARAMETERS = ["X", "W"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(6, 3)), 0.5 * rng.normal(size=(3, 2))]
