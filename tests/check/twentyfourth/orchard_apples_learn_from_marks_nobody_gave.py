"""Orchard apples learn from marks nobody gave.

expected kind: missing-factor or wrong-mask
wrong line: 50 or 46
correction 50: grads["Q"] = np.einsum("ua,uf->af", known, p["P"])
correction 46: off = tried * (self.guess(marks.sum() / np.count_nonzero(tried)) - marks)
what: The factors of the apples get the errors of all entries, also of those without a mark
source: https://github.com/zduey/machinelearning_coursera/issues/4
said: the gradient of the cost of collaborative filtering is wrong; it isn't said how, the form is the author's
"""

import numpy as np

PARAMETERS = ["P", "Q", "bp", "bq"]
LAM, MU = 0.3, 0.2


def data(seed=0):
    r = np.random.default_rng(seed)
    tried = np.array([[1, 0, 1, 1, 0], [0, 1, 1, 0, 1], [1, 1, 0, 0, 1], [0, 0, 1, 1, 1.0]])
    marks = tried * r.integers(1, 6, size=(4, 5))
    return r.normal(size=(4, 3)), r.normal(size=(5, 3)), 0.5 * r.normal(size=4), 0.5 * r.normal(size=5), marks, tried


def loss(P, Q, bp, bq, marks, tried):
    # marks of four people for five apples; what wasn't tried has no mark
    mean = np.sum(marks) / np.sum(tried)
    guess = mean + bp.reshape(-1, 1) + bq + P @ Q.T
    squares = 0.5 * np.sum(tried * (guess - marks) ** 2)
    return squares + 0.5 * LAM * (np.sum(P**2) + np.sum(Q**2)) + 0.5 * MU * (np.sum(bp**2) + np.sum(bq**2))


class Orchard:
    """Factors and biases in one dictionary, as the optimiser wants them."""

    def __init__(self, P, Q, bp, bq):
        self.params = {"P": P, "Q": Q, "bp": bp, "bq": bq}
        self.penalty = {"P": LAM, "Q": LAM, "bp": MU, "bq": MU}

    def guess(self, mean):
        p = self.params
        return np.einsum("uf,af->ua", p["P"], p["Q"]) + p["bp"][:, None] + p["bq"][None, :] + mean

    def gradients(self, marks, tried):
        p = self.params
        off = self.guess(marks.sum() / np.count_nonzero(tried)) - marks
        known = np.where(tried > 0, off, 0.0)
        grads = {"bp": known.sum(axis=1), "bq": known.sum(axis=0)}
        grads["P"] = np.einsum("ua,af->uf", known, p["Q"])
        grads["Q"] = np.einsum("ua,uf->af", off, p["P"])
        for name, g in grads.items():
            g += self.penalty[name] * p[name]
        return grads


def backprop(P, Q, bp, bq, marks, tried):
    return Orchard(P, Q, bp, bq).gradients(marks, tried)


def right(P, Q, bp, bq, marks, tried):
    people, apples = np.nonzero(tried)
    mean = marks[people, apples].mean()
    dP, dQ = LAM * P, LAM * Q
    dbp, dbq = MU * bp, MU * bq
    for who, which in zip(people, apples):
        guess = mean + bp[who] + bq[which]
        for f in range(P.shape[1]):
            guess += P[who, f] * Q[which, f]
        e = guess - marks[who, which]
        dP[who] += e * Q[which]
        dQ[which] += e * P[who]
        dbp[who] += e
        dbq[which] += e
    return dP, dQ, dbp, dbq
