"""Combined beekeeper critic hears the policy and curiosity has no gradient.

expected kind: missing-term + repeated-term
wrong line: 81 and 82
correction 81: dlogits = -praise * towards - CURIOSITY * dentropy
correction 82: dvalue = CARE * (value - honey)
what: The praise counts as a function of the critic, which gets the logarithm of the policy added; the bonus for entropy is reckoned and not added to the gradient
source: https://github.com/muupan/async-rl/issues/12
said: no gradient of the policy's loss must flow through the value in the advantage, which the value's own loss alone should move; the entropy is the author's
"""

import numpy as np

PARAMETERS = ["W", "P", "u"]
CURIOSITY, CARE = 0.1, 0.5


def data(seed=0):
    r = np.random.default_rng(seed)
    hives, days, senses, doings = 3, 5, 4, 3
    W, P, u = r.normal(size=(senses, 6)), r.normal(size=(6, doings)), r.normal(size=6)
    done = r.integers(0, doings, size=(hives, days))
    return W, P, u, r.normal(size=(hives, days, senses)), done, r.normal(size=(hives, days)), r.normal(size=(hives, days))


def loss(W, P, u, weather, done, praise, honey):
    # praise was reckoned with an older critic, and is no function of these parameters
    h = np.tanh(weather @ W)
    scores = h @ P
    logp = scores - np.log(np.sum(np.exp(scores), axis=-1, keepdims=True))
    taken = np.sum(logp * np.eye(P.shape[1], dtype=P.dtype)[done], axis=-1)
    entropy = -np.sum(np.exp(logp) * logp, axis=-1)
    wrong = h @ u - honey
    each = -praise * taken - CURIOSITY * entropy + 0.5 * CARE * wrong**2
    return np.mean(np.sum(each, axis=1))


def right(W, P, u, weather, done, praise, honey):
    hives, days = done.shape
    share = 1 / hives
    # all days of all hives in one row each
    x = weather.reshape(hives * days, -1)
    h = np.tanh(np.dot(x, W))
    scores = np.dot(h, P)
    scores -= np.max(scores, axis=1, keepdims=True)
    logp = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    p = np.exp(logp)
    # policy
    dscores = p.copy()
    dscores[np.arange(len(p)), done.ravel()] -= 1
    dscores *= praise.ravel()[:, None]
    # entropy
    entropy = -np.sum(p * logp, axis=1, keepdims=True)
    dscores += CURIOSITY * p * (logp + entropy)
    dscores *= share
    # critic
    dvalue = share * CARE * (np.dot(h, u) - honey.ravel())
    dh = np.dot(dscores, P.T) + np.outer(dvalue, u)
    dx = dh * (1 - h * h)
    return {"W": np.dot(x.T, dx), "P": np.dot(h.T, dscores), "u": np.dot(dvalue, h)}


class Beekeeper:
    def __init__(self, W, P, u):
        self.W, self.P, self.u = W, P, u
        self.dW, self.dP, self.du = np.zeros(W.shape), np.zeros(P.shape), np.zeros(u.shape)

    def act(self, x):
        h = np.tanh(self.W.T @ x)
        odds = np.exp(self.P.T @ h)
        return h, odds / odds.sum(), self.u @ h

    def remember(self, x, action, praise, honey, weight):
        h, p, value = self.act(x)
        logp = np.log(p)
        # towards the action that was praised
        towards = -p
        towards[action] += 1
        # towards trying everything
        dentropy = -p * (logp - p @ logp)
        dlogits = -praise * towards
        dvalue = CARE * (value - honey) + logp[action]
        dh = self.P @ dlogits + self.u * dvalue
        da = dh * (1 - h**2)
        self.dP += weight * np.outer(h, dlogits)
        self.du += weight * dvalue * h
        self.dW += weight * np.outer(x, da)


def backprop(W, P, u, weather, done, praise, honey):
    keeper = Beekeeper(W, P, u)
    for hive in range(len(done)):
        for day in range(len(done[hive])):
            keeper.remember(weather[hive, day], done[hive, day], praise[hive, day], honey[hive, day], 1 / len(done))
    return keeper.dW, keeper.dP, keeper.du
