"""A softmax layer with its Jacobian.

expected kind: elementwise-for-matmul or diagonal-jacobian or wrong-parameter
wrong line: 41 or 42
correction 41: jacobian = np.diag(p) - np.outer(p, p)
correction 42: dz = (np.diag(p) - np.outer(p, p)) @ upstream
what: p * p, which broadcasts along the rows, in place of the outer product
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

def softmax(z):
    e = np.exp(z - np.max(z))
    return e / np.sum(e)

def loss(X, W, T):
    """Brier score of the probabilities, one example after the other."""
    return sum(np.sum((softmax(W @ x) - t) ** 2) for x, t in zip(X, T))


def right(X, W, T):
    dW = np.zeros(W.shape)
    dX = np.zeros(X.shape)
    for n in range(len(X)):
        p = softmax(W @ X[n])
        upstream = 2 * (p - T[n])
        jacobian = np.diag(p) - np.outer(p, p)
        dz = jacobian @ upstream
        dW += np.outer(dz, X[n])
        dX[n] = W.T @ dz
    return {"X": dX, "W": dW}


def backprop(X, W, T):
    dW = np.zeros(W.shape)
    dX = np.zeros(X.shape)
    for n in range(len(X)):
        p = softmax(W @ X[n])
        upstream = 2 * (p - T[n])
        jacobian = np.diag(p) - p * p
        dz = jacobian @ upstream
        dW += np.outer(dz, X[n])
        dX[n] = W.T @ dz
    return {"X": dX, "W": dW}


PARAMETERS = ["X", "W"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(5, 3)), rng.normal(size=(4, 3)), np.eye(4)[rng.integers(4, size=5)]]
