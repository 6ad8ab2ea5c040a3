"""A parenthesis makes sigmoid(1 - sigmoid(z)) of sigmoid(z)(1 - sigmoid(z)).

expected kind: wrong-activation or wrong-point
wrong line: 38
correction 38: return next_dz * sigmoid_forward(z) * (1 - sigmoid_forward(z))
what: the derivative is the sigmoid at 1 - s instead of s times 1 - s
source: https://github.com/yizt/numpy_neural_network/issues/3
said: Isn't sigmoid_backward written wrongly? It returns sigmoid_forward(1 - sigmoid_forward(next_dz)); the
    author mended it.
"""

import numpy as np

PARAMETERS = ["w", "biases", "v"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=shape) for shape in [(4, 3), (4, 2), (3, 4), 4, (4, 2)]]


def loss(x, y, w, biases, v):
    return np.sum((1 / (1 + np.exp(-(x @ w + biases))) @ v - y) ** 2)


def right(x, y, w, biases, v):
    s = 1 / (1 + np.exp(-x @ w - biases))
    g = 2 * (s @ v - y)
    d = np.einsum("nk,hk,nh->nh", g, v, s - s * s)
    return np.einsum("nd,nh->dh", x, d), np.einsum("nh->h", d), np.einsum("nh,nk->hk", s, g)


def sigmoid_forward(z):
    return 1 / (1 + np.exp(-z))


def sigmoid_backward(next_dz, z):
    return next_dz * sigmoid_forward(1 - sigmoid_forward(z))


def backprop(x, y, w, biases, v):
    nuerons = {"z1": x @ w + biases}
    nuerons["s1"] = sigmoid_forward(nuerons["z1"])
    nuerons["y"] = nuerons["s1"] @ v
    gradients = {}
    dy = 2 * (nuerons["y"] - y)
    gradients["v"] = nuerons["s1"].T @ dy
    gradients["s1"] = dy @ v.T
    gradients["z1"] = sigmoid_backward(gradients["s1"], nuerons["z1"])
    gradients["w"] = x.T @ gradients["z1"]
    gradients["biases"] = gradients["z1"].sum(axis=0)
    return gradients
