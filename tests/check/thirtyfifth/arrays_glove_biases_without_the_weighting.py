"""GloVe: the biases

expected kind: missing-factor
wrong line: 37
correction 37: bias = inner
given as: arrays
what: the gradients of the biases lack the weighting f(x) of the pair
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["W", "C", "bw", "bc"]


def weighting(x):
    return np.minimum(1, (x / 10) ** 0.75)


def loss(x, W, C, bw, bc):
    diff = W @ C.T + bw[:, None] + bc - np.log(x)
    return np.sum(weighting(x) * diff ** 2)


def right(x, W, C, bw, bc):
    diff = W @ C.T + bw[:, None] + bc - np.log(x)
    inner = 2 * weighting(x) * diff
    grad_W, grad_C = inner @ C, inner.T @ W
    bias = inner
    return grad_W, grad_C, bias.sum(axis=1), bias.sum(axis=0)


def backprop(x, W, C, bw, bc):
    diff = W @ C.T + bw[:, None] + bc - np.log(x)
    inner = 2 * weighting(x) * diff
    grad_W, grad_C = inner @ C, inner.T @ W
    bias = 2 * diff
    return grad_W, grad_C, bias.sum(axis=1), bias.sum(axis=0)


def data(seed=0):
    rng = np.random.default_rng(seed)
    x = rng.integers(1, 30, size=(5, 6)) + 0.0
    return [x, rng.normal(size=(5, 3)), rng.normal(size=(6, 3)), rng.normal(size=5), rng.normal(size=6)]
