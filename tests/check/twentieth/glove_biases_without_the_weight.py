"""Glove biases without the weight.

expected kind: missing-factor
wrong line: 52
correction 52: grad_bias = 2 * weight * cost_inner
what: The gradients of the biases lack the factor that those of the vectors have
source: https://github.com/stanfordnlp/GloVe/pull/209
said: the updates of the biases lack a factor (there the step size) which those of the vectors have, so what is minimised isn't quite the loss of the paper
"""

import numpy as np

PARAMETERS = ["W", "Wc", "b", "bc"]
X_MAX, ALPHA = 10.0, 0.75


def data(seed=0):
    r = np.random.default_rng(seed)
    counts = np.array([[0, 3, 1, 7, 2], [3, 0, 12, 0, 5], [1, 12, 4, 2, 0], [7, 0, 2, 0, 9], [2, 5, 0, 9, 1]])
    return r.normal(size=(5, 3)), r.normal(size=(5, 3)), r.normal(size=5), r.normal(size=5), counts


def loss(W, Wc, b, bc, counts):
    weight = np.where(counts < X_MAX, (counts / X_MAX) ** ALPHA, 1.0)
    inner = W @ Wc.T + b[:, None] + bc - np.log(np.where(counts > 0, counts, 1))
    return np.sum(weight * inner**2)


def right(W, Wc, b, bc, counts):
    seen = counts > 0
    f = np.minimum(counts / X_MAX, 1) ** ALPHA
    logs = np.log(counts, where=seen, out=np.zeros(counts.shape))
    E = 2 * f * seen * (np.dot(W, Wc.T) + b.reshape(-1, 1) + bc.reshape(1, -1) - logs)
    grads = {}
    grads["W"] = np.dot(E, Wc)
    grads["Wc"] = np.dot(E.T, W)
    grads["b"] = np.sum(E, axis=1)
    grads["bc"] = np.sum(E, axis=0)
    return grads


def backprop(W, Wc, b, bc, counts):
    grad_main, grad_context = np.zeros_like(W), np.zeros_like(Wc)
    grad_b_main, grad_b_context = np.zeros_like(b), np.zeros_like(bc)
    for i, j in zip(*np.nonzero(counts)):
        x = counts[i, j]
        weight = (x / X_MAX) ** ALPHA if x < X_MAX else 1
        cost_inner = W[i].dot(Wc[j]) + b[i] + bc[j] - np.log(x)
        common = 2 * weight * cost_inner
        grad_main[i] += common * Wc[j]
        grad_context[j] += common * W[i]
        grad_bias = 2 * cost_inner
        grad_b_main[i] += grad_bias
        grad_b_context[j] += grad_bias
    return grad_main, grad_context, grad_b_main, grad_b_context
