"""Words a view that has been learnt already.

expected kind: updated-parameter or stale-value or wrong-point
wrong line: 67 or 70
correction 67: l2 = syn1neg[target].copy()
correction 70: neu1e += g * (l2 - g * l1)
what: The output vector is a view, and has been changed when the centre's error is summed
source: https://github.com/piskvorky/gensim/issues/287
said: the error has to be saved before the output layer is updated, since the vector is a reference to it
"""

import numpy as np

PARAMETERS = ["V", "U"]


def data(seed=0):
    r = np.random.default_rng(seed)
    V, U = r.normal(size=(6, 3)), r.normal(size=(6, 3))
    centers, contexts = np.array([0, 2, 2, 5]), np.array([2, 0, 3, 2])
    negatives = np.array([[1, 4], [3, 5], [0, 4], [1, 4]])
    return V, U, centers, contexts, negatives


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def loss(V, U, centers, contexts, negatives):
    v = V[centers]
    positive = np.sum(U[contexts] * v, axis=1)
    negative = np.sum(U[negatives] * v[:, None, :], axis=2)
    return -np.sum(np.log(sigmoid(positive))) - np.sum(np.log(sigmoid(-negative)))


def negSamplingLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, negSampleWordIndices):
    gradOutsideVecs = np.zeros_like(outsideVectors)
    u_o = outsideVectors[outsideWordIdx]
    u_k = outsideVectors[negSampleWordIndices]
    y = sigmoid(np.dot(u_o, centerWordVec))
    z = sigmoid(np.dot(u_k, centerWordVec))
    gradCenterVec = (y - 1) * u_o + np.dot(z, u_k)
    gradOutsideVecs[outsideWordIdx] += (y - 1) * centerWordVec
    np.add.at(gradOutsideVecs, negSampleWordIndices, np.outer(z, centerWordVec))
    return gradCenterVec, gradOutsideVecs


def right(V, U, centers, contexts, negatives):
    gradCenterVecs, gradOutsideVectors = np.zeros(V.shape), np.zeros(U.shape)
    for center in np.unique(centers):
        where = np.flatnonzero(centers == center)
        for i in where:
            gc, go = negSamplingLossAndGradient(V[center], contexts[i], U, negatives[i])
            gradCenterVecs[center] += gc
            gradOutsideVectors += go
    return gradCenterVecs, gradOutsideVectors


ALPHA = 0.1


def train_pair(syn0, syn1neg, center, context, negatives):
    """One step of skip-gram with negative sampling; syn1neg is changed in place."""
    l1 = syn0[center]
    neu1e = np.zeros_like(l1)
    for target, label in [(context, 1)] + [(n, 0) for n in negatives]:
        l2 = syn1neg[target]
        g = (label - sigmoid(np.dot(l1, l2))) * ALPHA
        syn1neg[target] += g * l1
        neu1e += g * l2
    return neu1e


def backprop(V, U, centers, contexts, negatives):
    dV, dU = np.zeros_like(V), np.zeros_like(U)
    for c, o, neg in zip(centers, contexts, negatives):
        learnt = U.copy()
        neu1e = train_pair(V, learnt, c, o, neg)
        dV[c] -= neu1e / ALPHA
        dU -= (learnt - U) / ALPHA
    return dV, dU
