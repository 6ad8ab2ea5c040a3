"""Nutmeg error the other way round.

expected kind: sign
wrong line: 63
correction 63: error = guess - r
what: The error is what was given minus the guess, as in the rule of an update, but is used as the slope; the penalty has the right sign
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["P", "Q", "bu", "bi", "mean"]
REG = 0.3


def data(seed=0):
    r = np.random.default_rng(seed)
    # who of five cooks gave how many points to which of five spices
    cooks, spices, k, n = 5, 5, 3, 11
    pairs = r.choice(cooks * spices, size=n, replace=False)
    P, Q, bu, bi = r.normal(size=(cooks, k)), r.normal(size=(spices, k)), r.normal(size=cooks), r.normal(size=spices)
    return P, Q, bu, bi, r.normal(size=1), pairs // spices, pairs % spices, r.normal(size=n)


def loss(P, Q, bu, bi, mean, cook, spice, points):
    guess = mean + bu[cook] + bi[spice] + np.sum(P[cook] * Q[spice], axis=1)
    # who gave more points is held back more
    size = np.sum(P[cook] ** 2) + np.sum(Q[spice] ** 2) + np.sum(bu[cook] ** 2) + np.sum(bi[spice] ** 2)
    return (np.sum((points - guess) ** 2) + REG * size) / (2 * len(points))


def right(P, Q, bu, bi, mean, cook, spice, points):
    n = len(points)
    by_cook = np.bincount(cook, minlength=len(P))
    by_spice = np.bincount(spice, minlength=len(Q))
    err = mean + bu[cook] + bi[spice] + (P[cook] * Q[spice]).sum(axis=1) - points

    def scatter(where, what, like):
        out = np.zeros_like(like)
        np.add.at(out, where, what)
        return out

    dP = scatter(cook, err[:, None] * Q[spice], P)
    dQ = scatter(spice, err[:, None] * P[cook], Q)
    dP += REG * by_cook[:, None] * P
    dQ += REG * by_spice[:, None] * Q
    dbu = scatter(cook, err, bu) + REG * by_cook * bu
    dbi = scatter(spice, err, bi) + REG * by_spice * bi
    return tuple(g / n for g in (dP, dQ, dbu, dbi, np.array([err.sum()])))


class SpiceModel:
    def __init__(self, **parameters):
        self.__dict__.update(parameters)
        self.grad = {name: np.zeros(np.shape(value)) for name, value in parameters.items()}

    def predict(self, u, i):
        return self.mean[0] + self.bu[u] + self.bi[i] + np.dot(self.P[u], self.Q[i])

    def accumulate(self, u, i, r, weight):
        guess = self.predict(u, i)
        error = r - guess
        g = self.grad
        g["mean"][0] += weight * error
        g["bu"][u] += weight * (error + REG * self.bu[u])
        g["bi"][i] += weight * (error + REG * self.bi[i])
        for f in range(self.P.shape[1]):
            g["P"][u, f] += weight * (error * self.Q[i, f] + REG * self.P[u, f])
            g["Q"][i, f] += weight * (error * self.P[u, f] + REG * self.Q[i, f])


def backprop(P, Q, bu, bi, mean, cook, spice, points):
    model = SpiceModel(P=P, Q=Q, bu=bu, bi=bi, mean=mean)
    for u, i, r in zip(cook, spice, points):
        model.accumulate(u, i, r, 1 / len(points))
    return model.grad
