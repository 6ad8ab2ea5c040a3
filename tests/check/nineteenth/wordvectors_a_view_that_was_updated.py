"""Wordvectors a view that was updated.

expected kind: updated-parameter or wrong-point
wrong line: 55
correction 55: v = W[centre].copy()
what: The vector of the centre is a view: when the contexts are updated by it, it has been updated itself
source: https://github.com/epfml/ML_course/issues/37
said: the two vectors aren't copies, so the second update goes with a vector that the first one has changed
"""

import numpy as np

PARAMETERS = ["W", "C"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(7, 3)), r.normal(size=(7, 3)), 2, 5, np.array([0, 6, 3])


def loss(W, C, centre, context, negatives):
    v = W[centre]
    return np.log(1 + np.exp(-(C[context] @ v))) + np.sum(np.log(1 + np.exp(C[negatives] @ v)))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def neg_sampling_gradient(center_vec, outside_idx, outside_vectors, neg_idx):
    grad_center = np.zeros(center_vec.shape)
    grad_outside = np.zeros(outside_vectors.shape)
    for idx in [outside_idx] + list(neg_idx):
        u = outside_vectors[idx]
        delta = sigmoid(u.dot(center_vec))
        if idx == outside_idx:
            delta -= 1
        d_center, d_outside = delta * u, delta * center_vec
        grad_center += d_center
        grad_outside[idx] += d_outside
    return grad_center, grad_outside


def right(W, C, centre, context, negatives):
    grad_W = np.zeros(W.shape)
    grad_W[centre], grad_C = neg_sampling_gradient(W[centre], context, C, negatives)
    return grad_W, grad_C


def train_pair(W, C, centre, context, negatives, lr):
    """One step of skip-gram with negative sampling, in place."""
    words = np.append(context, negatives)
    label = np.zeros(len(words))
    label[0] = 1.0
    v = W[centre]
    score = 1 / (1 + np.exp(-np.dot(C[words], v)))
    g = (score - label) * lr
    W[centre] -= np.dot(g, C[words])
    C[words] -= np.outer(g, v)


def backprop(W, C, centre, context, negatives):
    lr = 0.5
    before = W.copy(), C.copy()
    train_pair(W, C, centre, context, negatives, lr)
    return (before[0] - W) / lr, (before[1] - C) / lr
