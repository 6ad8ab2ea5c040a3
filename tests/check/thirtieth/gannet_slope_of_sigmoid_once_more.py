"""Gannet slope of sigmoid once more.

expected kind: repeated-factor
wrong line: 98
correction 98: g = (f - label) / len(calls)
what: The derivative of the logistic function is multiplied on, though that of the cross entropy has cancelled it
source: https://github.com/NLPchina/Word2VEC_java/issues/1
said: the slope for CBOW has f (1 - f) as another factor; in the paper and the code in C it is the same as for skip-gram,
    without
"""

import numpy as np

PARAMETERS = ["E", "P", "U", "c"]


def data(seed=0):
    r = np.random.default_rng(seed)
    # eight calls of gannets; four calls around one, weighted by place; the call itself and two that weren't heard
    E, P, U, c = r.normal(size=(8, 3)), 1 + 0.4 * r.normal(size=(4, 3)), r.normal(size=(8, 3)), 0.4 * r.normal(size=8)
    return E, P, U, c, r.integers(0, 8, size=(6, 4)), r.integers(0, 8, size=(6, 3))


def loss(E, P, U, c, around, calls):
    h = np.mean(E[around] * P, axis=1)
    scores = np.einsum("nd,nkd->nk", h, U[calls]) + c[calls]
    turn = np.where(np.arange(calls.shape[1]) == 0, -1.0, 1.0)
    return np.sum(np.log(1 + np.exp(turn * scores))) / calls.shape[0]


class Cbow:
    def __init__(self, E, P, U, c):
        self.params = {"E": E, "P": P, "U": U, "c": c}
        self.grads = {name: np.zeros_like(value) for name, value in self.params.items()}

    def forward(self, around, calls):
        E, P, U, c = self.params.values()
        self.around, self.calls = around, calls
        self.gathered = E[around]
        self.h = (self.gathered * P).sum(axis=1) / around.shape[1]
        self.out = U[calls]
        return (self.out @ self.h[:, :, None])[..., 0] + c[calls]

    def backward(self, dscores):
        window = self.around.shape[1]
        dout = dscores[:, :, None] * self.h[:, None, :]
        np.add.at(self.grads["U"], self.calls, dout)
        np.add.at(self.grads["c"], self.calls, dscores)
        dh = (dscores[:, None, :] @ self.out)[:, 0]
        dproducts = np.repeat(dh[:, None, :] / window, window, axis=1)
        self.grads["P"] += (dproducts * self.gathered).sum(axis=0)
        dgathered = dproducts * self.params["P"]
        np.add.at(self.grads["E"], self.around, dgathered)
        return self.grads


class SigmoidLoss:
    """Cross entropy of the logistic function; the first column was heard, the others weren't."""

    def forward(self, scores):
        self.p = 1 / (1 + np.exp(-scores))

    def backward(self):
        dscores = self.p.copy()
        dscores[:, 0] -= 1
        return dscores / len(dscores)


def right(E, P, U, c, around, calls):
    model, criterion = Cbow(E, P, U, c), SigmoidLoss()
    criterion.forward(model.forward(around, calls))
    return model.backward(criterion.backward())


def sigmoid(x):
    if x < 0:
        return np.exp(x) / (1 + np.exp(x))
    return 1 / (1 + np.exp(-x))


def backprop(E, P, U, c, around, calls):
    layer1_size = E.shape[1]
    gE, gP, gU, gc = np.zeros(E.shape), np.zeros(P.shape), np.zeros(U.shape), np.zeros(c.shape)
    for window, choices in zip(around, calls):
        cw = len(window)
        neu1 = np.zeros(layer1_size)
        neu1e = np.zeros(layer1_size)
        # in -> hidden
        for place in range(cw):
            word = window[place]
            neu1 += E[word] * P[place]
        neu1 /= cw
        # negative sampling
        for d in range(len(choices)):
            target = choices[d]
            label = 1 if d == 0 else 0
            f = sigmoid(neu1 @ U[target] + c[target])
            g = f * (1 - f) * (f - label) / len(calls)
            neu1e += g * U[target]
            gU[target] += g * neu1
            gc[target] += g
        # hidden -> in
        neu1e /= cw
        for place in range(cw):
            word = window[place]
            gE[word] += neu1e * P[place]
            gP[place] += neu1e * E[word]
    return gE, gP, gU, gc
