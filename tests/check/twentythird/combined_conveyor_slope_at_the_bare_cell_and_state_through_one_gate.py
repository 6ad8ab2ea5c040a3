"""Combined conveyor slope at the bare cell and state through one gate.

expected kind: wrong-point + missing-term
wrong line: 109 and 116
correction 109: dc = dc + dh * o * (1 - np.tanh(cs[t]) ** 2)
correction 116: dz = weights["f"].T @ d["f"] + weights["i"].T @ d["i"] + weights["g"].T @ d["g"] + weights["o"].T @ d["o"]
what: The slope of tanh is taken as if the cell were its tanh; the state before hears of the output gate alone, not of the other three
source: https://github.com/arunmallya/arunmallya.github.io/issues/7
said: somebody asks whether what comes back from all the gates to the state before is to be added; the other mistake is made up
"""

import numpy as np

PARAMETERS = ["W", "b", "V"]


def data(seed=0):
    r = np.random.default_rng(seed)
    X, Y = r.normal(size=(5, 2)), r.normal(size=(5, 2))
    return r.normal(size=(12, 5)), r.normal(size=12), r.normal(size=(2, 3)), X, Y


def loss(W, b, V, X, Y):
    H = V.shape[1]
    h, c = np.zeros(H, dtype=X.dtype), np.zeros(H, dtype=X.dtype)
    total = 0.0
    for x, y in zip(X, Y):
        a = W @ np.concatenate([h, x]) + b
        f, i, o = (1 / (1 + np.exp(-a[k * H : (k + 1) * H])) for k in range(3))
        c = f * c + i * np.tanh(a[3 * H :])
        h = o * np.tanh(c)
        total = total + 0.5 * np.sum((V @ h - y) ** 2)
    return total


class LSTMStep:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x, h_prev, c_prev):
        H = len(h_prev)
        self.c_prev, self.joined = c_prev, np.concatenate((h_prev, x))
        a = self.W.dot(self.joined) + self.b
        self.gates = 1 / (1 + np.exp(-a[: 3 * H]))
        self.cand = np.tanh(a[3 * H :])
        forget, write, read = np.split(self.gates, 3)
        self.c = forget * c_prev + write * self.cand
        self.h = read * np.tanh(self.c)
        return self.h, self.c

    def backward(self, dh, dc):
        forget, write, read = np.split(self.gates, 3)
        squashed = np.tanh(self.c)
        dc = dc + dh * read * (1 - squashed**2)
        dgates = np.concatenate([dc * self.c_prev, dc * self.cand, dh * squashed])
        dgates *= self.gates * (1 - self.gates)
        da = np.concatenate([dgates, dc * write * (1 - self.cand**2)])
        self.dW, self.db = np.outer(da, self.joined), da
        return self.W.T.dot(da)[: len(dh)], dc * forget


def right(W, b, V, X, Y):
    steps, h, c = [], np.zeros(V.shape[1]), np.zeros(V.shape[1])
    for x in X:
        steps.append(LSTMStep(W, b))
        h, c = steps[-1].forward(x, h, c)
    dW, db, dV = np.zeros_like(W), np.zeros_like(b), np.zeros_like(V)
    dh_next, dc_next = np.zeros_like(h), np.zeros_like(c)
    for t in reversed(range(len(X))):
        dy = V.dot(steps[t].h) - Y[t]
        dV += np.outer(dy, steps[t].h)
        dh = V.T.dot(dy) + dh_next
        dh_next, dc_next = steps[t].backward(dh, dc_next)
        dW += steps[t].dW
        db += steps[t].db
    return dW, db, dV


def sig(a):
    return 1 / (1 + np.exp(-a))


def unroll(weights, biases, V, X):
    n = V.shape[1]
    hs, cs, zs, gates = {-1: np.zeros(n)}, {-1: np.zeros(n)}, {}, {}
    for t in range(len(X)):
        zs[t] = np.hstack((hs[t - 1], X[t]))
        f, i, o = (sig(weights[k] @ zs[t] + biases[k]) for k in "fio")
        g = np.tanh(weights["g"] @ zs[t] + biases["g"])
        gates[t] = f, i, o, g
        cs[t] = f * cs[t - 1] + i * g
        hs[t] = o * np.tanh(cs[t])
    return hs, cs, zs, gates


def backprop(W, b, V, X, Y):
    n = V.shape[1]
    weights = dict(zip("fiog", np.split(W, 4)))
    biases = dict(zip("fiog", np.split(b, 4)))
    hs, cs, zs, gates = unroll(weights, biases, V, X)
    dW = {k: np.zeros_like(w) for k, w in weights.items()}
    db = {k: np.zeros_like(v) for k, v in biases.items()}
    dV, dh_next, dc = np.zeros_like(V), np.zeros(n), np.zeros(n)
    for t in range(len(X) - 1, -1, -1):
        f, i, o, g = gates[t]
        dy = V @ hs[t] - Y[t]
        dV += dy[:, None] * hs[t]
        dh = V.T @ dy + dh_next
        dc = dc + dh * o * (1 - cs[t] ** 2)
        d = {"o": dh * np.tanh(cs[t]) * o * (1 - o), "f": dc * cs[t - 1] * f * (1 - f)}
        d["i"] = dc * g * i * (1 - i)
        d["g"] = dc * i * (1 - g**2)
        for k in d:
            dW[k] += d[k][:, None] * zs[t]
            db[k] += d[k]
        dz = weights["o"].T @ d["o"]
        dh_next = dz[:n]
        dc = dc * f
    return np.vstack([dW[k] for k in "fiog"]), np.hstack([db[k] for k in "fiog"]), dV
