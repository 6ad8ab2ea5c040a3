"""Arrays weights not averaged as the biases are.

expected kind: sum-for-mean or scale
wrong line: 41
correction 41: return (np.dot(N.T, nh_mean) - np.dot(V.T, ph_mean)) / len(V), np.mean(nh_mean - ph_mean, 0), np.mean(N - V, 0)
given as: arrays
what: The biases' gradients are means over the batch, that of the weights is a sum
source: https://github.com/yusugomori/DeepLearning/issues/22
said: the bias vectors are updated by the mean over the batch, the weight matrix isn't
"""

import numpy as np

PARAMETERS = ["W", "hbias", "vbias"]


def data(seed=0):
    r = np.random.default_rng(seed)
    V = r.integers(0, 2, (7, 5)).astype(float)
    return r.normal(size=(5, 3)), r.normal(size=3), r.normal(size=5), V, r.uniform(size=(7, 5))


def loss(W, hbias, vbias, V, N):
    free = lambda v: -v @ vbias - np.sum(np.log(1 + np.exp(v @ W + hbias)), axis=1)
    return np.mean(free(V) - free(N))


def right(W, hbias, vbias, V, N):
    dW, dh, dv = 0 * W, 0 * hbias, 0 * vbias
    for v, n in zip(V, N):
        a, b = [1 / (1 + np.exp(-(u @ W + hbias))) for u in (v, n)]
        dW += (np.outer(n, b) - np.outer(v, a)) / len(V)
        dh += (b - a) / len(V)
        dv += (n - v) / len(V)
    return dW, dh, dv


def backprop(W, hbias, vbias, V, N):
    sigmoid = lambda x: 1 / (1 + np.exp(-x))
    ph_mean, nh_mean = sigmoid(V @ W + hbias), sigmoid(N @ W + hbias)
    return np.dot(N.T, nh_mean) - np.dot(V.T, ph_mean), np.mean(nh_mean - ph_mean, 0), np.mean(N - V, 0)
