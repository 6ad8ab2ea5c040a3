"""A deep net in the step by step way: linear_backward and a loop over the layers; all widths are equal.

expected kind: elementwise-for-matmul
wrong line: 37
correction 37: dW = np.dot(dZ, A_prev.T) / m
what: the gradient of the weights is an elementwise product of dZ and the transposed activations, which equal widths
    let pass
source: https://community.deeplearning.ai/t/building-your-deep-neural-network-step-by-step-error-debugging/674897/8
said: in linear_backward the activations are transposed as they should be, but multiplied with * where the formula of
    dW means a matrix product, as the mentor guesses from the shapes
"""
import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    X, Y = rng.normal(size=(4, 4)), (rng.random((4, 4)) > 0.5) * 1.0
    return X, Y, rng.normal(size=(4, 4)), rng.normal(size=(4, 1)), rng.normal(size=(4, 4)), rng.normal(size=(4, 1))

def sigmoid(Z):
    return 1 / (1 + np.exp(-Z))

def loss(X, Y, W1, b1, W2, b2):
    AL = sigmoid(W2 @ sigmoid(W1 @ X + b1) + b2)
    return -np.sum(Y * np.log(AL) + (1 - Y) * np.log(1 - AL)) / X.shape[1]

def right(X, Y, W1, b1, W2, b2):
    A = sigmoid(W1 @ X + b1)
    d2 = (sigmoid(W2 @ A + b2) - Y) / 4
    d1 = W2.T @ d2 * A * (1 - A)
    return d1 @ X.T, d1.sum(1, keepdims=True), d2 @ A.T, d2.sum(1, keepdims=True)

def linear_backward(dZ, cache):
    A_prev, W, b = cache
    m = A_prev.shape[1]
    dW = dZ * A_prev.T / m
    db = np.sum(dZ, axis=1, keepdims=True) / m
    dA_prev = np.dot(W.T, dZ)
    return dA_prev, dW, db

def backprop(X, Y, W1, b1, W2, b2):
    A, caches = X, []
    for W, b in ((W1, b1), (W2, b2)):
        caches.append((A, W, b))
        A = sigmoid(np.dot(W, A) + b)
    grads = []
    dZ = A - Y
    for cache in reversed(caches):
        dA_prev, dW, db = linear_backward(dZ, cache)
        grads = [dW, db] + grads
        dZ = dA_prev * cache[0] * (1 - cache[0])
    return tuple(grads)
