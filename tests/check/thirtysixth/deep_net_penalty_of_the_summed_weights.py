"""A deep net of L layers with a dictionary of parameters and L2.

expected kind: another-loss or wrong-axis or wrong-point or wrong-shape or unexplained
wrong line: 58
correction 58: grads[f"W{l}"] = dZ @ A_prev.T / m + lambd * W / m
what: the gradient of the penalty is lambda / m times the sum of all weights of the layer, not times the weights
source: https://community.deeplearning.ai/t/dw-for-l2-regularization/165181
said: Somebody differentiated the penalty to lambda / m times the sum of the elements of the weight matrix; the tests of the notebook failed until it was the matrix itself.
"""
import numpy as np

LAYERS = 3


def relu(Z):
    return np.maximum(0, Z)


def model(P, X):
    A, caches = X, []
    for l in range(1, LAYERS + 1):
        Z = P[f"W{l}"] @ A + P[f"b{l}"]
        caches.append((A, Z))
        A = relu(Z) if l < LAYERS else 1 / (1 + np.exp(-Z))
    return A, caches


def loss(W1, b1, W2, b2, W3, b3, X, Y, lambd):
    m = X.shape[1]
    AL, _ = model(dict(W1=W1, b1=b1, W2=W2, b2=b2, W3=W3, b3=b3), X)
    cross_entropy = -np.sum(Y * np.log(AL) + (1 - Y) * np.log(1 - AL)) / m
    return cross_entropy + lambd / (2 * m) * sum(np.sum(np.square(W)) for W in (W1, W2, W3))


def right(W1, b1, W2, b2, W3, b3, X, Y, lambd):
    P = dict(W1=W1, b1=b1, W2=W2, b2=b2, W3=W3, b3=b3)
    m = X.shape[1]
    AL, caches = model(P, X)
    grads, dZ = {}, AL - Y
    for l in range(LAYERS, 0, -1):
        A_prev, _ = caches[l - 1]
        W = P[f"W{l}"]
        grads[f"W{l}"] = dZ @ A_prev.T / m + lambd * W / m
        grads[f"b{l}"] = np.sum(dZ, axis=1, keepdims=True) / m
        if l > 1:
            dZ = (W.T @ dZ) * (caches[l - 2][1] > 0)
    return grads


def backprop(W1, b1, W2, b2, W3, b3, X, Y, lambd):
    P = dict(W1=W1, b1=b1, W2=W2, b2=b2, W3=W3, b3=b3)
    m = X.shape[1]
    AL, caches = model(P, X)
    grads, dZ = {}, AL - Y
    for l in range(LAYERS, 0, -1):
        A_prev, _ = caches[l - 1]
        W = P[f"W{l}"]
        grads[f"W{l}"] = dZ @ A_prev.T / m + lambd * np.sum(W) / m
        grads[f"b{l}"] = np.sum(dZ, axis=1, keepdims=True) / m
        if l > 1:
            dZ = (W.T @ dZ) * (caches[l - 2][1] > 0)
    return grads


PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(5, 3), (5, 1), (4, 5), (4, 1), (1, 4), (1, 1)]
    Y = (r.random((1, 7)) > 0.5) * 1.0
    return *(r.normal(size=s) for s in shapes), r.normal(size=(3, 7)), Y, 0.6
