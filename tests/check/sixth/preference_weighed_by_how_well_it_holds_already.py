"""Preference weighed by how well it holds already.

expected kind: sign or wrong-point
wrong line: 56
correction 56: weight = beta * sigmoid(r_l - r_w)
what: The pair is weighted by the sigmoid of the margin, where that of the negative margin belongs
source: https://github.com/LuJunru/SamPO/issues/1
said: the weight in the gradient of the preference loss is sigma(r_l - r_w), not sigma(r_w - r_l); their meanings
    differ
"""

import numpy as np

PARAMETERS = ["theta"]


def data(seed=0):
    r = np.random.default_rng(seed)
    pairs = r.permuted(np.tile(np.arange(4), (6, 1)), axis=1)[:, :2]
    return r.normal(size=(5, 4)), r.normal(size=(5, 4)), r.normal(size=(6, 5)), pairs


def loss(theta, reference, X, pairs):
    z, z0 = X @ theta, X @ reference
    logp = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    logq = z0 - np.log(np.sum(np.exp(z0), axis=1, keepdims=True))
    ratio, rows = 0.7 * (logp - logq), np.arange(6)
    margin = ratio[rows, pairs[:, 0]] - ratio[rows, pairs[:, 1]]
    return np.mean(np.log(1 + np.exp(-margin)))


def right(theta, reference, X, pairs):
    u = X @ (theta - reference)
    g = np.zeros_like(theta)
    for x, row, (w, l) in zip(X, u, pairs):
        s = 1 / (1 + np.exp(0.7 * (row[w] - row[l])))
        g[:, w] -= 0.7 / 6 * s * x
        g[:, l] += 0.7 / 6 * s * x
    return g


def log_softmax(z):
    z = z - z.max(axis=-1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))


sigmoid = lambda t: 1 / (1 + np.exp(-t))


def backprop(theta, reference, X, pairs):
    beta, grad = 0.7, np.zeros_like(theta)
    policy, ref = log_softmax(X @ theta), log_softmax(X @ reference)
    for n, (chosen, rejected) in enumerate(pairs):
        r_w = beta * (policy[n, chosen] - ref[n, chosen])
        r_l = beta * (policy[n, rejected] - ref[n, rejected])
        weight = beta * sigmoid(r_w - r_l)
        p = np.exp(policy[n])
        grad_w = np.outer(X[n], np.eye(len(p))[chosen] - p)
        grad_l = np.outer(X[n], np.eye(len(p))[rejected] - p)
        grad -= weight * (grad_w - grad_l)
    return grad / len(pairs)
