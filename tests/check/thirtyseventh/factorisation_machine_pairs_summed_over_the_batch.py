"""factorisation machine pairs summed over the batch.

expected kind: wrong-axis or another-loss or unexplained
wrong line: 29 or 30
correction 29: pairs = 0.5 * np.sum(XV ** 2 - X ** 2 @ V ** 2, axis=1)
correction 30: pred = w0 + X @ w + 0.5 * np.sum(XV ** 2 - X ** 2 @ V ** 2, axis=1)
what: the pairs are summed over all rows along with the factors, so that each row gets those of all
source: https://github.com/ShomyLiu/Neu-Review-Rec/issues/9
said: the sum in the machine should be told to go over dimension one only, which the author put right
"""
import numpy as np

def loss(X, y, w0, w, V):
    pairs = 0.5 * np.sum((X @ V) ** 2 - X ** 2 @ V ** 2, axis=1)
    return np.mean((w0 + X @ w + pairs - y) ** 2)

def right(X, y, w0, w, V):
    XV = X @ V
    pairs = 0.5 * np.sum(XV ** 2 - X ** 2 @ V ** 2, axis=1)
    pred = w0 + X @ w + pairs
    g = 2 * (pred - y) / len(y)
    dV = np.zeros_like(V)
    for f in range(V.shape[1]):
        dV[:, f] = X.T @ (g * XV[:, f]) - V[:, f] * ((X ** 2).T @ g)
    return np.array([g.sum()]), X.T @ g, dV

def backprop(X, y, w0, w, V):
    XV = X @ V
    pairs = 0.5 * np.sum(XV ** 2 - X ** 2 @ V ** 2)
    pred = w0 + X @ w + pairs
    g = 2 * (pred - y) / len(y)
    dV = np.zeros_like(V)
    for f in range(V.shape[1]):
        dV[:, f] = X.T @ (g * XV[:, f]) - V[:, f] * ((X ** 2).T @ g)
    return np.array([g.sum()]), X.T @ g, dV

PARAMETERS = ['w0', 'w', 'V']

def data(seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(7, 4)), rng.normal(size=7), rng.normal(size=1), rng.normal(size=4), rng.normal(size=(4, 2))
