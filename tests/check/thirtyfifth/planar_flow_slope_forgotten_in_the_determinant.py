"""A planar flow with a leaky ReLU: the determinant

expected kind: missing-factor or wrong-point or unexplained
wrong line: 46
correction 46: det = 1 + dh * (w @ u)
what: the determinant is 1 + h'(a) w u; it was taken as if the slope h' were 1 everywhere
source: https://github.com/danielward27/flowjax/issues/169
said: the log-determinant of a planar flow with a leaky ReLU was wrong where its input is negative; the tests only came to the
    positive side
"""
import numpy as np

PARAMETERS = ["w", "u", "b"]
slope = 0.2


def loss(x, w, u, b):
    a = x @ w + b
    h = np.where(a > 0, a, slope * a)
    dh = np.where(a > 0, 1.0, slope)
    z = x + h[:, None] * u
    return np.mean(0.5 * np.sum(z ** 2, axis=1) - np.log(np.abs(1 + dh * np.sum(w * u))))


def right(x, w, u, b):
    n = len(x)
    a = x @ w + b
    dh = np.where(a > 0, 1.0, slope)
    h = dh * a
    z = x + np.outer(h, u)
    det = 1 + dh * (w @ u)
    d_logdet = -dh / det / n
    da = (z @ u) * dh / n
    du = h @ z / n + np.sum(d_logdet) * w
    dw = x.T @ da + np.sum(d_logdet) * u
    db = np.sum(da)
    return dw, du, db


def backprop(x, w, u, b):
    n = len(x)
    a = x @ w + b
    dh = np.where(a > 0, 1.0, slope)
    h = dh * a
    z = x + np.outer(h, u)
    det = 1 + w @ u
    d_logdet = -dh / det / n
    da = (z @ u) * dh / n
    du = h @ z / n + np.sum(d_logdet) * w
    dw = x.T @ da + np.sum(d_logdet) * u
    db = np.sum(da)
    return dw, du, db


def data(seed=0):
    rng = np.random.default_rng(seed)
    x, w = rng.normal(size=(9, 3)), rng.normal(size=3)
    x = x + 0.1 * np.outer(np.sign(x @ w - 0.1), w / np.sum(w ** 2))
    return [x, w, 0.6 * w + 0.2 * rng.normal(size=3), np.array(-0.1)]
