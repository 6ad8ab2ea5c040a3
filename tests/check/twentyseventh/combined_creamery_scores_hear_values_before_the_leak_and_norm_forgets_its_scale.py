"""Combined creamery scores hear values before the leak and norm forgets its scale.

expected kind: wrong-point or stale-value + missing-factor
wrong line: 112 and 122
correction 112: dW3 = acts[2].T.dot(delta)
correction 122: ds = ds * gs[l] * istds[l] / n
what: The last weights get the values before the leaky rectifier; what leaves the norm isn't multiplied by gamma
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "g1", "c1", "W2", "g2", "c2", "W3", "b3"]
EPS, LEAK = 0.02, 0.2


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, W2, W3 = r.normal(size=(3, 4)), r.normal(size=(4, 4)), r.normal(size=(4, 3))
    g1, g2 = r.uniform(0.5, 2.0, size=4), r.uniform(0.5, 2.0, size=4)
    c1, c2, b3 = 0.5 * r.normal(size=4), 0.5 * r.normal(size=4), 0.3 * r.normal(size=3)
    return W1, g1, c1, W2, g2, c2, W3, b3, r.normal(size=(7, 3)), np.array([0, 1, 2, 2, 1, 0, 1])


def loss(W1, g1, c1, W2, g2, c2, W3, b3, milk, kind):
    a = milk
    for W, g, c in ((W1, g1, c1), (W2, g2, c2)):
        s = a @ W
        m = s - np.mean(s, axis=0)
        y = g * m / np.sqrt(np.mean(m * m, axis=0) + EPS) + c
        a = np.where(y > 0, y, LEAK * y)
    scores = a @ W3 + b3
    return np.mean(np.log(np.sum(np.exp(scores), axis=1)) - scores[np.arange(kind.shape[0]), kind])


class Dense:
    def __init__(self, W):
        self.W = W

    def __call__(self, x):
        self.x = x
        return x @ self.W

    def back(self, d):
        self.dW = self.x.T @ d
        return d @ self.W.T


class Norm:
    def __init__(self, gamma, shift):
        self.gamma, self.shift = gamma, shift

    def __call__(self, x):
        self.n = len(x)
        self.off = x - x.mean(axis=0)
        self.var = np.sum(self.off**2, axis=0) / self.n + EPS
        self.hat = self.off / np.sqrt(self.var)
        return self.gamma * self.hat + self.shift

    def back(self, d):
        self.dgamma, self.dshift = (d * self.hat).sum(axis=0), d.sum(axis=0)
        dhat = d * self.gamma
        dvar = (dhat * self.off).sum(axis=0) * -0.5 * self.var**-1.5
        doff = dhat / np.sqrt(self.var) + 2 * self.off * dvar / self.n
        return doff - doff.sum(axis=0) / self.n


class Leaky:
    def __call__(self, x):
        self.slope = np.where(x > 0, 1.0, LEAK)
        return x * self.slope

    def back(self, d):
        return d * self.slope


def right(W1, g1, c1, W2, g2, c2, W3, b3, milk, kind):
    layers = [Dense(W1), Norm(g1, c1), Leaky(), Dense(W2), Norm(g2, c2), Leaky(), Dense(W3)]
    a = milk
    for layer in layers:
        a = layer(a)
    p = np.exp(a + b3)
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(len(kind)), kind] -= 1
    d = p / len(kind)
    db3 = d.sum(axis=0)
    for layer in reversed(layers):
        d = layer.back(d)
    one, n1, _, two, n2, _, three = layers
    return one.dW, n1.dgamma, n1.dshift, two.dW, n2.dgamma, n2.dshift, three.dW, db3


def backprop(W1, g1, c1, W2, g2, c2, W3, b3, milk, kind):
    Ws, gs, cs = [W1, W2], [g1, g2], [c1, c2]
    n = milk.shape[0]
    acts, hats, outs, istds = [milk], [], [], []
    for W, g, c in zip(Ws, gs, cs):
        s = acts[-1].dot(W)
        istds.append(1 / np.sqrt(s.var(axis=0) + EPS))
        hats.append((s - s.mean(axis=0)) * istds[-1])
        outs.append(g * hats[-1] + c)
        acts.append(np.maximum(outs[-1], LEAK * outs[-1]))

    scores = acts[2].dot(W3) + b3
    expd = np.exp(scores - scores.max(axis=1)[:, None])
    delta = expd / expd.sum(axis=1)[:, None]
    for row, label in enumerate(kind):
        delta[row, label] -= 1.0
    delta /= n

    dW3 = outs[1].T.dot(delta)
    db3 = delta.sum(axis=0)
    dWs, dgs, dcs = [None, None], [None, None], [None, None]
    flow = delta.dot(W3.T)
    for l in (1, 0):
        flow = flow * ((outs[l] > 0) + LEAK * (outs[l] <= 0))
        dgs[l] = (flow * hats[l]).sum(axis=0)
        dcs[l] = flow.sum(axis=0)
        # n times the gradient of what was normed
        ds = n * flow - flow.sum(axis=0) - hats[l] * dgs[l]
        ds = ds * istds[l] / n
        dWs[l] = acts[l].T.dot(ds)
        flow = ds.dot(Ws[l].T)
    return dWs[0], dgs[0], dcs[0], dWs[1], dgs[1], dcs[1], dW3, db3
