"""Museum rooms meet the free factors only.

expected kind: missing-term or wrong-point
wrong line: 73
correction 73: dQ, dB = room.back(error.T @ U)
what: The rooms get the free factors of the visitors, without what comes from what is known of these
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["P", "Q", "A", "B", "bias", "fame"]
DECAY = 0.1


def data(seed=0):
    r = np.random.default_rng(seed)
    # visitors of a museum, what is known of them, and of the rooms they gave marks
    guests, rooms, k, f, g = 5, 4, 3, 2, 3
    who, where = np.array([0, 0, 1, 1, 2, 2, 3, 4, 4, 4]), np.array([0, 2, 1, 3, 0, 1, 2, 0, 1, 3])
    P, Q, A, B = r.normal(size=(guests, k)), r.normal(size=(rooms, k)), 0.7 * r.normal(size=(f, k)), 0.7 * r.normal(size=(g, k))
    known = r.normal(size=(guests, f)), r.normal(size=(rooms, g))
    return P, Q, A, B, r.normal(size=guests), r.normal(size=rooms), *known, who, where, r.normal(size=10)


def loss(P, Q, A, B, bias, fame, guests, rooms, who, where, mark):
    U, V = P + guests @ A, Q + rooms @ B
    e = bias[who] + fame[where] + np.sum(U[who] * V[where], axis=1) - mark
    return 0.5 * np.sum(e**2) + 0.5 * DECAY * (np.sum(P**2) + np.sum(Q**2))


def right(P, Q, A, B, bias, fame, guests, rooms, who, where, mark):
    dP, dQ = P.copy(), Q.copy()
    dP *= DECAY
    dQ *= DECAY
    dA, dB = np.zeros_like(A), np.zeros_like(B)
    dbias, dfame = np.zeros_like(bias), np.zeros_like(fame)
    for u, i, m in zip(who, where, mark):
        taste = P[u] + guests[u] @ A
        room = Q[i] + rooms[i] @ B
        e = bias[u] + fame[i] + taste @ room - m
        dbias[u] += e
        dfame[i] += e
        dP[u] += e * room
        dQ[i] += e * taste
        dA += e * np.outer(guests[u], room)
        dB += e * np.outer(rooms[i], taste)
    return dP, dQ, dA, dB, dbias, dfame


class Factors:
    """Free factors of some things, and those that come from what is known of them."""

    def __init__(self, free, known, weights):
        self.free, self.known, self.weights = free, known, weights

    @property
    def all(self):
        return self.free + self.known @ self.weights

    def back(self, d):
        return d + DECAY * self.free, self.known.T @ d


def backprop(P, Q, A, B, bias, fame, guests, rooms, who, where, mark):
    taste, room = Factors(P, guests, A), Factors(Q, rooms, B)
    R, given = np.zeros((len(P), len(Q))), np.zeros((len(P), len(Q)))
    R[who, where], given[who, where] = mark, 1
    U, V = taste.all, room.all
    error = given * (bias[:, None] + fame + U @ V.T - R)
    dP, dA = taste.back(error @ V)
    dQ, dB = room.back(error.T @ P)
    return {"P": dP, "Q": dQ, "A": dA, "B": dB, "bias": error.sum(axis=1), "fame": error.sum(axis=0)}
