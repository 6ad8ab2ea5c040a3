"""softmax regression: probabilities normalised over the batch.

expected kind: wrong-axis
wrong line: 35
correction 35: P = E / E.sum(axis=1, keepdims=True)
what: the backward pass divides the exponentials by their sums over the examples
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

reg = 0.2

def loss(W, b, X, y):
    S = X @ W + b
    S = S - np.max(S, axis=1, keepdims=True)
    logp = S - np.log(np.sum(np.exp(S), axis=1, keepdims=True))
    return -np.mean(logp[np.arange(len(y)), y]) + reg * np.sum(W ** 2)

def right(W, b, X, y):
    N = X.shape[0]
    S = X.dot(W) + b
    E = np.exp(S - S.max(axis=1, keepdims=True))
    P = E / E.sum(axis=1, keepdims=True)
    P[np.arange(N), y] -= 1
    dS = P / N
    dW = X.T.dot(dS) + 2 * reg * W
    db = dS.sum(axis=0)
    return dW, db

def backprop(W, b, X, y):
    N = X.shape[0]
    S = X.dot(W) + b
    E = np.exp(S - S.max(axis=1, keepdims=True))
    P = E / E.sum(axis=0)
    P[np.arange(N), y] -= 1
    dS = P / N
    dW = X.T.dot(dS) + 2 * reg * W
    db = dS.sum(axis=0)
    return dW, db

PARAMETERS = ["W", "b"]

def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(5, 3)), r.normal(size=3), r.normal(size=(9, 5)), r.integers(3, size=9)]
