"""A vanilla RNN as a class; the last state is classified.

expected kind: missing-sum or missing-term
wrong line: 76
correction 76: g["b"] += da.sum(axis=0)
what: the bias is used at every step, but its gradient is assigned anew at each: only what was computed last, the first step's, is left
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

def softmax(s):
    e = np.exp(s - s.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def loss(X, y, Wx, Wh, b, Wy, by):
    h = np.zeros((len(y), len(b)))
    for t in range(X.shape[1]):
        h = np.tanh(X[:, t] @ Wx + h @ Wh + b)
    return -np.mean(np.log(softmax(h @ Wy + by)[np.arange(len(y)), y]))


class RNNChecked:
    def __init__(self, Wx, Wh, b, Wy, by):
        self.params = {"Wx": Wx, "Wh": Wh, "b": b, "Wy": Wy, "by": by}
        self.grads = {k: np.zeros_like(v) for k, v in self.params.items()}

    def forward(self, X):
        p = self.params
        self.X, self.hs = X, [np.zeros((X.shape[0], p["b"].size))]
        for t in range(X.shape[1]):
            self.hs.append(np.tanh(X[:, t] @ p["Wx"] + self.hs[-1] @ p["Wh"] + p["b"]))
        return self.hs[-1] @ p["Wy"] + p["by"]

    def backward(self, dscores):
        p, g = self.params, self.grads
        g["Wy"], g["by"] = self.hs[-1].T @ dscores, dscores.sum(axis=0)
        dh = dscores @ p["Wy"].T
        for t in reversed(range(self.X.shape[1])):
            da = dh * (1 - self.hs[t + 1] ** 2)
            g["Wx"] += self.X[:, t].T @ da
            g["Wh"] += self.hs[t].T @ da
            g["b"] += da.sum(axis=0)
            dh = da @ p["Wh"].T


def right(X, y, Wx, Wh, b, Wy, by):
    net = RNNChecked(Wx, Wh, b, Wy, by)
    d = softmax(net.forward(X))
    d[np.arange(len(y)), y] -= 1
    net.backward(d / len(y))
    return net.grads


class RNN:
    def __init__(self, Wx, Wh, b, Wy, by):
        self.params = {"Wx": Wx, "Wh": Wh, "b": b, "Wy": Wy, "by": by}
        self.grads = {k: np.zeros_like(v) for k, v in self.params.items()}

    def forward(self, X):
        p = self.params
        self.X, self.hs = X, [np.zeros((X.shape[0], p["b"].size))]
        for t in range(X.shape[1]):
            self.hs.append(np.tanh(X[:, t] @ p["Wx"] + self.hs[-1] @ p["Wh"] + p["b"]))
        return self.hs[-1] @ p["Wy"] + p["by"]

    def backward(self, dscores):
        p, g = self.params, self.grads
        g["Wy"], g["by"] = self.hs[-1].T @ dscores, dscores.sum(axis=0)
        dh = dscores @ p["Wy"].T
        for t in reversed(range(self.X.shape[1])):
            da = dh * (1 - self.hs[t + 1] ** 2)
            g["Wx"] += self.X[:, t].T @ da
            g["Wh"] += self.hs[t].T @ da
            g["b"] = da.sum(axis=0)
            dh = da @ p["Wh"].T


def backprop(X, y, Wx, Wh, b, Wy, by):
    net = RNN(Wx, Wh, b, Wy, by)
    d = softmax(net.forward(X))
    d[np.arange(len(y)), y] -= 1
    net.backward(d / len(y))
    return net.grads


PARAMETERS = ["Wx", "Wh", "b", "Wy", "by"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(5, 4, 2)), r.integers(3, size=5), r.normal(size=(2, 4)), r.normal(size=(4, 4)), r.normal(size=4), r.normal(size=(4, 3)), r.normal(size=3)]
