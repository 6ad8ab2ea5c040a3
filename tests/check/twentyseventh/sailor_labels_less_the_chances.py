"""Sailor labels less the chances.

expected kind: sign
wrong line: 69
correction 69: g = (p - label) * met[i] / all_met
what: The error is the label less the chance, which is the direction down the loss
source: https://github.com/eriklindernoren/ML-From-Scratch/issues/107
said: gets y - p as the gradient of the logistic loss, where it is -(y - p)
"""

import numpy as np

PARAMETERS = ["inner", "outer"]


def data(seed=0):
    r = np.random.default_rng(seed)
    # eight words; pairs come with how often they were met, drawn words may be drawn twice
    center, near = np.array([0, 3, 3, 5, 1, 7]), np.array([2, 1, 6, 0, 4, 2])
    drawn = r.integers(0, 8, size=(6, 3))
    drawn[:2, 1] = drawn[:2, 0]
    return r.normal(size=(8, 3)), r.normal(size=(8, 3)), center, near, drawn, r.uniform(0.4, 2.5, size=6)


def loss(inner, outer, center, near, drawn, met):
    v = inner[center]
    pulled = np.log(1 + np.exp(-np.sum(v * outer[near], axis=1)))
    pushed = np.log(1 + np.exp(np.sum(v[:, None, :] * outer[drawn], axis=2)))
    return np.sum(met * (pulled + np.sum(pushed, axis=1))) / np.sum(met)


class SkipGram:
    def __init__(self, inner, outer):
        self.inner, self.outer = inner, outer

    def scores(self, center, near, drawn):
        self.v = self.inner[center]
        self.u, self.w = self.outer[near], self.outer[drawn]
        return np.einsum("nd,nd->n", self.v, self.u), np.einsum("nd,nkd->nk", self.v, self.w)

    def backward(self, center, near, drawn, share):
        good, bad = self.scores(center, near, drawn)
        dgood = -share / (1 + np.exp(good))
        dbad = share[:, None] / (1 + np.exp(-bad))
        dv = dgood[:, None] * self.u + np.einsum("nk,nkd->nd", dbad, self.w)
        d_inner, d_outer = np.zeros_like(self.inner), np.zeros_like(self.outer)
        np.add.at(d_inner, center, dv)
        np.add.at(d_outer, near, dgood[:, None] * self.v)
        np.add.at(d_outer, drawn, dbad[:, :, None] * self.v[:, None, :])
        return {"inner": d_inner, "outer": d_outer}


def right(inner, outer, center, near, drawn, met):
    return SkipGram(inner, outer).backward(center, near, drawn, met / met.sum())


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def backprop(inner, outer, center, near, drawn, met):
    grad_inner, grad_outer = np.zeros(inner.shape), np.zeros(outer.shape)
    all_met = sum(met)
    for i, c in enumerate(center):
        samples = [(near[i], 1)] + [(k, 0) for k in drawn[i]]
        to_center = np.zeros(inner.shape[1])
        for o, label in samples:
            p = sigmoid(np.dot(inner[c], outer[o]))
            g = (label - p) * met[i] / all_met
            to_center += g * outer[o]
            grad_outer[o] += g * inner[c]
        grad_inner[c] += to_center
    return grad_inner, grad_outer
