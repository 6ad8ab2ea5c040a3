"""Deep caches from the other end.

expected kind: reversed or wrong-point
wrong line: 89
correction 89: current_cache = caches[l]
what: The loop goes down, and the index of the cache turns it round once more, so that each hidden layer is led back with the other's values
source: https://github.com/AlbertHG/Coursera-Deep-Learning-deeplearning.ai/issues/5
said: something is wrong in the loop: the answer takes caches[l] and the error of the layer above
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]
lambd = 0.3


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(4, 4), (4, 1), (4, 4), (4, 1), (1, 4), (1, 1), (4, 6)]
    return *(r.normal(size=s) for s in shapes), np.array([[0, 1, 0, 1, 1, 1]])


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def loss(W1, b1, W2, b2, W3, b3, X, Y):
    m = X.shape[1]
    A = np.maximum(0, W1 @ X + b1)
    A = np.maximum(0, W2 @ A + b2)
    Z = W3 @ A + b3
    decay = np.sum(W1**2) + np.sum(W2**2) + np.sum(W3**2)
    return np.sum(np.log(1 + np.exp(Z)) - Y * Z) / m + lambd / (2 * m) * decay


def forward_propagation(X, W1, b1, W2, b2, W3, b3):
    Z1 = np.dot(W1, X) + b1
    A1 = np.maximum(0, Z1)
    Z2 = np.dot(W2, A1) + b2
    A2 = np.maximum(0, Z2)
    Z3 = np.dot(W3, A2) + b3
    A3 = sigmoid(Z3)
    return A3, (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3)


def right(W1, b1, W2, b2, W3, b3, X, Y):
    m = X.shape[1]
    _, cache = forward_propagation(X, W1, b1, W2, b2, W3, b3)
    (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3) = cache

    dZ3 = A3 - Y
    dW3 = 1.0 / m * np.dot(dZ3, A2.T) + lambd / m * W3
    db3 = 1.0 / m * np.sum(dZ3, axis=1, keepdims=True)

    dA2 = np.dot(W3.T, dZ3)
    dZ2 = np.multiply(dA2, np.int64(A2 > 0))
    dW2 = 1.0 / m * np.dot(dZ2, A1.T) + lambd / m * W2
    db2 = 1.0 / m * np.sum(dZ2, axis=1, keepdims=True)

    dA1 = np.dot(W2.T, dZ2)
    dZ1 = np.multiply(dA1, np.int64(A1 > 0))
    dW1 = 1.0 / m * np.dot(dZ1, X.T) + lambd / m * W1
    db1 = 1.0 / m * np.sum(dZ1, axis=1, keepdims=True)

    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2, "W3": dW3, "b3": db3}


def layer_backward(dZ, cache):
    A_prev, W, b, Z = cache
    m = A_prev.shape[1]
    dW = dZ.dot(A_prev.T) / m + lambd * W / m
    db = dZ.sum(axis=1, keepdims=True) / m
    return W.T.dot(dZ), dW, db


def backprop(*args):
    *parameters, X, Y = args
    L = len(parameters) // 2
    A, caches = X, []
    for l in range(L):
        W, b = parameters[2 * l : 2 * l + 2]
        Z = W.dot(A) + b
        caches.append((A, W, b, Z))
        A = np.maximum(Z, 0) if l < L - 1 else sigmoid(Z)

    grads = [None] * (2 * L)
    dA, grads[-2], grads[-1] = layer_backward(A - Y, caches[-1])
    for l in reversed(range(L - 1)):
        current_cache = caches[L - 2 - l]
        dZ = np.array(dA, copy=True)
        dZ[current_cache[3] <= 0] = 0
        dA, grads[2 * l], grads[2 * l + 1] = layer_backward(dZ, current_cache)
    return grads
