"""Gates cell gradient overwritten.

expected kind: missing-term or detached or stale-value
wrong line: 100
correction 100: dc += dh * o * (1 - np.tanh(c[t]) ** 2) + da_o * P[2]
what: What comes to the cell from its output replaces what has come from the next step, and should be added to it
source: https://github.com/apache/mxnet/issues/4057
said: the gradient of the cell should be added to, not assigned
"""

import numpy as np

PARAMETERS = ["W", "U", "P"]


G = dict(i=0, f=1, g=2, o=3)
STEPS = 3


def data(seed=0):
    r = np.random.default_rng(seed)
    return tuple(r.normal(size=s) for s in [(4, 2, 2), (4, 2, 2), (3, 2), (STEPS, 2), 2])


def logistic(a):
    return 1 / (1 + np.exp(-a))


def loss(W, U, P, xs, y):
    h = c = np.zeros(2)
    for x in xs:
        i = logistic(W[0] @ x + U[0] @ h + P[0] * c)
        f = logistic(W[1] @ x + U[1] @ h + P[1] * c)
        g = np.tanh(W[2] @ x + U[2] @ h)
        c = f * c + i * g
        o = logistic(W[3] @ x + U[3] @ h + P[2] * c)
        h = o * np.tanh(c)
    return np.sum((h - y) ** 2)


def step(x, h, c, W, U, P):
    i = logistic(W[G["i"]] @ x + U[G["i"]] @ h + P[0] * c)
    f = logistic(W[G["f"]] @ x + U[G["f"]] @ h + P[1] * c)
    g = np.tanh(W[G["g"]] @ x + U[G["g"]] @ h)
    c_new = f * c + i * g
    o = logistic(W[G["o"]] @ x + U[G["o"]] @ h + P[2] * c_new)
    h_new = o * np.tanh(c_new)
    return h_new, c_new, (x, h, c, i, f, g, o, c_new)


def step_backward(dh, dc, cache, W, U, P, grads):
    x, h, c, i, f, g, o, c_new = cache
    th = np.tanh(c_new)
    zo = dh * th * o * (1 - o)
    dc = dc + dh * o * (1 - th**2) + zo * P[2]
    z = {"o": zo, "i": dc * g * i * (1 - i), "f": dc * c * f * (1 - f), "g": dc * i * (1 - g**2)}
    dh_prev = np.zeros_like(h)
    for name, k in G.items():
        grads["W"][k] += np.outer(z[name], x)
        grads["U"][k] += np.outer(z[name], h)
        dh_prev += U[k].T @ z[name]
    grads["P"][0] += z["i"] * c
    grads["P"][1] += z["f"] * c
    grads["P"][2] += z["o"] * c_new
    dc_prev = f * dc + P[0] * z["i"] + P[1] * z["f"]
    return dh_prev, dc_prev


def right(W, U, P, xs, y):
    h, c, caches = np.zeros(2), np.zeros(2), []
    for x in xs:
        h, c, cache = step(x, h, c, W, U, P)
        caches.append(cache)
    grads = {"W": np.zeros_like(W), "U": np.zeros_like(U), "P": np.zeros_like(P)}
    dh, dc = 2 * (h - y), np.zeros(2)
    while caches:
        dh, dc = step_backward(dh, dc, caches.pop(), W, U, P, grads)
    return grads


def backprop(W, U, P, xs, y):
    h, c = {-1: np.zeros(2)}, {-1: np.zeros(2)}
    gates = {}
    for t in range(STEPS):
        a = W @ xs[t] + U @ h[t - 1]
        i = logistic(a[0] + P[0] * c[t - 1])
        f = logistic(a[1] + P[1] * c[t - 1])
        g = np.tanh(a[2])
        c[t] = f * c[t - 1] + i * g
        o = logistic(a[3] + P[2] * c[t])
        h[t] = o * np.tanh(c[t])
        gates[t] = i, f, g, o

    dW, dU, dP = np.zeros(W.shape), np.zeros(U.shape), np.zeros(P.shape)
    dh = 2 * (h[STEPS - 1] - y)
    dc = np.zeros(2)
    for t in range(STEPS - 1, -1, -1):
        i, f, g, o = gates[t]
        da_o = dh * np.tanh(c[t]) * o * (1 - o)
        dc = dh * o * (1 - np.tanh(c[t]) ** 2) + da_o * P[2]
        da_i = dc * g * i * (1 - i)
        da_f = dc * c[t - 1] * f * (1 - f)
        da_g = dc * i * (1 - g**2)
        da = np.array([da_i, da_f, da_g, da_o])
        dW += da[:, :, None] * xs[t]
        dU += da[:, :, None] * h[t - 1]
        dP += np.array([da_i * c[t - 1], da_f * c[t - 1], da_o * c[t]])
        dh = sum(U[k].T @ da[k] for k in range(4))
        dc = dc * f + da_i * P[0] + da_f * P[1]
    return dW, dU, dP
