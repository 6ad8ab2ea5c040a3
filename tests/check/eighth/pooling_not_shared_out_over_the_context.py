"""Pooling not shared out over the context.

expected kind: sum-for-mean or scale or missing-factor
wrong line: 60 or 62
correction 60: neu1e = ga @ self.out.T / len(context)
correction 62: self.g_emb[word] += neu1e / len(context)
what: Each word of the context gets the whole gradient of their mean
source: https://github.com/piskvorky/gensim/issues/697
said: dividing should be where the words are averaged, and isn't done there
"""

import numpy as np

PARAMETERS = ["E", "W", "b"]


DOCS = [[0, 2, 2, 5], [1, 3, 4], [5, 5, 0, 1, 5]]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(6, 3)), r.normal(size=(3, 2)), r.normal(size=2), r.integers(0, 2, size=3)


def loss(E, W, b, y):
    total = 0.0
    for doc, label in zip(DOCS, y):
        scores = np.mean(E[np.array(doc)], axis=0) @ W + b
        total = total + np.log(np.sum(np.exp(scores))) - scores[label]
    return total


def right(E, W, b, y):
    dE, dW, db = np.zeros_like(E), np.zeros_like(W), np.zeros_like(b)
    for doc, label in zip(DOCS, y):
        h = E[doc].mean(axis=0)
        s = h @ W + b
        p = np.exp(s - s.max())
        p /= p.sum()
        p[label] -= 1
        dW += np.outer(h, p)
        db += p
        dh = W @ p
        np.add.at(dE, doc, dh / len(doc))
    return dE, dW, db


class CBOW:
    def __init__(self, emb, out, bias):
        self.emb, self.out, self.bias = emb, out, bias
        self.g_emb = np.zeros(emb.shape)
        self.g_out, self.g_bias = 0, 0

    def learn(self, context, label):
        l1 = sum(self.emb[word] for word in context) / len(context)
        fb = np.exp(l1 @ self.out + self.bias)
        ga = fb / fb.sum() - (np.arange(len(fb)) == label)
        self.g_out = self.g_out + l1[:, None] * ga
        self.g_bias = self.g_bias + ga
        neu1e = ga @ self.out.T
        for word in context:
            self.g_emb[word] += neu1e


def backprop(E, W, b, y):
    model = CBOW(E, W, b)
    for doc, label in zip(DOCS, y):
        model.learn(doc, label)
    return {"E": model.g_emb, "W": model.g_out, "b": model.g_bias}
