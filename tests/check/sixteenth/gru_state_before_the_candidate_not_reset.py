"""Gru state before the candidate not reset.

expected kind: missing-factor
wrong line: 97
correction 97: dh_prev += np.dot(Un, dn * r)
what: On the way from the candidate to the state before it the reset gate is left out
source: https://github.com/zhiyongc/GRU-D/issues/2
said: the candidate is computed without the reset gate, which has to be multiplied with the state first
"""

import numpy as np

PARAMETERS = ["W", "U", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    H, D = 3, 2
    W, U, b = r.normal(size=(D, 3 * H)), r.normal(size=(H, 3 * H)), r.normal(size=3 * H)
    return W, U, b, r.normal(size=(4, D)), r.normal(size=H), r.normal(size=H)


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def loss(W, U, b, xs, h, target):
    H = U.shape[0]
    for x in xs:
        left, back = x @ W + b, h @ U
        r = sigmoid(left[:H] + back[:H])
        z = sigmoid(left[H : 2 * H] + back[H : 2 * H])
        n = np.tanh(left[2 * H :] + r * back[2 * H :])
        h = z * h + (1 - z) * n
    return np.sum((h - target) ** 2)


class Cell:
    def __init__(self, W, U, b):
        self.W, self.U, self.b, self.H = W, U, b, U.shape[0]
        self.dW, self.dU, self.db = np.zeros_like(W), np.zeros_like(U), np.zeros_like(b)

    def forward(self, x, h):
        i, k = np.split(x @ self.W + self.b, 3), np.split(h @ self.U, 3)
        r, z = sigmoid(i[0] + k[0]), sigmoid(i[1] + k[1])
        n = np.tanh(i[2] + r * k[2])
        return z * h + (1 - z) * n, (x, h, r, z, n, k[2])

    def backward(self, dh, cache):
        x, h, r, z, n, kn = cache
        dan = dh * (1 - z) * (1 - n * n)
        daz = dh * (h - n) * z * (1 - z)
        dar = dan * kn * r * (1 - r)
        dleft = np.hstack([dar, daz, dan])
        dback = np.hstack([dar, daz, dan * r])
        self.dW += np.outer(x, dleft)
        self.db += dleft
        self.dU += np.outer(h, dback)
        return dh * z + dback @ self.U.T


def right(W, U, b, xs, h, target):
    cell, caches = Cell(W, U, b), []
    for x in xs:
        h, cache = cell.forward(x, h)
        caches.append(cache)
    dh = 2 * (h - target)
    while caches:
        dh = cell.backward(dh, caches.pop())
    return cell.dW, cell.dU, cell.db


def backprop(W, U, b, xs, h, target):
    H = U.shape[0]
    Ur, Uz, Un = U[:, :H], U[:, H : 2 * H], U[:, 2 * H :]
    steps = []
    for x in xs:
        pre = np.dot(x, W) + b
        r = sigmoid(pre[:H] + np.dot(h, Ur))
        z = sigmoid(pre[H : 2 * H] + np.dot(h, Uz))
        hn = np.dot(h, Un)
        n = np.tanh(pre[2 * H :] + r * hn)
        steps.append((x, h, r, z, n, hn))
        h = z * h + (1 - z) * n
    dW, dU, db = np.zeros_like(W), np.zeros_like(U), np.zeros_like(b)
    dh = 2 * (h - target)
    for x, h_prev, r, z, n, hn in reversed(steps):
        dn = dh * (1 - z) * (1 - n**2)
        dz = dh * (h_prev - n) * z * (1 - z)
        dr = dn * hn * r * (1 - r)
        da = np.concatenate([dr, dz, dn])
        dW += np.outer(x, da)
        db += da
        dU[:, : 2 * H] += np.outer(h_prev, da[: 2 * H])
        dU[:, 2 * H :] += np.outer(h_prev, dn * r)
        dh_prev = np.dot(Ur, dr) + np.dot(Uz, dz)
        dh_prev += np.dot(Un, dn)
        dh = dh_prev + dh * z
    return dW, dU, db
