"""A graph convolution that averages over the neighbours, regression of a value for each node.

expected kind: transpose
wrong line: 44
correction 44: dH = P.T @ dPH
what: averaging over rows is no symmetric matrix; on the way back it has to be transposed
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

def mean_of_neighbours(A):
    A = A + np.eye(len(A))
    return A / A.sum(axis=1, keepdims=True)


def loss(A, X, t, W0, W1):
    P = mean_of_neighbours(A)
    out = P @ np.tanh(P @ X @ W0) @ W1
    return 0.5 * np.sum((out - t) ** 2)


def right(A, X, t, W0, W1):
    P = mean_of_neighbours(A)
    PX = P @ X
    H = np.tanh(PX @ W0)
    PH = P @ H
    d_out = PH @ W1 - t
    dW1 = PH.T @ d_out
    dPH = d_out @ W1.T
    dH = P.T @ dPH
    dW0 = PX.T @ (dH * (1 - H ** 2))
    return dW0, dW1


def backprop(A, X, t, W0, W1):
    P = mean_of_neighbours(A)
    PX = P @ X
    H = np.tanh(PX @ W0)
    PH = P @ H
    d_out = PH @ W1 - t
    dW1 = PH.T @ d_out
    dPH = d_out @ W1.T
    dH = P @ dPH
    dW0 = PX.T @ (dH * (1 - H ** 2))
    return dW0, dW1


PARAMETERS = ["W0", "W1"]


def data(seed=0):
    r = np.random.default_rng(seed)
    A = np.zeros((5, 5))
    for i, j in ((0, 1), (0, 2), (0, 3), (1, 2), (3, 4)):
        A[i, j] = A[j, i] = 1
    return [A, r.normal(size=(5, 3)), r.normal(size=(5, 1)), r.normal(size=(3, 4)), r.normal(size=(4, 1))]
