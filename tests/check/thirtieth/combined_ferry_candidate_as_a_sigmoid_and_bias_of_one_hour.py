"""Combined ferry candidate as a sigmoid and bias of one hour.

expected kind: wrong-activation + missing-term or missing-sum
wrong line: 112 and 115
correction 112: da[3] = dc * i * (1 - g * g)
correction 115: db += da
what: The candidate goes back with the derivative of a sigmoid, it is a tanh; the gradient of the bias is overwritten at each step
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "b", "V", "U"]
HID = 3


def data(seed=0):
    r = np.random.default_rng(seed)
    # four ferries, five hours, two measures each; late, early or in time
    W, b = 0.6 * r.normal(size=(HID + 2, 4 * HID)), 0.4 * r.normal(size=4 * HID)
    V, U = r.normal(size=(HID, 3)), r.normal(size=(HID, 3))
    return W, b, V, U, r.normal(size=(4, 5, 2)), r.integers(0, 3, size=4)


def loss(W, b, V, U, hours, when):
    n = hours.shape[0]
    h, c = np.zeros((n, HID)), np.zeros((n, HID))
    for t in range(hours.shape[1]):
        a = np.concatenate([h, hours[:, t]], axis=1) @ W + b
        i, f, o = (1 / (1 + np.exp(-a[:, k * HID : (k + 1) * HID])) for k in range(3))
        c = f * c + i * np.tanh(a[:, 3 * HID :])
        h = o * np.tanh(c)
    scores = h @ V + c @ U
    return np.mean(np.log(np.sum(np.exp(scores), axis=1)) - scores[np.arange(n), when])


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def lstm_cell_forward(xt, h_prev, c_prev, W, b):
    concat = np.concatenate([h_prev, xt], axis=1)
    ai, af, ao, ag = np.split(concat @ W + b, 4, axis=1)
    cell = {"concat": concat, "c_prev": c_prev}
    cell["i"], cell["f"], cell["o"], cell["g"] = sigmoid(ai), sigmoid(af), sigmoid(ao), np.tanh(ag)
    cell["c"] = cell["f"] * c_prev + cell["i"] * cell["g"]
    cell["h"] = cell["o"] * np.tanh(cell["c"])
    return cell


def lstm_cell_backward(dh, dc, cell, W):
    i, f, o, g = cell["i"], cell["f"], cell["o"], cell["g"]
    tanh_c = np.tanh(cell["c"])
    do = dh * tanh_c
    dc = dc + dh * o * (1 - tanh_c**2)
    di = dc * g
    df = dc * cell["c_prev"]
    dg = dc * i
    da = np.concatenate([di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g**2)], axis=1)
    dconcat = da @ W.T
    return dconcat[:, :HID], dc * f, cell["concat"].T @ da, da.sum(axis=0)


def right(W, b, V, U, hours, when):
    m, T, _ = hours.shape
    cells, h, c = [], np.zeros((m, HID)), np.zeros((m, HID))
    for t in range(T):
        cells.append(lstm_cell_forward(hours[:, t], h, c, W, b))
        h, c = cells[-1]["h"], cells[-1]["c"]

    e = np.exp(h @ V + c @ U)
    dscores = e / e.sum(axis=1, keepdims=True)
    dscores[np.arange(m), when] -= 1
    dscores /= m
    dh, dc = dscores @ V.T, dscores @ U.T
    dW, db = np.zeros_like(W), np.zeros_like(b)
    for t in range(T - 1, -1, -1):
        dh, dc, dWt, dbt = lstm_cell_backward(dh, dc, cells[t], W)
        dW += dWt
        db += dbt
    return dW, db, h.T @ dscores, c.T @ dscores


class LSTM:
    """One ferry; what each step needs on its way back lies in a list."""

    def __init__(self, W, b):
        self.W, self.b = W, b
        self.steps = []

    def forward(self, xs):
        h, c = np.zeros(HID), np.zeros(HID)
        for x in xs:
            v = np.r_[h, x]
            a = (v @ self.W + self.b).reshape(4, HID)
            s, g = 1 / (1 + np.exp(-a[:3])), np.tanh(a[3])
            before, c = c, s[1] * c + s[0] * g
            h = s[2] * np.tanh(c)
            self.steps.append((v, s, g, before, np.tanh(c)))
        return h, c

    def backward(self, dh, dc):
        dW, db = np.zeros(self.W.shape), np.zeros(self.b.shape)
        for v, s, g, before, tc in reversed(self.steps):
            i, f, o = s
            dc = dc + dh * o * (1 - tc * tc)
            da = np.empty((4, HID))
            da[0] = dc * g * i * (1 - i)
            da[1] = dc * before * f * (1 - f)
            da[2] = dh * tc * o * (1 - o)
            da[3] = dc * i * g * (1 - g)
            da = da.ravel()
            dW += np.outer(v, da)
            db = da
            dh = self.W[:HID] @ da
            dc = dc * f
        return dW, db


def backprop(W, b, V, U, hours, when):
    total = {"W": 0, "b": 0, "V": 0, "U": 0}
    for xs, y in zip(hours, when):
        lstm = LSTM(W, b)
        h, c = lstm.forward(xs)
        p = np.exp(h @ V + c @ U)
        p = p / p.sum() - np.eye(3)[y]
        p /= len(when)
        dW, db = lstm.backward(V @ p, U @ p)
        for name, g in (("W", dW), ("b", db), ("V", np.outer(h, p)), ("U", np.outer(c, p))):
            total[name] = total[name] + g
    return total
