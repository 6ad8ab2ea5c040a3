"""Combined deep dropout unscaled and decay forgotten.

expected kind: missing-term + missing-factor or scale
wrong line: 86 and 90
correction 86: grads["W" + str(l + 1)] = np.dot(dZ, cache["A_prev"].T) / m + LAMBD / m * cache["W"]
correction 90: dA = dA * masks[l - 1] / KEEP
what: The decay is forgotten, and the gradient isn't divided by the share that is kept
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]


LAMBD, KEEP = 0.7, 0.8


def data(seed=0):
    r = np.random.default_rng(seed)
    X, Y = r.normal(size=(3, 6)), (np.arange(6) % 2).reshape(1, 6) * 1.0
    D1, D2 = (np.arange(24).reshape(4, 6) % 5 > 0) * 1.0, (np.arange(18).reshape(3, 6) % 4 > 0) * 1.0
    sizes = [(4, 3), (4, 1), (3, 4), (3, 1), (1, 3), (1, 1)]
    return X, Y, D1, D2, *[r.normal(size=s) for s in sizes]


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def loss(X, Y, D1, D2, W1, b1, W2, b2, W3, b3):
    m = X.shape[1]
    A1 = np.maximum(W1 @ X + b1, 0) * D1 / KEEP
    A2 = np.maximum(W2 @ A1 + b2, 0) * D2 / KEEP
    A3 = sigmoid(W3 @ A2 + b3)
    cross = -np.sum(Y * np.log(A3) + (1 - Y) * np.log(1 - A3)) / m
    return cross + LAMBD / (2 * m) * (np.sum(W1**2) + np.sum(W2**2) + np.sum(W3**2))


def right(X, Y, D1, D2, W1, b1, W2, b2, W3, b3):
    m = X.shape[1]
    Z1 = np.dot(W1, X) + b1
    A1 = np.maximum(Z1, 0)
    A1 = A1 * D1
    A1 = A1 / KEEP
    Z2 = np.dot(W2, A1) + b2
    A2 = np.maximum(Z2, 0)
    A2 = A2 * D2
    A2 = A2 / KEEP
    A3 = sigmoid(np.dot(W3, A2) + b3)

    dZ3 = A3 - Y
    dW3 = 1.0 / m * np.dot(dZ3, A2.T) + LAMBD / m * W3
    db3 = 1.0 / m * np.sum(dZ3, axis=1, keepdims=True)
    dA2 = np.dot(W3.T, dZ3)
    dA2 = dA2 * D2
    dA2 = dA2 / KEEP
    dZ2 = np.multiply(dA2, np.int64(A2 > 0))
    dW2 = 1.0 / m * np.dot(dZ2, A1.T) + LAMBD / m * W2
    db2 = 1.0 / m * np.sum(dZ2, axis=1, keepdims=True)
    dA1 = np.dot(W2.T, dZ2)
    dA1 = dA1 * D1
    dA1 = dA1 / KEEP
    dZ1 = np.multiply(dA1, np.int64(A1 > 0))
    dW1 = 1.0 / m * np.dot(dZ1, X.T) + LAMBD / m * W1
    db1 = 1.0 / m * np.sum(dZ1, axis=1, keepdims=True)
    return dW1, db1, dW2, db2, dW3, db3


def backprop(X, Y, D1, D2, W1, b1, W2, b2, W3, b3):
    m = X.shape[1]
    Ws, bs, masks = [W1, W2, W3], [b1, b2, b3], [D1, D2]
    A, caches = X, []
    for l in range(2):
        Z = np.dot(Ws[l], A) + bs[l]
        caches.append({"A_prev": A, "Z": Z, "W": Ws[l]})
        A = np.maximum(Z, 0) * masks[l] / KEEP
    AL = sigmoid(np.dot(Ws[2], A) + bs[2])
    caches.append({"A_prev": A, "W": Ws[2]})

    grads = {}
    dZ = AL - Y
    for l in reversed(range(3)):
        cache = caches[l]
        grads["W" + str(l + 1)] = np.dot(dZ, cache["A_prev"].T) / m
        grads["b" + str(l + 1)] = np.sum(dZ, axis=1, keepdims=True) / m
        if l > 0:
            dA = np.dot(cache["W"].T, dZ)
            dA = dA * masks[l - 1]
            dZ = dA * (caches[l - 1]["Z"] > 0)
    return grads
