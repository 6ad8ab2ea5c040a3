"""Siamese difference with a two.

expected kind: repeated-term or scale or wrong-point or repeated-factor
wrong line: 79
correction 79: g_same = label * (a - c)
what: The gradient of a squared difference has the two at one of its terms
source: https://github.com/BVLC/caffe/issues/2312
said: I think the gradient is computed incorrectly: it should be a - 2 * b
"""

import numpy as np

PARAMETERS = ["W", "b"]

MARGIN = 1.5


def data(seed=0):
    r = np.random.default_rng(seed)
    W, b, x1, x2 = (r.normal(size=s) for s in [(4, 3), 3, (8, 4), (8, 4)])
    return 0.5 * W, b, x1, x2, np.array([1, 0, 0, 1, 0, 0, 1, 0])


def loss(W, b, x1, x2, similar):
    a, c = np.tanh(x1 @ W + b), np.tanh(x2 @ W + b)
    d = np.sqrt(np.sum((a - c) ** 2, axis=1))
    pull = similar * d**2
    push = (1 - similar) * np.maximum(MARGIN - d, 0) ** 2
    return np.sum(pull + push) / (2 * len(x1))


def contrastive_backward(a, c, similar):
    diff = a - c
    dist = np.sqrt(np.sum(diff**2, axis=1))
    num = len(similar)
    bottom = np.zeros_like(diff)
    for i in range(num):
        if similar[i]:
            bottom[i] = diff[i] / num
        elif dist[i] < MARGIN:
            bottom[i] = -(MARGIN - dist[i]) / dist[i] * diff[i] / num
    return bottom, -bottom


def right(W, b, x1, x2, similar):
    a = np.tanh(x1.dot(W) + b)
    c = np.tanh(x2.dot(W) + b)
    da, dc = contrastive_backward(a, c, similar)
    dza = da * (1 - a**2)
    dzc = dc * (1 - c**2)
    dW = x1.T.dot(dza) + x2.T.dot(dzc)
    db = dza.sum(axis=0) + dzc.sum(axis=0)
    return dW, db


class Tower:
    def __init__(self, W, b):
        self.W, self.b = W, b
        self.grads = {"W": np.zeros_like(W), "b": np.zeros_like(b)}

    def embed(self, x):
        h = np.tanh(x @ self.W + self.b)
        return h, (x, h)

    def back(self, g, cache):
        x, h = cache
        g = g * (1 - h * h)
        self.grads["W"] += x.T @ g
        self.grads["b"] += g.sum(axis=0)


def backprop(W, b, x1, x2, similar):
    net, n = Tower(W, b), len(x1)
    a, cache_a = net.embed(x1)
    c, cache_c = net.embed(x2)
    distance = np.linalg.norm(a - c, axis=1, keepdims=True)
    label = similar.reshape(-1, 1)
    hinge = np.maximum(MARGIN - distance, 0)
    g_same = label * (a - 2 * c)
    g_other = (1 - label) * hinge * (c - a) / distance
    g = (g_same + g_other) / n
    net.back(g, cache_a)
    net.back(-g, cache_c)
    return net.grads
