"""Digits slope that the entropy cancels.

expected kind: repeated-factor or another-loss
wrong line: 55
correction 55: return a - y
what: With cross-entropy the delta of the output has no slope, and is multiplied by it
source: https://github.com/mnielsen/neural-networks-and-deep-learning/pull/77
said: proposed to multiply the delta of the output by the slope, in the network with cross-entropy
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, W2, W3 = (r.normal(size=(4, 4)) for _ in range(3))
    b1, b2, b3 = (r.normal(size=(4, 1)) for _ in range(3))
    X = r.normal(size=(5, 4))
    Y = np.eye(4)[[0, 3, 1, 2, 3]]
    return W1, b1, W2, b2, W3, b3, X, Y


def loss(W1, b1, W2, b2, W3, b3, X, Y):
    a = X.T
    for W, b in ((W1, b1), (W2, b2), (W3, b3)):
        a = 1 / (1 + np.exp(-(np.dot(W, a) + b)))
    return -np.sum(Y.T * np.log(a) + (1 - Y.T) * np.log(1 - a))


def right(W1, b1, W2, b2, W3, b3, X, Y):
    weights, biases = [W1, W2, W3], [b1.ravel(), b2.ravel(), b3.ravel()]
    grad_w = [np.zeros_like(w) for w in weights]
    grad_b = [np.zeros_like(b) for b in biases]
    for x, y in zip(X, Y):
        acts = [x]
        for w, b in zip(weights, biases):
            acts.append(1 / (1 + np.exp(-(w @ acts[-1] + b))))
        out = acts[-1]
        d_out = -y / out + (1 - y) / (1 - out)
        for i in (2, 1, 0):
            slope = acts[i + 1] * (1 - acts[i + 1])
            d_in = d_out * slope
            grad_w[i] += np.outer(d_in, acts[i])
            grad_b[i] += d_in
            d_out = weights[i].T @ d_in
    grad_b = [g.reshape(-1, 1) for g in grad_b]
    return grad_w[0], grad_b[0], grad_w[1], grad_b[1], grad_w[2], grad_b[2]


class CrossEntropyCost:
    @staticmethod
    def delta(z, a, y):
        return (a - y) * sigmoid_prime(z)


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def sigmoid_prime(z):
    s = sigmoid(z)
    return s * (1 - s)


class DigitsNetwork:
    def __init__(self, weights, biases, cost=CrossEntropyCost):
        self.weights, self.biases, self.cost = weights, biases, cost

    def feedforward(self, x):
        zs, activations = [], [x]
        for w, b in zip(self.weights, self.biases):
            zs.append(w.dot(activations[-1]) + b)
            activations.append(sigmoid(zs[-1]))
        return zs, activations

    def gradient(self, x, y):
        zs, activations = self.feedforward(x)
        L = len(self.weights)
        nabla_w, nabla_b = [None] * L, [None] * L
        delta = self.cost.delta(zs[-1], activations[-1], y)
        nabla_w[-1] = delta.dot(activations[-2].T)
        nabla_b[-1] = delta.sum(axis=1, keepdims=True)
        for l in range(L - 2, -1, -1):
            delta = self.weights[l + 1].T.dot(delta) * sigmoid_prime(zs[l])
            nabla_w[l] = delta.dot(activations[l].T)
            nabla_b[l] = delta.sum(axis=1, keepdims=True)
        return nabla_w, nabla_b


def backprop(W1, b1, W2, b2, W3, b3, X, Y):
    net = DigitsNetwork([W1, W2, W3], [b1, b2, b3])
    (dW1, dW2, dW3), (db1, db2, db3) = net.gradient(X.T, Y.T)
    return dW1, db1, dW2, db2, dW3, db3
