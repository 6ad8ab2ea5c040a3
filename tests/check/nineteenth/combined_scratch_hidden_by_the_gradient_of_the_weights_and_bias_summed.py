"""Combined scratch hidden by the gradient of the weights and bias summed.

expected kind: wrong-parameter + sum-for-mean
wrong line: 63 and 66
correction 63: grad_h = grad_out @ W2
correction 66: grad_b1 = grad_pre.mean(axis=0, keepdims=True).T
what: The error goes back through the gradient of the output's weights instead of the weights; the hidden bias isn't averaged
source: https://github.com/jcjohnson/pytorch-examples/issues/5
said: shouldn't the gradient of the hidden layer take the gradient of w2 and not w2 (it shouldn't); the bias is made up
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    weights = r.normal(size=(4, 2)), r.normal(size=(4, 1)), r.normal(size=(1, 4)), r.normal(size=(1, 1))
    return *weights, r.normal(size=(2, 7)), np.array([[0, 1, 1, 0, 1, 0, 0]])


def loss(W1, b1, W2, b2, X, Y):
    A1 = np.tanh(W1 @ X + b1)
    A2 = 1 / (1 + np.exp(-(W2 @ A1 + b2)))
    return -np.mean(Y * np.log(A2) + (1 - Y) * np.log(1 - A2))


def forward_propagation(X, parameters):
    Z1 = np.dot(parameters["W1"], X) + parameters["b1"]
    A1 = np.tanh(Z1)
    Z2 = np.dot(parameters["W2"], A1) + parameters["b2"]
    A2 = 1 / (1 + np.exp(-Z2))
    return {"Z1": Z1, "A1": A1, "Z2": Z2, "A2": A2}


def backward_propagation(parameters, cache, X, Y):
    m = X.shape[1]
    W2 = parameters["W2"]
    Z1, A1, A2 = cache["Z1"], cache["A1"], cache["A2"]
    dZ2 = A2 - Y
    dW2 = np.dot(dZ2, A1.T) / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dZ1 = np.dot(W2.T, dZ2) * (1 - np.power(A1, 2))
    dW1 = np.dot(dZ1, X.T) / m
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


def right(W1, b1, W2, b2, X, Y):
    parameters = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
    return backward_propagation(parameters, forward_propagation(X, parameters), X, Y)


def backprop(W1, b1, W2, b2, X, Y):
    x, t = X.T, Y.T
    m = x.shape[0]
    h = np.tanh(x @ W1.T + b1.T)
    out = 1 / (1 + np.exp(-(h @ W2.T + b2.T)))
    grad_out = out - t
    grad_w2 = grad_out.T @ h / m
    grad_b2 = grad_out.mean(axis=0, keepdims=True).T
    grad_h = grad_out @ grad_w2
    grad_pre = grad_h * (1 - h * h)
    grad_w1 = grad_pre.T @ x / m
    grad_b1 = grad_pre.sum(axis=0, keepdims=True).T
    return grad_w1, grad_b1, grad_w2, grad_b2
