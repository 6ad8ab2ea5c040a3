"""Planar data classification with one hidden layer of tanh.

expected kind: matmul-for-elementwise or repeated-factor or wrong-point or unexplained
wrong line: 51
correction 51: dZ1 = np.dot(W2.T, dZ2) * (1 - np.power(A1, 2))
what: g'(Z1) is read as g' times Z1, and both are brought in by matrix products with a transpose in place of
    elementwise ones
source: https://community.deeplearning.ai/t/wrong-values-for-dw1/85937
said: only dW1 and db1 are wrong: the slope is multiplied by Z1 as well, transposed, in a product that gives examples
    by examples; a mentor says that nothing has to be transposed or multiplied by Z1
"""
import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    Y = (rng.random((1, 6)) > 0.5) * 1.0
    return rng.normal(size=(2, 6)), Y, rng.normal(size=(4, 2)), rng.normal(size=(4, 1)), rng.normal(size=(1, 4)), rng.normal(size=(1, 1))

def forward_propagation(X, W1, b1, W2, b2):
    Z1 = np.dot(W1, X) + b1
    A1 = np.tanh(Z1)
    Z2 = np.dot(W2, A1) + b2
    A2 = 1 / (1 + np.exp(-Z2))
    return {"Z1": Z1, "A1": A1, "Z2": Z2, "A2": A2}

def loss(X, Y, W1, b1, W2, b2):
    A2 = forward_propagation(X, W1, b1, W2, b2)["A2"]
    return -np.mean(Y * np.log(A2) + (1 - Y) * np.log(1 - A2))

def right(X, Y, W1, b1, W2, b2):
    m = X.shape[1]
    cache = forward_propagation(X, W1, b1, W2, b2)
    Z1, A1, A2 = cache["Z1"], cache["A1"], cache["A2"]
    dZ2 = A2 - Y
    dW2 = (1 / m) * np.dot(dZ2, A1.T)
    db2 = (1 / m) * np.sum(dZ2, axis=1, keepdims=True)
    dZ1 = np.dot(W2.T, dZ2) * (1 - np.power(A1, 2))
    dW1 = (1 / m) * np.dot(dZ1, X.T)
    db1 = (1 / m) * np.sum(dZ1, axis=1, keepdims=True)
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}

def backprop(X, Y, W1, b1, W2, b2):
    m = X.shape[1]
    cache = forward_propagation(X, W1, b1, W2, b2)
    Z1, A1, A2 = cache["Z1"], cache["A1"], cache["A2"]
    dZ2 = A2 - Y
    dW2 = (1 / m) * np.dot(dZ2, A1.T)
    db2 = (1 / m) * np.sum(dZ2, axis=1, keepdims=True)
    dZ1 = np.dot(np.dot(W2.T, dZ2), np.dot(Z1.T, 1 - np.power(A1, 2)))
    dW1 = (1 / m) * np.dot(dZ1, X.T)
    db1 = (1 / m) * np.sum(dZ1, axis=1, keepdims=True)
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
