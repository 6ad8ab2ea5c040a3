"""Ferry bias row never learns.

expected kind: detached or missing-term
wrong line: 124
correction 124: dM += np.hstack([x, h_old, np.ones((n, 1))]).T @ da
what: The column of ones is one of zeros on the way back, so the biases have no gradient
source: https://github.com/tracel-ai/burn/pull/5235
said: the bias in the LSTM was not learning
"""

import numpy as np

PARAMETERS = ["M", "v", "c0"]


def data(seed=0):
    r = np.random.default_rng(seed)
    d, H, T, n = 2, 3, 4, 6
    # rows of M: inputs, the state before, and one for the bias; columns: forget gate, output gate, candidate
    M = r.normal(size=(d + H + 1, 3 * H))
    return M, 2 * r.normal(size=H), r.normal(size=H), 1.2 * r.normal(size=(n, T, d)), r.choice([-1, 1], size=n)


def loss(M, v, c0, currents, side):
    n, T, d = currents.shape
    H = v.shape[0]
    h, c = np.zeros((n, H)), np.ones((n, 1)) * c0
    for t in range(T):
        a = currents[:, t] @ M[:d] + h @ M[d : d + H] + M[d + H]
        f, o = 1 / (1 + np.exp(-a[:, :H])), 1 / (1 + np.exp(-a[:, H : 2 * H]))
        # what isn't forgotten isn't written: one gate for both
        c = f * c + (1 - f) * np.tanh(a[:, 2 * H :])
        h = o * np.tanh(c)
    return np.mean(np.log(1 + np.exp(-side * (h @ v))))


class Ferry:
    def __init__(self, M, H):
        rest = M.shape[0] - H - 1
        self.W = dict(zip("fog", np.split(M[:rest], 3, axis=1)))
        self.U = dict(zip("fog", np.split(M[rest:-1], 3, axis=1)))
        self.b = dict(zip("fog", np.split(M[-1], 3)))
        self.dW = {k: np.zeros_like(w) for k, w in self.W.items()}
        self.dU = {k: np.zeros_like(u) for k, u in self.U.items()}
        self.db = {k: np.zeros_like(b) for k, b in self.b.items()}

    def go(self, journey, c):
        self.log = []
        h = np.zeros_like(c)
        for x in journey:
            a = {k: x @ self.W[k] + h @ self.U[k] + self.b[k] for k in "fog"}
            f, o, g = 1 / (1 + np.exp(-a["f"])), 1 / (1 + np.exp(-a["o"])), np.tanh(a["g"])
            c_new = g + f * (c - g)
            self.log.append((x, h, c, f, o, g, np.tanh(c_new)))
            h, c = o * np.tanh(c_new), c_new
        return h

    def come_back(self, dh):
        dc = np.zeros_like(dh)
        for x, h_prev, c_prev, f, o, g, tc in reversed(self.log):
            dc = dc + dh * o * (1 - tc * tc)
            df = dc * (c_prev - g)
            da = {
                "f": df * f * (1 - f),
                "o": dh * tc * o * (1 - o),
                "g": dc * (1 - f) * (1 - g * g),
            }
            for k, d in da.items():
                self.dW[k] += np.outer(x, d)
                self.dU[k] += np.outer(h_prev, d)
                self.db[k] += d
            dh = sum(self.U[k] @ da[k] for k in "fog")
            dc = dc * f
        return dc

    def gradient(self):
        columns = [np.vstack([self.dW[k], self.dU[k], self.db[k][None]]) for k in "fog"]
        return np.hstack(columns)


def right(M, v, c0, currents, side):
    boat = Ferry(M, v.size)
    dv, dc0 = np.zeros_like(v), np.zeros_like(c0)
    for journey, y in zip(currents, side):
        h = boat.go(journey, c0)
        slope = -y / (1 + np.exp(y * (h @ v))) / len(side)
        dv += slope * h
        dc0 += boat.come_back(slope * v)
    return {"M": boat.gradient(), "v": dv, "c0": dc0}


def crossing(M, c0, currents, H):
    """All steps forward; returns the last state and what each step needs to go back."""
    n, T, d = currents.shape
    h, c, kept = np.zeros((n, H)), np.tile(c0, (n, 1)), []
    for t in range(T):
        seen = np.hstack([currents[:, t], h, np.ones((n, 1))])
        a = seen @ M
        fo = 1 / (1 + np.exp(-a[:, : 2 * H]))
        g = np.tanh(a[:, 2 * H :])
        f, o = fo[:, :H], fo[:, H:]
        kept.append((currents[:, t], h, c, f, o, g))
        c = f * c + (1 - f) * g
        h = o * np.tanh(c)
    return h, c, kept


def backprop(M, v, c0, currents, side):
    n, T, d = currents.shape
    H = len(v)
    h, c, kept = crossing(M, c0, currents, H)
    dmargin = -side / (1 + np.exp(side * (h @ v))) / n
    dv = h.T @ dmargin
    dh = np.outer(dmargin, v)
    dc = np.zeros_like(dh)
    dM = np.zeros_like(M)
    for x, h_old, c_old, f, o, g in kept[::-1]:
        tc = np.tanh(c)
        dc = dc + dh * o * (1 - tc**2)
        da = np.empty((n, 3 * H))
        da[:, :H] = dc * (c_old - g) * f * (1 - f)
        da[:, H : 2 * H] = dh * tc * o * (1 - o)
        da[:, 2 * H :] = dc * (1 - f) * (1 - g**2)
        dM += np.hstack([x, h_old, np.zeros((n, 1))]).T @ da
        dh = da @ M[d : d + H].T
        dc = dc * f
        c = c_old
    return dM, dv, dc.sum(axis=0)
