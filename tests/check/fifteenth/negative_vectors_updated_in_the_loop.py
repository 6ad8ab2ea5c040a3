"""Negative vectors updated in the loop.

expected kind: updated-parameter
wrong line: 79
correction 79: pass
what: The vector of a sampled word is updated in the loop in which the gradients are computed, and they are taken at
    it then
source: https://github.com/hans/glove.py/issues/6
said: the vectors are updated in the same loop that computes the gradients; all of these should come first
"""

import numpy as np

PARAMETERS = ["center_vectors", "outside_vectors"]


def data(seed=0):
    r = np.random.default_rng(seed)
    pairs = np.array([[0, 3], [2, 5], [0, 1], [4, 2], [2, 0]])
    negatives = np.array([[1, 1, 4], [3, 0, 3], [5, 2, 3], [0, 5, 0], [1, 4, 4]])
    return r.normal(size=(6, 3)), r.normal(size=(6, 3)), pairs, negatives


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def loss(center_vectors, outside_vectors, pairs, negatives):
    total = 0.0
    for (center, outside), sampled in zip(pairs, negatives):
        v = center_vectors[center]
        total -= np.log(sigmoid(outside_vectors[outside] @ v))
        total -= np.sum(np.log(sigmoid(-outside_vectors[sampled] @ v)))
    return total


class SkipGram:
    def __init__(self, center_vectors, outside_vectors):
        self.V, self.U = center_vectors, outside_vectors
        self.dV, self.dU = np.zeros_like(center_vectors), np.zeros_like(outside_vectors)

    def forward(self, centers, words, labels):
        self.centers, self.words, self.labels = centers, words, labels
        self.v = self.V[centers]
        self.u = self.U[words]
        self.scores = np.einsum("nd,nkd->nk", self.v, self.u)
        self.probs = sigmoid(self.scores)

    def backward(self):
        dscores = self.probs - self.labels
        dv = np.einsum("nk,nkd->nd", dscores, self.u)
        du = dscores[:, :, None] * self.v[:, None, :]
        np.add.at(self.dV, self.centers, dv)
        np.add.at(self.dU, self.words, du)


def right(center_vectors, outside_vectors, pairs, negatives):
    words = np.hstack([pairs[:, 1:], negatives])
    labels = np.zeros(words.shape)
    labels[:, 0] = 1
    model = SkipGram(center_vectors, outside_vectors)
    model.forward(pairs[:, 0], words, labels)
    model.backward()
    return model.dV, model.dU


def neg_sampling_loss_and_gradient(centerWordVec, outsideWordIdx, outsideVectors, negSampleWordIndices):
    gradCenterVec = np.zeros_like(centerWordVec)
    gradOutsideVecs = np.zeros_like(outsideVectors)
    u_o = outsideVectors[outsideWordIdx]
    z = sigmoid(np.dot(u_o, centerWordVec))
    value = -np.log(z)
    gradCenterVec += (z - 1) * u_o
    gradOutsideVecs[outsideWordIdx] += (z - 1) * centerWordVec
    for k in negSampleWordIndices:
        u_k = outsideVectors[k]
        z_k = sigmoid(-np.dot(u_k, centerWordVec))
        value -= np.log(z_k)
        outsideVectors[k] -= 0.3 * (1 - z_k) * centerWordVec
        gradCenterVec += (1 - z_k) * u_k
        gradOutsideVecs[k] += (1 - z_k) * centerWordVec
    return value, gradCenterVec, gradOutsideVecs


def backprop(center_vectors, outside_vectors, pairs, negatives):
    gradCenterVecs = np.zeros(center_vectors.shape)
    gradOutsideVectors = np.zeros(outside_vectors.shape)
    value = 0.0
    for i in range(len(pairs)):
        c, o = pairs[i]
        v_c = center_vectors[c]
        l, gradIn, gradOut = neg_sampling_loss_and_gradient(v_c, o, outside_vectors, negatives[i])
        value += l
        gradCenterVecs[c] += gradIn
        gradOutsideVectors += gradOut
    return gradCenterVecs, gradOutsideVectors
