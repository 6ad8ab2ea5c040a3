"""Arrays patisserie averaged at the loss and at each layer.

expected kind: mean-for-sum
wrong line: 77 or 103
correction 77: return np.dot(W.T, dZ), np.dot(dZ, A_prev.T), np.sum(dZ, axis=1, keepdims=True)
correction 103: dA = -(np.divide(Y, A) - np.divide(1 - Y, 1 - A))
given as: arrays
what: What comes from the loss is divided by the number of examples, and the gradients of a layer are once more
source: https://github.com/SkalskiP/ILearnDeepLearning.py/issues/29
said: the gradients of a layer are divided by m; they needn't be where the derivative of the cost is divided already, says an answer
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]
KEEP, LAMBD = 0.7, 0.9


def data(seed=0):
    r = np.random.default_rng(seed)
    sizes, m = (3, 5, 4, 1), 7
    params = []
    for before, after in zip(sizes, sizes[1:]):
        params += [0.7 * r.normal(size=(after, before)), 0.4 * r.normal(size=(after, 1))]
    drops = [(r.uniform(size=(k, m)) < KEEP) * 1.0 for k in sizes[1:3]]
    return *params, r.normal(size=(3, m)), np.array([[0, 1, 1, 0, 1, 0, 0]]), *drops


def loss(W1, b1, W2, b2, W3, b3, X, Y, D1, D2):
    m = Y.shape[1]
    A1 = np.maximum(W1 @ X + b1, 0) * D1 / KEEP
    A2 = np.maximum(W2 @ A1 + b2, 0) * D2 / KEEP
    AL = 1 / (1 + np.exp(-(W3 @ A2 + b3)))
    cross_entropy = -np.sum(Y * np.log(AL) + (1 - Y) * np.log(1 - AL)) / m
    return cross_entropy + LAMBD / (2 * m) * (np.sum(W1**2) + np.sum(W2**2) + np.sum(W3**2))


def right(W1, b1, W2, b2, W3, b3, X, Y, D1, D2):
    Ws, bs, Ds = [W1, W2, W3], [b1, b2, b3], [D1, D2]
    m = X.shape[1]

    cache, A = [], X
    for l in range(3):
        Z = Ws[l] @ A + bs[l]
        cache.append((A, Z))
        if l == 2:
            A = 1 / (1 + np.exp(-Z))
        else:
            # inverted dropout
            A = np.where(Z > 0, Z, 0)
            A *= Ds[l]
            A /= KEEP

    dWs, dbs = [], []
    dZ = A - Y
    for l in (2, 1, 0):
        A_prev, _ = cache[l]
        dWs.insert(0, (dZ @ A_prev.T + LAMBD * Ws[l]) / m)
        dbs.insert(0, dZ.mean(axis=1, keepdims=True))
        if l == 0:
            break
        dA = Ws[l].T @ dZ
        dA = dA * Ds[l - 1] / KEEP
        dZ = dA * (cache[l - 1][1] > 0)
    return dWs[0], dbs[0], dWs[1], dbs[1], dWs[2], dbs[2]


def linear_activation_forward(A_prev, W, b, activation):
    Z = np.dot(W, A_prev) + b
    A = np.maximum(0, Z) if activation == "relu" else 1 / (1 + np.exp(-Z))
    return A, ((A_prev, W, b), Z)


def linear_backward(dZ, cache):
    A_prev, W, b = cache
    m = A_prev.shape[1]
    return np.dot(W.T, dZ), np.dot(dZ, A_prev.T) / m, np.sum(dZ, axis=1, keepdims=True) / m


def linear_activation_backward(dA, cache, activation):
    linear_cache, Z = cache
    if activation == "relu":
        dZ = np.array(dA, copy=True)
        dZ[Z <= 0] = 0
    else:
        s = 1 / (1 + np.exp(-Z))
        dZ = dA * s * (1 - s)
    return linear_backward(dZ, linear_cache)


def backprop(W1, b1, W2, b2, W3, b3, X, Y, D1, D2):
    parameters = {"W1": W1, "b1": b1, "W2": W2, "b2": b2, "W3": W3, "b3": b3}
    masks = {1: D1, 2: D2}
    L, m = 3, X.shape[1]
    A, caches = X, []
    for l in range(1, L + 1):
        name = "relu" if l < L else "sigmoid"
        A, cache = linear_activation_forward(A, parameters["W" + str(l)], parameters["b" + str(l)], name)
        caches.append(cache)
        if l in masks:
            A = A * masks[l] / KEEP
    grads = {}
    dA = -(np.divide(Y, A) - np.divide(1 - Y, 1 - A)) / m
    for l in range(L, 0, -1):
        name = "relu" if l < L else "sigmoid"
        if l in masks:
            dA = dA * masks[l] / KEEP
        dA, dW, db = linear_activation_backward(dA, caches[l - 1], name)
        grads["W" + str(l)] = dW + LAMBD / m * parameters["W" + str(l)]
        grads["b" + str(l)] = db
    return grads
