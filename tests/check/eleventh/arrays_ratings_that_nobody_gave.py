"""Arrays ratings that nobody gave.

expected kind: another-loss or missing-factor or wrong-mask
wrong line: 58 or 59
correction 58: error = (self.predict() - R) * mask
correction 59: d = 2 * error * mask / mask.sum()
given as: arrays
what: The ratings that are missing count as if they had been given
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["mu", "bu", "bi", "U", "V"]
LAM = 0.02


def data(seed=0):
    r = np.random.default_rng(seed)
    bu, bi, U, V, R = (r.normal(size=s) for s in [5, 4, (5, 2), (4, 2), (5, 4)])
    mask = np.array([[1, 0, 1, 1], [0, 1, 0, 1], [1, 1, 0, 0], [0, 1, 1, 0], [1, 0, 0, 1]])
    return np.array([r.normal()]), bu, bi, U, V, R, mask


def loss(mu, bu, bi, U, V, R, mask):
    predicted = mu + bu[:, None] + bi + U @ V.T
    return np.sum(mask * (R - predicted) ** 2) / np.sum(mask) + LAM * (np.sum(U**2) + np.sum(V**2))


def right(mu, bu, bi, U, V, R, mask):
    n = np.sum(mask)
    users, items = np.nonzero(mask)
    pred = mu + bu[users] + bi[items] + np.einsum("nk,nk->n", U[users], V[items])
    e = R[users, items] - pred
    step = 2 * e / n

    d_mu = -np.array([step.sum()])
    d_bu = -np.bincount(users, weights=step, minlength=len(bu))
    d_bi = -np.bincount(items, weights=step, minlength=len(bi))
    d_U = np.zeros_like(U)
    d_V = np.zeros_like(V)
    np.add.at(d_U, users, -step[:, None] * V[items])
    np.add.at(d_V, items, -step[:, None] * U[users])
    d_U += 2 * LAM * U
    d_V += 2 * LAM * V
    return d_mu, d_bu, d_bi, d_U, d_V


class Recommender:
    def __init__(self, **params):
        self.__dict__.update(params)

    def predict(self):
        return self.mu + self.bu.reshape(-1, 1) + self.bi.reshape(1, -1) + self.U.dot(self.V.T)

    def gradients(self, R, mask):
        error = self.predict() - R
        d = 2 * error / mask.sum()
        grads = {"mu": d.sum().reshape(1)}
        grads["bu"] = d.sum(axis=1)
        grads["bi"] = d.sum(axis=0)
        grads["U"] = d.dot(self.V) + 2 * LAM * self.U
        grads["V"] = d.T.dot(self.U) + 2 * LAM * self.V
        return grads


def backprop(mu, bu, bi, U, V, R, mask):
    model = Recommender(mu=mu, bu=bu, bi=bi, U=U, V=V)
    grads = model.gradients(R, mask)
    for name, value in grads.items():
        assert value.shape == getattr(model, name).shape
    return grads
