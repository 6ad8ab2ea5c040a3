"""Relation that only learns from what is true.

expected kind: missing-term
wrong line: 62
correction 62: self.grad_R[r] += pos_grad - neg_grad
what: The relation takes the gradient of the true triple, and nothing of the corrupted one, in which it is too
source: https://github.com/ooples/AiDotNet/pull/853
said: the update moves the relation by the gradient of the positive triple, of the negative one only head and tail
"""

import numpy as np

PARAMETERS = ["entities", "relations"]


def data(seed=0):
    r = np.random.default_rng(seed)
    triples = [(0, 0, 1), (1, 1, 2), (3, 0, 4), (2, 1, 0)]
    corrupted = [(2, 0, 1), (1, 1, 4), (3, 0, 0), (4, 1, 0)]
    return r.normal(size=(5, 3)), r.normal(size=(2, 3)), triples, corrupted


def loss(entities, relations, triples, corrupted):
    total = 0
    for (h, r, t), (nh, nr, nt) in zip(triples, corrupted):
        good = np.sum((entities[h] + relations[r] - entities[t]) ** 2)
        bad = np.sum((entities[nh] + relations[nr] - entities[nt]) ** 2)
        total = total + np.maximum(0, 20.0 + good - bad)
    return total


def right(entities, relations, triples, corrupted):
    dE, dR = np.zeros_like(entities), np.zeros_like(relations)
    for pair in zip(triples, corrupted):
        d = [entities[h] + relations[r] - entities[t] for h, r, t in pair]
        if 20 + d[0] @ d[0] > d[1] @ d[1]:
            for (h, r, t), v, s in zip(pair, d, (2, -2)):
                dE[h] += s * v
                dR[r] += s * v
                dE[t] -= s * v
    return dE, dR


class TransE:
    def __init__(self, entities, relations, margin=20.0):
        self.E, self.R, self.margin = entities, relations, margin
        self.grad_E, self.grad_R = np.zeros_like(entities), np.zeros_like(relations)

    def distance(self, h, r, t):
        diff = self.E[h] + self.R[r] - self.E[t]
        return diff, np.sum(diff**2)

    def train_pair(self, positive, negative):
        (h, r, t), (nh, _, nt) = positive, negative
        pos_diff, pos = self.distance(h, r, t)
        neg_diff, neg = self.distance(nh, r, nt)
        if self.margin + pos - neg <= 0:
            return
        pos_grad, neg_grad = 2.0 * pos_diff, 2.0 * neg_diff
        # positive triple: decrease the distance
        self.grad_E[h] += pos_grad
        self.grad_R[r] += pos_grad
        self.grad_E[t] -= pos_grad
        # negative triple: increase the distance
        self.grad_E[nh] -= neg_grad
        self.grad_E[nt] += neg_grad


def backprop(entities, relations, triples, corrupted):
    model = TransE(entities, relations)
    for positive, negative in zip(triples, corrupted):
        model.train_pair(positive, negative)
    return model.grad_E, model.grad_R
