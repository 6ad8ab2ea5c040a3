"""Gondola new state squashed once more.

expected kind: another-loss
wrong line: 88
correction 88: h_new = (1 - z) * n + z * h
what: The forward pass of the derivation has a tanh around the new state, which the loss has not
source: https://github.com/ageron/handson-ml/issues/132
said: the equation of the new state in the book has a tanh that isn't in the figure: copied from the line before
"""

import numpy as np

PARAMETERS = ["Wx", "bx", "Wh", "bh", "out"]


def data(seed=0):
    r = np.random.default_rng(seed)
    d, H, steps, n = 3, 3, 4, 6
    Wx, Wh = r.normal(size=(d, 3 * H)), 0.9 * r.normal(size=(H, 3 * H))
    bx, bh = 0.4 * r.normal(size=3 * H), 0.4 * r.normal(size=3 * H)
    return Wx, bx, Wh, bh, r.normal(size=H), r.normal(size=(n, steps, d)), 2 * r.normal(size=n), r.uniform(0.3, 2.0, size=n)


def loss(Wx, bx, Wh, bh, out, strokes, speed, trust):
    H = out.shape[0]
    h = np.zeros((speed.shape[0], H))
    for t in range(strokes.shape[1]):
        a, c = strokes[:, t] @ Wx + bx, h @ Wh + bh
        r = 1 / (1 + np.exp(-(a[:, :H] + c[:, :H])))
        z = 1 / (1 + np.exp(-(a[:, H : 2 * H] + c[:, H : 2 * H])))
        # the reset gate comes after the product, as in cuDNN
        n = np.tanh(a[:, 2 * H :] + r * c[:, 2 * H :])
        h = (1 - z) * n + z * h
    return np.sum(trust * np.log(np.cosh(h @ out - speed))) / np.sum(trust)


def gates(x, h, Wx, bx, Wh, bh):
    H = len(h)
    a, c = Wx.T.dot(x) + bx, Wh.T.dot(h) + bh
    r, z = 1 / (1 + np.exp(-(a + c)[: 2 * H])).reshape(2, H)
    return r, z, np.tanh(a[2 * H :] + r * c[2 * H :]), c[2 * H :]


def right(Wx, bx, Wh, bh, out, strokes, speed, trust):
    H, T = len(out), strokes.shape[1]
    total = {k: np.zeros(p.shape) for k, p in (("Wx", Wx), ("bx", bx), ("Wh", Wh), ("bh", bh), ("out", out))}
    share = trust / np.sum(trust)
    for k in range(len(speed)):
        hs = {-1: np.zeros(H)}
        kept = {}
        for t in range(T):
            kept[t] = gates(strokes[k, t], hs[t - 1], Wx, bx, Wh, bh)
            r, z, n, _ = kept[t]
            hs[t] = n + z * (hs[t - 1] - n)
        slope = share[k] * np.tanh(out.dot(hs[T - 1]) - speed[k])
        total["out"] += slope * hs[T - 1]
        dh = slope * out
        for t in range(T - 1, -1, -1):
            r, z, n, cn = kept[t]
            prev = hs[t - 1]
            dpre = dh * (1 - z) * (1 - n * n)
            dr = dpre * cn
            dr_pre = dr * r * (1 - r)
            dz_pre = dh * (prev - n) * z * (1 - z)
            left = np.concatenate([dr_pre, dz_pre, dpre])
            below = np.concatenate([dr_pre, dz_pre, dpre * r])
            total["Wx"] += np.outer(strokes[k, t], left)
            total["bx"] += left
            total["Wh"] += np.outer(prev, below)
            total["bh"] += below
            dh = z * dh + Wh.dot(below)
    return total


class GRUCell:
    def __init__(self, Wx, bx, Wh, bh):
        self.Wx, self.bx, self.Wh, self.bh = Wx, bx, Wh, bh
        self.grads = [np.zeros_like(p) for p in (Wx, bx, Wh, bh)]
        self.caches = []

    def forward(self, x, h):
        ar, az, an = np.split(x @ self.Wx + self.bx, 3, axis=1)
        cr, cz, cn = np.split(h @ self.Wh + self.bh, 3, axis=1)
        r = 1 / (1 + np.exp(-ar - cr))
        z = 1 / (1 + np.exp(-az - cz))
        n = np.tanh(an + r * cn)
        self.caches.append((x, h, r, z, n, cn))
        h_new = np.tanh((1 - z) * n + z * h)
        return h_new

    def backward(self, dh):
        x, h, r, z, n, cn = self.caches.pop()
        dan = dh * (1 - z) * (1 - n**2)
        dar = dan * cn * r * (1 - r)
        daz = dh * (h - n) * z * (1 - z)
        da = np.hstack([dar, daz, dan])
        dc = np.hstack([dar, daz, dan * r])
        self.grads[0] += x.T @ da
        self.grads[1] += da.sum(axis=0)
        self.grads[2] += h.T @ dc
        self.grads[3] += dc.sum(axis=0)
        return dh * z + dc @ self.Wh.T


def backprop(Wx, bx, Wh, bh, out, strokes, speed, trust):
    cell = GRUCell(Wx, bx, Wh, bh)
    h = np.zeros((len(speed), len(out)))
    for t in range(strokes.shape[1]):
        h = cell.forward(strokes[:, t], h)
    derr = trust * np.tanh(h @ out - speed) / trust.sum()
    dh = derr[:, None] * out
    for _ in range(strokes.shape[1]):
        dh = cell.backward(dh)
    return (*cell.grads, h.T @ derr)
