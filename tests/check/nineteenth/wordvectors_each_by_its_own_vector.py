"""Wordvectors each by its own vector.

expected kind: wrong-parameter or swapped-operands or wrong-point
wrong line: 57
correction 57: d_center, d_outside = delta * u, delta * center_vec
what: The gradient of each word has its own vector, not that of the other word
source: https://github.com/stanfordnlp/GloVe/issues/51
said: the asker held the two terms to be swapped, a word's update having the other word's vector; his mistake, as he wrote then
"""

import numpy as np

PARAMETERS = ["W", "C"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(7, 3)), r.normal(size=(7, 3)), 2, 5, np.array([0, 6, 3])


def loss(W, C, centre, context, negatives):
    v = W[centre]
    return np.log(1 + np.exp(-(C[context] @ v))) + np.sum(np.log(1 + np.exp(C[negatives] @ v)))


def train_pair(W, C, centre, context, negatives, lr):
    """One step of skip-gram with negative sampling, in place."""
    words = np.append(context, negatives)
    label = np.zeros(len(words))
    label[0] = 1.0
    v = W[centre].copy()
    score = 1 / (1 + np.exp(-np.dot(C[words], v)))
    g = (score - label) * lr
    W[centre] -= np.dot(g, C[words])
    C[words] -= np.outer(g, v)


def right(W, C, centre, context, negatives):
    lr = 0.5
    before = W.copy(), C.copy()
    train_pair(W, C, centre, context, negatives, lr)
    return (before[0] - W) / lr, (before[1] - C) / lr


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
        d_center, d_outside = delta * center_vec, delta * u
        grad_center += d_center
        grad_outside[idx] += d_outside
    return grad_center, grad_outside


def backprop(W, C, centre, context, negatives):
    grad_W = np.zeros(W.shape)
    grad_W[centre], grad_C = neg_sampling_gradient(W[centre], context, C, negatives)
    return grad_W, grad_C
