"""Additive attention without tanh.

expected kind: missing-factor
wrong line: 70
correction 70: dpre = dm * (1 - net.m**2)
what: The slope of the tanh is left out
source: usual
said: written by who builds the search
"""

import numpy as np

PARAMETERS = ["Wq", "Wk", "v", "Wo"]


def data(seed=0):
    g = np.random.default_rng(seed)
    return g.normal(size=(3, 4)), g.normal(size=(3, 4)), g.normal(size=4), g.normal(size=(6, 2)), g.normal(size=(5, 3)), g.normal(size=3), g.normal(size=2)


def loss(Wq, Wk, v, Wo, keys, query, target):
    m = np.tanh(query @ Wq + keys @ Wk)
    s = m @ v
    a = np.exp(s) / np.exp(s).sum()
    c = a @ keys
    out = np.concatenate([c, query]) @ Wo
    return ((out - target) ** 2).sum()


class Attention:
    def __init__(self, Wq, Wk, v, Wo):
        self.Wq, self.Wk, self.v, self.Wo = Wq, Wk, v, Wo

    def forward(self, keys, query):
        self.keys, self.query = keys, query
        self.m = np.tanh(query @ self.Wq + keys @ self.Wk)
        scores = self.m @ self.v
        scores = np.exp(scores - scores.max())
        self.a = scores / scores.sum()
        self.both = np.concatenate([self.a @ keys, query])
        return self.both @ self.Wo


def right(Wq, Wk, v, Wo, keys, query, target):
    net = Attention(Wq, Wk, v, Wo)
    dout = 2 * (net.forward(keys, query) - target)
    grads = {"Wo": np.outer(net.both, dout)}
    dboth = net.Wo @ dout
    dc = dboth[:3]
    da = net.keys @ dc
    ds = net.a * (da - da @ net.a)
    grads["v"] = net.m.T @ ds
    dm = np.outer(ds, net.v)
    dpre = dm * (1 - net.m**2)
    grads["Wk"] = net.keys.T @ dpre
    grads["Wq"] = np.outer(net.query, dpre.sum(axis=0))
    return grads


def backprop(Wq, Wk, v, Wo, keys, query, target):
    net = Attention(Wq, Wk, v, Wo)
    dout = 2 * (net.forward(keys, query) - target)
    grads = {"Wo": np.outer(net.both, dout)}
    dboth = net.Wo @ dout
    dc = dboth[:3]
    da = net.keys @ dc
    ds = net.a * (da - da @ net.a)
    grads["v"] = net.m.T @ ds
    dm = np.outer(ds, net.v)
    dpre = dm
    grads["Wk"] = net.keys.T @ dpre
    grads["Wq"] = np.outer(net.query, dpre.sum(axis=0))
    return grads
