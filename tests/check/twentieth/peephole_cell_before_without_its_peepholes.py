"""Peephole cell before without its peepholes.

expected kind: missing-term or detached
wrong line: 124
correction 124: dcnext = dc * fg[t] + di * p_i + df * p_f
what: The gradient of the previous cell lacks what comes through the peepholes of the input and the forget gate
source: https://github.com/tensorflow/tensorflow/issues/34171
said: the gradient of the previous cell state is wrong where it has the peephole weights of the input and forget gates
"""

import numpy as np

PARAMETERS = ["W", "b", "p_i", "p_f", "p_o", "V"]


def data(seed=0):
    r = np.random.default_rng(seed)
    weights = [0.7 * r.normal(size=shape) for shape in ((12, 5), 12, 3, 3, 3, (2, 3))]
    return *weights, r.normal(size=(4, 2)), r.normal(size=(4, 2))


def loss(W, b, p_i, p_f, p_o, V, X, Y):
    n = len(p_i)
    h, c, total = np.zeros(n), np.zeros(n), 0.0
    for x, y in zip(X, Y):
        z = W @ np.concatenate([x, h]) + b
        i = 1 / (1 + np.exp(-(z[:n] + p_i * c)))
        f = 1 / (1 + np.exp(-(z[n : 2 * n] + p_f * c)))
        c = f * c + i * np.tanh(z[3 * n :])
        o = 1 / (1 + np.exp(-(z[2 * n : 3 * n] + p_o * c)))
        h = o * np.tanh(c)
        total = total + 0.5 * np.sum((V @ h - y) ** 2)
    return total


def logistic(v):
    return 1 / (1 + np.exp(-v))


def peephole_step(x, h_prev, c_prev, W, b, p_i, p_f, p_o):
    xh = np.append(x, h_prev)
    zi, zf, zo, zg = np.split(W.dot(xh) + b, 4)
    i = logistic(zi + p_i * c_prev)
    f = logistic(zf + p_f * c_prev)
    g = np.tanh(zg)
    c = f * c_prev + i * g
    o = logistic(zo + p_o * c)
    return o * np.tanh(c), c, (xh, c_prev, i, f, g, c, o)


def peephole_step_back(dh, dc, cache, W, p_i, p_f, p_o):
    xh, c_prev, i, f, g, c, o = cache
    th = np.tanh(c)
    dzo = dh * th * o * (1 - o)
    dc = dc + dh * o * (1 - th * th) + dzo * p_o
    dzi = dc * g * i * (1 - i)
    dzf = dc * c_prev * f * (1 - f)
    dzg = dc * i * (1 - g * g)
    dz = np.hstack([dzi, dzf, dzo, dzg])
    dc_prev = dc * f + dzi * p_i + dzf * p_f
    dh_prev = W.T.dot(dz)[-len(dh) :]
    peeps = dzi * c_prev, dzf * c_prev, dzo * c
    return dh_prev, dc_prev, dz, np.outer(dz, xh), peeps


def right(W, b, p_i, p_f, p_o, V, X, Y):
    h = c = np.zeros(len(p_i))
    caches, hidden = [], []
    for x in X:
        h, c, cache = peephole_step(x, h, c, W, b, p_i, p_f, p_o)
        caches.append(cache)
        hidden.append(h)
    errors = [V.dot(h) - y for h, y in zip(hidden, Y)]
    dW, db, dV, dpeeps = 0, 0, 0, np.zeros((3, len(p_i)))
    dh = dc = np.zeros(len(p_i))
    while caches:
        error, h = errors.pop(), hidden.pop()
        dV += np.outer(error, h)
        dh = dh + V.T.dot(error)
        dh, dc, dz, step, peeps = peephole_step_back(dh, dc, caches.pop(), W, p_i, p_f, p_o)
        dW += step
        db += dz
        dpeeps += np.array(peeps)
    return [dW, db, dpeeps[0], dpeeps[1], dpeeps[2], dV]


def sigma(x):
    return 1.0 / (1.0 + np.exp(-x))


def backprop(W, b, p_i, p_f, p_o, V, X, Y):
    H, T = p_i.size, len(X)
    hs, cs = {-1: np.zeros(H)}, {-1: np.zeros(H)}
    xs, ig, fg, og, gs, es = {}, {}, {}, {}, {}, {}
    for t in range(T):
        xs[t] = np.concatenate((X[t], hs[t - 1]))
        z = np.dot(W, xs[t]) + b
        ig[t] = sigma(z[:H] + p_i * cs[t - 1])
        fg[t] = sigma(z[H : 2 * H] + p_f * cs[t - 1])
        gs[t] = np.tanh(z[3 * H :])
        cs[t] = fg[t] * cs[t - 1] + ig[t] * gs[t]
        og[t] = sigma(z[2 * H : 3 * H] + p_o * cs[t])
        hs[t] = og[t] * np.tanh(cs[t])
        es[t] = np.dot(V, hs[t]) - Y[t]

    dW, db, dV = np.zeros_like(W), np.zeros_like(b), np.zeros_like(V)
    dp_i, dp_f, dp_o = np.zeros(H), np.zeros(H), np.zeros(H)
    dhnext, dcnext = np.zeros(H), np.zeros(H)
    for t in reversed(range(T)):
        dV += np.outer(es[t], hs[t])
        dh = np.dot(V.T, es[t]) + dhnext
        do = dh * np.tanh(cs[t]) * og[t] * (1 - og[t])
        dc = dh * og[t] * (1 - np.tanh(cs[t]) ** 2) + do * p_o + dcnext
        di = dc * gs[t] * ig[t] * (1 - ig[t])
        df = dc * cs[t - 1] * fg[t] * (1 - fg[t])
        dg = dc * ig[t] * (1 - gs[t] ** 2)
        dz = np.concatenate((di, df, do, dg))
        dW += np.outer(dz, xs[t])
        db += dz
        dp_i += di * cs[t - 1]
        dp_f += df * cs[t - 1]
        dp_o += do * cs[t]
        dhnext = np.dot(W.T, dz)[-H:]
        dcnext = dc * fg[t]
    return dW, db, dp_i, dp_f, dp_o, dV
