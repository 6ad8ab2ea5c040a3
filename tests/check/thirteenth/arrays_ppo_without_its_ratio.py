"""Arrays ppo without its ratio.

expected kind: missing-factor
wrong line: 66
correction 66: g = -A * ratio * grad_log / len(actions)
given as: arrays
what: The gradient of the ratio is taken for that of its logarithm: the ratio itself is not multiplied in
source: usual
said: a usual mistake, made up by the author
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


def log_softmax(z):
    z = z - z.max(axis=1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))


def right(theta, b, states, actions, old_logp, adv):
    n = len(actions)
    rows = np.arange(n)
    logp = log_softmax(np.dot(states, theta) + b)
    ratio = np.exp(logp[rows, actions] - old_logp)
    surr1 = ratio * adv
    inside = (ratio >= 1 - clip) & (ratio <= 1 + clip)
    worse = surr1 < np.clip(ratio, 1 - clip, 1 + clip) * adv
    dratio = -adv * (inside | worse) / n
    dlogp = dratio * ratio
    dlogits = -np.exp(logp) * dlogp[:, None]
    dlogits[rows, actions] += dlogp
    return np.dot(states.T, dlogits), dlogits.sum(axis=0)


def backprop(theta, b, states, actions, old_logp, adv):
    dtheta, db = np.zeros_like(theta), np.zeros_like(b)
    for s, a, old, A in zip(states, actions, old_logp, adv):
        z = s @ theta + b
        pi = np.exp(z) / np.exp(z).sum()
        ratio = pi[a] / np.exp(old)
        if (A > 0 and ratio > 1 + clip) or (A < 0 and ratio < 1 - clip):
            continue
        grad_log = -pi
        grad_log[a] += 1
        g = -A * grad_log / len(actions)
        dtheta += np.outer(s, g)
        db += g
    return dtheta, db
