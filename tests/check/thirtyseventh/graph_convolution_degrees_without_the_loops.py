"""graph convolution degrees without the loops.

expected kind: another-loss or missing-term or stale-value or wrong-point
wrong line: 39 or 40
correction 39: deg = looped.sum(axis=1)
correction 40: S = looped / np.sqrt(np.outer(deg + 1, deg + 1))
what: the graph with its loops is normalised by the degrees from before the loops were added
source: https://github.com/pyg-team/pytorch_geometric/issues/48
said: the adjacency with loops was normalised with the degrees of the graph without them
"""
import numpy as np

def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)

def loss(A, X, y, W0, W1):
    looped = A + np.eye(len(A))
    d = 1 / np.sqrt(looped.sum(axis=1))
    S = d[:, None] * looped * d
    P = softmax(S @ np.tanh(S @ X @ W0) @ W1)
    return -np.mean(np.log(P[np.arange(len(y)), y]))

def right(A, X, y, W0, W1):
    looped = A + np.eye(len(A))
    deg = looped.sum(axis=1)
    S = looped / np.sqrt(np.outer(deg, deg))
    H = np.tanh(S @ X @ W0)
    G = softmax(S @ H @ W1)
    G[np.arange(len(y)), y] -= 1
    G /= len(y)
    dW1 = (S @ H).T @ G
    dH = S.T @ G @ W1.T
    dW0 = (S @ X).T @ (dH * (1 - H ** 2))
    return dW0, dW1

def backprop(A, X, y, W0, W1):
    looped = A + np.eye(len(A))
    deg = A.sum(axis=1)
    S = looped / np.sqrt(np.outer(deg, deg))
    H = np.tanh(S @ X @ W0)
    G = softmax(S @ H @ W1)
    G[np.arange(len(y)), y] -= 1
    G /= len(y)
    dW1 = (S @ H).T @ G
    dH = S.T @ G @ W1.T
    dW0 = (S @ X).T @ (dH * (1 - H ** 2))
    return dW0, dW1

PARAMETERS = ['W0', 'W1']

def data(seed=0):
    rng = np.random.default_rng(seed)
    n = 7
    A = np.triu(rng.random((n, n)) < 0.3, 1) * 1.0
    A[np.arange(n - 1), np.arange(1, n)] = 1
    return A + A.T, rng.normal(size=(n, 4)), rng.integers(3, size=n), rng.normal(size=(4, 5)), rng.normal(size=(5, 3))
