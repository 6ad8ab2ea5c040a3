"""Additive attention of one query: the softmax over the keys

expected kind: diagonal-jacobian or missing-term or detached
wrong line: 53
correction 53: d_scores = alpha * (d_alpha - alpha @ d_alpha)
what: the softmax over the keys differentiated as if it were a sigmoid of each score: a (1 - a)
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["Wq", "Wk", "v"]


def loss(query, keys, target, Wq, Wk, v):
    scores = np.tanh(query @ Wq + keys @ Wk) @ v
    weights = np.exp(scores - np.max(scores))
    weights = weights / np.sum(weights)
    return 0.5 * np.sum((weights @ keys - target) ** 2)


class AdditiveAttention:
    def __init__(self, Wq, Wk, v):
        self.Wq, self.Wk, self.v = Wq, Wk, v

    def forward(self, query, keys):
        self.query, self.keys = query, keys
        self.hidden = np.tanh(query @ self.Wq + keys @ self.Wk)
        e = self.hidden @ self.v
        e = np.exp(e - e.max())
        self.alpha = e / e.sum()
        return self.alpha @ keys


def right(query, keys, target, Wq, Wk, v):
    layer = AdditiveAttention(Wq, Wk, v)
    d_context = layer.forward(query, keys) - target
    alpha, hidden = layer.alpha, layer.hidden
    d_alpha = keys @ d_context
    d_scores = alpha * (d_alpha - alpha @ d_alpha)
    dv = hidden.T @ d_scores
    d_pre = np.outer(d_scores, v) * (1 - hidden ** 2)
    dWk = keys.T @ d_pre
    dWq = np.outer(query, d_pre.sum(axis=0))
    return {"Wq": dWq, "Wk": dWk, "v": dv}


def backprop(query, keys, target, Wq, Wk, v):
    layer = AdditiveAttention(Wq, Wk, v)
    d_context = layer.forward(query, keys) - target
    alpha, hidden = layer.alpha, layer.hidden
    d_alpha = keys @ d_context
    d_scores = alpha * (1 - alpha) * d_alpha
    dv = hidden.T @ d_scores
    d_pre = np.outer(d_scores, v) * (1 - hidden ** 2)
    dWk = keys.T @ d_pre
    dWq = np.outer(query, d_pre.sum(axis=0))
    return {"Wq": dWq, "Wk": dWk, "v": dv}


def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=3), rng.normal(size=(5, 4)), rng.normal(size=4),
            rng.normal(size=(3, 6)), rng.normal(size=(4, 6)), rng.normal(size=6)]
