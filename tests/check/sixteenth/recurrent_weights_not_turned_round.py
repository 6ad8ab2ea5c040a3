"""Recurrent weights not turned round.

expected kind: transpose
wrong line: 86
correction 86: dh = Wh @ da
what: The gradient goes back in time through the recurrent weights as they are, not transposed
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wx", "Wh", "b", "V", "c"]


def data(seed=0):
    r = np.random.default_rng(seed)
    Wx, Wh, b = r.normal(size=(3, 4)), 0.8 * r.normal(size=(4, 4)), r.normal(size=4)
    y = np.array([2, 0, 1, 1, 2])
    return Wx, Wh, b, r.normal(size=(4, 3)), r.normal(size=3), r.normal(size=(5, 4, 3)), r.normal(size=(5, 4)), y


def loss(Wx, Wh, b, V, c, X, h, y):
    for t in range(X.shape[1]):
        h = np.tanh(X[:, t] @ Wx + h @ Wh + b)
    scores = h @ V + c
    picked = scores[np.arange(len(y)), y]
    return np.mean(np.log(np.sum(np.exp(scores), axis=1)) - picked)


def rnn_forward(X, h, Wx, Wh, b):
    N, T, D = X.shape
    hs = np.zeros((T + 1, N, Wh.shape[0]))
    hs[0] = h
    for t in range(T):
        hs[t + 1] = np.tanh(X[:, t, :].dot(Wx) + hs[t].dot(Wh) + b)
    return hs


def rnn_backward(dh, X, hs, Wx, Wh):
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(Wh.shape[0])
    for t in reversed(range(X.shape[1])):
        dz = dh * (1 - hs[t + 1] ** 2)
        dWx += X[:, t, :].T.dot(dz)
        dWh += hs[t].T.dot(dz)
        db += dz.sum(axis=0)
        dh = dz.dot(Wh.T)
    return dWx, dWh, db


def right(Wx, Wh, b, V, c, X, h, y):
    N = len(y)
    hs = rnn_forward(X, h, Wx, Wh, b)
    scores = hs[-1].dot(V) + c
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    dscores = e / e.sum(axis=1, keepdims=True)
    dscores[np.arange(N), y] -= 1
    dscores /= N
    dV, dc = hs[-1].T.dot(dscores), dscores.sum(axis=0)
    dWx, dWh, db = rnn_backward(dscores.dot(V.T), X, hs, Wx, Wh)
    return dWx, dWh, db, dV, dc


def softmax(s):
    p = np.exp(s)
    return p / p.sum()


def backprop(Wx, Wh, b, V, c, X, h, y):
    p = {"Wx": Wx, "Wh": Wh, "b": b, "V": V, "c": c}
    grads = {k: np.zeros_like(v) for k, v in p.items()}
    for x, state, label in zip(X, h, y):  # one sequence after the other
        states = [state]
        for xt in x:
            states.append(np.tanh(xt @ Wx + states[-1] @ Wh + b))
        ds = softmax(states[-1] @ V + c)
        ds[label] -= 1
        grads["V"] += np.outer(states[-1], ds) / len(y)
        grads["c"] += ds / len(y)
        dh = V @ ds / len(y)
        for t in range(len(x) - 1, -1, -1):
            da = (1 - states[t + 1] ** 2) * dh
            grads["b"] += da
            grads["Wx"] += np.outer(x[t], da)
            grads["Wh"] += np.outer(states[t], da)
            dh = da @ Wh
    return grads
