"""Tide gates squashed again in their slope.

expected kind: wrong-point
wrong line: 84
correction 84: return s * (1 - s)
what: The slope of a gate takes the sigmoid of what is a sigmoid already
source: https://github.com/arunmallya/arunmallya.github.io/issues/6
said: somebody misses the sigmoid function in the derivative of the input gate; the value is the gate's own, so it is y (1 - y)
"""

import numpy as np

PARAMETERS = ["W", "b", "V"]


def data(seed=0):
    r = np.random.default_rng(seed)
    W, b, V = 0.7 * r.normal(size=(5, 12)), 0.4 * r.normal(size=12), r.normal(size=(3, 2))
    return W, b, V, r.normal(size=(4, 2, 2)), r.normal(size=(2, 2))


def loss(W, b, V, X, Y):
    H = V.shape[0]
    h, c = np.zeros((X.shape[1], H)), np.zeros((X.shape[1], H))
    for x in X:
        z = np.concatenate([x, h], axis=1) @ W + b
        i = 1 / (1 + np.exp(-z[:, :H]))
        f = 1 / (1 + np.exp(-z[:, H : 2 * H]))
        o = 1 / (1 + np.exp(-z[:, 2 * H : 3 * H]))
        g = np.tanh(z[:, 3 * H :])
        c = f * c + i * g
        h = o * np.tanh(c)
    return 0.5 * np.sum((h @ V - Y) ** 2) / X.shape[1]


class LSTM:
    def __init__(self, W, b, hidden):
        self.W, self.b, self.hidden = W, b, hidden
        self.dW, self.db = np.zeros_like(W), np.zeros_like(b)
        self.tape = []

    @staticmethod
    def gate(z):
        return 1.0 / (1.0 + np.exp(-z))

    def forward(self, x, h, c):
        joined = np.hstack((x, h))
        zi, zf, zo, zg = np.split(joined @ self.W + self.b, 4, axis=1)
        i, f, o, g = self.gate(zi), self.gate(zf), self.gate(zo), np.tanh(zg)
        c_new = f * c + i * g
        self.tape.append((joined, i, f, o, g, c, np.tanh(c_new)))
        return o * np.tanh(c_new), c_new

    def backward(self, dh, dc):
        joined, i, f, o, g, c_old, squashed = self.tape.pop()
        ds = dc + dh * o * (1 - squashed**2)
        di = ds * g * i * (1 - i)
        df = ds * c_old * f * (1 - f)
        do = dh * squashed * o * (1 - o)
        dg = ds * i * (1 - g**2)
        dz = np.hstack((di, df, do, dg))
        self.dW += joined.T @ dz
        self.db += dz.sum(axis=0)
        return (dz @ self.W.T)[:, -self.hidden :], ds * f


def right(W, b, V, X, Y):
    cell = LSTM(W, b, len(V))
    h = c = np.zeros((X.shape[1], len(V)))
    for x in X:
        h, c = cell.forward(x, h, c)
    error = (h @ V - Y) / X.shape[1]
    dh, dc = error @ V.T, np.zeros_like(c)
    for _ in X:
        dh, dc = cell.backward(dh, dc)
    return cell.dW, cell.db, h.T @ error


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def dsigmoid(s):
    return sigmoid(s) * (1 - sigmoid(s))


def unroll(W, b, X, H):
    T, N, D = X.shape
    hs, cs = np.zeros((T + 1, N, H)), np.zeros((T + 1, N, H))
    gates = np.zeros((T, N, 4 * H))
    for t in range(T):
        gates[t] = X[t] @ W[:D] + hs[t] @ W[D:] + b
        gates[t, :, : 3 * H] = sigmoid(gates[t, :, : 3 * H])
        gates[t, :, 3 * H :] = np.tanh(gates[t, :, 3 * H :])
        i, f, o, g = np.split(gates[t], 4, axis=1)
        cs[t + 1] = f * cs[t] + i * g
        hs[t + 1] = o * np.tanh(cs[t + 1])
    return hs, cs, gates


def backprop(W, b, V, X, Y):
    T, N, D = X.shape
    H = V.shape[0]
    hs, cs, gates = unroll(W, b, X, H)
    dout = (hs[T] @ V - Y) / N
    dV = hs[T].T @ dout
    dW, db = np.zeros_like(W), np.zeros_like(b)
    dh, dc = dout @ V.T, np.zeros((N, H))
    dgates = np.zeros((N, 4 * H))
    for t in range(T - 1, -1, -1):
        i, f, o, g = np.split(gates[t], 4, axis=1)
        th = np.tanh(cs[t + 1])
        dc = dc + dh * o * (1 - th**2)
        dgates[:, :H] = dc * g * dsigmoid(i)
        dgates[:, H : 2 * H] = dc * cs[t] * dsigmoid(f)
        dgates[:, 2 * H : 3 * H] = dh * th * dsigmoid(o)
        dgates[:, 3 * H :] = dc * i * (1 - g**2)
        dW[:D] += X[t].T @ dgates
        dW[D:] += hs[t].T @ dgates
        db += dgates.sum(axis=0)
        dh = dgates @ W[D:].T
        dc = dc * f
    return {"W": dW, "b": db, "V": dV}
