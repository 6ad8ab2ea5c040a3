"""Kestrel actor pulls at the critic.

expected kind: repeated-term
wrong line: 82
correction 82: dvalue = CRITIC * (value - back) / n
what: The loss of the actor goes back through the value in the advantage too, which is a constant of the loss
source: https://github.com/SwarmRL/SwarmRL/pull/99
said: the backpropagation of the actor's loss through the critic is taken out, since it made the gradient wrong
"""

import numpy as np

PARAMETERS = ["W", "b", "Wa", "log_std", "wv"]
CRITIC, ENTROPY = 0.5, 0.4


def data(seed=0):
    r = np.random.default_rng(seed)
    n, d, H, k = 7, 3, 4, 2
    W, b, Wa = r.normal(size=(d, H)), 0.3 * r.normal(size=H), r.normal(size=(H, k))
    log_std, wv, wind = 0.4 * r.normal(size=k), r.normal(size=H), r.normal(size=(n, d))
    h = np.tanh(wind @ W + b)
    tilt, back = h @ Wa + np.exp(log_std) * r.normal(size=(n, k)), 2 * r.normal(size=n)
    # the advantage was measured with the critic as it was, and is a number now
    return W, b, Wa, log_std, wv, wind, tilt, back, back - h @ wv


def loss(W, b, Wa, log_std, wv, wind, tilt, back, advantage):
    h = np.tanh(wind @ W + b)
    u = (tilt - h @ Wa) / np.exp(log_std)
    log_prob = np.sum(-0.5 * u**2 - log_std, axis=1)
    actor = -np.mean(log_prob * advantage)
    critic = 0.5 * np.mean((h @ wv - back) ** 2)
    return actor + CRITIC * critic - ENTROPY * np.sum(log_std)


def glide(weights, i, wind, tilt, back, advantage):
    W, b, Wa, log_std, wv = weights
    var = np.exp(2 * log_std)
    h = np.tanh(W.T @ wind[i] + b)
    off = tilt[i] - Wa.T @ h
    # actor: minus the advantage times the logarithm of the density
    d_mean = -advantage[i] * off / var
    d_log_std = advantage[i] * (1 - off**2 / var) - ENTROPY
    # critic
    miss = CRITIC * (h @ wv - back[i])
    dh = Wa @ d_mean + miss * wv
    da = dh * (1 - h * h)
    return np.outer(wind[i], da), da, np.outer(h, d_mean), d_log_std, miss * h


def right(W, b, Wa, log_std, wv, wind, tilt, back, advantage):
    weights = W, b, Wa, log_std, wv
    n = len(wind)
    grads = [np.zeros_like(w) for w in weights]
    for i in range(n):
        parts = glide(weights, i, wind, tilt, back, advantage)
        grads = [g + part / n for g, part in zip(grads, parts)]
    return dict(zip(PARAMETERS, grads))


class ActorCritic:
    """One hidden layer for both heads."""

    def __init__(self, W, b, Wa, log_std, wv):
        self.W, self.b, self.Wa, self.log_std, self.wv = W, b, Wa, log_std, wv

    def look(self, wind):
        self.wind = wind
        self.h = np.tanh(wind @ self.W + self.b)
        return self.h @ self.Wa, self.h @ self.wv

    def update(self, tilt, back, advantage):
        n = len(back)
        mean, value = self.look(self.wind)
        std = np.exp(self.log_std)
        u = (tilt - mean) / std
        log_prob = np.sum(-0.5 * u**2 - self.log_std, axis=1)
        dlog_prob = -advantage / n
        dmean = dlog_prob[:, None] * u / std
        dlog_std = np.sum(dlog_prob[:, None] * (u**2 - 1), axis=0) - ENTROPY
        dvalue = (CRITIC * (value - back) + log_prob) / n
        dh = dmean @ self.Wa.T + np.outer(dvalue, self.wv)
        dpre = dh * (1 - self.h**2)
        report = {"log_prob": log_prob.mean(), "value": value.mean()}
        grads = {"W": self.wind.T @ dpre, "b": dpre.sum(axis=0), "Wa": self.h.T @ dmean}
        grads["log_std"], grads["wv"] = dlog_std, self.h.T @ dvalue
        return grads, report


def backprop(W, b, Wa, log_std, wv, wind, tilt, back, advantage):
    agent = ActorCritic(W, b, Wa, log_std, wv)
    agent.wind = wind
    grads, _ = agent.update(tilt, back, advantage)
    return grads
