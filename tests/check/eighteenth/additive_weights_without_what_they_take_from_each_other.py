"""Additive weights without what they take from each other.

expected kind: diagonal-jacobian or missing-term or wrong-point
wrong line: 71
correction 71: dscore = a * (s.dot(dcontext) - mean)
what: Each weight of the attention goes back as a sigmoid would, without the others
source: https://github.com/arunmallya/arunmallya.github.io/issues/2
said: there is a small error in the derivation of the softmax layer
"""

import numpy as np

PARAMETERS = ["Wh", "Wq", "v", "Wo"]


def data(seed=0):
    r = np.random.default_rng(seed)
    mask = np.array([[1, 1, 1, 1], [1, 1, 1, 0], [1, 1, 0, 0]])
    Ws = r.normal(size=(3, 4)), r.normal(size=(2, 4)), r.normal(size=4), r.normal(size=(3, 3))
    return *Ws, r.normal(size=(3, 4, 3)), r.normal(size=(3, 2)), mask, np.array([2, 0, 1])


def loss(Wh, Wq, v, Wo, hs, q, mask, y):
    energy = np.tanh(hs @ Wh + (q @ Wq)[:, None, :]) @ v
    weights = mask * np.exp(energy)
    weights = weights / np.sum(weights, axis=1, keepdims=True)
    s = np.einsum("nt,ntd->nd", weights, hs) @ Wo
    return np.sum(np.log(np.sum(np.exp(s), axis=1)) - s[np.arange(len(y)), y])


def masked_softmax(e, mask):
    e = np.where(mask == 1, e, -1e30)
    e = np.exp(e - e.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def right(Wh, Wq, v, Wo, hs, q, mask, y):
    u = np.tanh(hs @ Wh + (q @ Wq)[:, None, :])
    alpha = masked_softmax(u @ v, mask)
    context = (alpha[:, :, None] * hs).sum(axis=1)
    logits = context @ Wo
    dlogits = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    dlogits[np.arange(len(y)), y] -= 1
    dWo = context.T @ dlogits
    dcontext = dlogits @ Wo.T
    dalpha = (dcontext[:, None, :] * hs).sum(axis=2)
    denergy = alpha * (dalpha - (alpha * dalpha).sum(axis=1, keepdims=True))
    dv = (denergy[:, :, None] * u).sum(axis=(0, 1))
    du = denergy[:, :, None] * v
    dpre = du * (1 - u**2)
    dWh = np.einsum("ntd,ntk->dk", hs, dpre)
    dWq = q.T @ dpre.sum(axis=1)
    return dWh, dWq, dv, dWo


class Attention:
    def __init__(self, Wh, Wq, v):
        self.Wh, self.Wq, self.v = Wh, Wq, v
        self.dWh, self.dWq, self.dv = np.zeros_like(Wh), np.zeros_like(Wq), np.zeros_like(v)

    def forward(self, states, query):
        self.states, self.query = states, query
        self.tanhs = [np.tanh(s.dot(self.Wh) + query.dot(self.Wq)) for s in states]
        scores = np.array([t.dot(self.v) for t in self.tanhs])
        self.a = np.exp(scores) / np.exp(scores).sum()
        return self.a.dot(states)

    def backward(self, dcontext):
        mean = sum(a * s.dot(dcontext) for a, s in zip(self.a, self.states))
        for a, s, t in zip(self.a, self.states, self.tanhs):
            dscore = a * (1 - a) * s.dot(dcontext)
            self.dv += dscore * t
            dpre = dscore * self.v * (1 - t * t)
            self.dWh += np.outer(s, dpre)
            self.dWq += np.outer(self.query, dpre)


def backprop(Wh, Wq, v, Wo, hs, q, mask, y):
    attention = Attention(Wh, Wq, v)
    dWo = np.zeros_like(Wo)
    for states, query, length, label in zip(hs, q, mask.sum(axis=1), y):
        context = attention.forward(states[:length], query)
        p = np.exp(context.dot(Wo))
        p = p / p.sum()
        p[label] -= 1
        dWo += np.outer(context, p)
        attention.backward(Wo.dot(p))
    return attention.dWh, attention.dWq, attention.dv, dWo
