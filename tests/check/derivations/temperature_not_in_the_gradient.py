"""A softmax with temperature whose gradient knows none.

expected kind: missing-factor or scale
wrong line: 42
correction 42: dlogits = (student(x, w, c) - q) / T
what: the factor 1/T is left out
source: https://github.com/apache/mxnet/pull/11466
said: In the review of a temperature parameter: the derivative has an extra factor 1/temperature, which
    reaches all errors below.
"""

import numpy as np

PARAMETERS = ["w", "c"]
T = 2.5


def data(seed=0):
    r = np.random.default_rng(seed)
    teacher = np.exp(r.normal(size=(6, 3)))
    return [r.normal(size=(6, 4)), teacher / teacher.sum(1, keepdims=True), r.normal(size=(4, 3)), r.normal(size=3)]


def loss(x, q, w, c):
    s = (x @ w + c) / T
    return np.sum(np.log(np.sum(np.exp(s), axis=1))) - np.sum(q * s)


def right(x, q, w, c):
    s = np.exp((x @ w + c) / T)
    d = (s / s.sum(1, keepdims=True) - q) / T
    return x.T @ d, d.sum(0)


def student(x, w, c):
    logits = x @ w + c
    soft = np.exp(logits / T - np.max(logits / T, axis=1, keepdims=True))
    return soft / soft.sum(axis=1, keepdims=True)


def backprop(x, q, w, c):
    dlogits = student(x, w, c) - q
    return {"w": x.T @ dlogits, "c": dlogits.sum(axis=0)}
