"""Combined clipped policy ratio and entropy.

expected kind: missing-factor + sign
wrong line: 55 and 60 or 61
correction 55: dlogp = np.where(clipped, 0, -adv * ratio) / N
correction 60: dentropy = probs * (np.log(probs) + entropy) / N
correction 61: dlogits -= BETA * dentropy
what: The ratio of the new policy to the old one is left out of the derivative of itself, and the entropy is
    punished
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["theta"]
EPS, BETA = 0.2, 0.1


def data(seed=0):
    r = np.random.default_rng(seed)
    old = np.array([0.3, 0.2, 0.5, 0.4, 0.25, 0.35, 0.3, 0.2])
    return r.normal(size=(3, 3)) * 0.5, r.normal(size=(8, 3)), r.integers(0, 3, 8), r.normal(size=8), old


def loss(theta, states, actions, adv, old):
    z = states @ theta
    p = np.exp(z) / np.sum(np.exp(z), axis=1, keepdims=True)
    ratio = p[np.arange(8), actions] / old
    surrogate = np.minimum(ratio * adv, np.clip(ratio, 1 - EPS, 1 + EPS) * adv)
    return -np.mean(surrogate) + BETA * np.mean(np.sum(p * np.log(p), axis=1))


def right(theta, states, actions, adv, old):
    G = np.zeros_like(theta)
    for s, a, A, q in zip(states, actions, adv, old):
        p = np.exp(s @ theta)
        p /= p.sum()
        r = p[a] / q
        on = 0 if (A > 0 and r > 1 + EPS) or (A < 0 and r < 1 - EPS) else 1
        H = -p @ np.log(p)
        dz = -on * A * r * (np.eye(3)[a] - p) + BETA * p * (np.log(p) + H)
        G += np.outer(s, dz) / 8
    return G


def backprop(theta, states, actions, adv, old):
    N = len(states)
    logits = states.dot(theta)
    logits -= logits.max(axis=1, keepdims=True)
    probs = np.exp(logits)
    probs /= probs.sum(axis=1, keepdims=True)
    ratio = probs[np.arange(N), actions] / old
    clipped = ((adv > 0) & (ratio > 1 + EPS)) | ((adv < 0) & (ratio < 1 - EPS))
    dlogp = np.where(clipped, 0, -adv) / N
    onehot = np.zeros_like(probs)
    onehot[np.arange(N), actions] = 1
    dlogits = dlogp[:, None] * (onehot - probs)
    entropy = -np.sum(probs * np.log(probs), axis=1, keepdims=True)
    dentropy = -probs * (np.log(probs) + entropy) / N
    dlogits += BETA * dentropy
    return states.T.dot(dlogits)
