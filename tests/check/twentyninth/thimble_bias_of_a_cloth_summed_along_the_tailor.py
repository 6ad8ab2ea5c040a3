"""Thimble bias of a cloth summed along the tailor.

expected kind: wrong-axis
wrong line: 69
correction 69: dq0 = np.einsum("ui->i", pull)
what: The gradient of the bias of a cloth is summed over cloths; there are as many as tailors, so that nothing complains
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["P", "p0", "Q", "q0"]
LAMBDA = 0.2


def data(seed=0):
    r = np.random.default_rng(seed)
    tailors, cloths, k = 5, 5, 2
    # how sure one is of what was seen; no sureness, nothing seen
    sure = np.where(r.random(size=(tailors, cloths)) < 0.7, r.uniform(0.5, 3.0, size=(tailors, cloths)), 0.0)
    P, Q = r.normal(size=(tailors, k)), r.normal(size=(cloths, k))
    return P, r.normal(size=tailors), Q, r.normal(size=cloths), r.integers(0, 2, size=(tailors, cloths)), sure


def loss(P, p0, Q, q0, used, sure):
    s = P @ Q.T + p0[:, None] + q0[None, :]
    fit = np.sum(sure * (np.log(1 + np.exp(s)) - used * s)) / np.sum(sure)
    # factors are kept small, biases are not
    return fit + 0.5 * LAMBDA * (np.mean(P**2) + np.mean(Q**2))


def augment(P, p0, Q, q0):
    """Biases as two more factors: the score is a product of two matrices."""
    ones = np.ones((len(P), 1)), np.ones((len(Q), 1))
    return np.hstack([P, p0[:, None], ones[0]]), np.hstack([Q, ones[1], q0[:, None]])


def right(P, p0, Q, q0, used, sure):
    k = P.shape[1]
    left, right_hand = augment(P, p0, Q, q0)
    chance = 1 / (1 + np.exp(-left @ right_hand.T))
    error = sure * (chance - used) / sure.sum()
    dleft = error @ right_hand
    dright = error.T @ left
    dleft[:, :k] += LAMBDA * left[:, :k] / P.size
    dright[:, :k] += LAMBDA * right_hand[:, :k] / Q.size
    return {"P": dleft[:, :k], "p0": dleft[:, k], "Q": dright[:, :k], "q0": dright[:, k + 1]}


class Thimble:
    def __init__(self, P, p0, Q, q0):
        self.P, self.p0, self.Q, self.q0 = P, p0, Q, q0

    def scores(self):
        s = np.einsum("uk,ik->ui", self.P, self.Q)
        s += self.p0[:, np.newaxis]
        s += self.q0
        return s

    def data_term(self, used, sure):
        s = self.scores()
        up, down = 1 / (1 + np.exp(s)), 1 / (1 + np.exp(-s))
        weight = sure / np.sum(sure)
        pull = np.where(used == 1, -weight * up, weight * down)
        dP = np.einsum("ui,ik->uk", pull, self.Q)
        dQ = np.einsum("ui,uk->ik", pull, self.P)
        dp0 = np.einsum("ui->u", pull)
        dq0 = np.einsum("ui->u", pull)
        return dP, dp0, dQ, dq0

    def penalty(self):
        return [LAMBDA * self.P / self.P.size, 0, LAMBDA * self.Q / self.Q.size, 0]

    def grads(self, used, sure):
        return [d + p for d, p in zip(self.data_term(used, sure), self.penalty())]


def backprop(P, p0, Q, q0, used, sure):
    return Thimble(P, p0, Q, q0).grads(used, sure)
