"""A net with ReLU, softmax and the sum of the losses.

expected kind: wrong-mask + mean-for-sum or wrong-point + mean-for-sum or wrong-mask + scale or wrong-point + scale
wrong line: 45 and 47
correction 45: grads["b2"] = np.sum(dS, axis=0)
correction 47: dZ = np.where(Z > 0, dH, 0)
what: the mask is the sign of the gradient that arrives; a bias is averaged where all else is summed
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np


def forward(p, X):
    Z = X @ p["W1"] + p["b1"]
    H = np.where(Z > 0, Z, 0)
    S = H @ p["W2"] + p["b2"]
    E = np.exp(S - np.max(S, 1, keepdims=True))
    return Z, H, E / np.sum(E, 1, keepdims=True)


def loss(W1, b1, W2, b2, X, T):
    probs = forward(dict(W1=W1, b1=b1, W2=W2, b2=b2), X)[2]
    return -np.sum(T * np.log(probs))


def right(W1, b1, W2, b2, X, T):
    Z, H, probs = forward(dict(W1=W1, b1=b1, W2=W2, b2=b2), X)
    grads = {}
    dS = probs - T
    grads["W2"] = H.T @ dS
    grads["b2"] = np.sum(dS, axis=0)
    dH = dS @ W2.T
    dZ = np.where(Z > 0, dH, 0)
    grads["W1"] = X.T @ dZ
    grads["b1"] = np.sum(dZ, axis=0)
    return grads


def backprop(W1, b1, W2, b2, X, T):
    Z, H, probs = forward(dict(W1=W1, b1=b1, W2=W2, b2=b2), X)
    grads = {}
    dS = probs - T
    grads["W2"] = H.T @ dS
    grads["b2"] = np.mean(dS, axis=0)
    dH = dS @ W2.T
    dZ = np.where(dH > 0, dH, 0)
    grads["W1"] = X.T @ dZ
    grads["b1"] = np.sum(dZ, axis=0)
    return grads


PARAMETERS = ["W1", "b1", "W2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    T = np.eye(3)[r.integers(3, size=6)]
    return r.normal(size=(4, 7)), r.normal(size=7), r.normal(size=(7, 3)), r.normal(size=3), r.normal(size=(6, 4)), T
