"""Two layer sigmoid prime at the softmax.

expected kind: repeated-factor
wrong line: 52
correction 52: delta_t = activations[-1] - Y
what: the error of a softmax with cross-entropy multiplied by the sigmoid's derivative as well
source: https://github.com/KirillShmilovich/MLP-Neural-Network-From-Scratch/issues/4
said: somebody asked of the first step of the backward pass, which has the sigmoid's derivative behind a softmax
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]

def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))

def sigmoid_prime(z):
    return sigmoid(z) * (1 - sigmoid(z))

def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)

def data(seed=0):
    r = np.random.default_rng(seed)
    X, Y = r.normal(size=(6, 4)), np.eye(3)[r.integers(3, size=6)]
    return X, Y, r.normal(size=(4, 5)), r.normal(size=(1, 5)), r.normal(size=(5, 3)), r.normal(size=(1, 3))

def loss(X, Y, W1, b1, W2, b2):
    out = softmax(sigmoid(X @ W1 + b1) @ W2 + b2)
    return -np.sum(Y * np.log(out))

def right(X, Y, W1, b1, W2, b2):
    zs, activations = [], [X]
    for W, b, f in ((W1, b1, sigmoid), (W2, b2, softmax)):
        zs.append(activations[-1] @ W + b)
        activations.append(f(zs[-1]))
    delta_t = activations[-1] - Y
    dW2 = activations[1].T @ delta_t
    db2 = delta_t.sum(axis=0, keepdims=True)
    delta_t = (delta_t @ W2.T) * sigmoid_prime(zs[0])
    dW1 = X.T @ delta_t
    db1 = delta_t.sum(axis=0, keepdims=True)
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}

def backprop(X, Y, W1, b1, W2, b2):
    zs, activations = [], [X]
    for W, b, f in ((W1, b1, sigmoid), (W2, b2, softmax)):
        zs.append(activations[-1] @ W + b)
        activations.append(f(zs[-1]))
    delta_t = (activations[-1] - Y) * sigmoid_prime(zs[-1])
    dW2 = activations[1].T @ delta_t
    db2 = delta_t.sum(axis=0, keepdims=True)
    delta_t = (delta_t @ W2.T) * sigmoid_prime(zs[0])
    dW1 = X.T @ delta_t
    db1 = delta_t.sum(axis=0, keepdims=True)
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
