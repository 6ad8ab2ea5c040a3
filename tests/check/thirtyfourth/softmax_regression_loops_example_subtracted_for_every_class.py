"""softmax regression in loops: the example is subtracted once for every class.

expected kind: repeated-term or scale or repeated-factor
wrong line: 45
correction 45: dW[:, y[i]] -= (j == y[i]) * X[i]
what: the line for the right class stands in the inner loop, so that it is run for all the classes
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

reg = 0.05

def loss(W, X, y):
    total = 0.0
    for i in range(X.shape[0]):
        f = X[i] @ W
        f = f - np.max(f)
        total = total - f[y[i]] + np.log(np.sum(np.exp(f)))
    return total / X.shape[0] + reg * np.sum(W * W)

def right(W, X, y):
    dW = np.zeros_like(W)
    num_train, num_classes = X.shape[0], W.shape[1]
    for i in range(num_train):
        f = X[i].dot(W)
        f -= np.max(f)
        p = np.exp(f) / np.sum(np.exp(f))
        for j in range(num_classes):
            dW[:, j] += p[j] * X[i]
            dW[:, y[i]] -= (j == y[i]) * X[i]
    dW /= num_train
    dW += 2 * reg * W
    return dW

def backprop(W, X, y):
    dW = np.zeros_like(W)
    num_train, num_classes = X.shape[0], W.shape[1]
    for i in range(num_train):
        f = X[i].dot(W)
        f -= np.max(f)
        p = np.exp(f) / np.sum(np.exp(f))
        for j in range(num_classes):
            dW[:, j] += p[j] * X[i]
            dW[:, y[i]] -= X[i]
    dW /= num_train
    dW += 2 * reg * W
    return dW

PARAMETERS = ["W"]

def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(4, 3)), r.normal(size=(7, 4)), r.integers(3, size=7)]
