"""Word2vec probability once too often.

expected kind: repeated-factor
wrong line: 54
correction 54: error = score - 1
what: The derivative for the word of the context is the probability minus one; here it is multiplied by the
    probability as well, as the sigmoid's own derivative would be
source: https://datascience.stackexchange.com/questions/5615/gradient-descent-step-for-word2vec-negative-sampling
said: the asker has sigma times sigma minus one for the word of the context, and forgets the one over sigma of the
    logarithm
"""

import numpy as np

PARAMETERS = ["centerWordVectors", "outsideVectors"]
PAIRS = [(0, 2, [1, 4, 5]), (3, 1, [0, 2, 2]), (0, 5, [3, 1, 4])]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(6, 3)), r.normal(size=(6, 3))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def loss(centerWordVectors, outsideVectors):
    total = 0.0
    for center, outside, negatives in PAIRS:
        v = centerWordVectors[center]
        total -= np.log(sigmoid(outsideVectors[outside] @ v))
        for k in negatives:
            total -= np.log(sigmoid(-outsideVectors[k] @ v))
    return total


def right(centerWordVectors, outsideVectors):
    dV, dU = np.zeros_like(centerWordVectors), np.zeros_like(outsideVectors)
    for c, o, ks in PAIRS:
        ids, labels = np.array([o, *ks]), np.array([1] + [0] * len(ks))
        g = sigmoid(outsideVectors[ids] @ centerWordVectors[c]) - labels
        dV[c] += g @ outsideVectors[ids]
        np.add.at(dU, ids, np.outer(g, centerWordVectors[c]))
    return dV, dU


def negSamplingLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, negSampleWordIndices):
    gradCenterVec = np.zeros(centerWordVec.shape)
    gradOutsideVecs = np.zeros(outsideVectors.shape)
    u_o = outsideVectors[outsideWordIdx]
    score = sigmoid(np.dot(u_o, centerWordVec))
    value = -np.log(score)
    error = score * (score - 1)
    gradCenterVec += error * u_o
    gradOutsideVecs[outsideWordIdx] += error * centerWordVec
    for index in negSampleWordIndices:
        u_k = outsideVectors[index]
        score_k = sigmoid(np.dot(u_k, centerWordVec))
        value -= np.log(1 - score_k)
        gradCenterVec += score_k * u_k
        gradOutsideVecs[index] += score_k * centerWordVec
    return value, gradCenterVec, gradOutsideVecs


def backprop(centerWordVectors, outsideVectors):
    grad_in, grad_out = np.zeros_like(centerWordVectors), np.zeros_like(outsideVectors)
    for center, outside, negatives in PAIRS:
        _, gradCenter, gradOutside = negSamplingLossAndGradient(centerWordVectors[center], outside, outsideVectors, negatives)
        grad_in[center] += gradCenter
        grad_out += gradOutside
    return grad_in, grad_out
