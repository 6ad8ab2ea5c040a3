"""Linear SVM for several classes, C times the sum of the hinge losses.

expected kind: mean-for-sum or missing-factor or scale
wrong line: 51 or 49
correction 49: g_bias = np.sum(violated, axis=0)
correction 51: db = C * g_bias * n
what: the mean subgradient is multiplied by the number of examples for the weights, but not for the bias
source: https://github.com/purushottamkar/ml19-20a/issues/5
said: in a lecture notebook the subgradient of the C-SVM with respect to the bias lacks the factor n that belongs to
    it, and that the weights have
"""
import numpy as np

PARAMETERS = ["W", "b"]
C = 0.3

def data(seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(10, 4)), rng.integers(3, size=10), rng.normal(size=(4, 3)), rng.normal(size=3)

def loss(X, y, W, b):
    scores = X @ W + b
    right_ones = scores[np.arange(len(y)), y]
    slack = np.maximum(0, 1 + scores - right_ones[:, None])
    slack[np.arange(len(y)), y] = 0
    return 0.5 * np.sum(W ** 2) + C * np.sum(slack)

def right(X, y, W, b):
    n = len(y)
    rows = np.arange(n)
    scores = np.dot(X, W) + b
    violated = (1 + scores - scores[rows, y].reshape(-1, 1) > 0) * 1.0
    violated[rows, y] = 0
    violated[rows, y] = -violated.sum(axis=1)
    g_weights = np.mean(X[:, :, None] * violated[:, None, :], axis=0)
    g_bias = np.mean(violated, axis=0)
    dW = W + C * g_weights * n
    db = C * g_bias * n
    return dW, db

def backprop(X, y, W, b):
    n = len(y)
    rows = np.arange(n)
    scores = np.dot(X, W) + b
    violated = (1 + scores - scores[rows, y].reshape(-1, 1) > 0) * 1.0
    violated[rows, y] = 0
    violated[rows, y] = -violated.sum(axis=1)
    g_weights = np.mean(X[:, :, None] * violated[:, None, :], axis=0)
    g_bias = np.mean(violated, axis=0)
    dW = W + C * g_weights * n
    db = C * g_bias
    return dW, db
