"""lstm matrix derivative of tanh at c.

expected kind: wrong-point or missing-factor or stale-value
wrong line: 52
correction 52: dnext_c = dnext_c + dnext_h * o * (1 - np.tanh(next_c) ** 2)
what: tanh's derivative is 1 - c² with the cell itself, not with the tanh of it
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def step_forward(x, prev_h, prev_c, Wx, Wh, b):
    a = x @ Wx + prev_h @ Wh + b
    ai, af, ao, ag = np.split(a, 4, axis=1)
    i, f, o, g = sigmoid(ai), sigmoid(af), sigmoid(ao), np.tanh(ag)
    next_c = f * prev_c + i * g
    next_h = o * np.tanh(next_c)
    return next_h, next_c, (x, prev_h, prev_c, i, f, o, g, next_c)


def loss(x, h0, Wx, Wh, b, R):
    h, c, total = h0, np.zeros_like(h0), 0
    for t in range(x.shape[1]):
        h, c, _ = step_forward(x[:, t], h, c, Wx, Wh, b)
        total += np.sum(h * R[:, t])
    return total


def right(x, h0, Wx, Wh, b, R):
    h, c, caches = h0, np.zeros_like(h0), []
    for t in range(x.shape[1]):
        h, c, cache = step_forward(x[:, t], h, c, Wx, Wh, b)
        caches.append(cache)
    grads, dh, dc = [0, 0, 0], 0, 0
    for (xt, hp, cp, i, f, o, g, c), r in zip(caches[::-1], R.swapaxes(0, 1)[::-1]):
        dh = dh + r
        dc = dc + dh * o / np.cosh(c) ** 2
        da = np.hstack((dc * g * i * (1 - i), dc * cp * f * (1 - f), dh * np.tanh(c) * o * (1 - o), dc * i * (1 - g * g)))
        grads = [old + new for old, new in zip(grads, (xt.T @ da, hp.T @ da, da.sum(axis=0)))]
        dh, dc = da @ Wh.T, dc * f
    return dh, *grads


def step_backward(dnext_h, dnext_c, cache, Wx, Wh):
    x, prev_h, prev_c, i, f, o, g, next_c = cache
    do = dnext_h * np.tanh(next_c)
    dnext_c = dnext_c + dnext_h * o * (1 - next_c ** 2)
    df, dprev_c = dnext_c * prev_c, dnext_c * f
    di, dg = dnext_c * g, dnext_c * i
    da = np.concatenate((i * (1 - i) * di, f * (1 - f) * df, o * (1 - o) * do, (1 - g * g) * dg), axis=1)
    return da.dot(Wh.T), dprev_c, x.T.dot(da), prev_h.T.dot(da), np.sum(da, axis=0)


def backprop(x, h0, Wx, Wh, b, R):
    h, c, caches = h0, np.zeros_like(h0), []
    for t in range(x.shape[1]):
        h, c, cache = step_forward(x[:, t], h, c, Wx, Wh, b)
        caches.append(cache)
    dWx = dWh = db = 0
    dprev_h = dprev_c = np.zeros_like(h0)
    for t in reversed(range(x.shape[1])):
        dprev_h, dprev_c, dWx_t, dWh_t, db_t = step_backward(R[:, t] + dprev_h, dprev_c, caches[t], Wx, Wh)
        dWx = dWx + dWx_t
        dWh = dWh + dWh_t
        db = db + db_t
    return dprev_h, dWx, dWh, db


PARAMETERS = ["h0", "Wx", "Wh", "b"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    N, T, D, H = 2, 4, 3, 3
    return [rng.normal(size=s) for s in [(N, T, D), (N, H), (D, 4 * H), (H, 4 * H), 4 * H, (N, T, H)]]
