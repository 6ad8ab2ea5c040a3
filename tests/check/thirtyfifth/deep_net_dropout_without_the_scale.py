"""L layers in a dictionary, inverted dropout and L2.

expected kind: missing-factor or scale
wrong line: 63
correction 63: dA = dA * masks[l - 2] / keep_prob
what: backwards the mask of the dropout is applied without dividing by keep_prob
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]
keep_prob, lambd = 0.75, 0.4

def data(seed=0):
    rng = np.random.default_rng(seed)
    X, Y = rng.normal(size=(3, 8)), (rng.random((1, 8)) > 0.5) * 1.0
    masks = [rng.random((n, 8)) < keep_prob for n in (5, 4)]
    shapes = [(5, 3), (5, 1), (4, 5), (4, 1), (1, 4), (1, 1)]
    return X, Y, masks, *[rng.normal(size=s) for s in shapes]

def forward(X, masks, params):
    A, caches, L = X, [], len(params) // 2
    for l in range(1, L):
        Z = params["W%d" % l] @ A + params["b%d" % l]
        caches.append((A, Z))
        A = np.tanh(Z) * masks[l - 1] / keep_prob
    caches.append((A, params["W%d" % L] @ A + params["b%d" % L]))
    return 1 / (1 + np.exp(-caches[-1][1])), caches

def loss(X, Y, masks, W1, b1, W2, b2, W3, b3):
    m = Y.shape[1]
    AL, _ = forward(X, masks, dict(W1=W1, b1=b1, W2=W2, b2=b2, W3=W3, b3=b3))
    cross = -np.sum(Y * np.log(AL) + (1 - Y) * np.log(1 - AL)) / m
    return cross + lambd / (2 * m) * sum(np.sum(np.square(W)) for W in (W1, W2, W3))

def right(X, Y, masks, W1, b1, W2, b2, W3, b3):
    params = dict(W1=W1, b1=b1, W2=W2, b2=b2, W3=W3, b3=b3)
    AL, caches = forward(X, masks, params)
    m, L, grads = Y.shape[1], len(params) // 2, {}
    dZ = AL - Y
    for l in reversed(range(1, L + 1)):
        A_prev, _ = caches[l - 1]
        grads["W%d" % l] = np.dot(dZ, A_prev.T) / m + lambd / m * params["W%d" % l]
        grads["b%d" % l] = np.sum(dZ, axis=1, keepdims=True) / m
        if l > 1:
            dA = np.dot(params["W%d" % l].T, dZ)
            dA = dA * masks[l - 2] / keep_prob
            dZ = dA * (1 - np.tanh(caches[l - 2][1]) ** 2)
    return grads

def backprop(X, Y, masks, W1, b1, W2, b2, W3, b3):
    params = dict(W1=W1, b1=b1, W2=W2, b2=b2, W3=W3, b3=b3)
    AL, caches = forward(X, masks, params)
    m, L, grads = Y.shape[1], len(params) // 2, {}
    dZ = AL - Y
    for l in reversed(range(1, L + 1)):
        A_prev, _ = caches[l - 1]
        grads["W%d" % l] = np.dot(dZ, A_prev.T) / m + lambd / m * params["W%d" % l]
        grads["b%d" % l] = np.sum(dZ, axis=1, keepdims=True) / m
        if l > 1:
            dA = np.dot(params["W%d" % l].T, dZ)
            dA = dA * masks[l - 2]
            dZ = dA * (1 - np.tanh(caches[l - 2][1]) ** 2)
    return grads
