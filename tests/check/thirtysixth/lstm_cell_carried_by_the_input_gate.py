"""An LSTM with a cache of gates.

expected kind: wrong-parameter or wrong-point or stale-value
wrong line: 82
correction 82: dc_next = dc * f
what: the gradient of the cell goes back through the input gate and not the forget gate
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

def sig(a):
    return 1.0 / (1.0 + np.exp(-a))

class LSTM:
    """x is (T, N, D); the columns of the weights are input, forget, output, candidate."""

    def __init__(self, Wx, Wh, b):
        self.Wx, self.Wh, self.b = Wx, Wh, b

    def forward(self, x):
        T, N, _ = x.shape
        H = self.Wh.shape[0]
        self.x, self.h, self.c = x, np.zeros((T + 1, N, H)), np.zeros((T + 1, N, H))
        self.gates = []
        for t in range(T):
            i, f, o, g = np.split(x[t] @ self.Wx + self.h[t] @ self.Wh + self.b, 4, axis=1)
            i, f, o, g = sig(i), sig(f), sig(o), np.tanh(g)
            self.c[t + 1] = f * self.c[t] + i * g
            self.h[t + 1] = o * np.tanh(self.c[t + 1])
            self.gates.append((i, f, o, g))
        return self.h[1:]

def loss(x, y, Wx, Wh, b):
    return np.mean((LSTM(Wx, Wh, b).forward(x) - y) ** 2)


def right(x, y, Wx, Wh, b):
    net = LSTM(Wx, Wh, b)
    out = net.forward(x)
    dout = 2 * (out - y) / y.size
    grads = {"Wx": np.zeros_like(Wx), "Wh": np.zeros_like(Wh), "b": np.zeros_like(b)}
    dh_next, dc_next = np.zeros_like(out[0]), np.zeros_like(out[0])
    for t in range(len(x) - 1, -1, -1):
        i, f, o, g = net.gates[t]
        tc = np.tanh(net.c[t + 1])
        dh = dout[t] + dh_next
        dc = dc_next + dh * o * (1 - tc ** 2)
        di = dc * g * i * (1 - i)
        df = dc * net.c[t] * f * (1 - f)
        do = dh * tc * o * (1 - o)
        dg = dc * i * (1 - g ** 2)
        dz = np.hstack((di, df, do, dg))
        grads["Wx"] += net.x[t].T @ dz
        grads["Wh"] += net.h[t].T @ dz
        grads["b"] += dz.sum(axis=0)
        dh_next = dz @ Wh.T
        dc_next = dc * f
    return grads


def backprop(x, y, Wx, Wh, b):
    net = LSTM(Wx, Wh, b)
    out = net.forward(x)
    dout = 2 * (out - y) / y.size
    grads = {"Wx": np.zeros_like(Wx), "Wh": np.zeros_like(Wh), "b": np.zeros_like(b)}
    dh_next, dc_next = np.zeros_like(out[0]), np.zeros_like(out[0])
    for t in range(len(x) - 1, -1, -1):
        i, f, o, g = net.gates[t]
        tc = np.tanh(net.c[t + 1])
        dh = dout[t] + dh_next
        dc = dc_next + dh * o * (1 - tc ** 2)
        di = dc * g * i * (1 - i)
        df = dc * net.c[t] * f * (1 - f)
        do = dh * tc * o * (1 - o)
        dg = dc * i * (1 - g ** 2)
        dz = np.hstack((di, df, do, dg))
        grads["Wx"] += net.x[t].T @ dz
        grads["Wh"] += net.h[t].T @ dz
        grads["b"] += dz.sum(axis=0)
        dh_next = dz @ Wh.T
        dc_next = dc * i
    return grads


PARAMETERS = ["Wx", "Wh", "b"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(4, 2, 3)), rng.normal(size=(4, 2, 2)), rng.normal(size=(3, 8)), rng.normal(size=(2, 8)), rng.normal(size=8)]
