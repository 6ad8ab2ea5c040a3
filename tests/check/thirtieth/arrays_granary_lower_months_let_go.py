"""Arrays granary lower months let go.

expected kind: detached or missing-term
wrong line: 100
correction 100: dlow = da2 @ Wx2.T + dlow_next
given as: arrays
what: The lower layer's state isn't given what comes back from the next month, only what comes from the layer above
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wx1", "Wh1", "Wx2", "Wh2", "b", "V"]
H = 3


def data(seed=0):
    r = np.random.default_rng(seed)
    # four granaries, four months; b: two biases for each of two layers, one for the input and one for the state
    Wx1, Wh1 = r.normal(size=(2, H)), 0.7 * r.normal(size=(H, H))
    Wx2, Wh2 = r.normal(size=(H, H)), 0.7 * r.normal(size=(H, H))
    return Wx1, Wh1, Wx2, Wh2, 0.3 * r.normal(size=4 * H), r.normal(size=(H, 2)), r.normal(size=(4, 4, 2)), r.normal(size=(4, 2))


def loss(Wx1, Wh1, Wx2, Wh2, b, V, months, grain):
    h1, h2 = np.zeros((months.shape[0], H)), np.zeros((months.shape[0], H))
    for t in range(months.shape[1]):
        h1 = np.tanh(months[:, t] @ Wx1 + b[:H] + h1 @ Wh1 + b[H : 2 * H])
        h2 = np.tanh(h1 @ Wx2 + b[2 * H : 3 * H] + h2 @ Wh2 + b[3 * H :])
    return np.mean((h2 @ V - grain) ** 2)


class Layer:
    """A plain recurrent layer for whole sequences; number says where its biases lie."""

    def __init__(self, Wx, Wh, b, number):
        self.Wx, self.Wh, self.number = Wx, Wh, number
        self.bias = b.reshape(-1, 2, H)[number].sum(axis=0)

    def forward(self, x):
        self.x = x
        self.h = np.zeros((x.shape[0], x.shape[1] + 1, H))
        for t in range(x.shape[1]):
            self.h[:, t + 1] = np.tanh(x[:, t] @ self.Wx + self.h[:, t] @ self.Wh + self.bias)
        return self.h[:, 1:]

    def backward(self, dout, db):
        dx = np.zeros(self.x.shape)
        self.dWx, self.dWh = np.zeros(self.Wx.shape), np.zeros(self.Wh.shape)
        start = 2 * self.number * H
        dh = np.zeros((len(dx), H))
        for t in reversed(range(dx.shape[1])):
            da = (dh + dout[:, t]) * (1 - self.h[:, t + 1] ** 2)
            self.dWx += self.x[:, t].T @ da
            self.dWh += self.h[:, t].T @ da
            db[start : start + H] += da.sum(axis=0)
            db[start + H : start + 2 * H] += da.sum(axis=0)
            dx[:, t] = da @ self.Wx.T
            dh = da @ self.Wh.T
        return dx


def right(Wx1, Wh1, Wx2, Wh2, b, V, months, grain):
    layers = [Layer(Wx1, Wh1, b, 0), Layer(Wx2, Wh2, b, 1)]
    out = months
    for layer in layers:
        out = layer.forward(out)
    dy = 2 * (out[:, -1] @ V - grain) / grain.size
    dV = out[:, -1].T @ dy
    db, dout = np.zeros(b.shape), np.zeros(out.shape)
    dout[:, -1] = dy @ V.T
    for layer in reversed(layers):
        dout = layer.backward(dout, db)
    one, two = layers
    return {"Wx1": one.dWx, "Wh1": one.dWh, "Wx2": two.dWx, "Wh2": two.dWh, "b": db, "V": dV}


def backprop(Wx1, Wh1, Wx2, Wh2, b, V, months, grain):
    n, T, _ = months.shape
    low, high = np.zeros((T + 1, n, H)), np.zeros((T + 1, n, H))
    bx1, bh1, bx2, bh2 = b.reshape(4, H)
    for t in range(T):
        low[t + 1] = np.tanh(months[:, t] @ Wx1 + bx1 + low[t] @ Wh1 + bh1)
        high[t + 1] = np.tanh(low[t + 1] @ Wx2 + bx2 + high[t] @ Wh2 + bh2)
    error = high[T] @ V - grain
    dy = 2 * error / error.size
    dV = high[T].T @ dy

    dWx1, dWh1, db1 = np.zeros_like(Wx1), np.zeros_like(Wh1), np.zeros(H)
    dWx2, dWh2, db2 = np.zeros_like(Wx2), np.zeros_like(Wh2), np.zeros(H)
    dhigh, dlow_next = dy @ V.T, np.zeros((n, H))
    for t in range(T, 0, -1):
        da2 = dhigh * (1 - high[t] ** 2)
        dWx2 += low[t].T @ da2
        dWh2 += high[t - 1].T @ da2
        db2 += da2.sum(axis=0)
        dhigh = da2 @ Wh2.T

        dlow = da2 @ Wx2.T
        da1 = dlow * (1 - low[t] ** 2)
        dWx1 += months[:, t - 1].T @ da1
        dWh1 += low[t - 1].T @ da1
        db1 += da1.sum(axis=0)
        dlow_next = da1 @ Wh1.T
    return dWx1, dWh1, dWx2, dWh2, np.concatenate([db1, db1, db2, db2]), dV
