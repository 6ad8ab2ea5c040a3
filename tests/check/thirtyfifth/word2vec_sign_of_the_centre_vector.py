"""word2vec with the naive softmax: the vector of the centre word

expected kind: sign or swapped-operands
wrong line: 50
correction 50: grad_center[center] += outside_vectors.T @ y_hat - outside_vectors[o]
what: the gradient of the centre vector is that of the log-likelihood, the one of the outside vectors that of the loss
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["center_vectors", "outside_vectors"]


def loss(center, context, center_vectors, outside_vectors):
    v = center_vectors[center]
    scores = outside_vectors @ v
    log_z = np.log(np.sum(np.exp(scores)))
    total = 0
    for o in context:
        total = total + log_z - scores[o]
    return total


def naive_softmax_grads(v, o, U):
    e = np.exp(U @ v - np.max(U @ v))
    y_hat = e / np.sum(e)
    y = np.zeros(len(U))
    y[o] = 1
    return y_hat, y


def right(center, context, center_vectors, outside_vectors):
    grad_center = np.zeros_like(center_vectors)
    grad_outside = np.zeros_like(outside_vectors)
    v = center_vectors[center]
    for o in context:
        y_hat, y = naive_softmax_grads(v, o, outside_vectors)
        grad_center[center] += outside_vectors.T @ y_hat - outside_vectors[o]
        grad_outside += np.outer(y_hat - y, v)
    return grad_center, grad_outside


def backprop(center, context, center_vectors, outside_vectors):
    grad_center = np.zeros_like(center_vectors)
    grad_outside = np.zeros_like(outside_vectors)
    v = center_vectors[center]
    for o in context:
        y_hat, y = naive_softmax_grads(v, o, outside_vectors)
        grad_center[center] += outside_vectors[o] - outside_vectors.T @ y_hat
        grad_outside += np.outer(y_hat - y, v)
    return grad_center, grad_outside


def data(seed=0):
    rng = np.random.default_rng(seed)
    return [2, [0, 4, 4, 5], rng.normal(size=(6, 3)), rng.normal(size=(6, 3))]
