"""Combined harbour biases decayed and slope left out.

expected kind: repeated-term + missing-factor
wrong line: 104 and 89
correction 89: delta = (weights[l].T @ delta) * np.where(zs[l - 1] > 0, 1.0, SLOPE)
correction 104: grad_b[l] = grad_b[l] / m
what: The biases are decayed as the weights are, which the loss doesn't do; the slope of the leaky rectifier isn't multiplied to the delta
source: https://github.com/tensorflow/benchmarks/issues/191
said: the weight decay is applied to the biases too, where only the weights should have it
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]
SLOPE, LAMBD = 0.2, 0.7


def data(seed=0):
    r = np.random.default_rng(seed)
    # columns are boats: five boats, three measures; does the boat come back to the harbour?
    W1, b1 = r.normal(size=(4, 3)), 0.4 * r.normal(size=(4, 1))
    W2, b2 = r.normal(size=(4, 4)), 0.4 * r.normal(size=(4, 1))
    W3, b3 = r.normal(size=(1, 4)), 0.4 * r.normal(size=(1, 1))
    return W1, b1, W2, b2, W3, b3, r.normal(size=(3, 5)), r.integers(0, 2, size=(1, 5)) * 1.0


def loss(W1, b1, W2, b2, W3, b3, X, Y):
    m = X.shape[1]
    A = X
    for W, b in ((W1, b1), (W2, b2)):
        Z = W @ A + b
        A = np.where(Z > 0, Z, SLOPE * Z)
    Z = W3 @ A + b3
    cross = np.sum(np.log(1 + np.exp(Z)) - Y * Z) / m
    return cross + LAMBD / (2 * m) * (np.sum(W1**2) + np.sum(W2**2) + np.sum(W3**2))


def leaky_backward(dA, Z):
    """dA: the gradient after the activation; Z: what went into it."""
    dZ = dA * np.where(Z > 0, 1.0, SLOPE)
    return dZ


def linear_backward(dZ, cache):
    A_prev, W, _ = cache
    m = A_prev.shape[1]
    dW = dZ @ A_prev.T / m + LAMBD / m * W
    db = np.sum(dZ, axis=1, keepdims=True) / m
    return W.T @ dZ, dW, db


def right(W1, b1, W2, b2, W3, b3, X, Y):
    parameters = {"W1": W1, "b1": b1, "W2": W2, "b2": b2, "W3": W3, "b3": b3}
    L = len(parameters) // 2
    caches, grads = {}, {}

    A = X
    for l in range(1, L + 1):
        W, b = parameters["W" + str(l)], parameters["b" + str(l)]
        Z = np.dot(W, A) + b
        caches["linear" + str(l)] = (A, W, b)
        caches["Z" + str(l)] = Z
        A = np.where(Z > 0, Z, SLOPE * Z) if l < L else 1 / (1 + np.exp(-Z))

    dZ = A - Y
    for l in range(L, 0, -1):
        dA_prev, grads["W" + str(l)], grads["b" + str(l)] = linear_backward(dZ, caches["linear" + str(l)])
        if l > 1:
            dZ = leaky_backward(dA_prev, caches["Z" + str(l - 1)])
    return grads


def leaky(z):
    return z if z > 0 else SLOPE * z


def one_boat(weights, biases, x, y):
    """Gradients of the cross entropy of one boat, one pair for each layer."""
    activations, zs = [x], []
    for l, (w, b) in enumerate(zip(weights, biases)):
        zs.append(w @ activations[-1] + b[:, 0])
        if l < len(weights) - 1:
            activations.append(np.array([leaky(z) for z in zs[-1]]))
    delta = 1 / (1 + np.exp(-zs[-1])) - y
    nabla = []
    for l in reversed(range(len(weights))):
        nabla.insert(0, (np.outer(delta, activations[l]), delta))
        if l > 0:
            delta = weights[l].T @ delta
    return nabla


def backprop(W1, b1, W2, b2, W3, b3, X, Y):
    weights, biases = [W1, W2, W3], [b1, b2, b3]
    m = X.shape[1]
    grad_w = [np.zeros(w.shape) for w in weights]
    grad_b = [np.zeros(b.shape) for b in biases]
    for i in range(m):
        for l, (dw, db) in enumerate(one_boat(weights, biases, X[:, i], Y[:, i])):
            grad_w[l] += dw
            grad_b[l][:, 0] += db
    for l in range(3):
        grad_w[l] = (grad_w[l] + LAMBD * weights[l]) / m
        grad_b[l] = (grad_b[l] + LAMBD * biases[l]) / m
    return [g for pair in zip(grad_w, grad_b) for g in pair]
