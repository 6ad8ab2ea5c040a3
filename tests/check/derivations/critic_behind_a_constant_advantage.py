"""The baseline inside the policy's term counts as a constant, though it isn't one.

expected kind: detached or missing-term
wrong line: 50
correction 50: dbaseline = (-advantage + np.log(probs[range(T), a])) / T
what: the derivation holds the advantage of the policy's term constant, the loss doesn't
source: https://github.com/ChenRocks/fast_abs_rl/issues/49
said: b has its gradient enabled, so the policy's loss moves the baseline too; somebody takes (r - b).item()
    instead.
"""

import numpy as np

PARAMETERS = ["theta", "v"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(5, 3)), r.integers(2, size=5), r.normal(size=5), r.normal(size=(3, 2)), r.normal(size=3)]


def loss(s, a, R, theta, v):
    z = s @ theta
    logp = (z - np.log(np.sum(np.exp(z), axis=1, keepdims=True)))[np.arange(5), a]
    advantage = R - np.tanh(s @ v)
    return -np.mean(logp * advantage) + np.mean(advantage**2) / 2


def right(s, a, R, theta, v):
    z = s @ theta
    p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
    b = np.tanh(s @ v)
    A = R - b
    dA = (A - np.log(p[np.arange(5), a])) / 5
    return s.T @ ((p - np.eye(2)[a]) * A[:, None] / 5), s.T @ (-dA * (1 - b * b))


def backprop(s, a, R, theta, v):
    T = len(R)
    probs = np.exp(s @ theta)
    probs /= probs.sum(axis=1, keepdims=True)
    baseline = np.tanh(s @ v)
    advantage = R - baseline
    # actor
    dscore = probs.copy()
    dscore[range(T), a] -= 1
    dscore *= (advantage / T)[:, np.newaxis]
    dtheta = s.T @ dscore
    # critic
    dbaseline = -advantage / T
    dv = s.T @ (dbaseline * (1 - baseline ** 2))
    return dtheta, dv
