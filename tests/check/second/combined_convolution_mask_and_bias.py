"""Combined convolution mask and bias.

expected kind: wrong-mask + mean-for-sum
wrong line: 49 and 54
correction 49: d_map = d_act * (fmap > 0)
correction 54: d_bias = d_map.sum(axis=1)
what: The ReLU of a convolution is masked by the target, and the bias takes the mean over the positions
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["filters", "bias", "fc"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(2, 3)), r.normal(size=2), r.normal(size=2), r.normal(size=8), r.normal()


def loss(filters, bias, fc, signal, y):
    score = 0
    for i in range(6):
        score = score + np.maximum(0, filters @ signal[i : i + 3] + bias) @ fc
    return 0.5 * (score - y) ** 2


def right(filters, bias, fc, signal, y):
    w = np.lib.stride_tricks.sliding_window_view(signal, 3)
    a = w @ filters.T + bias
    e = (np.maximum(a, 0) @ fc).sum() - y
    g = e * fc * (a > 0)
    return g.T @ w, g.sum(0), e * np.maximum(a, 0).sum(0)


def backprop(filters, bias, fc, signal, y):
    n_f, k = filters.shape
    n = len(signal) - k + 1
    fmap = np.zeros((n_f, n))
    for c in range(n_f):
        for i in range(n):
            fmap[c, i] = np.dot(filters[c], signal[i : i + k]) + bias[c]
    act = np.maximum(fmap, 0)
    pooled = act.sum(axis=1)
    err = np.dot(pooled, fc) - y
    d_fc = err * pooled
    d_act = np.repeat((err * fc)[:, None], n, axis=1)
    d_map = d_act * (signal[:n] > 0)
    d_filters = np.zeros((n_f, k))
    for c in range(n_f):
        for i in range(n):
            d_filters[c] += d_map[c, i] * signal[i : i + k]
    d_bias = d_map.mean(axis=1)
    return d_filters, d_bias, d_fc
