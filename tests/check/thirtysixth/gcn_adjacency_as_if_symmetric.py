"""Two graph convolutions with the adjacency normalised by rows.

expected kind: transpose
wrong line: 47
correction 47: dM1 = S.T @ dZ
what: in the second layer the adjacency is not transposed, which is right only where it is symmetric
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

A = np.array([[1, 1, 0, 0, 1], [0, 1, 1, 0, 0], [1, 0, 1, 1, 0], [0, 0, 0, 1, 1], [0, 1, 0, 0, 1]], dtype=float)
S = A / A.sum(axis=1, keepdims=True)
train = np.array([0, 2, 3])

def forward(X, W0, W1):
    H = np.tanh(S @ X @ W0)
    Z = S @ H @ W1
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return H, E / E.sum(axis=1, keepdims=True)

def loss(X, W0, W1, labels):
    _, P = forward(X, W0, W1)
    return -np.mean(np.log(P[train, labels[train]]))


def right(X, W0, W1, labels):
    H, P = forward(X, W0, W1)
    dZ = np.zeros_like(P)
    dZ[train] = P[train]
    dZ[train, labels[train]] -= 1
    dZ /= len(train)
    dM1 = S.T @ dZ
    dW1 = H.T @ dM1
    dH = dM1 @ W1.T
    dM0 = S.T @ (dH * (1 - H ** 2))
    dW0 = X.T @ dM0
    return {"X": dM0 @ W0.T, "W0": dW0, "W1": dW1}


def backprop(X, W0, W1, labels):
    H, P = forward(X, W0, W1)
    dZ = np.zeros_like(P)
    dZ[train] = P[train]
    dZ[train, labels[train]] -= 1
    dZ /= len(train)
    dM1 = S @ dZ
    dW1 = H.T @ dM1
    dH = dM1 @ W1.T
    dM0 = S.T @ (dH * (1 - H ** 2))
    dW0 = X.T @ dM0
    return {"X": dM0 @ W0.T, "W0": dW0, "W1": dW1}


PARAMETERS = ["X", "W0", "W1"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(5, 3)), rng.normal(size=(3, 4)), rng.normal(size=(4, 3)), rng.integers(3, size=5)]
