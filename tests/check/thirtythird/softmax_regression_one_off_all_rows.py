"""softmax regression one off all rows.

expected kind: wrong-mask or wrong-axis or repeated-term or unexplained
wrong line: 32
correction 32: dscores[range(N), y] -= 1
what: the one is subtracted in the columns of all classes that occur, in every row, instead of at each row's class
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np


def softmax(scores):
    shifted = scores - scores.max(axis=1, keepdims=True)
    e = np.exp(shifted)
    return e / e.sum(axis=1, keepdims=True)


def loss(W, b, X, y):
    P = softmax(X.dot(W) + b)
    return -np.log(P[np.arange(len(y)), y]).mean() + 0.5 * 0.1 * np.sum(W * W)


def right(W, b, X, y):
    G = (softmax(X @ W + b) - np.eye(W.shape[1])[y]) / len(y)
    return X.T @ G + 0.1 * W, G.sum(axis=0)


def backprop(W, b, X, y):
    N = X.shape[0]
    dscores = softmax(X.dot(W) + b)
    dscores[:, y] -= 1
    dscores /= N
    dW = X.T.dot(dscores)
    dW += 0.1 * W
    db = np.sum(dscores, axis=0)
    return dW, db


PARAMETERS = ["W", "b"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    y = rng.permutation([0, 0, 1, 2, 2, 3, 3])
    return [rng.normal(size=(5, 4)), rng.normal(size=4), rng.normal(size=(7, 5)), y]
