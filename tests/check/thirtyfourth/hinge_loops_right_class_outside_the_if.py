"""multiclass hinge in loops: the right class is updated whether or not the margin is violated.

expected kind: wrong-mask or missing-factor or repeated-term
wrong line: 51
correction 51: dW[:, y[i]] -= X[i] * (margin > 0)
what: the update of the right class's column is dedented out of the if
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

reg, delta = 0.1, 1.0

def loss(W, X, y):
    num_train = X.shape[0]
    total = 0.0
    for i in range(num_train):
        scores = X[i] @ W
        for j in range(W.shape[1]):
            if j != y[i]:
                total = total + np.maximum(0, scores[j] - scores[y[i]] + delta)
    return total / num_train + reg * np.sum(W * W)

def right(W, X, y):
    num_train = X.shape[0]
    dW = np.zeros(W.shape)
    for i in range(num_train):
        scores = X[i].dot(W)
        for j in range(W.shape[1]):
            if j == y[i]:
                continue
            margin = scores[j] - scores[y[i]] + delta
            if margin > 0:
                dW[:, j] += X[i]
            dW[:, y[i]] -= X[i] * (margin > 0)
    dW /= num_train
    dW += 2 * reg * W
    return dW

def backprop(W, X, y):
    num_train = X.shape[0]
    dW = np.zeros(W.shape)
    for i in range(num_train):
        scores = X[i].dot(W)
        for j in range(W.shape[1]):
            if j == y[i]:
                continue
            margin = scores[j] - scores[y[i]] + delta
            if margin > 0:
                dW[:, j] += X[i]
            dW[:, y[i]] -= X[i]
    dW /= num_train
    dW += 2 * reg * W
    return dW

PARAMETERS = ["W"]

def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(5, 4)), r.normal(size=(8, 5)), r.integers(4, size=8)]
