"""Estuary forget gate hears the cell it has made.

expected kind: stale-value or wrong-point
wrong line: 122
correction 122: dgates[0] = dcell * cells[t] * f * (1 - f)
what: The forget gate multiplied the cell of the step before, but its gradient has the cell of the step itself
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wf", "Wi", "Wc", "Wo", "bf", "bi", "bc", "bo", "Wy", "by"]


def data(seed=0):
    r = np.random.default_rng(seed)
    n_a, n_x, n_y, m, T = 3, 2, 2, 4, 4
    weights = [0.7 * r.normal(size=(n_a, n_a + n_x)) for _ in range(4)]
    biases = [0.5 * r.normal(size=(n_a, 1)) for _ in range(4)]
    Wy, by = r.normal(size=(n_y, n_a)), 0.3 * r.normal(size=(n_y, 1))
    return *weights, *biases, Wy, by, r.normal(size=(n_x, m, T)), r.normal(size=(n_y, m, T))


def loss(Wf, Wi, Wc, Wo, bf, bi, bc, bo, Wy, by, moon, level):
    n_a, m = Wf.shape[0], moon.shape[1]
    sigmoid = lambda s: 1 / (1 + np.exp(-s))
    a, c, total = None, None, 0.0
    for t in range(moon.shape[2]):
        x = moon[:, :, t]
        # there is nothing before the first step
        pre = lambda W, b: W[:, n_a:] @ x + b if a is None else W[:, :n_a] @ a + W[:, n_a:] @ x + b
        kept = 0.0 if c is None else sigmoid(pre(Wf, bf)) * c
        c = kept + sigmoid(pre(Wi, bi)) * np.tanh(pre(Wc, bc))
        a = sigmoid(pre(Wo, bo)) * np.tanh(c)
        total = total + np.sum((Wy @ a + by - level[:, :, t]) ** 2)
    return total / m


def sigmoid(s):
    return 1 / (1 + np.exp(-s))


def lstm_cell_forward(xt, a_prev, c_prev, parameters):
    concat = np.concatenate([a_prev, xt], axis=0)
    ft = sigmoid(np.dot(parameters["Wf"], concat) + parameters["bf"])
    it = sigmoid(np.dot(parameters["Wi"], concat) + parameters["bi"])
    cct = np.tanh(np.dot(parameters["Wc"], concat) + parameters["bc"])
    c_next = ft * c_prev + it * cct
    ot = sigmoid(np.dot(parameters["Wo"], concat) + parameters["bo"])
    a_next = ot * np.tanh(c_next)
    return a_next, c_next, (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt)


def lstm_cell_backward(da_next, dc_next, cache, parameters):
    a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt = cache
    n_a = a_next.shape[0]
    slope = ot * (1 - np.tanh(c_next) ** 2)
    # gates
    dot = da_next * np.tanh(c_next) * ot * (1 - ot)
    dcct = (dc_next + slope * da_next) * it * (1 - cct**2)
    dit = (dc_next * cct + slope * cct * da_next) * it * (1 - it)
    dft = (dc_next * c_prev + slope * c_prev * da_next) * ft * (1 - ft)
    # parameters
    concat = np.concatenate([a_prev, xt], axis=0)
    grads = {}
    for gate, d in (("f", dft), ("i", dit), ("c", dcct), ("o", dot)):
        grads["W" + gate] = np.dot(d, concat.T)
        grads["b" + gate] = np.sum(d, axis=1, keepdims=True)
    grads["da_prev"] = sum(
        np.dot(parameters["W" + gate][:, :n_a].T, d) for gate, d in (("f", dft), ("i", dit), ("c", dcct), ("o", dot))
    )
    grads["dc_prev"] = dc_next * ft + slope * ft * da_next
    return grads


def right(Wf, Wi, Wc, Wo, bf, bi, bc, bo, Wy, by, moon, level):
    parameters = {"Wf": Wf, "Wi": Wi, "Wc": Wc, "Wo": Wo, "bf": bf, "bi": bi, "bc": bc, "bo": bo, "Wy": Wy, "by": by}
    n_x, m, T_x = moon.shape
    a, c, caches = np.zeros((Wf.shape[0], m)), np.zeros((Wf.shape[0], m)), []
    for t in range(T_x):
        a, c, cache = lstm_cell_forward(moon[:, :, t], a, c, parameters)
        caches.append(cache)
    total = {key: np.zeros(value.shape) for key, value in parameters.items()}
    da_prevt, dc_prevt = np.zeros_like(a), np.zeros_like(c)
    for t in reversed(range(T_x)):
        dy = 2 * (np.dot(Wy, caches[t][0]) + by - level[:, :, t]) / m
        total["Wy"] += np.dot(dy, caches[t][0].T)
        total["by"] += np.sum(dy, axis=1, keepdims=True)
        gradients = lstm_cell_backward(np.dot(Wy.T, dy) + da_prevt, dc_prevt, caches[t], parameters)
        da_prevt, dc_prevt = gradients.pop("da_prev"), gradients.pop("dc_prev")
        for key, value in gradients.items():
            total[key] += value
    return total


def backprop(Wf, Wi, Wc, Wo, bf, bi, bc, bo, Wy, by, moon, level):
    W, b = np.vstack([Wf, Wi, Wc, Wo]), np.vstack([bf, bi, bc, bo])
    na, (nx, m, T) = len(Wf), moon.shape
    v = np.zeros((T, na + nx, m))
    gates, cells, outs = np.zeros((T, 4, na, m)), np.zeros((T + 1, na, m)), np.zeros((T + 1, na, m))
    for t in range(T):
        v[t, :na], v[t, na:] = outs[t], moon[:, :, t]
        s = (W @ v[t] + b).reshape(4, na, m)
        gates[t] = 1 / (1 + np.exp(-s))
        gates[t, 2] = np.tanh(s[2])
        f, i, k, o = gates[t]
        cells[t + 1] = f * cells[t] + i * k
        outs[t + 1] = o * np.tanh(cells[t + 1])

    dW, db, dWy, dby = np.zeros_like(W), np.zeros_like(b), np.zeros_like(Wy), np.zeros_like(by)
    dout, dcell = np.zeros((na, m)), np.zeros((na, m))
    for t in range(T)[::-1]:
        f, i, k, o = gates[t]
        dlevel = (Wy @ outs[t + 1] + by - level[:, :, t]) * (2 / m)
        dWy += dlevel @ outs[t + 1].T
        dby += dlevel.sum(axis=1, keepdims=True)
        dout = dout + Wy.T @ dlevel
        squashed = np.tanh(cells[t + 1])
        dcell = dcell + dout * o * (1 - squashed**2)
        dgates = np.empty((4, na, m))
        dgates[0] = dcell * cells[t + 1] * f * (1 - f)
        dgates[1] = dcell * k * i * (1 - i)
        dgates[2] = dcell * i * (1 - k**2)
        dgates[3] = dout * squashed * o * (1 - o)
        dgates = dgates.reshape(4 * na, m)
        dW += dgates @ v[t].T
        db += dgates.sum(axis=1, keepdims=True)
        dout = W[:, :na].T @ dgates
        dcell = dcell * f
    return (*np.split(dW, 4), *np.split(db, 4), dWy, dby)
