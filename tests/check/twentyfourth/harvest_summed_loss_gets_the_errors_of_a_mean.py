"""Harvest summed loss gets the errors of a mean.

expected kind: mean-for-sum
wrong line: 95
correction 95: return p - target
what: The loss adds the examples up, its gradient is divided by their number
source: https://github.com/paiml/aprender/pull/2182
said: the backward of the cross entropy divides by the batch whatever the reduction is, so with a sum it is too small by the size of the batch
"""

import numpy as np

PARAMETERS = ["V", "c", "U", "d"]
KEPT, LAMBDA = 0.75, 0.15


def data(seed=0):
    r = np.random.default_rng(seed)
    V, c = 0.8 * r.normal(size=(4, 5)), 0.2 * r.normal(size=4)
    U, d = r.normal(size=(3, 4)), 0.2 * r.normal(size=3)
    fields = r.normal(size=(5, 5))
    seen = np.array([[1, 1, 0, 1, 1], [1, 1, 1, 1, 0], [0, 1, 1, 1, 1], [1, 1, 1, 1, 1], [1, 0, 1, 1, 1]])
    alive = np.array([[1, 1, 0, 1], [1, 0, 1, 1], [1, 1, 1, 0], [0, 1, 1, 1], [1, 1, 1, 1]])
    return V, c, U, d, fields, np.array([1, 2, 0, 2, 1]), seen, alive


def loss(V, c, U, d, fields, crop, seen, alive):
    x = fields * seen / KEPT
    t = np.tanh(x @ V.T + c) * alive
    s = t @ U.T + d
    top = np.max(s, axis=1)
    total = top + np.log(np.sum(np.exp(s - top.reshape(-1, 1)), axis=1))
    fit = np.sum(total - s[np.arange(len(crop)), crop])
    return fit + LAMBDA * (np.sum(V**2) + np.sum(U**2))


def forward_columns(V, c, U, d, fields, seen, alive):
    """Examples are columns here."""
    cache = {"x": (fields * seen).T / KEPT, "alive": alive.T}
    cache["tanh"] = np.tanh(np.dot(V, cache["x"]) + c[:, np.newaxis])
    cache["h"] = cache["tanh"] * cache["alive"]
    scores = np.dot(U, cache["h"]) + d[:, np.newaxis]
    scores = scores - np.max(scores, axis=0)
    cache["p"] = np.exp(scores) / np.sum(np.exp(scores), axis=0)
    return cache


def backward_columns(cache, V, U, crop):
    m = len(crop)
    dZ2 = np.copy(cache["p"])
    dZ2[crop, np.arange(m)] -= 1
    dU = np.dot(dZ2, cache["h"].T)
    dd = np.sum(dZ2, axis=1)
    dH = np.dot(U.T, dZ2)
    dT = np.multiply(dH, cache["alive"])
    dZ1 = np.multiply(dT, 1 - np.power(cache["tanh"], 2))
    dV = np.dot(dZ1, cache["x"].T)
    dc = np.sum(dZ1, axis=1)
    # what the penalty adds
    dU += 2 * LAMBDA * U
    dV += 2 * LAMBDA * V
    return dV, dc, dU, dd


def right(V, c, U, d, fields, crop, seen, alive):
    cache = forward_columns(V, c, U, d, fields, seen, alive)
    return backward_columns(cache, V, U, crop)


def dense(weights, bias, out, names):
    def forward(x):
        def back(g):
            out[names[0]] = np.einsum("no,ni->oi", g, x) + 2 * LAMBDA * weights
            out[names[1]] = np.einsum("no->o", g)
            return g @ weights

        return x @ weights.T + bias, back

    return forward


def masked(mask, rate=1.0):
    return lambda x: (x * mask / rate, lambda g: g * mask / rate)


def squash(x):
    y = np.tanh(x)
    return y, lambda g: g - g * y**2


def label_loss(scores, labels):
    e = np.exp(scores - scores.max(axis=1)[:, None])
    p = e / e.sum(axis=1)[:, None]
    target = np.eye(scores.shape[1])[labels]
    return (p - target) / len(labels)


def backprop(V, c, U, d, fields, crop, seen, alive):
    grads, tape, value = {}, [], fields
    layers = [masked(seen, KEPT), dense(V, c, grads, ("V", "c")), squash, masked(alive), dense(U, d, grads, ("U", "d"))]
    for layer in layers:
        value, back = layer(value)
        tape.append(back)
    g = label_loss(value, crop)
    for back in reversed(tape):
        g = back(g)
    return grads
