"""Deep every layer gets the last error.

expected kind: stale-value or wrong-point or missing-factor
wrong line: 97 or 98
correction 97: dA = grads["dA" + str(l + 1)]
correction 98: dA_prev, dW, db = linear_activation_backward(grads["dA" + str(l + 1)], caches[l], "relu")
what: The loop over the hidden layers starts each from the error of the output, not from that of the layer above
source: https://github.com/Kulbear/deep-learning-coursera/issues/27
said: shall dAL be changed to what the layer above gave? Another repository's pull request says the same
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(5, 3), (5, 1), (4, 5), (4, 1), (1, 4), (1, 1), (3, 6)]
    return *(r.normal(size=s) for s in shapes), np.array([[1, 0, 0, 1, 1, 0]])


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def loss(W1, b1, W2, b2, W3, b3, X, Y):
    A = np.maximum(0, W1 @ X + b1)
    A = np.maximum(0, W2 @ A + b2)
    Z = W3 @ A + b3
    return np.mean(np.log(1 + np.exp(Z)) - Y * Z)


def sigmoid_prime(z):
    return sigmoid(z) * (1 - sigmoid(z))


def relu_prime(z):
    return np.where(z > 0, 1.0, 0.0)


def right(W1, b1, W2, b2, W3, b3, X, Y):
    weights, biases = [W1, W2, W3], [b1, b2, b3]
    nabla = {}
    for k in range(X.shape[1]):
        activation = X[:, k : k + 1]
        activations, zs = [activation], []
        for W, b in zip(weights, biases):
            z = W @ activation + b
            zs.append(z)
            activation = sigmoid(z) if W is W3 else np.maximum(z, 0)
            activations.append(activation)
        delta = (activations[-1] - Y[:, k : k + 1]) / X.shape[1]
        for l in range(1, len(weights) + 1):
            if l > 1:
                delta = weights[-l + 1].T @ delta
                delta = delta * relu_prime(zs[-l])
            n = len(weights) - l + 1
            nabla[f"W{n}"] = nabla.get(f"W{n}", 0) + delta @ activations[-l - 1].T
            nabla[f"b{n}"] = nabla.get(f"b{n}", 0) + delta
    return [nabla[name] for name in PARAMETERS]


def linear_activation_forward(A_prev, W, b, activation):
    Z = np.dot(W, A_prev) + b
    A = sigmoid(Z) if activation == "sigmoid" else np.maximum(0, Z)
    return A, ((A_prev, W, b), Z)


def linear_activation_backward(dA, cache, activation):
    (A_prev, W, b), Z = cache
    if activation == "relu":
        dZ = dA * (Z > 0)
    else:
        s = sigmoid(Z)
        dZ = dA * s * (1 - s)
    m = A_prev.shape[1]
    dW = np.dot(dZ, A_prev.T) / m
    db = np.sum(dZ, axis=1, keepdims=True) / m
    dA_prev = np.dot(W.T, dZ)
    return dA_prev, dW, db


def backprop(W1, b1, W2, b2, W3, b3, X, Y):
    parameters = {"W1": W1, "b1": b1, "W2": W2, "b2": b2, "W3": W3, "b3": b3}
    L = len(parameters) // 2
    caches, A = [], X
    for l in range(1, L + 1):
        kind = "sigmoid" if l == L else "relu"
        A, cache = linear_activation_forward(A, parameters["W" + str(l)], parameters["b" + str(l)], kind)
        caches.append(cache)

    grads = {}
    dAL = -(np.divide(Y, A) - np.divide(1 - Y, 1 - A))
    grads["dA" + str(L - 1)], grads["W" + str(L)], grads["b" + str(L)] = linear_activation_backward(dAL, caches[L - 1], "sigmoid")
    for l in reversed(range(L - 1)):
        dA = dAL
        dA_prev, dW, db = linear_activation_backward(dA, caches[l], "relu")
        grads["dA" + str(l)] = dA_prev
        grads["W" + str(l + 1)] = dW
        grads["b" + str(l + 1)] = db
    return grads
