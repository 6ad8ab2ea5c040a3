"""Lstm square around the one.

expected kind: wrong-activation or missing-factor or wrong-point
wrong line: 80
correction 80: dc = dc_next + ot * (1 - np.tanh(c_next) ** 2) * da_next
what: The square stands around one minus tanh, where it belongs to the tanh alone
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "b", "Wy"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return (
        r.normal(size=(12, 5)) * 0.7, r.normal(size=(12, 1)), r.normal(size=(2, 3)), r.normal(size=(4, 2, 3)),
        r.normal(size=(4, 2, 3)),
    )


def loss(W, b, Wy, xs, ys):
    s = lambda z: 1 / (1 + np.exp(-z))
    a, c, total = np.zeros((3, 3)), np.zeros((3, 3)), 0.0
    for x, y in zip(xs, ys):
        z = W @ np.concatenate([a, x]) + b
        c = s(z[0:3]) * c + s(z[3:6]) * np.tanh(z[6:9])
        a = s(z[9:12]) * np.tanh(c)
        total = total + 0.5 * np.sum((Wy @ a - y) ** 2)
    return total


def right(W, b, Wy, xs, ys):
    s = lambda z: 1 / (1 + np.exp(-z))
    a, c, tape = np.zeros((3, 3)), np.zeros((3, 3)), []
    for x in xs:
        v = np.vstack([a, x])
        z = W @ v + b
        f, i, g, o = s(z[:3]), s(z[3:6]), np.tanh(z[6:9]), s(z[9:])
        old, c = c, f * c + i * g
        t = np.tanh(c)
        a = o * t
        tape.append((v, f, i, g, o, old, t, a))
    dW, db, dWy, da, dc = np.zeros_like(W), np.zeros_like(b), np.zeros_like(Wy), 0, 0
    for (v, f, i, g, o, old, t, a), y in zip(tape[::-1], ys[::-1]):
        e = Wy @ a - y
        dWy += e @ a.T
        da = da + Wy.T @ e
        dc = dc + da * o * (1 - t * t)
        dz = np.vstack([dc * old * f * (1 - f), dc * g * i * (1 - i), dc * i * (1 - g * g), da * t * o * (1 - o)])
        dW += dz @ v.T
        db += dz.sum(1, keepdims=True)
        da, dc = (W.T @ dz)[:3], dc * f
    return dW, db, dWy


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def lstm_cell_forward(xt, a_prev, c_prev, W, b):
    n_a = a_prev.shape[0]
    concat = np.concatenate((a_prev, xt), axis=0)
    z = np.dot(W, concat) + b
    ft = sigmoid(z[:n_a])
    it = sigmoid(z[n_a : 2 * n_a])
    cct = np.tanh(z[2 * n_a : 3 * n_a])
    ot = sigmoid(z[3 * n_a :])
    c_next = ft * c_prev + it * cct
    a_next = ot * np.tanh(c_next)
    return a_next, c_next, (a_next, c_next, c_prev, ft, it, cct, ot, concat)


def lstm_cell_backward(da_next, dc_next, cache, W):
    a_next, c_next, c_prev, ft, it, cct, ot, concat = cache
    n_a = len(a_next)
    dot = da_next * np.tanh(c_next) * ot * (1 - ot)
    dc = dc_next + ot * (1 - np.tanh(c_next)) ** 2 * da_next
    dcct = dc * it * (1 - cct**2)
    dit = dc * cct * it * (1 - it)
    dft = dc * c_prev * ft * (1 - ft)
    dgates = np.concatenate((dft, dit, dcct, dot), axis=0)
    dconcat = np.dot(W.T, dgates)
    gradients = {"da_prev": dconcat[:n_a], "dc_prev": dc * ft}
    gradients["dW"] = np.dot(dgates, concat.T)
    gradients["db"] = np.sum(dgates, axis=1, keepdims=True)
    return gradients


def backprop(W, b, Wy, xs, ys):
    a = c = np.zeros((3, xs.shape[2]))
    caches, dWy, da = [], np.zeros(Wy.shape), []
    for xt, yt in zip(xs, ys):
        a, c, cache = lstm_cell_forward(xt, a, c, W, b)
        caches.append(cache)
        err = np.dot(Wy, a) - yt
        dWy += np.dot(err, a.T)
        da.append(np.dot(Wy.T, err))
    da_prev, dc_prev = np.zeros(a.shape), np.zeros(a.shape)
    dW, db = np.zeros(W.shape), np.zeros(b.shape)
    for t in reversed(range(len(xs))):
        gradients = lstm_cell_backward(da[t] + da_prev, dc_prev, caches[t], W)
        da_prev, dc_prev = gradients["da_prev"], gradients["dc_prev"]
        dW += gradients["dW"]
        db += gradients["db"]
    return {"W": dW, "b": db, "Wy": dWy}
