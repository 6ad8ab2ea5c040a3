"""The residual's gradient goes through the norm as well.

expected kind: missing-factor or wrong-point
wrong line: 64
correction 64: dres = dout + rms_bwd(dn2, res_out)
what: norm'(dres + dout) in place of dres + norm'(dout)
source: https://github.com/Dao-AILab/quack/pull/53
said: dres_out and dout are added before the derivative of the norm; the residual's gradient has to be added
    after it.
"""

import numpy as np

PARAMETERS = ["x", "W1", "W2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(3, 4)), r.normal(size=(4, 5)), r.normal(size=(5, 4)), r.normal(size=(3, 4))]


def loss(x, W1, W2, t):
    n = x / np.sqrt(np.mean(x**2, axis=1, keepdims=True) + 1e-4)
    res = x + np.maximum(n @ W1, 0) @ W2
    m = res / np.sqrt(np.mean(res**2, axis=1, keepdims=True) + 1e-4)
    return np.sum((res + np.tanh(m) - t) ** 2)


def right(x, W1, W2, t):
    def norm(v):
        return 1 / np.sqrt(np.mean(v**2, 1, keepdims=True) + 1e-4)

    def norm_back(g, v):
        k = norm(v)
        return k * g - k**3 * v * np.mean(g * v, 1, keepdims=True)

    h = x * norm(x) @ W1
    res = x + np.maximum(h, 0) @ W2
    e = np.tanh(res * norm(res))
    d = 2 * (res + e - t)
    dres = d + norm_back(d * (1 - e * e), res)
    dh = dres @ W2.T * (h > 0)
    return dres + norm_back(dh @ W1.T, x), (x * norm(x)).T @ dh, np.maximum(h, 0).T @ dres


def rms(v):
    return np.sqrt((v * v).mean(axis=1, keepdims=True) + 1e-4)


def rms_bwd(dout, v):
    r = rms(v)
    return dout / r - v * (dout * v).mean(axis=1, keepdims=True) / r ** 3


def backprop(x, W1, W2, t):
    n1 = x / rms(x)
    hidden = n1 @ W1
    relu = np.where(hidden > 0, hidden, 0)
    res_out = x + relu @ W2
    n2 = res_out / rms(res_out)
    tail = np.tanh(n2)
    dout = 2 * (res_out + tail - t)
    dn2 = dout * (1 - tail ** 2)
    dres = rms_bwd(dout + dn2, res_out)
    dW2 = relu.T @ dres
    dhidden = np.where(hidden > 0, dres @ W2.T, 0)
    dW1 = n1.T @ dhidden
    dx = dres + rms_bwd(dhidden @ W1.T, x)
    return dx, dW1, dW2
