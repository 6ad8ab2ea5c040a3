"""Principal axes seen once.

expected kind: missing-term or detached
wrong line: 38
correction 38: dW = dW_encoder + dW_decoder
what: The matrix stands twice in the reconstruction, and only its second use is in the gradient
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 2)), r.normal(size=(7, 4))


def loss(W, X):
    return np.sum((X - X @ W @ W.T) ** 2) / len(X)


def right(W, X):
    S = X.T @ X / len(X)
    return 2 * (-2 * S @ W + S @ W @ W.T @ W + W @ W.T @ S @ W)


def backprop(W, X):
    m = X.shape[0]
    code = np.dot(X, W)
    recon = np.dot(code, W.T)
    drecon = 2.0 * (recon - X) / m
    dcode = np.dot(drecon, W)
    dW_encoder = np.dot(X.T, dcode)
    dW_decoder = np.dot(drecon.T, code)
    dW = dW_decoder
    return dW
