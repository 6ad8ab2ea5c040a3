"""arrays softmax jacobian plus off the diagonal.

expected kind: sign
wrong line: 36 or 37
correction 36: off = -np.outer(s, s)
correction 37: J = np.diag(s) - off
given as: arrays
what: the outer product is added to the diagonal and not taken from it
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()

def loss(X, T, W, b):
    return sum(0.5 * np.sum((softmax(W @ x + b) - t) ** 2) for x, t in zip(X, T))

def right(X, T, W, b):
    dW, db = np.zeros_like(W), np.zeros_like(b)
    for x, t in zip(X, T):
        s = softmax(W @ x + b)
        off = -np.outer(s, s)
        J = np.diag(s) + off
        dz = J.T @ (s - t)
        dW += np.outer(dz, x)
        db += dz
    return dW, db

def backprop(X, T, W, b):
    dW, db = np.zeros_like(W), np.zeros_like(b)
    for x, t in zip(X, T):
        s = softmax(W @ x + b)
        off = np.outer(s, s)
        J = np.diag(s) + off
        dz = J.T @ (s - t)
        dW += np.outer(dz, x)
        db += dz
    return dW, db

PARAMETERS = ['W', 'b']

def data(seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(6, 3)), rng.dirichlet(np.ones(4), size=6), rng.normal(size=(4, 3)), rng.normal(size=4)
