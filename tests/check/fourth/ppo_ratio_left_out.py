"""Ppo ratio left out.

expected kind: missing-factor
wrong line: 58
correction 58: d_chosen = -(kept * adv * ratio) / T
what: The surrogate's gradient lacks the ratio of probabilities
source: usual
said: written by who builds the search
"""

import numpy as np

PARAMETERS = ["W1", "W2", "v"]


def data(seed=0):
    g = np.random.default_rng(seed)
    old = np.log(g.dirichlet(np.ones(3), size=6))
    return g.normal(size=(4, 5)), g.normal(size=(5, 3)), g.normal(size=5), g.normal(size=(6, 4)), g.integers(3, size=6), old[:, 0], g.normal(size=6), g.normal(size=6)


def loss(W1, W2, v, s, a, old, adv, ret):
    h = np.tanh(s @ W1)
    z = h @ W2
    logp = z - np.log(np.exp(z).sum(1, keepdims=True))
    ratio = np.exp(logp[np.arange(6), a] - old)
    clipped = np.minimum(np.maximum(ratio, 0.8), 1.2)
    entropy = -(np.exp(logp) * logp).sum(1)
    return -np.minimum(ratio * adv, clipped * adv).mean() + 0.5 * ((h @ v - ret) ** 2).mean() - 0.01 * entropy.mean()


def right(W1, W2, v, s, a, old, adv, ret):
    T = len(a)
    h = np.tanh(s @ W1)
    z = h @ W2
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    logp = np.log(p)
    ratio = np.exp(logp[np.arange(T), a] - old)
    kept = np.where(adv > 0, ratio < 1.2, ratio > 0.8)
    d_chosen = -(kept * adv * ratio) / T
    dz = d_chosen[:, None] * (np.eye(3)[a] - p)
    entropy = -(p * logp).sum(axis=1, keepdims=True)
    dz += 0.01 * p * (logp + entropy) / T
    value_error = (h @ v - ret) / T
    dv = h.T @ value_error
    dh = dz @ W2.T + np.outer(value_error, v)
    return s.T @ (dh * (1 - h * h)), h.T @ dz, dv


def backprop(W1, W2, v, s, a, old, adv, ret):
    T = len(a)
    h = np.tanh(s @ W1)
    z = h @ W2
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    logp = np.log(p)
    ratio = np.exp(logp[np.arange(T), a] - old)
    kept = np.where(adv > 0, ratio < 1.2, ratio > 0.8)
    d_chosen = -(kept * adv) / T
    dz = d_chosen[:, None] * (np.eye(3)[a] - p)
    entropy = -(p * logp).sum(axis=1, keepdims=True)
    dz += 0.01 * p * (logp + entropy) / T
    value_error = (h @ v - ret) / T
    dv = h.T @ value_error
    dh = dz @ W2.T + np.outer(value_error, v)
    return s.T @ (dh * (1 - h * h)), h.T @ dz, dv
