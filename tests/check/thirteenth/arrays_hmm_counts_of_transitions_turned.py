"""Arrays hmm counts of transitions turned.

expected kind: transpose
wrong line: 83
correction 83: da = A * xi.sum(axis=1, keepdims=True) - xi
given as: arrays
what: The gradient of the transitions is that from each state to each, turned around
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["a", "B", "p"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 3)), r.normal(size=(3, 4)), r.normal(size=3), np.array([2, 0, 0, 3, 1, 2])


def rows(logits):
    e = np.exp(logits)
    return e / np.sum(e, axis=-1, keepdims=True)


def loss(a, B, p, obs):
    transition, emission = rows(a), rows(B)
    forward, total = rows(p) * emission[:, obs[0]], 0.0
    for o in obs[1:]:
        total = total - np.log(np.sum(forward))
        forward = (forward / np.sum(forward)) @ transition * emission[:, o]
    return total - np.log(np.sum(forward))


def softmax_back(prob, grad):
    return prob * (grad - np.sum(prob * grad, axis=-1, keepdims=True))


def right(a, B, p, obs):
    A, E, pi = rows(a), rows(B), rows(p)
    T = len(obs)
    states, befores = [], []
    before = pi
    for t in range(T):
        f = before * E[:, obs[t]]
        befores.append(before)
        states.append(f)
        before = (f / f.sum()) @ A
    dA, dE = np.zeros_like(A), np.zeros_like(E)
    dbefore = np.zeros(len(pi))
    for t in reversed(range(T)):
        total = states[t].sum()
        normed = states[t] / total
        dA += np.outer(normed, dbefore)
        message = A @ dbefore
        df = (message - np.sum(message * normed)) / total - 1 / total
        dE[:, obs[t]] += df * befores[t]
        dbefore = df * E[:, obs[t]]
    dp = softmax_back(pi, dbefore)
    return softmax_back(A, dA), softmax_back(E, dE), dp


def backprop(a, B, p, obs):
    A, E, pi = rows(a), rows(B), rows(p)
    T, S = len(obs), len(pi)
    alpha, c = np.zeros((T, S)), np.zeros(T)
    alpha[0] = pi * E[:, obs[0]]
    for t in range(T):
        if t > 0:
            alpha[t] = alpha[t - 1] @ A * E[:, obs[t]]
        c[t] = alpha[t].sum()
        alpha[t] /= c[t]
    beta = np.ones((T, S))
    for t in range(T - 2, -1, -1):
        beta[t] = A @ (E[:, obs[t + 1]] * beta[t + 1]) / c[t + 1]
    gamma = alpha * beta
    xi = np.zeros((S, S))
    for t in range(T - 1):
        xi += np.outer(alpha[t], E[:, obs[t + 1]] * beta[t + 1] / c[t + 1]) * A
    counts = np.zeros_like(B)
    np.add.at(counts.T, obs, gamma)
    da = (A * xi.sum(axis=1, keepdims=True) - xi).T
    dB = E * counts.sum(axis=1, keepdims=True) - counts
    return da, dB, pi - gamma[0]
