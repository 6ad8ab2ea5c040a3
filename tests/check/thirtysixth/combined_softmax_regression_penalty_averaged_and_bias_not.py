"""Softmax regression with a penalty.

expected kind: mean-for-sum + sum-for-mean or scale + sum-for-mean or mean-for-sum + scale or scale + scale
wrong line: 35 and 36
correction 35: gW = X.T @ delta / n + 2 * alpha * W
correction 36: gb = delta.sum(axis=0) / n
what: the penalty is divided by the number of examples as well; the gradient of the bias isn't
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np


def softmax(Z):
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)


def loss(W, b, X, T, alpha):
    P = softmax(X @ W + b)
    return -np.sum(T * np.log(P)) / len(X) + alpha * np.sum(W ** 2)


def right(W, b, X, T, alpha):
    n = len(X)
    delta = softmax(X @ W + b) - T
    gW = X.T @ delta / n + 2 * alpha * W
    gb = delta.sum(axis=0) / n
    return gW, gb


def backprop(W, b, X, T, alpha):
    n = len(X)
    delta = softmax(X @ W + b) - T
    gW = (X.T @ delta + 2 * alpha * W) / n
    gb = delta.sum(axis=0)
    return gW, gb


PARAMETERS = ["W", "b"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    T = np.eye(4)[rng.integers(4, size=7)]
    return rng.normal(size=(3, 4)), rng.normal(size=4), rng.normal(size=(7, 3)), T, 0.4
