"""Combined svm penalty by half and bias of the right class raised.

expected kind: scale + sign
wrong line: 59 and 57
correction 59: dW += 2 * LAM * W
correction 57: db[y[i]] -= 1
what: The penalty isn't halved in the loss but is in the gradient; the bias of the right class moves the wrong way
source: https://github.com/titu1994/DenseNet/issues/57
said: the penalty with the whole decay has a factor of two in its gradient; the other mistake is made up
"""

import numpy as np

PARAMETERS = ["W", "b"]
LAM = 0.3


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 3)), r.normal(size=3), r.normal(size=(6, 4)), np.array([0, 2, 1, 1, 0, 2])


def loss(W, b, X, y):
    Y = np.eye(3)[y]
    S = X @ W + b
    correct = np.sum(S * Y, axis=1, keepdims=True)
    margins = (1 - Y) * np.maximum(0, S - correct + 1)
    return np.sum(margins) / len(X) + LAM * np.sum(W**2)


def right(W, b, X, y):
    N = len(X)
    rows = np.arange(N)
    S = X @ W + b
    own = np.eye(W.shape[1])[y]
    margins = (S - S[rows, y].reshape(N, 1) + 1) * (1 - own)
    hits = (margins > 0).astype(float)
    hits[rows, y] = -hits.sum(axis=1)
    grad_W = X.T @ hits / N + 2 * LAM * W
    grad_b = hits.sum(axis=0) / N
    return grad_W, grad_b


def backprop(W, b, X, y):
    dW, db = np.zeros(W.shape), np.zeros(b.shape)
    num_train, num_classes = X.shape[0], W.shape[1]
    for i in range(num_train):
        scores = X[i].dot(W) + b
        for j in range(num_classes):
            if j == y[i]:
                continue
            margin = scores[j] - scores[y[i]] + 1
            if margin > 0:
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
                db[j] += 1
                db[y[i]] += 1
    dW /= num_train
    dW += LAM * W
    return dW, db / num_train
