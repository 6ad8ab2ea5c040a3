"""deep net with inverted dropout: not divided by keep_prob on the way back.

expected kind: scale or missing-factor
wrong line: 60
correction 60: dA = dA * masks[l - 2] / keep_prob
what: the mask is applied to dA, the factor 1/keep_prob isn't
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

keep_prob, lambd = 0.8, 0.6

def sigmoid(Z):
    return 1 / (1 + np.exp(-Z))

def forward(X, parameters, masks):
    A, caches, L = X, [], len(parameters) // 2
    for l in range(1, L + 1):
        Z = np.dot(parameters["W" + str(l)], A) + parameters["b" + str(l)]
        caches.append((A, Z))
        A = sigmoid(Z) if l == L else np.maximum(0, Z) * masks[l - 1] / keep_prob
    return A, caches

def loss(X, Y, D1, D2, W1, b1, W2, b2, W3, b3):
    m = X.shape[1]
    parameters = {"W1": W1, "b1": b1, "W2": W2, "b2": b2, "W3": W3, "b3": b3}
    AL, _ = forward(X, parameters, [D1, D2])
    cross_entropy = -np.sum(Y * np.log(AL) + (1 - Y) * np.log(1 - AL)) / m
    return cross_entropy + lambd / (2 * m) * (np.sum(W1 ** 2) + np.sum(W2 ** 2) + np.sum(W3 ** 2))

def right(X, Y, D1, D2, W1, b1, W2, b2, W3, b3):
    m, L, masks, grads = X.shape[1], 3, [D1, D2], {}
    parameters = {"W1": W1, "b1": b1, "W2": W2, "b2": b2, "W3": W3, "b3": b3}
    AL, caches = forward(X, parameters, masks)
    dZ = AL - Y
    for l in range(L, 0, -1):
        A_prev, _ = caches[l - 1]
        W = parameters["W" + str(l)]
        grads["W" + str(l)] = np.dot(dZ, A_prev.T) / m + lambd / m * W
        grads["b" + str(l)] = np.sum(dZ, axis=1, keepdims=True) / m
        if l > 1:
            dA = np.dot(W.T, dZ)
            dA = dA * masks[l - 2] / keep_prob
            dZ = dA * (caches[l - 2][1] > 0)
    return grads

def backprop(X, Y, D1, D2, W1, b1, W2, b2, W3, b3):
    m, L, masks, grads = X.shape[1], 3, [D1, D2], {}
    parameters = {"W1": W1, "b1": b1, "W2": W2, "b2": b2, "W3": W3, "b3": b3}
    AL, caches = forward(X, parameters, masks)
    dZ = AL - Y
    for l in range(L, 0, -1):
        A_prev, _ = caches[l - 1]
        W = parameters["W" + str(l)]
        grads["W" + str(l)] = np.dot(dZ, A_prev.T) / m + lambd / m * W
        grads["b" + str(l)] = np.sum(dZ, axis=1, keepdims=True) / m
        if l > 1:
            dA = np.dot(W.T, dZ)
            dA = dA * masks[l - 2]
            dZ = dA * (caches[l - 2][1] > 0)
    return grads

PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]

def data(seed=0):
    r = np.random.default_rng(seed)
    D1, D2 = r.random((5, 6)) < keep_prob, r.random((6, 6)) < keep_prob
    shapes = [(5, 3), (5, 1), (6, 5), (6, 1), (1, 6), (1, 1)]
    return [r.normal(size=(3, 6)), (r.random((1, 6)) > 0.5) * 1.0, D1, D2, *(0.6 * r.normal(size=s) for s in shapes)]
