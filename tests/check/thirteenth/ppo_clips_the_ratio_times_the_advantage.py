"""Ppo clips the ratio times the advantage.

expected kind: wrong-mask
wrong line: 63 or 65
correction 63: inside = (ratio >= 1 - clip) & (ratio <= 1 + clip)
correction 65: dratio = -adv * ((np.abs(ratio - 1) <= clip) | worse) / n
what: Whether a step counts is decided by the ratio times the advantage, not by the ratio
source: https://github.com/alexis-jacq/Pytorch-DPPO/issues/3
said: the ratio should be clamped, not the first surrogate
"""

import numpy as np

PARAMETERS = ["theta", "b"]

clip = 0.2


def data(seed=0):
    r = np.random.default_rng(seed)
    theta, b, states, adv = (r.normal(size=s) for s in [(3, 4), 4, (8, 3), 8])
    actions = np.array([0, 3, 1, 2, 2, 0, 1, 3])
    z = states @ (theta + 0.15 * r.normal(size=(3, 4))) + b
    old = (z - np.log(np.sum(np.exp(z), axis=1, keepdims=True)))[np.arange(8), actions]
    return theta, b, states, actions, old, adv


def loss(theta, b, states, actions, old_logp, adv):
    z = states @ theta + b
    logp = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    ratio = np.exp(logp[np.arange(len(actions)), actions] - old_logp)
    clipped = np.minimum(np.maximum(ratio, 1 - clip), 1 + clip)
    return -np.mean(np.minimum(ratio * adv, clipped * adv))


def right(theta, b, states, actions, old_logp, adv):
    dtheta, db = np.zeros_like(theta), np.zeros_like(b)
    for s, a, old, A in zip(states, actions, old_logp, adv):
        z = s @ theta + b
        pi = np.exp(z) / np.exp(z).sum()
        ratio = pi[a] / np.exp(old)
        if (A > 0 and ratio > 1 + clip) or (A < 0 and ratio < 1 - clip):
            continue
        grad_log = -pi
        grad_log[a] += 1
        g = -A * ratio * grad_log / len(actions)
        dtheta += np.outer(s, g)
        db += g
    return dtheta, db


def log_softmax(z):
    z = z - z.max(axis=1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))


def backprop(theta, b, states, actions, old_logp, adv):
    n = len(actions)
    rows = np.arange(n)
    logp = log_softmax(np.dot(states, theta) + b)
    ratio = np.exp(logp[rows, actions] - old_logp)
    surr1 = ratio * adv
    inside = (surr1 >= 1 - clip) & (surr1 <= 1 + clip)
    worse = surr1 < np.clip(ratio, 1 - clip, 1 + clip) * adv
    dratio = -adv * (inside | worse) / n
    dlogp = dratio * ratio
    dlogits = -np.exp(logp) * dlogp[:, None]
    dlogits[rows, actions] += dlogp
    return np.dot(states.T, dlogits), dlogits.sum(axis=0)
