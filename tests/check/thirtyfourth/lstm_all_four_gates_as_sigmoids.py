"""An LSTM whose four gates are one product, in the order i, f, o, g; every state is compared with a target.

expected kind: wrong-activation
wrong line: 66
correction 66: da = dact * np.hstack((act[:, :3 * H] * (1 - act[:, :3 * H]), 1 - g ** 2))
what: the candidate g is a tanh, but the whole block is multiplied by a(1 - a)
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def lstm_forward(x, Wx, Wh, b):
    N, T, _ = x.shape
    H = Wh.shape[0]
    h, c, cache = np.zeros((N, H)), np.zeros((N, H)), []
    for t in range(T):
        a = x[:, t] @ Wx + h @ Wh + b
        act = np.hstack((sigmoid(a[:, :3 * H]), np.tanh(a[:, 3 * H:])))
        i, f, o, g = np.split(act, 4, axis=1)
        c_prev, h_prev = c, h
        c = f * c + i * g
        h = o * np.tanh(c)
        cache.append((h_prev, c_prev, act, c, h))
    return cache


def loss(x, y, Wx, Wh, b):
    cache = lstm_forward(x, Wx, Wh, b)
    return sum(np.sum((step[-1] - y[:, t]) ** 2) for t, step in enumerate(cache))


def right(x, y, Wx, Wh, b):
    H = Wh.shape[0]
    cache = lstm_forward(x, Wx, Wh, b)
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    dh_next, dc_next = 0, 0
    for t in reversed(range(x.shape[1])):
        h_prev, c_prev, act, c, h = cache[t]
        i, f, o, g = np.split(act, 4, axis=1)
        dh = 2 * (h - y[:, t]) + dh_next
        dc = dc_next + dh * o * (1 - np.tanh(c) ** 2)
        dact = np.hstack((dc * g, dc * c_prev, dh * np.tanh(c), dc * i))
        da = dact * np.hstack((act[:, :3 * H] * (1 - act[:, :3 * H]), 1 - g ** 2))
        dWx += x[:, t].T @ da
        dWh += h_prev.T @ da
        db += da.sum(axis=0)
        dh_next, dc_next = da @ Wh.T, dc * f
    return {"Wx": dWx, "Wh": dWh, "b": db}


def backprop(x, y, Wx, Wh, b):
    H = Wh.shape[0]
    cache = lstm_forward(x, Wx, Wh, b)
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    dh_next, dc_next = 0, 0
    for t in reversed(range(x.shape[1])):
        h_prev, c_prev, act, c, h = cache[t]
        i, f, o, g = np.split(act, 4, axis=1)
        dh = 2 * (h - y[:, t]) + dh_next
        dc = dc_next + dh * o * (1 - np.tanh(c) ** 2)
        dact = np.hstack((dc * g, dc * c_prev, dh * np.tanh(c), dc * i))
        da = dact * act * (1 - act)
        dWx += x[:, t].T @ da
        dWh += h_prev.T @ da
        db += da.sum(axis=0)
        dh_next, dc_next = da @ Wh.T, dc * f
    return {"Wx": dWx, "Wh": dWh, "b": db}


PARAMETERS = ["Wx", "Wh", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(3, 4, 2)), r.normal(size=(3, 4, 3)), r.normal(size=(2, 12)), r.normal(size=(3, 12)), r.normal(size=12)]
