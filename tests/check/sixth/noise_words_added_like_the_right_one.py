"""Noise words added like the right one.

expected kind: sign
wrong line: 53
correction 53: up += -q * V[n]
what: The vectors of the noise words are added to the context's gradient with the sign of the word that was seen
source: https://github.com/thinxer/go-word2vec/issues/1
said: in the loop over the negative words the vector has to be added with -1, otherwise positive and negative ones are
    summed up together
"""

import numpy as np

PARAMETERS = ["C", "V"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(7, 3)), r.normal(size=(7, 3)), np.array([0, 2, 3]), 1, np.array([4, 5, 6])


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def loss(C, V, context, word, noise):
    h = np.mean(C[context], axis=0)
    return -np.log(sigmoid(V[word] @ h)) - sum(np.log(sigmoid(-(V[n] @ h))) for n in noise)


def right(C, V, context, word, noise):
    ids = np.append(word, noise)
    h = C[context].sum(0) / 3
    e = sigmoid(V[ids] @ h) - (ids == word)
    dV, dC = np.zeros_like(V), np.zeros_like(C)
    dV[ids] = e[:, None] * h
    dC[context] = e @ V[ids] / 3
    return dC, dV


def backprop(C, V, context, word, noise):
    dC, dV = np.zeros(C.shape), np.zeros(V.shape)
    hidden = np.zeros(C.shape[1])
    for c in context:
        hidden += C[c]
    hidden /= len(context)

    p = sigmoid(np.dot(V[word], hidden))
    up = (1 - p) * V[word]
    dV[word] = -(1 - p) * hidden
    for n in noise:
        q = sigmoid(np.dot(V[n], hidden))
        up += q * V[n]
        dV[n] = q * hidden
    for c in context:
        dC[c] -= up / len(context)
    return dC, dV
