"""Directions of a recurrent net exchanged.

expected kind: wrong-parameter or swapped-operands
wrong line: 81
correction 81: df, db = np.split(dhs, 2, axis=1)
what: The forward net takes the half of the gradient that belongs to the backward net, and the other way round
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wf", "Uf", "Wb", "Ub", "V"]


def data(seed=0):
    r = np.random.default_rng(seed)
    n = lambda *s: r.normal(size=s)
    return n(3, 2), n(3, 3) * 0.6, n(3, 2), n(3, 3) * 0.6, n(2, 6), n(4, 2), n(4, 2)


def loss(Wf, Uf, Wb, Ub, V, xs, ys):
    f, fs = np.zeros(3), []
    for x in xs:
        f = np.tanh(Wf @ x + Uf @ f)
        fs.append(f)
    b, bs = np.zeros(3), []
    for x in xs[::-1]:
        b = np.tanh(Wb @ x + Ub @ b)
        bs.insert(0, b)
    return sum(np.sum((V @ np.concatenate([f, b]) - y) ** 2) for f, b, y in zip(fs, bs, ys))


def right(Wf, Uf, Wb, Ub, V, xs, ys):
    T = len(xs)
    f, b = np.zeros((T + 1, 3)), np.zeros((T + 1, 3))
    for t in range(T):
        f[t] = np.tanh(Wf @ xs[t] + Uf @ f[t - 1])
    for t in range(T - 1, -1, -1):
        b[t] = np.tanh(Wb @ xs[t] + Ub @ b[t + 1])
    H = np.hstack([f[:T], b[:T]])
    E = 2 * (H @ V.T - ys)
    D = E @ V
    gWf, gUf, gWb, gUb, c = 0, 0, 0, 0, np.zeros(3)
    for t in range(T - 1, -1, -1):
        a = (D[t, :3] + c) * (1 - f[t] ** 2)
        gWf, gUf, c = gWf + np.outer(a, xs[t]), gUf + np.outer(a, f[t - 1] if t else np.zeros(3)), Uf.T @ a
    c = np.zeros(3)
    for t in range(T):
        a = (D[t, 3:] + c) * (1 - b[t] ** 2)
        gWb, gUb, c = gWb + np.outer(a, xs[t]), gUb + np.outer(a, b[t + 1]), Ub.T @ a
    return gWf, gUf, gWb, gUb, E.T @ H


class RNN:
    def __init__(self, W, U):
        self.W, self.U = W, U

    def forward(self, xs):
        self.xs, self.hs = xs, [np.zeros(len(self.U))]
        for x in xs:
            self.hs.append(np.tanh(self.W @ x + self.U @ self.hs[-1]))
        return np.array(self.hs[1:])

    def backward(self, dhs):
        dW, dU, dnext = np.zeros_like(self.W), np.zeros_like(self.U), np.zeros(len(self.U))
        for t in reversed(range(len(dhs))):
            dz = (dhs[t] + dnext) * (1 - self.hs[t + 1] ** 2)
            dW += np.outer(dz, self.xs[t])
            dU += np.outer(dz, self.hs[t])
            dnext = self.U.T @ dz
        return dW, dU


def backprop(Wf, Uf, Wb, Ub, V, xs, ys):
    left, right_ = RNN(Wf, Uf), RNN(Wb, Ub)
    hs = np.concatenate([left.forward(xs), right_.forward(xs[::-1])[::-1]], axis=1)
    dout = 2 * (hs @ V.T - ys)
    dV = dout.T @ hs
    dhs = dout @ V
    db, df = np.split(dhs, 2, axis=1)
    dWf, dUf = left.backward(df)
    dWb, dUb = right_.backward(db[::-1])
    return dWf, dUf, dWb, dUb, dV
