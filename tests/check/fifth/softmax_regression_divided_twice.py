"""Softmax regression divided twice.

expected kind: mean-for-sum or scale
wrong line: 44 or 45
correction 44: dLdA = O - onehot
correction 45: dLdTheta = np.dot(X, dLdA.T)
what: The gradient of the parameters is divided by the number of samples though the error has been divided already
source: https://github.com/janchorowski/nn_assignments/pull/21
said: a student divides dLdTheta by num_samples; the answer is that dLdA already is divided
"""

import numpy as np

PARAMETERS = ["Theta"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 3)), r.normal(size=(4, 7)), r.integers(0, 3, 7)


def loss(Theta, X, Y):
    A = Theta.T @ X
    return np.mean(np.log(np.sum(np.exp(A), axis=0)) - A[Y, np.arange(len(Y))])


def right(Theta, X, Y):
    P = np.exp(Theta.T @ X)
    P /= P.sum(0)
    return sum(np.outer(X[:, i], P[:, i] - np.eye(3)[Y[i]]) for i in range(7)) / 7


def SoftMax(A):
    A = A - A.max(axis=0)
    return np.exp(A) / np.exp(A).sum(axis=0)


def backprop(Theta, X, Y):
    num_samples = X.shape[1]
    A = np.dot(Theta.T, X)
    O = SoftMax(A)
    onehot = np.zeros(O.shape)
    onehot[Y, range(num_samples)] = 1.0
    dLdA = (O - onehot) / num_samples
    dLdTheta = np.dot(X, dLdA.T) / num_samples
    return dLdTheta
