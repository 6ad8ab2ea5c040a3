"""Lstm gates in another order.

expected kind: wrong-parameter or swapped-operands
wrong line: 99
correction 99: da = np.hstack((di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g * g)))
what: Input and forget gate change places when the gates are joined
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    W, b, x, h0, c0, y = (r.normal(size=s) for s in [(5, 12), 12, (4, 2, 2), (2, 3), (2, 3), (2, 3)])
    return W, b, x, h0, c0, y


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def loss(W, b, x, h0, c0, y):
    h, c = h0, c0
    for xt in x:
        a = np.concatenate([h, xt], axis=1) @ W + b
        c = sigmoid(a[:, 3:6]) * c + sigmoid(a[:, :3]) * np.tanh(a[:, 9:])
        h = sigmoid(a[:, 6:9]) * np.tanh(c)
    return 0.5 * np.sum((h - y) ** 2)


def lstm_cell_forward(xt, a_prev, c_prev, parameters):
    concat = np.concatenate((a_prev, xt), axis=1)
    it = sigmoid(concat @ parameters["Wi"] + parameters["bi"])
    ft = sigmoid(concat @ parameters["Wf"] + parameters["bf"])
    ot = sigmoid(concat @ parameters["Wo"] + parameters["bo"])
    cct = np.tanh(concat @ parameters["Wc"] + parameters["bc"])
    c_next = ft * c_prev + it * cct
    a_next = ot * np.tanh(c_next)
    return a_next, c_next, (concat, c_next, c_prev, ft, it, cct, ot)


def lstm_cell_backward(da_next, dc_next, cache, parameters):
    concat, c_next, c_prev, ft, it, cct, ot = cache
    dc = dc_next + da_next * ot * (1 - np.square(np.tanh(c_next)))
    dz = {}
    dz["o"] = da_next * np.tanh(c_next) * ot * (1 - ot)
    dz["c"] = dc * it * (1 - np.square(cct))
    dz["i"] = dc * cct * it * (1 - it)
    dz["f"] = dc * c_prev * ft * (1 - ft)
    dconcat = sum(dz[gate] @ parameters["W" + gate].T for gate in "ifoc")
    da_prev = dconcat[:, : ft.shape[1]]
    dc_prev = dc * ft
    return da_prev, dc_prev, {gate: (concat.T @ d, d.sum(axis=0)) for gate, d in dz.items()}


def right(W, b, x, h0, c0, y):
    parameters = {}
    for k, gate in enumerate("ifoc"):
        parameters["W" + gate] = W[:, 3 * k : 3 * k + 3]
        parameters["b" + gate] = b[3 * k : 3 * k + 3]
    a, c, caches = h0, c0, []
    for xt in x:
        a, c, cache = lstm_cell_forward(xt, a, c, parameters)
        caches.append(cache)
    da, dc = a - y, np.zeros_like(c)
    dW, db = dict.fromkeys("ifoc", 0.0), dict.fromkeys("ifoc", 0.0)
    for cache in reversed(caches):
        da, dc, grads = lstm_cell_backward(da, dc, cache, parameters)
        for gate, (gW, gb) in grads.items():
            dW[gate] = dW[gate] + gW
            db[gate] = db[gate] + gb
    return np.hstack([dW[gate] for gate in "ifoc"]), np.hstack([db[gate] for gate in "ifoc"])


def lstm_step_forward(x, prev_h, prev_c, W, b):
    H = prev_h.shape[1]
    z = np.hstack((prev_h, x))
    a = np.dot(z, W) + b
    i, f, o = sigmoid(a[:, :H]), sigmoid(a[:, H : 2 * H]), sigmoid(a[:, 2 * H : 3 * H])
    g = np.tanh(a[:, 3 * H :])
    next_c = f * prev_c + i * g
    tanh_c = np.tanh(next_c)
    return o * tanh_c, next_c, (z, prev_c, i, f, o, g, tanh_c)


def lstm_step_backward(dnext_h, dnext_c, cache, W):
    z, prev_c, i, f, o, g, tanh_c = cache
    H = dnext_h.shape[1]
    do = dnext_h * tanh_c
    dnext_c = dnext_c + dnext_h * o * (1 - tanh_c * tanh_c)
    df = dnext_c * prev_c
    dprev_c = dnext_c * f
    di = dnext_c * g
    dg = dnext_c * i
    da = np.hstack((df * f * (1 - f), di * i * (1 - i), do * o * (1 - o), dg * (1 - g * g)))
    dz = np.dot(da, W.T)
    return dz[:, :H], dprev_c, np.dot(z.T, da), np.sum(da, axis=0)


def backprop(W, b, x, h0, c0, y):
    T = x.shape[0]
    h, c, cache = h0, c0, [None] * T
    for t in range(T):
        h, c, cache[t] = lstm_step_forward(x[t], h, c, W, b)
    dW, db = np.zeros(W.shape), np.zeros(b.shape)
    dh, dc = h - y, np.zeros(c.shape)
    for t in range(T - 1, -1, -1):
        dh, dc, dWt, dbt = lstm_step_backward(dh, dc, cache[t], W)
        dW += dWt
        db += dbt
    return dW, db
