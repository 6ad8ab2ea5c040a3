"""Lstm later cells taken for a fudge.

expected kind: missing-term or detached
wrong line: 119
correction 119: dc = dcell * o * (1 - tc**2) + dc_next
what: The gradient of the cell hasn't what comes from the cells of later steps
source: https://github.com/nicodjimenez/lstm/issues/2
said: asks whether what is added for the next state is only a fudge against vanishing gradients, or follows from anything
"""

import numpy as np

PARAMETERS = ["W", "b", "V"]
FORGET_BIAS = 1.0


def data(seed=0):
    r = np.random.default_rng(seed)
    masks = np.array([[1, 0, 0], [0, 0, 1], [0, 1, 0], [0, 0, 0]])
    return 0.6 * r.normal(size=(5, 12)), 0.3 * r.normal(size=12), r.normal(size=(3, 3)), r.normal(size=(3, 4, 2)), masks, np.array([2, 0, 1])


def loss(W, b, V, X, masks, labels):
    N, n = len(X), len(V)
    h, c = np.zeros((N, n)), np.zeros((N, n))
    for t in range(X.shape[1]):
        z = np.concatenate([X[:, t], h], axis=1) @ W + b
        i = 1 / (1 + np.exp(-z[:, :n]))
        f = 1 / (1 + np.exp(-(z[:, n : 2 * n] + FORGET_BIAS)))
        o = 1 / (1 + np.exp(-z[:, 2 * n : 3 * n]))
        c = f * c + i * np.tanh(z[:, 3 * n :])
        h = masks[t] * h + (1 - masks[t]) * o * np.tanh(c)
    scores = h @ V
    return np.mean(np.log(np.sum(np.exp(scores), axis=1)) - scores[np.arange(N), labels])


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


class ZoneoutLSTM:
    def __init__(self, W, b, masks):
        self.W, self.b, self.masks = W.T, b[:, None], masks
        self.n = len(b) // 4

    def step(self, x, h, c, mask):
        n = self.n
        v = np.concatenate((h, x))
        a = np.concatenate((self.W[:, -n:], self.W[:, :-n]), axis=1) @ v + self.b
        i, f, o, g = sigmoid(a[:n]), sigmoid(a[n : 2 * n] + FORGET_BIAS), sigmoid(a[2 * n : 3 * n]), np.tanh(a[3 * n :])
        c_new = f * c + i * g
        h_new = mask * h + (1 - mask) * (o * np.tanh(c_new))
        self.history.append({"x": x, "h": h, "c": c, "i": i, "f": f, "o": o, "g": g, "c_new": c_new})
        return h_new, c_new

    def forward(self, xs):
        self.history = []
        h = c = np.zeros((self.n, xs[0].shape[1]))
        for t, x in enumerate(xs):
            h, c = self.step(x, h, c, self.masks[t][:, None])
        return h

    def backward(self, grad_h):
        grad_W, grad_b = np.zeros(self.W.shape), np.zeros(self.b.shape)
        grad_c = 0
        for t in range(len(self.history) - 1, -1, -1):
            s = self.history[t]
            mask = self.masks[t][:, None]
            new = grad_h * (1 - mask)
            grad_c = grad_c + new * s["o"] * (1 - np.tanh(s["c_new"]) ** 2)
            grad_i = grad_c * s["g"] * s["i"] * (1 - s["i"])
            grad_f = grad_c * s["c"] * s["f"] * (1 - s["f"])
            grad_o = new * np.tanh(s["c_new"]) * s["o"] * (1 - s["o"])
            grad_g = grad_c * s["i"] * (1 - s["g"] ** 2)
            grad_a = np.concatenate((grad_i, grad_f, grad_o, grad_g))
            grad_W += grad_a @ np.concatenate((s["x"], s["h"])).T
            grad_b += grad_a.sum(axis=1, keepdims=True)
            grad_h = mask * grad_h + self.W[:, -self.n :].T @ grad_a
            grad_c = grad_c * s["f"]
        return grad_W.T, grad_b.ravel()


def right(W, b, V, X, masks, labels):
    m = X.shape[0]
    net = ZoneoutLSTM(W, b, masks)
    h = net.forward([X[:, t].T for t in range(X.shape[1])])
    y = np.exp(V.T @ h)
    y = y / y.sum(axis=0)
    dy = (y - np.eye(V.shape[1])[labels].T) / m
    dV = (dy @ h.T).T
    dW, db = net.backward(V @ dy)
    return {"W": dW, "b": db, "V": dV}


def lstm_forward(X, W, b, masks, n):
    N, T, D = X.shape
    h, c = np.zeros((N, n)), np.zeros((N, n))
    cache = []
    for t in range(T):
        xh = np.hstack([X[:, t, :], h])
        i, f, o, g = np.split(np.dot(xh, W) + b, 4, axis=1)
        i, f, o, g = sigmoid(i), sigmoid(f + FORGET_BIAS), sigmoid(o), np.tanh(g)
        c_prev = c
        c = f * c_prev + i * g
        tc = np.tanh(c)
        h = masks[t] * h + (1 - masks[t]) * o * tc
        cache.append((xh, c_prev, i, f, o, g, tc))
    return h, cache


def lstm_backward(dh, cache, W, masks):
    dW, db = np.zeros_like(W), np.zeros(W.shape[1])
    n = dh.shape[1]
    dc_next = np.zeros_like(dh)
    for t in reversed(range(len(cache))):
        xh, c_prev, i, f, o, g, tc = cache[t]
        dcell = dh * (1 - masks[t])
        do = dcell * tc
        dc = dcell * o * (1 - tc**2)
        di, df, dg = dc * g, dc * c_prev, dc * i
        dz = np.hstack([di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g**2)])
        dW += np.dot(xh.T, dz)
        db += dz.sum(axis=0)
        dh = dh * masks[t] + np.dot(dz, W.T)[:, -n:]
        dc_next = dc * f
    return dW, db


def backprop(W, b, V, X, masks, labels):
    h, cache = lstm_forward(X, W, b, masks, V.shape[0])
    scores = np.dot(h, V)
    probs = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    dscores = probs
    dscores[range(len(X)), labels] -= 1
    dscores /= len(X)
    dW, db = lstm_backward(np.dot(dscores, V.T), cache, W, masks)
    return dW, db, np.dot(h.T, dscores)
