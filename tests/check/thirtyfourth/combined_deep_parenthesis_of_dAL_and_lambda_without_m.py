"""deep net: a bracket in dAL, and λ not divided by m.

expected kind: sign + scale or sign + sum-for-mean or wrong-activation + scale or wrong-activation + sum-for-mean
wrong line: 47 and 51
correction 47: dA = -(np.divide(Y, AL) - np.divide(1 - Y, 1 - AL))
correction 51: grads["W%d" % l] = dZ @ A_prev.T / m + lambd / m * p["W%d" % l]
what: -(Y/AL - (1-Y)/(1-AL)) written without its outer bracket; and λW where λW/m belongs
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

lambd = 0.9

def sigmoid(Z):
    return 1 / (1 + np.exp(-Z))

def forward(X, p):
    A, caches = X, []
    for l in (1, 2):
        Z = p["W%d" % l] @ A + p["b%d" % l]
        caches.append((A, Z))
        A = np.maximum(Z, 0) if l == 1 else sigmoid(Z)
    return A, caches

def loss(X, Y, W1, b1, W2, b2):
    m = Y.shape[1]
    AL, _ = forward(X, {"W1": W1, "b1": b1, "W2": W2, "b2": b2})
    cost = -np.sum(Y * np.log(AL) + (1 - Y) * np.log(1 - AL)) / m
    return cost + lambd / (2 * m) * (np.sum(W1 ** 2) + np.sum(W2 ** 2))

def right(X, Y, W1, b1, W2, b2):
    p, grads, m = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}, {}, Y.shape[1]
    AL, caches = forward(X, p)
    dA = -(np.divide(Y, AL) - np.divide(1 - Y, 1 - AL))
    for l in (2, 1):
        A_prev, Z = caches[l - 1]
        dZ = dA * sigmoid(Z) * (1 - sigmoid(Z)) if l == 2 else dA * (Z > 0)
        grads["W%d" % l] = dZ @ A_prev.T / m + lambd / m * p["W%d" % l]
        grads["b%d" % l] = dZ.sum(axis=1, keepdims=True) / m
        dA = p["W%d" % l].T @ dZ
    return grads

def backprop(X, Y, W1, b1, W2, b2):
    p, grads, m = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}, {}, Y.shape[1]
    AL, caches = forward(X, p)
    dA = -np.divide(Y, AL) - np.divide(1 - Y, 1 - AL)
    for l in (2, 1):
        A_prev, Z = caches[l - 1]
        dZ = dA * sigmoid(Z) * (1 - sigmoid(Z)) if l == 2 else dA * (Z > 0)
        grads["W%d" % l] = dZ @ A_prev.T / m + lambd * p["W%d" % l]
        grads["b%d" % l] = dZ.sum(axis=1, keepdims=True) / m
        dA = p["W%d" % l].T @ dZ
    return grads

PARAMETERS = ["W1", "b1", "W2", "b2"]

def data(seed=0):
    r = np.random.default_rng(seed)
    Y = np.array([[0.0, 1, 1, 0, 1, 0, 1]])
    return [r.normal(size=(3, 7)), Y, *(r.normal(size=s) for s in [(4, 3), (4, 1), (1, 4), (1, 1)])]
