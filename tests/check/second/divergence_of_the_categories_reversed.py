"""Divergence of the categories reversed.

expected kind: sign
wrong line: 46
correction 46: grad_kl = softmax_backward(q, np.log(q) + 1 - np.log(1 / k))
what: The gradient of the divergence from the uniform distribution has all its signs reversed
source: github.com/Kaixhin/Autoencoders, issue 9
said: log(1/k) - logZ - 1 should be logZ + 1 - log(1/k).
"""

import numpy as np

PARAMETERS = ["logits", "D"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 3)), r.normal(size=(3, 2)), r.normal(size=(4, 2))


def loss(logits, D, X):
    e = np.exp(logits)
    q = e / np.sum(e, axis=1, keepdims=True)
    return 0.5 * np.sum((q @ D - X) ** 2) + np.sum(q * (np.log(q) - np.log(1 / 3)))


def right(logits, D, X):
    q = np.exp(logits)
    q /= q.sum(1, keepdims=True)
    d = q @ D - X
    g = d @ D.T + np.log(q)
    return q * (g - (q * g).sum(1, keepdims=True)), q.T @ d


def softmax_backward(q, grad):
    return np.array([(np.diag(p) - np.outer(p, p)).dot(g) for p, g in zip(q, grad)])


def backprop(logits, D, X):
    k = logits.shape[1]
    ex = np.exp(logits - logits.max(axis=1, keepdims=True))
    q = ex / ex.sum(axis=1, keepdims=True)
    rec_err = q.dot(D) - X
    dD = q.T.dot(rec_err)
    grad_rec = softmax_backward(q, rec_err.dot(D.T))
    grad_kl = softmax_backward(q, np.log(1 / k) - np.log(q) - 1)
    return grad_rec + grad_kl, dD
