"""Plover scores passed for the mask.

expected kind: wrong-mask or repeated-factor
wrong line: 56
correction 56: dlogit = actor_term(p, act, score, mask)
what: The scores are handed over a second time, where the mask of the days belongs
source: https://github.com/verl-project/verl/issues/2506
said: the advantages were handed to the policy loss as the mask of the response
"""

import numpy as np

PARAMETERS = ["W", "b", "u", "k", "m"]
BETA = 0.2


def data(seed=0):
    r = np.random.default_rng(seed)
    # two nests of four days each; the second is left early, and so is the third
    alive = np.array([[1, 1, 1, 1], [1, 1, 1, 0], [1, 1, 0, 0.0]])
    heads = [r.normal(size=4), 0.5 * r.normal(size=4), np.array(0.3 * r.normal())]
    actions = np.array([[1, 0, 0, 1], [0, 1, 0, 1], [0, 0, 1, 0.0]])
    return 0.8 * r.normal(size=(3, 4)), 0.4 * r.normal(size=4), *heads, r.normal(size=(3, 4, 3)), actions, alive, r.normal(size=(3, 4)), r.normal(size=(3, 4))


def loss(W, b, u, k, m, days, actions, alive, scores, targets):
    # stay or leave: a policy of two actions, with a bonus for its entropy; the critic sees the same features
    h = np.tanh(days @ W + b)
    p = 1 / (1 + np.exp(-(h @ u + m)))
    log_pi = actions * np.log(p) + (1 - actions) * np.log(1 - p)
    entropy = -(p * np.log(p) + (1 - p) * np.log(1 - p))
    each = -scores * log_pi - BETA * entropy + 0.5 * (h @ k - targets) ** 2
    return np.sum(alive * each) / np.sum(alive)


def actor_term(p, actions, scores, mask):
    """By the logit: the derivative of the expected score, where the mask is one."""
    return mask * scores * (p - actions)


def entropy_term(p, mask):
    # the derivative of the entropy by p is log((1 - p) / p)
    return -BETA * mask * p * (1 - p) * np.log((1 - p) / p)


def critic_term(value, target, mask):
    return mask * (value - target)


def backprop(W, b, u, k, m, days, actions, alive, scores, targets):
    dW, db, du, dk, dm = np.zeros_like(W), np.zeros_like(b), np.zeros_like(u), np.zeros_like(k), 0.0
    total = alive.sum()
    for day, act, mask, score, target in zip(days, actions, alive, scores, targets):
        h = np.tanh(day @ W + b)
        p = 1 / (1 + np.exp(-h @ u - m))
        dlogit = actor_term(p, act, score, score)
        dlogit = (dlogit + entropy_term(p, mask)) / total
        dvalue = critic_term(h @ k, target, mask) / total
        da = (np.outer(dlogit, u) + np.outer(dvalue, k)) * (1 - h**2)
        du += dlogit @ h
        dk += dvalue @ h
        dm += dlogit.sum()
        dW += day.T @ da
        db += da.sum(axis=0)
    return {"W": dW, "b": db, "u": du, "k": dk, "m": dm}


def right(W, b, u, k, m, days, actions, alive, scores, targets):
    weight = alive / alive.sum()
    h = np.tanh(np.einsum("etx,xh->eth", days, W) + b)
    logit = np.einsum("eth,h->et", h, u) + m
    p = 1 / (1 + np.exp(-logit))
    value = np.einsum("eth,h->et", h, k)

    dlogit = scores * (p - actions)
    dlogit += BETA * p * (1 - p) * logit
    dlogit *= weight
    dvalue = weight * (value - targets)
    du = np.einsum("et,eth->h", dlogit, h)
    dm = np.sum(dlogit)
    dk = np.einsum("et,eth->h", dvalue, h)
    dh = dlogit[..., None] * u + dvalue[..., None] * k
    da = dh * (1 - h * h)
    dW = np.einsum("etx,eth->xh", days, da)
    db = np.einsum("eth->h", da)
    return dW, db, du, dk, dm
