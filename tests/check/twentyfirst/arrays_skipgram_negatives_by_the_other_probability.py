"""Arrays skipgram negatives by the other probability.

expected kind: wrong-point or wrong-activation or sign
wrong line: 52
correction 52: error_neg = sigmoid(U_neg @ v_c)
given as: arrays
what: The error of the sampled words is the probability that they are rejected
source: https://github.com/hankcs/CS224n/pull/5
said: a change of the loss and gradient of negative sampling doesn't pass the gradient check of skip-gram
"""

import numpy as np

PARAMETERS = ["syn0", "syn1"]


def data(seed=0):
    r = np.random.default_rng(seed)
    negatives = np.array([[3, 4], [1, 1], [5, 0]])
    return r.normal(size=(6, 3)), r.normal(size=(6, 3)), np.array([0, 2, 2]), np.array([1, 4, 3]), negatives


def loss(syn0, syn1, centers, outsides, negatives):
    v = syn0[centers]
    positive = np.sum(v * syn1[outsides], axis=1)
    negative = np.sum(v[:, None, :] * syn1[negatives], axis=2)
    return np.sum(np.log(1 + np.exp(-positive))) + np.sum(np.log(1 + np.exp(negative)))


def right(syn0, syn1, centers, outsides, negatives):
    dsyn0, dsyn1 = np.zeros_like(syn0), np.zeros_like(syn1)
    for c, o, sampled in zip(centers, outsides, negatives):
        l1 = syn0[c]
        neu1e = np.zeros(len(l1))
        for target, label in [(o, 1)] + [(word, 0) for word in sampled]:
            l2 = syn1[target]
            f = 1 / (1 + np.exp(-np.dot(l1, l2)))
            g = f - label
            neu1e += g * l2
            dsyn1[target] += g * l1
        dsyn0[c] += neu1e
    return dsyn0, dsyn1


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def neg_sampling(v_c, outside, samples, U):
    u_o, U_neg = U[outside], U[samples]
    error_o = sigmoid(u_o @ v_c) - 1
    error_neg = 1 - sigmoid(U_neg @ v_c)
    grad_center = error_o * u_o + U_neg.T @ error_neg
    grad_outside = np.zeros_like(U)
    grad_outside[outside] = error_o * v_c
    np.add.at(grad_outside, samples, np.outer(error_neg, v_c))
    return grad_center, grad_outside


def backprop(syn0, syn1, centers, outsides, negatives):
    grads = {"syn0": np.zeros_like(syn0), "syn1": np.zeros_like(syn1)}
    for n, center in enumerate(centers):
        grad_center, grad_outside = neg_sampling(syn0[center], outsides[n], negatives[n], syn1)
        grads["syn0"][center] += grad_center
        grads["syn1"] += grad_outside
    return grads
