"""The derivation knows no dropout at all.

expected kind: another-loss or missing-factor
wrong line: 38
correction 38: dropout_mask = mask / (1 - P)
what: the mask is missing in both passes: the right gradient of the network without dropout
source: https://github.com/iamtrask/Grokking-Deep-Learning/issues/68
said: Why does layer_1_delta need to be multiplied with dropout_mask?, a reader asks.
"""

import numpy as np

PARAMETERS = ["w1", "w2"]
P = 0.4


def data(seed=0):
    r = np.random.default_rng(seed)
    mask = r.uniform(size=(5, 6)) > P
    return [r.normal(size=(5, 3)), r.normal(size=(5, 2)), mask, r.normal(size=(3, 6)), r.normal(size=(6, 2))]


def loss(x, y, mask, w1, w2):
    h = np.tanh(x @ w1) * mask / (1 - P)
    return np.sum((h @ w2 - y) ** 2) / 5


def right(x, y, mask, w1, w2):
    keep = mask / (1 - P)
    t = np.tanh(x @ w1)
    g = 0.4 * ((t * keep) @ w2 - y)
    return x.T @ ((g @ w2.T) * keep * (1 - t * t)), (t * keep).T @ g


def backprop(x, y, mask, w1, w2):
    layer_0 = x
    layer_1 = np.tanh(np.dot(layer_0, w1))
    dropout_mask = np.ones(layer_1.shape)
    layer_2 = np.dot(layer_1 * dropout_mask, w2)
    layer_2_delta = (layer_2 - y) * 2 / len(y)
    layer_1_delta = np.dot(layer_2_delta, w2.T) * (1 - layer_1 ** 2)
    layer_1_delta *= dropout_mask
    return np.dot(layer_0.T, layer_1_delta), np.dot((layer_1 * dropout_mask).T, layer_2_delta)
