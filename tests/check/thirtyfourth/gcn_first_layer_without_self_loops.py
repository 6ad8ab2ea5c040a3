"""A graph convolution of two layers, some nodes labelled.

expected kind: another-loss or wrong-point or stale-value or wrong-parameter or missing-term
wrong line: 43
correction 43: neighbours = D.dot(A_hat).dot(D).dot(X)
what: the first layer's neighbourhoods are those of A; the self-loops are only in A_hat
source: https://github.com/johncava/GCN-pytorch/issues/4
said: The adjacency with self-loops was computed, but the hidden layer was made with the one without them.
"""
import numpy as np

def softmax(s):
    e = np.exp(s - s.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def loss(A, X, y, labelled, W1, W2):
    A_hat = A + np.eye(len(A))
    D = np.diag(A_hat.sum(axis=1) ** -0.5)
    S = D @ A_hat @ D
    p = softmax(S @ np.tanh(S @ X @ W1) @ W2)
    return -np.mean(np.log(p[labelled, y[labelled]]))


def right(A, X, y, labelled, W1, W2):
    A_hat = A + np.eye(len(A))
    D = np.diag(1 / np.sqrt(A_hat.sum(axis=1)))
    neighbours = D.dot(A_hat).dot(D).dot(X)
    hidden = np.tanh(neighbours.dot(W1))
    mixed = D.dot(A_hat).dot(D).dot(hidden)
    p = softmax(mixed.dot(W2))
    dz = np.zeros_like(p)
    dz[labelled] = p[labelled]
    dz[labelled, y[labelled]] -= 1
    dz /= len(labelled)
    d_hidden = D.dot(A_hat).dot(D).dot(dz.dot(W2.T))
    return {"W1": neighbours.T.dot(d_hidden * (1 - hidden ** 2)), "W2": mixed.T.dot(dz)}


def backprop(A, X, y, labelled, W1, W2):
    A_hat = A + np.eye(len(A))
    D = np.diag(1 / np.sqrt(A_hat.sum(axis=1)))
    neighbours = D.dot(A).dot(D).dot(X)
    hidden = np.tanh(neighbours.dot(W1))
    mixed = D.dot(A_hat).dot(D).dot(hidden)
    p = softmax(mixed.dot(W2))
    dz = np.zeros_like(p)
    dz[labelled] = p[labelled]
    dz[labelled, y[labelled]] -= 1
    dz /= len(labelled)
    d_hidden = D.dot(A_hat).dot(D).dot(dz.dot(W2.T))
    return {"W1": neighbours.T.dot(d_hidden * (1 - hidden ** 2)), "W2": mixed.T.dot(dz)}


PARAMETERS = ["W1", "W2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    A = np.triu(r.random((6, 6)) < 0.5, 1) * 1.0
    A[np.arange(5), np.arange(1, 6)] = 1
    return [A + A.T, r.normal(size=(6, 3)), r.integers(3, size=6), np.array([0, 2, 3, 5]), r.normal(size=(3, 4)), r.normal(size=(4, 3))]
