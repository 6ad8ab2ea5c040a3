"""Falcon certainty rewarded.

expected kind: sign
wrong line: 88
correction 88: dscores += ENTROPY * p * (entropy - surprise)
what: The gradient of the entropy, which the loss subtracts, has the other sign
source: https://github.com/muupan/async-rl/issues/22
said: asks whether the terms, entropy among them, shouldn't be added to the loss of the policy rather than subtracted
"""

import numpy as np

PARAMETERS = ["A", "P", "w"]
DISCOUNT, ENTROPY = 0.9, 0.3


def data(seed=0):
    r = np.random.default_rng(seed)
    A, P, w = r.normal(size=(3, 4)), r.normal(size=(4, 3)), r.normal(size=4)
    dives = np.array([0, 2, 1, 1, 0, 2])
    # "guess" is what the baseline said when the falcon flew
    return A, P, w, r.normal(size=(6, 3)), dives, r.normal(size=6), r.normal(size=6)


def loss(A, P, w, sights, dives, prey, guess):
    T = len(prey)
    ahead = np.subtract.outer(np.arange(T), np.arange(T)).T
    returns = np.where(ahead >= 0, DISCOUNT ** np.abs(ahead), 0.0) @ prey
    h = np.tanh(sights @ A)
    scores = h @ P
    logp = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    taken = logp[np.arange(T), dives]
    entropy = -np.sum(np.exp(logp) * logp, axis=1)
    return np.mean(0.5 * (h @ w - returns) ** 2 - taken * (returns - guess) - ENTROPY * entropy)


def discounted(prey):
    returns, later = np.zeros(len(prey)), 0.0
    for t in reversed(range(len(prey))):
        later = prey[t] + DISCOUNT * later
        returns[t] = later
    return returns


def right(A, P, w, sights, dives, prey, guess):
    T = len(prey)
    returns = discounted(prey)
    advantage = returns - guess
    h = np.tanh(sights @ A)
    scores, value = h @ P, h @ w
    p = np.exp(scores)
    p /= p.sum(axis=1, keepdims=True)
    logp = np.log(p)
    # actor
    dscores = advantage[:, None] * (p - np.eye(P.shape[1])[dives])
    expected = np.sum(p * logp, axis=1, keepdims=True)
    dscores += ENTROPY * p * (logp - expected)
    dscores /= T
    # critic
    dvalue = (value - returns) / T
    dP, dw = h.T @ dscores, h.T @ dvalue
    dh = dscores @ P.T + np.outer(dvalue, w)
    dA = sights.T @ (dh * (1 - h**2))
    return dA, dP, dw


class Falcon:
    def __init__(self, A, P, w):
        self.A, self.P, self.w = A, P, w
        self.dA, self.dP, self.dw = np.zeros_like(A), np.zeros_like(P), np.zeros_like(w)
        self.flight = []

    def dive(self, sight):
        h = np.tanh(sight @ self.A)
        e = np.exp(h @ self.P)
        self.flight.append((sight, h, e / e.sum()))

    def land(self, dives, prey, guess):
        R = 0.0
        for t in range(len(prey) - 1, -1, -1):
            R = prey[t] + DISCOUNT * R
            sight, h, p = self.flight.pop()
            dscores = p.copy()
            dscores[dives[t]] -= 1
            dscores *= R - guess[t]
            surprise = -np.log(p)
            entropy = np.dot(p, surprise)
            dscores -= ENTROPY * p * (entropy - surprise)
            dvalue = np.dot(h, self.w) - R
            self.dP += np.outer(h, dscores)
            self.dw += dvalue * h
            da = (self.P @ dscores + dvalue * self.w) * (1 - h * h)
            self.dA += np.outer(sight, da)


def backprop(A, P, w, sights, dives, prey, guess):
    falcon = Falcon(A, P, w)
    for sight in sights:
        falcon.dive(sight)
    falcon.land(dives, prey, guess)
    return falcon.dA / len(prey), falcon.dP / len(prey), falcon.dw / len(prey)
