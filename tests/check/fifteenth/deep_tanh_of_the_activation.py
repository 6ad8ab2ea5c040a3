"""Deep tanh of the activation.

expected kind: wrong-point
wrong line: 102
correction 102: dZ = dA * (1 - np.power(caches[f"A{l - 1}"], 2))
what: The slope of tanh is computed from the activation as if it were the sum before it
source: https://github.com/davidrmiller/neural2d/issues/40
said: the derivative is right as a formula, but it is called with the output of the neuron
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]
LAMBD = 0.4


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(4, 3), (4, 1), (5, 4), (5, 1), (1, 5), (1, 1)]
    return *(r.normal(size=s) for s in shapes), r.normal(size=(3, 7)), np.array([[1, 0, 0, 1, 1, 0, 1]])


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def loss(W1, b1, W2, b2, W3, b3, X, Y):
    A = np.tanh(W1 @ X + b1)
    A = np.tanh(W2 @ A + b2)
    A = sigmoid(W3 @ A + b3)
    cross_entropy = -np.mean(Y * np.log(A) + (1 - Y) * np.log(1 - A))
    return cross_entropy + LAMBD / (2 * X.shape[1]) * sum(np.sum(W**2) for W in (W1, W2, W3))


class Dense:
    def __init__(self, W, b, lambd):
        self.W, self.b, self.lambd = W, b, lambd

    def forward(self, A):
        self.A_prev = A
        return self.W.dot(A) + self.b

    def backward(self, grad):
        m = self.A_prev.shape[1]
        self.dW = grad.dot(self.A_prev.T)
        self.dW += self.lambd * self.W / m
        self.db = grad.sum(axis=1, keepdims=True)
        return self.W.T.dot(grad)


class Tanh:
    def forward(self, Z):
        self.out = np.tanh(Z)
        return self.out

    def backward(self, grad):
        return grad * (1 - self.out**2)


class SigmoidCrossEntropy:
    def forward(self, Z):
        self.p = 1 / (1 + np.exp(-Z))
        return self.p

    def backward(self, Y):
        return (self.p - Y) / Y.size


def right(W1, b1, W2, b2, W3, b3, X, Y):
    dense = [Dense(W1, b1, LAMBD), Dense(W2, b2, LAMBD), Dense(W3, b3, LAMBD)]
    layers = [dense[0], Tanh(), dense[1], Tanh(), dense[2], SigmoidCrossEntropy()]
    out = X
    for layer in layers:
        out = layer.forward(out)
    grad = Y
    for layer in reversed(layers):
        grad = layer.backward(grad)
    return dense[0].dW, dense[0].db, dense[1].dW, dense[1].db, dense[2].dW, dense[2].db


def forward_propagation(X, parameters):
    caches = {"A0": X}
    L = len(parameters) // 2
    for l in range(1, L + 1):
        Z = np.dot(parameters[f"W{l}"], caches[f"A{l - 1}"]) + parameters[f"b{l}"]
        caches[f"A{l}"] = np.tanh(Z) if l < L else sigmoid(Z)
    return caches


def backward_propagation(Y, caches, parameters, lambd):
    m = Y.shape[1]
    L = len(parameters) // 2
    AL = caches[f"A{L}"]
    dAL = -np.divide(Y, AL) + np.divide(1 - Y, 1 - AL)
    dZ = dAL * AL * (1 - AL)
    gradients = {}
    for l in range(L, 0, -1):
        gradients[f"W{l}"] = 1.0 / m * np.dot(dZ, caches[f"A{l - 1}"].T) + lambd / m * parameters[f"W{l}"]
        gradients[f"b{l}"] = 1.0 / m * np.sum(dZ, axis=1, keepdims=True)
        if l > 1:
            dA = np.dot(parameters[f"W{l}"].T, dZ)
            dZ = dA * (1 - np.tanh(caches[f"A{l - 1}"]) ** 2)
    return gradients


def backprop(W1, b1, W2, b2, W3, b3, X, Y):
    parameters = {"W1": W1, "b1": b1, "W2": W2, "b2": b2, "W3": W3, "b3": b3}
    caches = forward_propagation(X, parameters)
    return backward_propagation(Y, caches, parameters, LAMBD)
