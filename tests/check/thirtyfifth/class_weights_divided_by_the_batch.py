"""Log-softmax with class weights: the weighted mean

expected kind: scale or mean-for-sum or another-loss
wrong line: 44
correction 44: dlogits *= w[:, None] / w.sum()
what: the loss is divided by the sum of the weights of the examples, its gradient by the size of the batch
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["W", "b"]
class_weight = np.array([0.4, 1.0, 2.5, 1.7])


def log_softmax(z):
    z = z - np.max(z, axis=1, keepdims=True)
    return z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))


def loss(X, y, W, b):
    logp = log_softmax(X @ W + b)
    w = class_weight[y]
    return -np.sum(w * logp[np.arange(len(y)), y]) / np.sum(w)


def right(X, y, W, b):
    rows = np.arange(X.shape[0])
    w = class_weight[y]
    dlogits = np.exp(log_softmax(X @ W + b))
    dlogits[rows, y] -= 1
    dlogits *= w[:, None] / w.sum()
    grad = {}
    grad["W"] = X.T.dot(dlogits)
    grad["b"] = dlogits.sum(axis=0)
    return grad


def backprop(X, y, W, b):
    rows = np.arange(X.shape[0])
    w = class_weight[y]
    dlogits = np.exp(log_softmax(X @ W + b))
    dlogits[rows, y] -= 1
    dlogits *= w[:, None] / X.shape[0]
    grad = {}
    grad["W"] = X.T.dot(dlogits)
    grad["b"] = dlogits.sum(axis=0)
    return grad


def data(seed=0):
    rng = np.random.default_rng(seed)
    y = np.concatenate([[0, 0, 3, 2, 1], rng.integers(4, size=3)])
    return [rng.normal(size=(8, 3)), y, rng.normal(size=(3, 4)), rng.normal(size=4)]
