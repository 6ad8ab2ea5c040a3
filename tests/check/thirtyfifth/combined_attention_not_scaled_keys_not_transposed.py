"""Scaled dot-product attention with two mistakes: the scale, the keys

expected kind: missing-factor + transpose or scale + transpose
wrong line: 43 and 45
correction 43: dS = A * (dA - D) / root
correction 45: dK = dS.T @ Q
what: the gradient of the scores isn't divided by the root of the dimension; in that of the keys it isn't transposed
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["Q", "K", "V"]


def loss(target, Q, K, V):
    scores = Q @ K.T / np.sqrt(Q.shape[1])
    e = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    return np.sum((e / np.sum(e, axis=1, keepdims=True) @ V - target) ** 2)


def right(target, Q, K, V):
    root = np.sqrt(Q.shape[1])
    e = np.exp(Q @ K.T / root)
    A = e / e.sum(axis=1, keepdims=True)
    dO = 2 * (A @ V - target)
    dA = dO @ V.T
    D = np.sum(A * dA, axis=1, keepdims=True)
    dS = A * (dA - D) / root
    dQ = dS @ K
    dK = dS.T @ Q
    dV = A.T @ dO
    return dQ, dK, dV


def backprop(target, Q, K, V):
    root = np.sqrt(Q.shape[1])
    e = np.exp(Q @ K.T / root)
    A = e / e.sum(axis=1, keepdims=True)
    dO = 2 * (A @ V - target)
    dA = dO @ V.T
    D = np.sum(A * dA, axis=1, keepdims=True)
    dS = A * (dA - D)
    dQ = dS @ K
    dK = dS @ Q
    dV = A.T @ dO
    return dQ, dK, dV


def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(4, 2)), rng.normal(size=(4, 3)), rng.normal(size=(4, 3)), rng.normal(size=(4, 2))]
