"""Recurrent weights meet the present state.

expected kind: wrong-point or stale-value
wrong line: 55
correction 55: dWh += np.outer(h[t - 1], draw)
what: The gradient of the recurrent weights takes the hidden state of the same step, not of the step before
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wx", "Wh", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return (
        0.5 * r.normal(size=(2, 3)), 0.5 * r.normal(size=(3, 3)), r.normal(size=3),
        r.normal(size=(4, 2)), r.normal(size=(4, 3)),
    )


def loss(Wx, Wh, b, xs, ts):
    h, J = np.zeros(3), 0
    for x, t in zip(xs, ts):
        h = np.tanh(x @ Wx + h @ Wh + b)
        J = J + 0.5 * np.sum((h - t) ** 2)
    return J


def right(Wx, Wh, b, xs, ts):
    H = [np.zeros(3)]
    for x in xs:
        H.append(np.tanh(x @ Wx + H[-1] @ Wh + b))
    gx, gh, gb, back = 0 * Wx, 0 * Wh, 0 * b, 0 * b
    for k in range(len(xs), 0, -1):
        a = (H[k] - ts[k - 1] + back) * (1 - H[k] ** 2)
        gx, gh, gb, back = gx + np.outer(xs[k - 1], a), gh + np.outer(H[k - 1], a), gb + a, Wh @ a
    return gx, gh, gb


def backprop(Wx, Wh, b, xs, ts):
    h = {-1: np.zeros(3)}
    T = len(xs)
    for t in range(T):
        h[t] = np.tanh(np.dot(xs[t], Wx) + np.dot(h[t - 1], Wh) + b)
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    dhnext = np.zeros(3)
    for t in reversed(range(T)):
        dh = h[t] - ts[t] + dhnext
        draw = (1 - h[t] * h[t]) * dh
        db += draw
        dWx += np.outer(xs[t], draw)
        dWh += np.outer(h[t], draw)
        dhnext = np.dot(Wh, draw)
    return dWx, dWh, db
