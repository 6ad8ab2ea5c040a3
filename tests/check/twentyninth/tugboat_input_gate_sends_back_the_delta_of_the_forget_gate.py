"""Tugboat input gate sends back the delta of the forget gate.

expected kind: wrong-point
wrong line: 118
correction 118: dprev_h = df.dot(Uf.T) + di.dot(Ui.T) + dg.dot(Ug.T) + do.dot(Uo.T)
what: What goes back through the weights of the input gate is the delta of the forget gate
source: https://www.stats.bris.ac.uk/R/web/packages/rnn/vignettes/LSTM_units.html
said: in the list of deltas the one for the weights of the input gate is made from that of the forget gate
"""

import numpy as np

PARAMETERS = ["W", "U", "b", "v"]


def data(seed=0):
    r = np.random.default_rng(seed)
    d, H, steps, boats = 2, 3, 4, 5
    # gates in the order forget, input, candidate, output
    W, U = r.normal(size=(4, d, H)), 0.7 * r.normal(size=(4, H, H))
    return W, U, 0.4 * r.normal(size=(4, H)), r.normal(size=H), r.normal(size=(boats, steps, d)), r.normal(size=(boats, steps))


def loss(W, U, b, v, tow, drag):
    boats, steps = drag.shape
    h = c = np.zeros((boats, U.shape[1]))
    total = 0.0
    for t in range(steps):
        f = 1 / (1 + np.exp(-(tow[:, t] @ W[0] + h @ U[0] + b[0])))
        i = 1 / (1 + np.exp(-(tow[:, t] @ W[1] + h @ U[1] + b[1])))
        g = np.tanh(tow[:, t] @ W[2] + h @ U[2] + b[2])
        o = 1 / (1 + np.exp(-(tow[:, t] @ W[3] + h @ U[3] + b[3])))
        c = f * c + i * g
        h = o * np.tanh(c)
        total = total + np.mean((h @ v - drag[:, t]) ** 2)
    return total / steps


class Tug:
    """One boat at a time; all four gates in one long vector."""

    def __init__(self, W, U, b):
        self.H = U.shape[1]
        self.K = np.vstack([np.hstack(list(W)), np.hstack(list(U))])
        self.bias = b.ravel()
        self.dK, self.dbias = np.zeros_like(self.K), np.zeros_like(self.bias)

    def run(self, xs):
        H = self.H
        self.z, self.gates, self.c, self.h = [], [], [np.zeros(H)], [np.zeros(H)]
        for x in xs:
            z = np.concatenate([x, self.h[-1]])
            a = z @ self.K + self.bias
            a[: 2 * H] = 1 / (1 + np.exp(-a[: 2 * H]))
            a[2 * H : 3 * H] = np.tanh(a[2 * H : 3 * H])
            a[3 * H :] = 1 / (1 + np.exp(-a[3 * H :]))
            f, i, g, o = a.reshape(4, H)
            self.z.append(z)
            self.gates.append((f, i, g, o))
            self.c.append(f * self.c[-1] + i * g)
            self.h.append(o * np.tanh(self.c[-1]))
        return self.h[1:]

    def back(self, dhs):
        H = self.H
        carry_h, carry_c = np.zeros(H), np.zeros(H)
        for t in range(len(dhs) - 1, -1, -1):
            f, i, g, o = self.gates[t]
            dh = dhs[t] + carry_h
            th = np.tanh(self.c[t + 1])
            dc = carry_c + dh * o * (1 - th * th)
            da = np.concatenate(
                [dc * self.c[t] * f * (1 - f), dc * g * i * (1 - i), dc * i * (1 - g * g), dh * th * o * (1 - o)]
            )
            self.dK += np.outer(self.z[t], da)
            self.dbias += da
            carry_h = (self.K @ da)[-H:]
            carry_c = dc * f


def right(W, U, b, v, tow, drag):
    boats, steps = drag.shape
    d = W.shape[1]
    tug, dv = Tug(W, U, b), np.zeros_like(v)
    for n in range(boats):
        states = tug.run(tow[n])
        misses = [2 * (h @ v - want) / drag.size for h, want in zip(states, drag[n])]
        dv += sum(m * h for m, h in zip(misses, states))
        tug.back([m * v for m in misses])
    unstack = lambda M: np.array(np.split(M, 4, axis=1))
    return unstack(tug.dK[:d]), unstack(tug.dK[d:]), tug.dbias.reshape(4, -1), dv


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def step_forward(x, prev_h, prev_c, W, U, b):
    f = sigmoid(x.dot(W[0]) + prev_h.dot(U[0]) + b[0])
    i = sigmoid(x.dot(W[1]) + prev_h.dot(U[1]) + b[1])
    g = np.tanh(x.dot(W[2]) + prev_h.dot(U[2]) + b[2])
    o = sigmoid(x.dot(W[3]) + prev_h.dot(U[3]) + b[3])
    next_c = f * prev_c + i * g
    next_h = o * np.tanh(next_c)
    return next_h, next_c, (x, prev_h, prev_c, f, i, g, o, next_c)


def step_backward(dnext_h, dnext_c, cache, U):
    x, prev_h, prev_c, f, i, g, o, next_c = cache
    Uf, Ui, Ug, Uo = U
    tanh_c = np.tanh(next_c)
    dc = dnext_c + dnext_h * o * (1 - tanh_c**2)
    df = dc * prev_c * f * (1 - f)
    di = dc * g * i * (1 - i)
    dg = dc * i * (1 - g**2)
    do = dnext_h * tanh_c * o * (1 - o)
    dprev_c = dc * f
    dprev_h = df.dot(Uf.T) + df.dot(Ui.T) + dg.dot(Ug.T) + do.dot(Uo.T)
    gates = df, di, dg, do
    dW = np.array([x.T.dot(da) for da in gates])
    dU = np.array([prev_h.T.dot(da) for da in gates])
    db = np.array([da.sum(axis=0) for da in gates])
    return dprev_h, dprev_c, dW, dU, db


def backprop(W, U, b, v, tow, drag):
    N, T = drag.shape
    H = v.shape[0]
    h, c = np.zeros((N, H)), np.zeros((N, H))
    caches, hs = [], []
    for t in range(T):
        h, c, cache = step_forward(tow[:, t], h, c, W, U, b)
        hs.append(h)
        caches.append(cache)
    dW, dU, db, dv = np.zeros_like(W), np.zeros_like(U), np.zeros_like(b), np.zeros_like(v)
    dh, dc = np.zeros((N, H)), np.zeros((N, H))
    for t in reversed(range(T)):
        derr = 2 * (hs[t].dot(v) - drag[:, t]) / (N * T)
        dv += hs[t].T.dot(derr)
        dh = dh + derr[:, None] * v
        dh, dc, dW_t, dU_t, db_t = step_backward(dh, dc, caches[t], U)
        dW += dW_t
        dU += dU_t
        db += db_t
    return dW, dU, db, dv
