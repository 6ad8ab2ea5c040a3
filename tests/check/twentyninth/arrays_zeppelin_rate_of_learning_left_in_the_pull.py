"""Arrays zeppelin rate of learning left in the pull.

expected kind: scale
wrong line: 90
correction 90: pull = advantage[:, np.newaxis]
given as: arrays
what: The gradient of the actor is multiplied by the learning rate already
source: https://github.com/keon/policy-gradient/issues/4
said: the labels are made with the gradient times the learning rate, which the optimizer has anyway
"""

import numpy as np

PARAMETERS = ["W", "A", "log_std", "value"]
HALF, ENTROPY = 0.5, 0.05


def data(seed=0):
    r = np.random.default_rng(seed)
    flights, steps, d, hidden, rudders = 3, 5, 3, 4, 2
    W, A = r.normal(size=(d, hidden)), r.normal(size=(hidden, rudders))
    winds, turns = r.normal(size=(flights, steps, d)), r.normal(size=(flights, steps, rudders))
    returns, before = 2 * r.normal(size=(flights, steps)), r.normal(size=(flights, steps))
    return W, A, 0.4 * r.normal(size=rudders), r.normal(size=hidden), winds, turns, returns, before


def loss(W, A, log_std, value, winds, turns, returns, before):
    h = np.tanh(winds @ W)
    scaled = (turns - h @ A) / np.exp(log_std)
    logp = -0.5 * np.sum(scaled**2, axis=2) - np.sum(log_std)
    # summed over a flight, averaged over flights; the baseline is what was predicted before
    actor = -np.sum((returns - before) * logp) / len(winds)
    critic = HALF * np.mean((h @ value - returns) ** 2)
    return actor + critic - ENTROPY * np.sum(log_std)


def right(W, A, log_std, value, winds, turns, returns, before):
    N, T, _ = winds.shape
    dW, dA, dlog_std, dvalue = (np.zeros_like(p) for p in (W, A, log_std, value))
    std = np.exp(log_std)
    for n in range(N):
        for t in range(T):
            s, a = winds[n, t], turns[n, t]
            h = np.tanh(s @ W)
            mu, v = h @ A, h @ value
            # actor
            weight = (returns[n, t] - before[n, t]) / N
            dmu = -weight * (a - mu) / std**2
            dlog_std += -weight * (((a - mu) / std) ** 2 - 1)
            dA += np.outer(h, dmu)
            # critic
            dv = 2 * HALF * (v - returns[n, t]) / (N * T)
            dvalue += dv * h
            dh = A @ dmu + dv * value
            dW += np.outer(s, dh * (1 - h**2))
    dlog_std -= ENTROPY
    return dW, dA, dlog_std, dvalue


RATE = 0.2


class Pilot:
    def __init__(self, W, A, log_std, value):
        self.W, self.A, self.log_std, self.value = W, A, log_std, value

    def forward(self, winds):
        self.winds = winds.reshape(-1, winds.shape[2])
        self.h = np.tanh(self.winds @ self.W)
        return self.h @ self.A, self.h @ self.value

    def backward(self, dmean, dlog_std, dvalues):
        dh = dmean @ self.A.T + np.outer(dvalues, self.value)
        dpre = dh * (1 - self.h * self.h)
        return {
            "W": self.winds.T @ dpre,
            "A": self.h.T @ dmean,
            "log_std": dlog_std,
            "value": self.h.T @ dvalues,
        }


def backprop(W, A, log_std, value, winds, turns, returns, before):
    pilot = Pilot(W, A, log_std, value)
    mean, values = pilot.forward(winds)
    R = returns.ravel()
    advantage = (R - before.ravel()) / len(winds)
    precision = np.exp(-2 * log_std)
    off = turns.reshape(mean.shape) - mean
    pull = RATE * advantage[:, np.newaxis]
    dmean = -pull * off * precision
    dlog_std = -np.sum(pull * (off**2 * precision - 1), axis=0) - ENTROPY
    dvalues = (values - R) / R.size
    return pilot.backward(dmean, dlog_std, dvalues)
