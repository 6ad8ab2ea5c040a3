"""Combined radial centres pushed away and widths without the weight.

expected kind: sign + missing-factor or detached
wrong line: 64 and 65
correction 64: self.dcentre += 2 * back * self.width * self.away
correction 65: self.dwidth -= back * self.away.dot(self.away)
what: The centres go the other way; the widths are learned as if every weight were one
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["centres", "widths", "weights", "bias"]


def data(seed=0):
    r = np.random.default_rng(seed)
    centres, widths = r.normal(size=(4, 2)), r.uniform(0.3, 1.2, size=4)
    return centres, widths, r.normal(size=4), r.normal(size=1), r.normal(size=(6, 2)), r.normal(size=6)


def loss(centres, widths, weights, bias, X, y):
    squares = np.sum((X[:, None, :] - centres[None, :, :]) ** 2, axis=2)
    phi = np.exp(-widths * squares)
    return 0.5 * np.sum((phi @ weights + bias - y) ** 2)


def rbf_kernel(x, centres, epsilons):
    diff = x[:, None, :] - centres[None, :, :]
    sq = np.einsum("nkd,nkd->nk", diff, diff)
    return np.exp(-epsilons * sq), diff, sq


def rbf_kernel_backward(grad, phi, diff, sq, epsilons):
    g = grad * phi
    dcentres = 2 * np.einsum("nk,k,nkd->kd", g, epsilons, diff)
    depsilons = -np.sum(g * sq, axis=0)
    return dcentres, depsilons


def right(centres, widths, weights, bias, X, y):
    phi, diff, sq = rbf_kernel(X, centres, widths)
    error = phi.dot(weights) + bias - y
    dweights = phi.T.dot(error)
    dphi = np.outer(error, weights)
    dcentres, dwidths = rbf_kernel_backward(dphi, phi, diff, sq, widths)
    return dcentres, dwidths, dweights, np.array([error.sum()])


class Unit:
    def __init__(self, centre, width, weight):
        self.centre, self.width, self.weight = centre, width, weight
        self.dcentre, self.dwidth, self.dweight = np.zeros(len(centre)), 0.0, 0.0

    def activate(self, x):
        self.away = x - self.centre
        self.phi = np.exp(-self.width * self.away.dot(self.away))
        return self.weight * self.phi

    def learn(self, error):
        self.dweight += error * self.phi
        back = error * self.weight * self.phi
        self.dcentre -= 2 * back * self.width * self.away
        self.dwidth -= error * self.phi * self.away.dot(self.away)


def backprop(centres, widths, weights, bias, X, y):
    units = [Unit(c, s, w) for c, s, w in zip(centres, widths, weights)]
    dbias = 0.0
    for x, target in zip(X, y):
        out = bias[0]
        for unit in units:
            out += unit.activate(x)
        error = out - target
        dbias += error
        for unit in units:
            unit.learn(error)
    dcentres = np.array([u.dcentre for u in units])
    dwidths = np.array([u.dwidth for u in units])
    dweights = np.array([u.dweight for u in units])
    return dcentres, dwidths, dweights, np.array([dbias])
