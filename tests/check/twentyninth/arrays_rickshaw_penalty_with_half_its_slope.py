"""Arrays rickshaw penalty with half its slope.

expected kind: scale
wrong line: 77
correction 77: shrink = 2 * REG
given as: arrays
what: The 2 of the square isn't in the gradient of the penalty, though it is in that of the errors
source: http://michael-data.net/matrix_factorization?redirect=1
said: the update has the rate before the error and the bare weight before the parameter, so the two don't belong to one loss
"""

import numpy as np

PARAMETERS = ["mu", "bu", "bi", "P", "Q"]
REG = 0.15


def data(seed=0):
    r = np.random.default_rng(seed)
    riders, drivers, k = 5, 4, 2
    # who rated whom, with what; some pairs are left out
    pairs = r.permutation(riders * drivers)[:13]
    who, whom = pairs // drivers, pairs % drivers
    P, Q = r.normal(size=(riders, k)), r.normal(size=(drivers, k))
    return np.array(r.normal()), r.normal(size=riders), r.normal(size=drivers), P, Q, who, whom, r.integers(1, 6, size=13)


def loss(mu, bu, bi, P, Q, who, whom, stars):
    guess = mu + bu[who] + bi[whom] + np.sum(P[who] * Q[whom], axis=1)
    fit = np.sum((stars - guess) ** 2)
    return fit + REG * (np.sum(bu**2) + np.sum(bi**2) + np.sum(P**2) + np.sum(Q**2))


class Recommender:
    def __init__(self, mu, bu, bi, P, Q):
        self.mu, self.bu, self.bi, self.P, self.Q = mu, bu, bi, P, Q

    def predict(self, u, i):
        return self.mu + self.bu[u] + self.bi[i] + self.P[u].dot(self.Q[i])

    def derivative_mu(self, ratings):
        return np.array(sum(-2 * (r - self.predict(u, i)) for u, i, r in ratings))

    def derivative_bias(self, ratings, user):
        biases = self.bu if user else self.bi
        grad = np.zeros_like(biases)
        for k in range(len(biases)):
            grad[k] = 2 * REG * biases[k]
        for u, i, r in ratings:
            grad[u if user else i] -= 2 * (r - self.predict(u, i))
        return grad

    def derivative_factors(self, ratings):
        dP, dQ = 2 * REG * self.P, 2 * REG * self.Q
        for u, i, r in ratings:
            e = r - self.predict(u, i)
            dP[u] -= 2 * e * self.Q[i]
            dQ[i] -= 2 * e * self.P[u]
        return dP, dQ


def right(mu, bu, bi, P, Q, who, whom, stars):
    model, ratings = Recommender(mu, bu, bi, P, Q), list(zip(who, whom, stars))
    dbu, dbi = model.derivative_bias(ratings, True), model.derivative_bias(ratings, False)
    return (model.derivative_mu(ratings), dbu, dbi, *model.derivative_factors(ratings))


def backprop(mu, bu, bi, P, Q, who, whom, stars):
    """All pairs at once, in a matrix with holes."""
    shape = len(bu), len(bi)
    rated, R = np.zeros(shape), np.zeros(shape)
    rated[who, whom] = 1
    R[who, whom] = stars
    fit = mu + bu[:, None] + bi[None, :] + P @ Q.T
    E = rated * (fit - R)
    slope = 2 * E
    shrink = REG
    grads = {"mu": slope.sum()}
    grads["bu"] = slope.sum(axis=1)
    grads["bi"] = slope.sum(axis=0)
    grads["P"] = slope @ Q
    grads["Q"] = slope.T @ P
    # penalty
    for name, value in (("bu", bu), ("bi", bi), ("P", P), ("Q", Q)):
        grads[name] += shrink * value
    return grads
