"""lstm matrix gates in another order.

expected kind: wrong-parameter or swapped-operands or transpose or wrong-shape or wrong-axis
wrong line: 65
correction 65: da = np.hstack((dai, daf, dao, dag))
what: the gates' gradients are put together in another order than the one in which the matrix was split
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


def backprop(x, h0, Wx, Wh, b, R):
    h, c, caches = h0, np.zeros_like(h0), []
    for t in range(x.shape[1]):
        h, c, cache = step_forward(x[:, t], h, c, Wx, Wh, b)
        caches.append(cache)
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    dh = dc = np.zeros_like(h0)
    for t in reversed(range(len(caches))):
        xt, prev_h, prev_c, i, f, o, g, next_c = caches[t]
        dh = dh + R[:, t]
        tc = np.tanh(next_c)
        dc = dc + dh * o * (1 - tc ** 2)
        dai = dc * g * i * (1 - i)
        daf = dc * prev_c * f * (1 - f)
        dao = dh * tc * o * (1 - o)
        dag = dc * i * (1 - g ** 2)
        da = np.hstack((dai, daf, dag, dao))
        dWx += xt.T @ da
        dWh += prev_h.T @ da
        db += da.sum(axis=0)
        dh, dc = da @ Wh.T, dc * f
    return dh, dWx, dWh, db


PARAMETERS = ["h0", "Wx", "Wh", "b"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    N, T, D, H = 2, 4, 3, 3
    return [rng.normal(size=s) for s in [(N, T, D), (N, H), (D, 4 * H), (H, 4 * H), 4 * H, (N, T, H)]]
