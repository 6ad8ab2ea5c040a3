"""Parcel other classes pushed by the chance of the right one.

expected kind: wrong-point
wrong line: 95
correction 95: dscores[j] = (1 - pt) ** (FOCUS - 1) * (-FOCUS * pt * pj * np.log(pt) + pj * (1 - pt))
what: For a class that isn't the label the second term has the probability of the label for its own
source: https://github.com/unsky/focal-loss/issues/15
said: asks whether in the case of another class the last term shouldn't have the probability of the target
"""

import numpy as np

PARAMETERS = ["G", "C", "c", "v", "u"]
FOCUS, DELTA = 1.5, 0.7


def data(seed=0):
    r = np.random.default_rng(seed)
    G, C, c = r.normal(size=(3, 4)), r.normal(size=(4, 3)), 0.4 * r.normal(size=3)
    # what is in the parcel, and how heavy it is
    content = np.array([0, 2, 1, 1, 0, 2, 2])
    return G, C, c, r.normal(size=4), r.normal(size=1), r.normal(size=(7, 3)), content, 2 * r.normal(size=7)


def loss(G, C, c, v, u, shape, content, heavy):
    n = shape.shape[0]
    h = np.tanh(shape @ G)
    s = h @ C + c
    p = np.exp(s) / np.sum(np.exp(s), axis=1, keepdims=True)
    pt = p[np.arange(n), content]
    focal = -np.mean((1 - pt) ** FOCUS * np.log(pt))
    e = h @ v + u[0] - heavy
    huber = np.mean(np.where(np.abs(e) <= DELTA, 0.5 * e**2, DELTA * (np.abs(e) - 0.5 * DELTA)))
    return focal + huber


class FocalSoftmax:
    def __init__(self, gamma):
        self.gamma = gamma

    def __call__(self, scores, labels):
        z = np.exp(scores - scores.max(axis=1, keepdims=True))
        self.p = z / z.sum(axis=1, keepdims=True)
        self.labels = labels

    def gradient(self):
        n = len(self.labels)
        pt = self.p[np.arange(n), self.labels]
        miss = 1 - pt
        # by the probability of the true class
        dpt = self.gamma * miss ** (self.gamma - 1) * np.log(pt) - miss**self.gamma / pt
        # and that by the scores
        jac = -self.p * pt[:, None]
        jac[np.arange(n), self.labels] += pt
        return jac * dpt[:, None] / n


class Huber:
    def __call__(self, guess, truth):
        self.e = guess - truth

    def gradient(self):
        return np.clip(self.e, -DELTA, DELTA) / self.e.size


def right(G, C, c, v, u, shape, content, heavy):
    focal, huber = FocalSoftmax(FOCUS), Huber()
    h = np.tanh(shape @ G)
    focal(h @ C + c, content)
    huber(h @ v + u, heavy)
    ds, de = focal.gradient(), huber.gradient()
    dh = ds @ C.T + de[:, None] * v
    return shape.T @ (dh * (1 - h**2)), h.T @ ds, ds.sum(axis=0), h.T @ de, de.sum(keepdims=True)


def softmax(row):
    row = np.exp(row - max(row))
    return row / sum(row)


def backprop(G, C, c, v, u, shape, content, heavy):
    n, classes = len(shape), len(c)
    dG, dC, dc, dv, du = (np.zeros_like(p) for p in (G, C, c, v, u))
    for x, label, weight in zip(shape, content, heavy):
        h = np.tanh(x @ G)
        probs = softmax(h @ C + c)
        pt = probs[label]
        # focal loss, class by class
        dscores = np.empty(classes)
        for j in range(classes):
            pj = probs[j]
            if j == label:
                dscores[j] = (1 - pt) ** FOCUS * (FOCUS * pt * np.log(pt) + pt - 1)
            else:
                dscores[j] = (1 - pt) ** (FOCUS - 1) * (-FOCUS * pt * pj * np.log(pt) + pt * (1 - pt))
        # Huber loss
        off = h @ v + u[0] - weight
        dguess = off if abs(off) <= DELTA else DELTA * np.sign(off)
        dC += np.outer(h, dscores)
        dc += dscores
        dv += dguess * h
        du += dguess
        dh = C @ dscores + dguess * v
        dG += np.outer(x, dh * (1 - h * h))
    return dG / n, dC / n, dc / n, dv / n, du / n
