"""A word that is sampled several times counts once.

expected kind: missing-sum or missing-term
wrong line: 48
correction 48: np.add.at(gradOutsideVecs, negSampleWordIndices, np.outer((z - 1), centerWordVec) * (-1))
what: += at repeated indices keeps the last contribution only
source: https://github.com/ZacBi/CS224n-2019-solutions/issues/5
said: The same word may be sampled repeatedly; += on a list of indices adds only one of them, np.add.at all.
"""

import numpy as np

PARAMETERS = ["center", "outside"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=4), r.normal(size=(6, 4)), 2, np.array([1, 4, 1, 5, 4, 1])]


def loss(center, outside, o, negatives):
    u = outside[o] @ center
    z = outside[negatives] @ center
    return np.sum(np.log(1 + np.exp(-u))) + np.sum(np.log(1 + np.exp(z)))


def right(center, outside, o, negatives):
    words = np.append(negatives, o)
    d = 1 / (1 + np.exp(-outside[words] @ center))
    d[-1] -= 1
    grad = np.zeros_like(outside)
    for word, slope in zip(words, d):
        grad[word] += slope * center
    return d @ outside[words], grad


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def negSamplingLossAndGradient(centerWordVec, outsideWordIdx, outsideVectors, negSampleWordIndices):
    y_hat = sigmoid(np.dot(outsideVectors[outsideWordIdx], centerWordVec))
    z = sigmoid(-np.dot(outsideVectors[negSampleWordIndices], centerWordVec))
    gradCenterVec = np.dot(y_hat - 1, outsideVectors[outsideWordIdx])
    gradCenterVec = gradCenterVec - np.dot(z - 1, outsideVectors[negSampleWordIndices])
    gradOutsideVecs = np.zeros_like(outsideVectors)
    gradOutsideVecs[outsideWordIdx] = np.dot(y_hat - 1, centerWordVec)
    gradOutsideVecs[negSampleWordIndices] += np.outer((z - 1), centerWordVec) * (-1)
    return gradCenterVec, gradOutsideVecs


def backprop(center, outside, o, negatives):
    return negSamplingLossAndGradient(center, o, outside, negatives)
