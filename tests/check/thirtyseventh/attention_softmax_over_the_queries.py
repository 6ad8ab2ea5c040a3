"""attention softmax over the queries.

expected kind: wrong-axis or another-loss or transpose
wrong line: 39
correction 39: A = softmax(scores, axis=1)
what: the weights are normalised over the queries and not over the keys
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

def softmax(s, axis):
    e = np.exp(s - s.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)

def loss(X, T, Wq, Wk, Wv):
    Q, K, V = X @ Wq, X @ Wk, X @ Wv
    A = softmax(Q @ K.T / np.sqrt(K.shape[1]), axis=1)
    return np.mean((A @ V - T) ** 2)

def right(X, T, Wq, Wk, Wv):
    Q, K, V = X @ Wq, X @ Wk, X @ Wv
    scale = 1 / np.sqrt(K.shape[1])
    scores = Q @ K.T * scale
    A = softmax(scores, axis=1)
    out = A @ V
    dout = 2 * (out - T) / T.size
    dV = A.T @ dout
    dA = dout @ V.T
    dscores = A * (dA - np.sum(dA * A, axis=1, keepdims=True))
    dQ = dscores @ K * scale
    dK = dscores.T @ Q * scale
    return X.T @ dQ, X.T @ dK, X.T @ dV

def backprop(X, T, Wq, Wk, Wv):
    Q, K, V = X @ Wq, X @ Wk, X @ Wv
    scale = 1 / np.sqrt(K.shape[1])
    scores = Q @ K.T * scale
    A = softmax(scores, axis=0)
    out = A @ V
    dout = 2 * (out - T) / T.size
    dV = A.T @ dout
    dA = dout @ V.T
    dscores = A * (dA - np.sum(dA * A, axis=1, keepdims=True))
    dQ = dscores @ K * scale
    dK = dscores.T @ Q * scale
    return X.T @ dQ, X.T @ dK, X.T @ dV

PARAMETERS = ['Wq', 'Wk', 'Wv']

def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=s) for s in [(5, 4), (5, 3), (4, 3), (4, 3), (4, 3)]]
