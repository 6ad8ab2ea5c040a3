"""In the penalty's gradient the column of the bias is set to ones.

expected kind: another-loss or wrong-parameter or missing-term
wrong line: 57
correction 57: penal = lambda t: np.c_[np.zeros((t.shape[0], 1)), t[:, 1:]]
what: reg is added to the gradient of each bias that isn't penalised
source: https://github.com/JWarmenhoven/Coursera-Machine-Learning/issues/3
said: The first column of theta, the bias, is replaced by ones in the regularisation's gradient; zeros were
    meant, since the bias isn't penalised.
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]
REG = 0.2


def data(seed=0):
    r = np.random.default_rng(seed)
    return [
        r.normal(size=(5, 4)), r.integers(3, size=5),
        r.normal(size=(4, 6)), r.normal(size=6), r.normal(size=(6, 3)), r.normal(size=3),
    ]


def loss(X, y, W1, b1, W2, b2):
    f = np.maximum(0, X @ W1 + b1) @ W2 + b2
    lse = np.log(np.sum(np.exp(f), axis=1))
    return np.mean(lse - f[np.arange(5), y]) + REG * (np.sum(W1 * W1) + np.sum(W2 * W2))


def right(X, y, W1, b1, W2, b2):
    N = len(X)
    a = X @ W1 + b1
    f = np.maximum(0, a) @ W2 + b2
    p = np.exp(f) / np.exp(f).sum(1, keepdims=True)
    p[np.arange(N), y] -= 1
    p /= N
    da = (p @ W2.T) * (a > 0)
    return X.T @ da + 2 * REG * W1, da.sum(0), np.maximum(0, a).T @ p + 2 * REG * W2, p.sum(0)


def backprop(X, y, W1, b1, W2, b2):
    # thetas with the bias in the first column, as in the Octave exercise
    theta1, theta2 = np.c_[b1, W1.T], np.c_[b2, W2.T]
    m = X.shape[0]
    a1 = np.c_[np.ones((m, 1)), X]
    z2 = a1 @ theta1.T
    a2 = np.c_[np.ones((m, 1)), np.maximum(z2, 0)]
    z3 = a2 @ theta2.T
    ez = np.exp(z3 - z3.max(axis=1, keepdims=True))
    a3 = ez / ez.sum(axis=1, keepdims=True)

    d3 = a3 - np.eye(theta2.shape[0])[y]
    d2 = d3 @ theta2[:, 1:] * (z2 > 0)
    delta1, delta2 = d2.T @ a1, d3.T @ a2
    penal = lambda t: np.c_[np.ones((t.shape[0], 1)), t[:, 1:]]
    theta1_grad = delta1 / m + 2 * REG * penal(theta1)
    theta2_grad = delta2 / m + 2 * REG * penal(theta2)
    return theta1_grad[:, 1:].T, theta1_grad[:, 0], theta2_grad[:, 1:].T, theta2_grad[:, 0]
