"""Picnic biases of the dishes never move.

expected kind: missing-term or detached
wrong line: 73 or 74
correction 73: dbias = np.bincount(pos, dx, len(q0)) - np.bincount(neg, dx, len(q0))
correction 74: return dP, dQ, np.bincount(pos, dx, len(q0)) - np.bincount(neg, dx, len(q0)) + REG * q0
what: The dishes' own popularity gets no slope from the pairs, only that of the penalty
source: https://github.com/hidasib/GRU4Rec/issues/10
said: the update of the BPR baseline leaves out the biases, which the score contains
"""

import numpy as np

PARAMETERS = ["P", "Q", "q0"]
REG = 0.05


def data(seed=0):
    r = np.random.default_rng(seed)
    guests, dishes, traits = 4, 6, 3
    # a guest of the picnic took the first dish and left the second
    took = np.array([[g, *r.choice(dishes, size=2, replace=False)] for g in np.repeat(np.arange(guests), 3)])
    return r.normal(size=(guests, traits)), r.normal(size=(dishes, traits)), r.normal(size=dishes), took


def loss(P, Q, q0, took):
    total = 0.5 * REG * (np.sum(P**2) + np.sum(Q**2) + np.sum(q0**2))
    for g, i, j in took:
        x = q0[i] + P[g] @ Q[i] - q0[j] - P[g] @ Q[j]
        total = total + np.log(1 + np.exp(-x))
    return total


class BPR:
    def __init__(self, P, Q, q0):
        self.P, self.Q, self.q0 = P, Q, q0
        self.asked = {"P": REG * P, "Q": REG * Q, "q0": REG * q0}

    def margin(self, g, i, j):
        return self.q0[i] - self.q0[j] + self.P[g] @ (self.Q[i] - self.Q[j])

    def see(self, g, i, j):
        s = 1 / (1 + np.exp(self.margin(g, i, j)))
        user = s * (self.Q[i] - self.Q[j])
        self.asked["P"][g] -= user
        item = s * self.P[g]
        self.asked["Q"][i] -= item
        self.asked["Q"][j] += item
        self.asked["q0"][i] -= s
        self.asked["q0"][j] += s


def right(P, Q, q0, took):
    model = BPR(P, Q, q0)
    for g, i, j in took:
        model.see(g, i, j)
    return model.asked


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def backprop(P, Q, q0, took):
    g, pos, neg = took.T
    pg, gap = P[g], Q[pos] - Q[neg]
    x = q0[pos] - q0[neg] + np.einsum("nk,nk->n", pg, gap)
    dx = -sigmoid(-x)
    dP, dQ = REG * P, REG * Q
    np.add.at(dP, g, dx[:, None] * gap)
    np.add.at(dQ, pos, dx[:, None] * pg)
    np.add.at(dQ, neg, -dx[:, None] * pg)
    dbias = np.zeros(len(q0))
    return dP, dQ, dbias + REG * q0
