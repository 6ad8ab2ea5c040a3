"""Combined deep keep and penalty.

expected kind: missing-factor or scale + missing-term
wrong line: 79 and 81 or 82
correction 79: delta = delta * masks[l] / KEEP
correction 81: dW = delta.dot(a_prev.T) + LAMBD / m * weights[l]
correction 82: grads = [dW + LAMBD / m * weights[l], delta.sum(axis=1)[:, None], *grads]
what: The units that are kept are not scaled; the penalty is forgotten
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]

LAMBD, KEEP = 0.7, 0.75


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(5, 2), (5, 1), (3, 5), (3, 1), (2, 3), (2, 1), (2, 6), (2, 6)]
    W1, b1, W2, b2, W3, b3, X, Y = (r.normal(size=s) for s in shapes)
    D1 = (np.arange(30).reshape(5, 6) % 4 > 0).astype(int)
    D2 = (np.arange(18).reshape(3, 6) % 5 > 0).astype(int)
    return W1, b1, W2, b2, W3, b3, X, Y, D1, D2


def loss(W1, b1, W2, b2, W3, b3, X, Y, D1, D2):
    m = X.shape[1]
    A1 = np.tanh(W1 @ X + b1) * D1 / KEEP
    A2 = np.tanh(W2 @ A1 + b2) * D2 / KEEP
    A3 = W3 @ A2 + b3
    norm = np.sum(np.square(W1)) + np.sum(np.square(W2)) + np.sum(np.square(W3))
    return np.sum((A3 - Y) ** 2) / (2 * m) + LAMBD / (2 * m) * norm


def right(W1, b1, W2, b2, W3, b3, X, Y, D1, D2):
    m = X.shape[1]
    T1 = np.tanh(np.dot(W1, X) + b1)
    A1 = T1 * D1 / KEEP
    T2 = np.tanh(np.dot(W2, A1) + b2)
    A2 = T2 * D2 / KEEP
    A3 = np.dot(W3, A2) + b3

    dZ3 = A3 - Y
    dW3 = 1.0 / m * np.dot(dZ3, A2.T) + (LAMBD * W3) / m
    db3 = 1.0 / m * np.sum(dZ3, axis=1, keepdims=True)

    dA2 = np.dot(W3.T, dZ3)
    dA2 = dA2 * D2 / KEEP
    dZ2 = np.multiply(dA2, 1 - np.power(T2, 2))
    dW2 = 1.0 / m * np.dot(dZ2, A1.T) + (LAMBD * W2) / m
    db2 = 1.0 / m * np.sum(dZ2, axis=1, keepdims=True)

    dA1 = np.dot(W2.T, dZ2)
    dA1 = dA1 * D1 / KEEP
    dZ1 = np.multiply(dA1, 1 - np.power(T1, 2))
    dW1 = 1.0 / m * np.dot(dZ1, X.T) + (LAMBD * W1) / m
    db1 = 1.0 / m * np.sum(dZ1, axis=1, keepdims=True)
    return dW1, db1, dW2, db2, dW3, db3


def backprop(W1, b1, W2, b2, W3, b3, X, Y, D1, D2):
    weights, biases, masks = [W1, W2, W3], [b1, b2, b3], [D1, D2]
    m = X.shape[1]
    caches, a = [], X
    for l in range(3):
        z = weights[l].dot(a) + biases[l]
        out = np.tanh(z) if l < 2 else z
        caches.append((a, out))
        a = out * masks[l] / KEEP if l < 2 else out

    grads = []
    delta = (a - Y) / m
    for l in (2, 1, 0):
        a_prev, out = caches[l]
        if l < 2:
            delta = delta * masks[l]
            delta = delta * (1 - out**2)
        dW = delta.dot(a_prev.T)
        grads = [dW, delta.sum(axis=1)[:, None], *grads]
        delta = weights[l].T.dot(delta)
    return grads
