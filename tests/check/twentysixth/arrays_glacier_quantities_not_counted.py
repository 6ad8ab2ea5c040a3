"""Arrays glacier quantities not counted.

expected kind: sum-for-mean
wrong line: 93
correction 93: count = known.sum() * ice.shape[2]
given as: arrays
what: The errors are divided by the number of the known steps, but not by that of the quantities at each
source: https://github.com/huggingface/lerobot/pull/3377
said: the sum of the mask counts steps, while the loss is summed over the components of each too; both have to be divided by
"""

import numpy as np

PARAMETERS = ["Wx", "Wh", "b", "V", "c"]


def data(seed=0):
    r = np.random.default_rng(seed)
    Wx, Wh, b = r.normal(size=(2, 4)), 0.7 * r.normal(size=(4, 4)), 0.3 * r.normal(size=4)
    V, c = r.normal(size=(4, 3)), 0.3 * r.normal(size=3)
    # five years, three glaciers; the shorter records are padded at their end
    weather, ice = r.normal(size=(5, 3, 2)), r.normal(size=(5, 3, 3))
    known = np.array([[1.0, 1, 1], [1, 1, 1], [1, 0, 1], [1, 0, 1], [0, 0, 1]])
    return Wx, Wh, b, V, c, weather, ice, known


def loss(Wx, Wh, b, V, c, weather, ice, known):
    h = np.zeros((weather.shape[1], len(b)))
    total = 0.0
    for x, y, m in zip(weather, ice, known):
        m = m[:, None]
        h = m * np.tanh(x @ Wx + h @ Wh + b) + (1 - m) * h
        total = total + np.sum(m * (h @ V + c - y) ** 2)
    return total / (np.sum(known) * ice.shape[2])


class Record:
    """One glacier, without its padding."""

    def __init__(self, weather, ice, weights):
        self.x, self.y = weather, ice
        self.Wx, self.Wh, self.b, self.V, self.c = weights
        self.h = [np.zeros(self.b.shape)]

    def forward(self):
        for x in self.x:
            self.h.append(np.tanh(self.Wx.T @ x + self.Wh.T @ self.h[-1] + self.b))
        return [self.V.T @ h + self.c for h in self.h[1:]]

    def backward(self, share):
        grads = [np.zeros_like(w) for w in (self.Wx, self.Wh, self.b, self.V, self.c)]
        dWx, dWh, db, dV, dc = grads
        later = np.zeros(self.b.shape)
        outputs = self.forward()
        for t in reversed(range(len(self.x))):
            e = 2 * share * (outputs[t] - self.y[t])
            dV += np.outer(self.h[t + 1], e)
            dc += e
            da = (1 - self.h[t + 1] ** 2) * (self.V @ e + later)
            dWx += np.outer(self.x[t], da)
            dWh += np.outer(self.h[t], da)
            db += da
            later = self.Wh @ da
        return grads


def right(Wx, Wh, b, V, c, weather, ice, known):
    total = [np.zeros_like(w) for w in (Wx, Wh, b, V, c)]
    share = 1 / (known.sum() * ice.shape[2])
    for i in range(weather.shape[1]):
        length = int(known[:, i].sum())
        record = Record(weather[:length, i], ice[:length, i], (Wx, Wh, b, V, c))
        for g, more in zip(total, record.backward(share)):
            g += more
    return tuple(total)


def step(x, h, m, Wx, Wh, b):
    t = np.tanh(x @ Wx + h @ Wh + b)
    return m * t + (1 - m) * h, (x, h, m, t)


def step_back(dh, memory, Wx, Wh):
    x, h, m, t = memory
    da = dh * m * (1 - t**2)
    return x.T @ da, h.T @ da, da.sum(axis=0), da @ Wh.T + (1 - m) * dh


def backprop(Wx, Wh, b, V, c, weather, ice, known):
    years, glaciers, _ = weather.shape
    h = np.zeros((glaciers, len(b)))
    memories, errors, states = [], [], []
    count = known.sum()
    for t in range(years):
        h, memory = step(weather[t], h, known[t][:, None], Wx, Wh, b)
        memories.append(memory)
        states.append(h)
        errors.append(2 * known[t][:, None] * (h @ V + c - ice[t]) / count)
    dWx, dWh, db = np.zeros(Wx.shape), np.zeros(Wh.shape), np.zeros(b.shape)
    dV, dc = np.zeros(V.shape), np.zeros(c.shape)
    dh = np.zeros((glaciers, len(b)))
    for t in range(years - 1, -1, -1):
        dV += states[t].T @ errors[t]
        dc += errors[t].sum(axis=0)
        gx, gh, gb, dh = step_back(dh + errors[t] @ V.T, memories[t], Wx, Wh)
        dWx, dWh, db = dWx + gx, dWh + gh, db + gb
    return dWx, dWh, db, dV, dc
