"""word2vec, skip-gram with the naive softmax, a window of three outside words.

expected kind: mean-for-sum or scale
wrong line: 47
correction 47: return grad_centers, grad_outside
given as: arrays
what: the loss is the sum over the window, the gradients are divided by its length
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

center, context = 1, [0, 3, 4]


def loss(centers, outside):
    scores = outside @ centers[center]
    log_z = np.log(np.sum(np.exp(scores)))
    return sum(log_z - scores[o] for o in context)


def right(centers, outside):
    grad_centers, grad_outside = np.zeros_like(centers), np.zeros_like(outside)
    v = centers[center]
    for o in context:
        scores = outside @ v
        y_hat = np.exp(scores - scores.max())
        y_hat /= y_hat.sum()
        delta = y_hat.copy()
        delta[o] -= 1
        grad_centers[center] += outside.T @ delta
        grad_outside += np.outer(delta, v)
    return grad_centers, grad_outside


def backprop(centers, outside):
    grad_centers, grad_outside = np.zeros_like(centers), np.zeros_like(outside)
    v = centers[center]
    for o in context:
        scores = outside @ v
        y_hat = np.exp(scores - scores.max())
        y_hat /= y_hat.sum()
        delta = y_hat.copy()
        delta[o] -= 1
        grad_centers[center] += outside.T @ delta
        grad_outside += np.outer(delta, v)
    return grad_centers / len(context), grad_outside / len(context)


PARAMETERS = ["centers", "outside"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(5, 3)), r.normal(size=(5, 3))]
