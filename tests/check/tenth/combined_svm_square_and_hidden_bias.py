"""Combined svm square and hidden bias.

expected kind: missing-factor or scale + missing-factor
wrong line: 60 and 66
correction 60: ds[j] += 2 * margin / n
correction 66: db1 += dz
what: The other classes lack the two of the square; the hidden bias lacks the derivative of tanh
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, b1, W2, b2, X = (r.normal(size=s) for s in [(3, 5), 5, (5, 4), 4, (7, 3)])
    return W1, b1, W2, b2, X, np.array([0, 3, 1, 1, 2, 0, 3])


def loss(W1, b1, W2, b2, X, y):
    scores = np.tanh(X @ W1 + b1) @ W2 + b2
    right = np.sum(scores * np.eye(4)[y], axis=1, keepdims=True)
    margins = np.maximum(0, scores - right + 1) * (1 - np.eye(4)[y])
    return np.sum(margins**2) / len(y)


def hinge_gradient(Y_hat, y):
    rows = np.arange(len(y))
    margins = np.maximum(0, Y_hat - Y_hat[rows, y][:, np.newaxis] + 1)
    margins[rows, y] = 0
    dY = 2 * margins / len(y)
    dY[rows, y] -= dY.sum(axis=1)
    return dY


def right(W1, b1, W2, b2, X, y):
    H = np.tanh(np.dot(X, W1) + b1)
    dY = hinge_gradient(np.dot(H, W2) + b2, y)
    grads = {"W2": np.dot(H.T, dY), "b2": np.sum(dY, axis=0)}
    dH = np.dot(dY, W2.T)
    dH *= 1 - H**2
    grads["W1"] = np.dot(X.T, dH)
    grads["b1"] = np.sum(dH, axis=0)
    return grads


def backprop(W1, b1, W2, b2, X, y):
    n = X.shape[0]
    dW1, db1, dW2, db2 = (np.zeros_like(p) for p in (W1, b1, W2, b2))
    for i in range(n):
        h = np.tanh(X[i] @ W1 + b1)
        s = h @ W2 + b2
        ds = np.zeros(len(s))
        for j in range(len(s)):
            margin = s[j] - s[y[i]] + 1
            if j != y[i] and margin > 0:
                ds[j] += margin / n
                ds[y[i]] -= 2 * margin / n
        dW2 += np.outer(h, ds)
        db2 += ds
        dz = W2.dot(ds) * (1 - h * h)
        dW1 += np.outer(X[i], dz)
        db1 += W2.dot(ds)
    return dW1, db1, dW2, db2
