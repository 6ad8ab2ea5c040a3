"""Lstm way to the state without slopes.

expected kind: missing-factor
wrong line: 113
correction 113: dprev_h = da.dot(Wh.T)
what: The state before is reached by the gradients of the gates without the slopes of their activations
source: https://github.com/llSourcell/LSTM_Networks/issues/4
said: the derivatives of the activations are missing on the way to the previous state
"""

import numpy as np

PARAMETERS = ["Wx", "Wh", "b", "Wy", "by"]


def data(seed=0):
    r = np.random.default_rng(seed)
    Wx, Wh, b, Wy, by, X = (r.normal(size=s) for s in [(2, 12), (3, 12), (12,), (3, 4), (4,), (5, 4, 2)])
    return Wx, Wh, b, Wy, by, X, np.array([3, 0, 1, 2, 0])


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def loss(Wx, Wh, b, Wy, by, X, y):
    N, T, _ = X.shape
    H = Wh.shape[0]
    h, c = np.zeros((N, H)), np.zeros((N, H))
    for t in range(T):
        a = X[:, t] @ Wx + h @ Wh + b
        i, f, o = sigmoid(a[:, :H]), sigmoid(a[:, H : 2 * H]), sigmoid(a[:, 2 * H : 3 * H])
        c = f * c + i * np.tanh(a[:, 3 * H :])
        h = o * np.tanh(c)
    scores = h @ Wy + by
    log_probs = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    return -np.mean(log_probs[np.arange(N), y])


class LSTM:
    def __init__(self, Wx, Wh, b):
        self.params = [Wx, Wh, b]
        self.grads = [np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)]

    def forward(self, xs):
        Wx, Wh, b = self.params
        H = Wh.shape[0]
        self.xs, self.hs, self.cs, self.gates = xs, [np.zeros(H)], [np.zeros(H)], []
        for x in xs:
            A = np.dot(x, Wx) + np.dot(self.hs[-1], Wh) + b
            gate = sigmoid(A)
            gate[3 * H :] = np.tanh(A[3 * H :])
            i, f, o, g = gate[:H], gate[H : 2 * H], gate[2 * H : 3 * H], gate[3 * H :]
            self.cs.append(f * self.cs[-1] + i * g)
            self.hs.append(o * np.tanh(self.cs[-1]))
            self.gates.append((i, f, o, g))
        return self.hs[-1]

    def backward(self, dh):
        Wx, Wh, b = self.params
        dc = np.zeros_like(dh)
        for t in range(len(self.xs) - 1, -1, -1):
            i, f, o, g = self.gates[t]
            c_prev, tanh_c = self.cs[t], np.tanh(self.cs[t + 1])
            do = dh * tanh_c * o * (1 - o)
            dc += dh * o * (1 - tanh_c**2)
            di = dc * g * i * (1 - i)
            df = dc * c_prev * f * (1 - f)
            dg = dc * i * (1 - g**2)
            dA = np.concatenate([di, df, do, dg])
            self.grads[0] += np.outer(self.xs[t], dA)
            self.grads[1] += np.outer(self.hs[t], dA)
            self.grads[2] += dA
            dh = np.dot(Wh, dA)
            dc = dc * f


def right(Wx, Wh, b, Wy, by, X, y):
    lstm = LSTM(Wx, Wh, b)
    dWy, dby = np.zeros_like(Wy), np.zeros_like(by)
    for n in range(len(X)):
        h = lstm.forward(X[n])
        score = np.dot(h, Wy) + by
        prob = np.exp(score) / np.sum(np.exp(score))
        prob[y[n]] -= 1
        dscore = prob / len(X)
        dWy += np.outer(h, dscore)
        dby += dscore
        lstm.backward(np.dot(Wy, dscore))
    return *lstm.grads, dWy, dby


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    a = x.dot(Wx) + prev_h.dot(Wh) + b
    ai, af, ao, ag = np.split(a, 4, axis=1)
    i, f, o, g = sigmoid(ai), sigmoid(af), sigmoid(ao), np.tanh(ag)
    next_c = f * prev_c + i * g
    next_h = o * np.tanh(next_c)
    return next_h, next_c, (x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c)


def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c = cache
    tanh_c = np.tanh(next_c)
    do = dnext_h * tanh_c
    dc = dnext_c + dnext_h * o * (1 - tanh_c**2)
    df = dc * prev_c
    di = dc * g
    dg = dc * i
    dprev_c = dc * f
    da = np.hstack((di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g**2)))
    dx = da.dot(Wx.T)
    dprev_h = np.hstack((di, df, do, dg)).dot(Wh.T)
    return dx, dprev_h, dprev_c, x.T.dot(da), prev_h.T.dot(da), da.sum(axis=0)


def backprop(Wx, Wh, b, Wy, by, X, y):
    N, T, D = X.shape
    H = Wh.shape[0]
    h, c, caches = np.zeros((N, H)), np.zeros((N, H)), []
    for t in range(T):
        h, c, cache = lstm_step_forward(X[:, t, :], h, c, Wx, Wh, b)
        caches.append(cache)
    probs = np.exp(h.dot(Wy) + by)
    probs /= probs.sum(axis=1, keepdims=True)
    dscores = probs
    dscores[np.arange(N), y] -= 1
    dscores /= N
    dWy, dby = h.T.dot(dscores), dscores.sum(axis=0)
    dh, dc = dscores.dot(Wy.T), np.zeros((N, H))
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    for t in reversed(range(T)):
        dx, dh, dc, dWx_t, dWh_t, db_t = lstm_step_backward(dh, dc, caches[t])
        dWx += dWx_t
        dWh += dWh_t
        db += db_t
    return dWx, dWh, db, dWy, dby
