"""An affine coupling layer: the scales

expected kind: sign or another-loss or unexplained
wrong line: 43
correction 43: ds = -dz2 * z2 + 1 / N
what: the layer is inverted, so that its log-determinant is minus the sum of s; the gradient has it with the other sign
source: https://github.com/ikostrikov/pytorch-flows/issues/16
said: the log-determinants of the two directions of a flow have the same sign, where one should be minus the other
"""
import numpy as np

PARAMETERS = ["Ws", "bs", "Wt", "bt"]


def loss(x, Ws, bs, Wt, bt):
    x1, x2 = x[:, :2], x[:, 2:]
    s, t = np.tanh(x1 @ Ws + bs), x1 @ Wt + bt
    z2 = (x2 - t) * np.exp(-s)
    log_det = -np.sum(s, axis=1)
    log_prob = -0.5 * np.sum(x1 ** 2, axis=1) - 0.5 * np.sum(z2 ** 2, axis=1)
    return -np.mean(log_prob + log_det)


def right(x, Ws, bs, Wt, bt):
    N = x.shape[0]
    x1, x2 = np.split(x, 2, axis=1)
    s = np.tanh(x1 @ Ws + bs)
    z2 = (x2 - x1 @ Wt - bt) / np.exp(s)
    dz2 = z2 / N
    dt = -dz2 * np.exp(-s)
    ds = -dz2 * z2 + 1 / N
    ds_pre = ds * (1 - s ** 2)
    return {"Ws": x1.T @ ds_pre, "bs": ds_pre.sum(0), "Wt": x1.T @ dt, "bt": dt.sum(0)}


def backprop(x, Ws, bs, Wt, bt):
    N = x.shape[0]
    x1, x2 = np.split(x, 2, axis=1)
    s = np.tanh(x1 @ Ws + bs)
    z2 = (x2 - x1 @ Wt - bt) / np.exp(s)
    dz2 = z2 / N
    dt = -dz2 * np.exp(-s)
    ds = -dz2 * z2 - 1 / N
    ds_pre = ds * (1 - s ** 2)
    return {"Ws": x1.T @ ds_pre, "bs": ds_pre.sum(0), "Wt": x1.T @ dt, "bt": dt.sum(0)}


def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(8, 4)), rng.normal(size=(2, 2)), rng.normal(size=2), rng.normal(size=(2, 2)), rng.normal(size=2)]
