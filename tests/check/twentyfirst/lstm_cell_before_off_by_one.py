"""Lstm cell before off by one.

expected kind: wrong-point or stale-value
wrong line: 108 or 116
correction 108: C_prev = C_s[t]
correction 116: df = dC * C_s[t] * sigmoid(f_s[t], derivative=True)
what: The list of cells begins with the initial one, so the cell before step t is number t, not t - 1, which at first is the last of all
source: https://lzwjava.github.io/notes/2025-09-06-lstm-bugs-fixes-en
said: states are stored after an initial one, but the backward pass takes C[t - 1] for the previous cell: off by one, and wrapping round
"""

import numpy as np

PARAMETERS = ["Wf", "Wi", "Wg", "Wo", "bf", "bi", "bg", "bo", "Wy"]


def data(seed=0):
    r = np.random.default_rng(seed)
    weights = [0.8 * r.normal(size=(2, 4)) for _ in range(4)]
    biases = [0.5 * r.normal(size=2) for _ in range(4)]
    return *weights, *biases, r.normal(size=(1, 2)), r.normal(size=(4, 2)), r.normal(size=(4, 1))


def loss(Wf, Wi, Wg, Wo, bf, bi, bg, bo, Wy, X, Y):
    h, c, total = np.zeros(2), np.zeros(2), 0.0
    for x, y in zip(X, Y):
        z = np.concatenate([h, x])
        f = 1 / (1 + np.exp(-(Wf @ z + bf)))
        i = 1 / (1 + np.exp(-(Wi @ z + bi)))
        g = np.tanh(Wg @ z + bg)
        o = 1 / (1 + np.exp(-(Wo @ z + bo)))
        c = f * c + i * g
        h = o * np.tanh(c)
        total = total + np.sum((Wy @ h - y) ** 2)
    return total


class Cell:
    def __init__(self, weights, biases):
        self.W, self.b = weights, biases

    def step(self, x, h, c):
        self.z, self.c_prev = np.concatenate([h, x]), c
        net = {k: self.W[k] @ self.z + self.b[k] for k in "figo"}
        self.y = {k: np.tanh(n) if k == "g" else 1 / (1 + np.exp(-n)) for k, n in net.items()}
        self.c = self.y["f"] * c + self.y["i"] * self.y["g"]
        self.h = self.y["o"] * np.tanh(self.c)
        return self.h, self.c

    def back(self, eps_h, eps_c):
        y = self.y
        squashed = np.tanh(self.c)
        eps_c = eps_c + eps_h * y["o"] * (1 - squashed**2)
        delta = {
            "f": eps_c * self.c_prev * y["f"] * (1 - y["f"]),
            "i": eps_c * y["g"] * y["i"] * (1 - y["i"]),
            "g": eps_c * y["i"] * (1 - y["g"] ** 2),
            "o": eps_h * squashed * y["o"] * (1 - y["o"]),
        }
        back_h = sum(self.W[k].T @ delta[k] for k in delta)[: len(eps_h)]
        return delta, back_h, eps_c * y["f"]


def right(Wf, Wi, Wg, Wo, bf, bi, bg, bo, Wy, X, Y):
    W, b = dict(f=Wf, i=Wi, g=Wg, o=Wo), dict(f=bf, i=bi, g=bg, o=bo)
    cells, h, c = [], np.zeros(2), np.zeros(2)
    for x in X:
        cells.append(Cell(W, b))
        h, c = cells[-1].step(x, h, c)
    grads = {name: 0 for name in PARAMETERS}
    eps_h, eps_c = np.zeros(2), np.zeros(2)
    for cell, y in zip(cells[::-1], Y[::-1]):
        error = 2 * (Wy @ cell.h - y)
        grads["Wy"] = grads["Wy"] + np.outer(error, cell.h)
        delta, eps_h, eps_c = cell.back(eps_h + error @ Wy, eps_c)
        for k in "figo":
            grads["W" + k] = grads["W" + k] + np.outer(delta[k], cell.z)
            grads["b" + k] = grads["b" + k] + delta[k]
    return grads


def sigmoid(x, derivative=False):
    return x * (1 - x) if derivative else 1 / (1 + np.exp(-x))


def tanh(x, derivative=False):
    return 1 - x**2 if derivative else np.tanh(x)


def backprop(Wf, Wi, Wg, Wo, bf, bi, bg, bo, Wy, X, Y):
    h_s, C_s = [np.zeros(2)], [np.zeros(2)]
    z_s, f_s, i_s, g_s, o_s, out = [], [], [], [], [], []
    for t in range(len(X)):
        z = np.hstack((h_s[-1], X[t]))
        f = sigmoid(Wf.dot(z) + bf)
        i = sigmoid(Wi.dot(z) + bi)
        g = tanh(Wg.dot(z) + bg)
        o = sigmoid(Wo.dot(z) + bo)
        C_s.append(f * C_s[-1] + i * g)
        h_s.append(o * tanh(C_s[-1]))
        z_s.append(z), f_s.append(f), i_s.append(i), g_s.append(g), o_s.append(o)
        out.append(Wy.dot(h_s[-1]))
    W_f_d, W_i_d, W_g_d, W_o_d, W_y_d = (np.zeros_like(W) for W in (Wf, Wi, Wg, Wo, Wy))
    b_f_d, b_i_d, b_g_d, b_o_d = (np.zeros_like(b) for b in (bf, bi, bg, bo))
    dh_next, dC_next = np.zeros(2), np.zeros(2)
    for t in reversed(range(len(X))):
        C_now = C_s[t + 1]
        C_prev = C_s[t - 1]
        dv = 2 * (out[t] - Y[t])
        W_y_d += np.outer(dv, h_s[t + 1])
        dh = Wy.T.dot(dv) + dh_next
        do = dh * tanh(C_now) * sigmoid(o_s[t], derivative=True)
        dC = dC_next + dh * o_s[t] * tanh(tanh(C_now), derivative=True)
        dg = dC * i_s[t] * tanh(g_s[t], derivative=True)
        di = dC * g_s[t] * sigmoid(i_s[t], derivative=True)
        df = dC * C_prev * sigmoid(f_s[t], derivative=True)
        W_f_d += np.outer(df, z_s[t])
        W_i_d += np.outer(di, z_s[t])
        W_g_d += np.outer(dg, z_s[t])
        W_o_d += np.outer(do, z_s[t])
        b_f_d += df
        b_i_d += di
        b_g_d += dg
        b_o_d += do
        dz = Wf.T.dot(df) + Wi.T.dot(di) + Wg.T.dot(dg) + Wo.T.dot(do)
        dh_next = dz[:2]
        dC_next = f_s[t] * dC
    return W_f_d, W_i_d, W_g_d, W_o_d, b_f_d, b_i_d, b_g_d, b_o_d, W_y_d
