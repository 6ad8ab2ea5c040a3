"""Words sampled twice counted once.

expected kind: missing-term or detached
wrong line: 55
correction 55: np.add.at(gradOutsideVecs, negSampleWordIndices, np.outer(z, centerWordVec))
what: A word that is drawn twice has the gradient of one draw
source: https://github.com/ZacBi/CS224n-2019-solutions/issues/5
said: a word sampled several times has to be counted as often, and += with an array of indices adds only the last
"""

import numpy as np

PARAMETERS = ["V", "U"]


def data(seed=0):
    r = np.random.default_rng(seed)
    V, U = r.normal(size=(6, 3)), r.normal(size=(6, 3))
    centers, contexts = np.array([0, 2, 2, 5]), np.array([2, 0, 3, 2])
    negatives = np.array([[1, 1, 4], [3, 5, 3], [4, 4, 4], [1, 0, 4]])
    return V, U, centers, contexts, negatives


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def loss(V, U, centers, contexts, negatives):
    v = V[centers]
    positive = np.sum(U[contexts] * v, axis=1)
    negative = np.sum(U[negatives] * v[:, None, :], axis=2)
    return -np.sum(np.log(sigmoid(positive))) - np.sum(np.log(sigmoid(-negative)))


def right(V, U, centers, contexts, negatives):
    grad_in, grad_out = np.zeros_like(V), np.zeros_like(U)
    for i, center in enumerate(centers):
        pairs = [(contexts[i], 1.0)]
        pairs += [(word, 0.0) for word in negatives[i]]
        for word, label in pairs:
            error = sigmoid(U[word].dot(V[center])) - label
            grad_in[center] += error * U[word]
            grad_out[word] += error * V[center]
    return grad_in, grad_out


def negSamplingLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, negSampleWordIndices):
    gradOutsideVecs = np.zeros_like(outsideVectors)
    u_o = outsideVectors[outsideWordIdx]
    u_k = outsideVectors[negSampleWordIndices]
    y = sigmoid(np.dot(u_o, centerWordVec))
    z = sigmoid(np.dot(u_k, centerWordVec))
    gradCenterVec = (y - 1) * u_o + np.dot(z, u_k)
    gradOutsideVecs[outsideWordIdx] += (y - 1) * centerWordVec
    gradOutsideVecs[negSampleWordIndices] += np.outer(z, centerWordVec)
    return gradCenterVec, gradOutsideVecs


def backprop(V, U, centers, contexts, negatives):
    gradCenterVecs, gradOutsideVectors = np.zeros(V.shape), np.zeros(U.shape)
    for center in np.unique(centers):
        where = np.flatnonzero(centers == center)
        for i in where:
            gc, go = negSamplingLossAndGradient(V[center], contexts[i], U, negatives[i])
            gradCenterVecs[center] += gc
            gradOutsideVectors += go
    return gradCenterVecs, gradOutsideVectors
