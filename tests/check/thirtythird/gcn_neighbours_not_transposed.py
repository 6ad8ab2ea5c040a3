"""Two graph convolutions, the adjacency divided by the degree of the row, so that it isn't symmetric.

expected kind: transpose
wrong line: 44
correction 44: dH = A_hat.T @ (dZ @ W2.T)
what: the gradient of the hidden layer is passed on by the adjacency as it is
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np


def loss(A_hat, X, labels, W1, W2):
    H = np.tanh(A_hat @ X @ W1)
    Z = A_hat @ H @ W2
    logp = Z - np.log(np.sum(np.exp(Z), axis=1, keepdims=True))
    return -np.mean(logp[np.arange(len(X)), labels])


def right(A_hat, X, labels, W1, W2):
    AX = A_hat @ X
    H = np.tanh(AX @ W1)
    AH = A_hat @ H
    Z = AH @ W2
    dZ = np.exp(Z) / np.sum(np.exp(Z), axis=1, keepdims=True)
    dZ[np.arange(len(X)), labels] -= 1
    dZ /= len(X)
    dW2 = AH.T @ dZ
    dH = A_hat.T @ (dZ @ W2.T)
    dpre = dH * (1 - H**2)
    dW1 = AX.T @ dpre
    return dW1, dW2


def backprop(A_hat, X, labels, W1, W2):
    AX = A_hat @ X
    H = np.tanh(AX @ W1)
    AH = A_hat @ H
    Z = AH @ W2
    dZ = np.exp(Z) / np.sum(np.exp(Z), axis=1, keepdims=True)
    dZ[np.arange(len(X)), labels] -= 1
    dZ /= len(X)
    dW2 = AH.T @ dZ
    dH = A_hat @ (dZ @ W2.T)
    dpre = dH * (1 - H**2)
    dW1 = AX.T @ dpre
    return dW1, dW2


PARAMETERS = ["W1", "W2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    A = np.triu(r.random((6, 6)) < 0.4, 1)
    A = A + A.T + np.eye(6)
    A[0, 1:4] = A[1:4, 0] = 1
    return [A / A.sum(axis=1, keepdims=True), r.normal(size=(6, 3)), r.integers(2, size=6), r.normal(size=(3, 4)), r.normal(size=(4, 2))]
