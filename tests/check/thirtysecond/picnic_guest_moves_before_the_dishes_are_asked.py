"""Picnic guest moves before the dishes are asked.

expected kind: updated-parameter
wrong line: 62
correction 62: pass
what: The guest's vector is updated at once, so that the dishes and all later pairs see the new one
source: https://github.com/leonagoel/hybrid-recommender/pull/1621
said: in the online update the vector of the user is changed first, and the step of the item's vector is written with the changed one
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


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def right(P, Q, q0, took):
    g, pos, neg = took.T
    pg, gap = P[g], Q[pos] - Q[neg]
    x = q0[pos] - q0[neg] + np.einsum("nk,nk->n", pg, gap)
    dx = -sigmoid(-x)
    dP, dQ = REG * P, REG * Q
    np.add.at(dP, g, dx[:, None] * gap)
    np.add.at(dQ, pos, dx[:, None] * pg)
    np.add.at(dQ, neg, -dx[:, None] * pg)
    dbias = np.bincount(pos, dx, len(q0)) - np.bincount(neg, dx, len(q0))
    return dP, dQ, dbias + REG * q0


class BPR:
    def __init__(self, P, Q, q0, rate=0.05):
        self.P, self.Q, self.q0, self.rate = P.copy(), Q.copy(), q0.copy(), rate
        self.asked = {"P": REG * P, "Q": REG * Q, "q0": REG * q0}

    def margin(self, g, i, j):
        return self.q0[i] - self.q0[j] + self.P[g] @ (self.Q[i] - self.Q[j])

    def see(self, g, i, j):
        s = 1 / (1 + np.exp(self.margin(g, i, j)))
        user = s * (self.Q[i] - self.Q[j])
        self.asked["P"][g] -= user
        self.P[g] += self.rate * user
        item = s * self.P[g]
        self.asked["Q"][i] -= item
        self.asked["Q"][j] += item
        self.asked["q0"][i] -= s
        self.asked["q0"][j] += s


def backprop(P, Q, q0, took):
    model = BPR(P, Q, q0)
    for g, i, j in took:
        model.see(g, i, j)
    return model.asked
