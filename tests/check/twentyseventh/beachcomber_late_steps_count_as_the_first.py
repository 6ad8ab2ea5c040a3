"""Beachcomber late steps count as the first.

expected kind: missing-factor
wrong line: 79
correction 79: discount = GAMMA**t
what: The power of the discount that weighs a step is left out of all gradients
source: https://github.com/dennybritz/reinforcement-learning/issues/185
said: the book multiplies the gradients of value and policy by gamma to the t at every step, the code doesn't
"""

import numpy as np

PARAMETERS = ["Q", "K", "b", "lsd", "u", "v"]
GAMMA, ENTROPY = 0.85, 0.3


def data(seed=0):
    r = np.random.default_rng(seed)
    n, d, h, k = 6, 3, 4, 2
    Q, K, b, lsd = r.normal(size=(d, h)), r.normal(size=(h, k)), 0.5 * r.normal(size=k), 0.3 * r.normal(size=k)
    u, v = r.normal(size=(d, h)), r.normal(size=h)
    return Q, K, b, lsd, u, v, r.normal(size=(n, d)), 1.5 * r.normal(size=(n, k)), 2 * r.normal(size=n), r.normal(size=n)


def loss(Q, K, b, lsd, u, v, beach, strides, finds, expected):
    """finds: discounted rewards from a step on; expected: the baseline that was in use."""
    weight = GAMMA ** np.arange(finds.shape[0])
    mean = np.tanh(beach @ Q) @ K + b
    logp = np.sum(-0.5 * ((strides - mean) / np.exp(lsd)) ** 2 - lsd, axis=1)
    value = np.maximum(beach @ u, 0) @ v
    entropy = np.sum(lsd)
    return np.sum(weight * (0.5 * (finds - value) ** 2 - logp * (finds - expected) - ENTROPY * entropy))


class Policy:
    def __init__(self, Q, K, b, lsd):
        self.Q, self.K, self.b, self.sd = Q, K, b, np.exp(lsd)

    def act(self, s):
        self.s, self.h = s, np.tanh(s @ self.Q)
        return self.h @ self.K + self.b

    def update(self, mean, strides, advantage, weight):
        score = (strides - mean) / self.sd
        up = (weight * advantage)[:, None]
        dlsd = np.sum(up * (1 - score**2), axis=0) - ENTROPY * np.sum(weight)
        dmean = -up * score / self.sd
        dh = dmean @ self.K.T * (1 - self.h**2)
        return self.s.T @ dh, self.h.T @ dmean, dmean.sum(axis=0), dlsd


class Baseline:
    def __init__(self, u, v):
        self.u, self.v = u, v

    def predict(self, s):
        self.s, self.a = s, np.maximum(s @ self.u, 0)
        return self.a @ self.v

    def update(self, dvalue):
        dv = self.a.T @ dvalue
        return self.s.T @ (np.outer(dvalue, self.v) * (self.a > 0)), dv


def right(Q, K, b, lsd, u, v, beach, strides, finds, expected):
    policy, baseline = Policy(Q, K, b, lsd), Baseline(u, v)
    weight = np.cumprod(np.r_[1.0, np.full(len(finds) - 1, GAMMA)])
    mean, value = policy.act(beach), baseline.predict(beach)
    actor = policy.update(mean, strides, finds - expected, weight)
    critic = baseline.update(weight * (value - finds))
    return *actor, *critic


def backprop(Q, K, b, lsd, u, v, beach, strides, finds, expected):
    grads = {"Q": np.zeros_like(Q), "K": np.zeros_like(K), "b": np.zeros_like(b)}
    grads.update(lsd=np.zeros_like(lsd), u=np.zeros_like(u), v=np.zeros_like(v))
    variance = np.exp(2 * lsd)
    for t, (s, a) in enumerate(zip(beach, strides)):
        discount = 1.0
        # policy
        h = np.tanh(np.dot(s, Q))
        away = np.dot(h, K) + b - a
        advantage = finds[t] - expected[t]
        dmean = discount * advantage * away / variance
        grads["K"] += h[:, None] * dmean
        grads["b"] += dmean
        grads["Q"] += s[:, None] * (np.dot(K, dmean) * (1 - h**2))
        # spread, with the bonus for exploring
        dlsd = advantage * (1 - away**2 / variance) - ENTROPY
        grads["lsd"] += discount * dlsd
        # baseline
        pre = np.dot(s, u)
        active = np.where(pre > 0, pre, 0)
        delta = finds[t] - np.dot(active, v)
        grads["v"] -= discount * delta * active
        grads["u"] -= discount * delta * s[:, None] * np.where(pre > 0, v, 0)
    return grads
