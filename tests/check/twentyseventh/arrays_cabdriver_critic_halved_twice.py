"""Arrays cabdriver critic halved twice.

expected kind: scale
wrong line: 86
correction 86: return CRITIC * (self.v - gain)
given as: arrays
what: The half of the squared error is there once more in the gradient of the value
source: https://github.com/awjuliani/DeepRL-Agents/issues/11
said: the loss of the value has a half already, shouldn't the sum of the losses be without another
"""

import numpy as np

PARAMETERS = ["A", "P", "w", "c"]
CRITIC, CURIOSITY = 0.8, 0.4


def data(seed=0):
    r = np.random.default_rng(seed)
    A, P, w, c = r.normal(size=(3, 4)), r.normal(size=(4, 3)), r.normal(size=4), r.normal(size=1)
    turns = np.array([0, 2, 1, 1, 0, 2])
    # gains: discounted fares; before: what the baseline said when the turns were taken
    return A, P, w, c, r.normal(size=(6, 3)), turns, 1.5 * r.normal(size=6), r.normal(size=6)


def loss(A, P, w, c, streets, turns, gains, before):
    n = streets.shape[0]
    h = np.tanh(streets @ A)
    s = h @ P
    logp = s - np.log(np.sum(np.exp(s), axis=1, keepdims=True))
    actor = -np.mean(logp[np.arange(n), turns] * (gains - before))
    critic = 0.5 * np.mean((h @ w + c[0] - gains) ** 2)
    entropy = -np.mean(np.sum(np.exp(logp) * logp, axis=1))
    return actor + CRITIC * critic - CURIOSITY * entropy


def softmax(s):
    e = np.exp(s - np.max(s, axis=1, keepdims=True))
    return e / np.sum(e, axis=1, keepdims=True)


def right(A, P, w, c, streets, turns, gains, before):
    n = len(streets)
    h = np.tanh(streets @ A)
    p = softmax(h @ P)
    v = h @ w + c[0]

    # actor
    taken = np.zeros_like(p)
    taken[np.arange(n), turns] = 1
    advantage = (gains - before)[:, None]
    logp = np.log(p)
    entropy = -np.sum(p * logp, axis=1, keepdims=True)
    ds = ((p - taken) * advantage + CURIOSITY * p * (logp + entropy)) / n
    # critic
    dv = CRITIC * (v - gains) / n

    dP, dw, dc = h.T @ ds, h.T @ dv, np.array([dv.sum()])
    dh = ds @ P.T + np.outer(dv, w)
    return streets.T @ (dh * (1 - h**2)), dP, dw, dc


class Cab:
    """Goes through a day turn by turn; hidden layer, two heads."""

    def __init__(self, A, P, w, c):
        self.A, self.P, self.w, self.c = A, P, w, c
        self.gA, self.gP, self.gw, self.gc = [np.zeros(x.shape) for x in (A, P, w, c)]

    def look(self, street):
        self.street = street
        self.h = np.tanh(self.A.T @ street)
        e = np.exp(self.P.T @ self.h)
        self.p = e / e.sum()
        self.v = self.w @ self.h + self.c[0]

    def policy_error(self, turn, advantage):
        ds = advantage * self.p
        ds[turn] -= advantage
        surprise = -np.log(self.p)
        for j in range(len(ds)):
            ds[j] -= CURIOSITY * self.p[j] * (surprise[j] - self.p @ surprise)
        return ds

    def value_error(self, gain):
        return 0.5 * CRITIC * (self.v - gain)

    def drive(self, turn, gain, expected):
        ds, dv = self.policy_error(turn, gain - expected), self.value_error(gain)
        self.gP += np.outer(self.h, ds)
        self.gw += dv * self.h
        self.gc += dv
        dh = self.P @ ds + dv * self.w
        self.gA += np.outer(self.street, dh * (1 - self.h * self.h))


def backprop(A, P, w, c, streets, turns, gains, before):
    cab = Cab(A, P, w, c)
    for street, *rest in zip(streets, turns, gains, before):
        cab.look(street)
        cab.drive(*rest)
    return [g / len(turns) for g in (cab.gA, cab.gP, cab.gw, cab.gc)]
