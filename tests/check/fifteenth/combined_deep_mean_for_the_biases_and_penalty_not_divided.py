"""Combined deep mean for the biases and penalty not divided.

expected kind: mean-for-sum + sum-for-mean or scale
wrong line: 109 and 108
correction 108: dW[l] += LAMBD / m * weights[l]
correction 109: db[l] = delta.sum(axis=0).reshape(-1, 1)
what: Biases get the mean over a batch by whose size all has been divided; the penalty is not divided by it
source: https://github.com/kvfrans/notes/issues/5
said: the gradient of the bias is a sum over the batch, not a mean
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]
LAMBD = 0.3


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(5, 3), (5, 1), (4, 5), (4, 1), (3, 4), (3, 1)]
    return *(r.normal(size=s) for s in shapes), r.normal(size=(8, 3)), np.array([0, 2, 1, 1, 2, 0, 1, 2])


def loss(W1, b1, W2, b2, W3, b3, X, y):
    a = np.maximum(0, X @ W1.T + b1.T)
    a = np.maximum(0, a @ W2.T + b2.T)
    scores = a @ W3.T + b3.T
    log_probs = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    penalty = np.sum(W1**2) + np.sum(W2**2) + np.sum(W3**2)
    return -np.mean(log_probs[np.arange(len(y)), y]) + LAMBD / (2 * len(y)) * penalty


def linear_activation_forward(A_prev, W, b, activation):
    Z = np.dot(W, A_prev) + b
    if activation == "relu":
        A = np.maximum(0, Z)
    else:
        A = np.exp(Z - np.max(Z, axis=0, keepdims=True))
        A = A / np.sum(A, axis=0, keepdims=True)
    return A, ((A_prev, W, b), Z)


def relu_backward(dA, Z):
    dZ = np.array(dA, copy=True)
    dZ[Z <= 0] = 0
    return dZ


def linear_backward(dZ, cache, lambd):
    A_prev, W, b = cache
    m = A_prev.shape[1]
    dW = np.dot(dZ, A_prev.T) / m + lambd / m * W
    db = np.sum(dZ, axis=1, keepdims=True) / m
    dA_prev = np.dot(W.T, dZ)
    return dA_prev, dW, db


def model_backward(AL, y, caches, lambd):
    grads = {}
    L = len(caches)
    dZ = AL.copy()
    dZ[y, np.arange(len(y))] -= 1
    linear_cache, _ = caches[L - 1]
    dA, grads["W" + str(L)], grads["b" + str(L)] = linear_backward(dZ, linear_cache, lambd)
    for l in reversed(range(L - 1)):
        linear_cache, activation_cache = caches[l]
        dZ = relu_backward(dA, activation_cache)
        dA, dW, db = linear_backward(dZ, linear_cache, lambd)
        grads["W" + str(l + 1)] = dW
        grads["b" + str(l + 1)] = db
    return grads


def right(W1, b1, W2, b2, W3, b3, X, y):
    parameters = {"W1": W1, "b1": b1, "W2": W2, "b2": b2, "W3": W3, "b3": b3}
    A, caches, L = X.T, [], len(parameters) // 2
    for l in range(1, L + 1):
        activation = "relu" if l < L else "softmax"
        A, cache = linear_activation_forward(A, parameters["W" + str(l)], parameters["b" + str(l)], activation)
        caches.append(cache)
    return model_backward(A, y, caches, LAMBD)


def forward_pass(X, weights, biases):
    activations, pre = [X], []
    for l, (W, b) in enumerate(zip(weights, biases)):
        z = activations[l].dot(W.T) + b.T
        pre.append(z)
        activations.append(np.maximum(z, 0) if l < len(weights) - 1 else z)
    return activations, pre


def softmax(scores):
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def backprop(W1, b1, W2, b2, W3, b3, X, y):
    weights, biases = [W1, W2, W3], [b1, b2, b3]
    L, m = len(weights), len(y)
    activations, pre = forward_pass(X, weights, biases)
    delta = softmax(activations[-1])
    delta[range(m), y] -= 1
    delta /= m
    dW, db = [None] * L, [None] * L
    for l in reversed(range(L)):
        dW[l] = delta.T.dot(activations[l])
        dW[l] += LAMBD * weights[l]
        db[l] = delta.mean(axis=0).reshape(-1, 1)
        if l > 0:
            delta = delta.dot(weights[l])
            delta[pre[l - 1] <= 0] = 0
    return dW[0], db[0], dW[1], db[1], dW[2], db[2]
