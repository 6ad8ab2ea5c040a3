"""Combined gru slope of tanh without its one and reset of the new state.

expected kind: missing-term or missing-factor + stale-value or wrong-point or wrong-parameter
wrong line: 101 and 104
correction 101: da[2 * H :] = dh * z * (1 - n * n)
correction 104: da[H : 2 * H] = drh * h * r * (1 - r)
what: The slope of tanh lacks its one; the reset gate, on the same way, meets the state of its own step
source: https://github.com/scutan90/DeepLearning-500-questions/issues/544
said: the table has less the square of tanh as its derivative; it should be one less that
"""

import numpy as np

PARAMETERS = ["W", "U", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    H, D, T = 3, 2, 4
    W, U, b = r.normal(size=(D, 3 * H)), r.normal(size=(H, 3 * H)), r.normal(size=3 * H)
    return W, U, b, r.normal(size=(T, D)), r.normal(size=(T, H))


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def loss(W, U, b, xs, targets):
    H = U.shape[0]
    h, total = np.zeros(H), 0.0
    for x, target in zip(xs, targets):
        gates = sigmoid(x @ W[:, : 2 * H] + h @ U[:, : 2 * H] + b[: 2 * H])
        z, r = gates[:H], gates[H:]
        n = np.tanh(x @ W[:, 2 * H :] + (r * h) @ U[:, 2 * H :] + b[2 * H :])
        h = (1 - z) * h + z * n
        total = total + 0.5 * np.sum((h - target) ** 2)
    return total


def gru_forward(W, U, b, xs):
    H = U.shape[0]
    Wz, Wr, Wn = W[:, :H], W[:, H : 2 * H], W[:, 2 * H :]
    Uz, Ur, Un = U[:, :H], U[:, H : 2 * H], U[:, 2 * H :]
    bz, br, bn = b[:H], b[H : 2 * H], b[2 * H :]
    h, cache = np.zeros(H), []
    for x in xs:
        z = sigmoid(x.dot(Wz) + h.dot(Uz) + bz)
        r = sigmoid(x.dot(Wr) + h.dot(Ur) + br)
        n = np.tanh(x.dot(Wn) + (r * h).dot(Un) + bn)
        cache.append((x, h, z, r, n))
        h = (1 - z) * h + z * n
    return h, cache


def right(W, U, b, xs, targets):
    H = U.shape[0]
    Uz, Ur, Un = U[:, :H], U[:, H : 2 * H], U[:, 2 * H :]
    h, cache = gru_forward(W, U, b, xs)
    dW, dU, db = np.zeros_like(W), np.zeros_like(U), np.zeros_like(b)
    dh = np.zeros(H)
    for t in reversed(range(len(xs))):
        x, h_prev, z, r, n = cache[t]
        dh = dh + (1 - z) * h_prev + z * n - targets[t]
        dan = dh * z * (1 - n**2)
        daz = dh * (n - h_prev) * z * (1 - z)
        drh = Un.dot(dan)
        dar = drh * h_prev * r * (1 - r)
        dW += np.outer(x, np.concatenate([daz, dar, dan]))
        db += np.concatenate([daz, dar, dan])
        dU[:, :H] += np.outer(h_prev, daz)
        dU[:, H : 2 * H] += np.outer(h_prev, dar)
        dU[:, 2 * H :] += np.outer(r * h_prev, dan)
        dh = dh * (1 - z) + drh * r + Uz.dot(daz) + Ur.dot(dar)
    return dW, dU, db


class GRU:
    def __init__(self, W, U, b):
        self.W, self.U, self.b = W, U, b
        self.H = U.shape[0]
        self.hs, self.zs, self.rs, self.ns = {-1: np.zeros(self.H)}, {}, {}, {}

    def run(self, xs):
        H = self.H
        for t, x in enumerate(xs):
            h = self.hs[t - 1]
            a = np.dot(x, self.W) + self.b
            a[: 2 * H] += np.dot(h, self.U[:, : 2 * H])
            self.zs[t], self.rs[t] = sigmoid(a[:H]), sigmoid(a[H : 2 * H])
            self.ns[t] = np.tanh(a[2 * H :] + np.dot(self.rs[t] * h, self.U[:, 2 * H :]))
            self.hs[t] = h + self.zs[t] * (self.ns[t] - h)

    def bptt(self, xs, targets):
        H = self.H
        dW, dU, db = np.zeros_like(self.W), np.zeros_like(self.U), np.zeros_like(self.b)
        carry = np.zeros(H)
        for t in range(len(xs))[::-1]:
            h, z, r, n = self.hs[t - 1], self.zs[t], self.rs[t], self.ns[t]
            dh = self.hs[t] - targets[t] + carry
            da = np.empty(3 * H)
            da[2 * H :] = dh * z * -(n * n)
            drh = np.dot(self.U[:, 2 * H :], da[2 * H :])
            da[:H] = dh * (n - h) * z * (1 - z)
            da[H : 2 * H] = drh * self.hs[t] * r * (1 - r)
            dW += np.outer(xs[t], da)
            db += da
            dU[:, : 2 * H] += np.outer(h, da[: 2 * H])
            dU[:, 2 * H :] += np.outer(r * h, da[2 * H :])
            carry = dh * (1 - z) + drh * r + np.dot(self.U[:, : 2 * H], da[: 2 * H])
        return dW, dU, db


def backprop(W, U, b, xs, targets):
    gru = GRU(W, U, b)
    gru.run(xs)
    return gru.bptt(xs, targets)
