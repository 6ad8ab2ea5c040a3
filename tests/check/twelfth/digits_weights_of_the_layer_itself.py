"""Digits weights of the layer itself.

expected kind: wrong-parameter or stale-value or wrong-point
wrong line: 93
correction 93: delta = np.dot(self.weights[-l + 1].transpose(), delta) * sp
what: The error is led back through the weights below the layer, not through those above it
source: https://github.com/hanbt/learn_dl/issues/23
said: somebody wanted the weights of the neighbouring layer in the error that is led back; the layers are counted in
    another way there
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
    return 0.5 * np.sum((a - Y.T) ** 2) / len(X)


def sigmoid_forward(z):
    return 1 / (1 + np.exp(-z))


def sigmoid_backward(dout, out):
    return dout * out * (1 - out)


def fc_backward(dz, w, x):
    dw = np.dot(dz.T, x)
    db = np.sum(dz, axis=0)
    dx = np.dot(dz, w)
    return dx, dw, db.reshape(-1, 1)


def right(W1, b1, W2, b2, W3, b3, X, Y):
    weights = {1: W1, 2: W2, 3: W3}
    biases = {1: b1, 2: b2, 3: b3}
    outs = {0: X}
    for l in range(1, 4):
        outs[l] = sigmoid_forward(np.dot(outs[l - 1], weights[l].T) + biases[l].T)

    grads = {}
    dout = (outs[3] - Y) / X.shape[0]
    for l in reversed(range(1, 4)):
        dz = sigmoid_backward(dout, outs[l])
        dout, grads["W%d" % l], grads["b%d" % l] = fc_backward(dz, weights[l], outs[l - 1])
    return grads


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def sigmoid_prime(z):
    return sigmoid(z) * (1 - sigmoid(z))


class Network:
    def __init__(self, weights, biases):
        self.weights = weights
        self.biases = biases
        self.num_layers = len(weights) + 1

    def backprop(self, x, y):
        nabla_b = [np.zeros(b.shape) for b in self.biases]
        nabla_w = [np.zeros(w.shape) for w in self.weights]
        activation = x
        activations = [x]
        zs = []
        for b, w in zip(self.biases, self.weights):
            z = np.dot(w, activation) + b
            zs.append(z)
            activation = sigmoid(z)
            activations.append(activation)
        delta = self.cost_derivative(activations[-1], y) * sigmoid_prime(zs[-1])
        nabla_b[-1] = delta
        nabla_w[-1] = np.dot(delta, activations[-2].transpose())
        for l in range(2, self.num_layers):
            sp = sigmoid_prime(zs[-l])
            delta = np.dot(self.weights[-l].transpose(), delta) * sp
            nabla_b[-l] = delta
            nabla_w[-l] = np.dot(delta, activations[-l - 1].transpose())
        return nabla_b, nabla_w

    def cost_derivative(self, output_activations, y):
        return output_activations - y


def backprop(W1, b1, W2, b2, W3, b3, X, Y):
    net = Network([W1, W2, W3], [b1, b2, b3])
    sum_b = [np.zeros(b.shape) for b in net.biases]
    sum_w = [np.zeros(w.shape) for w in net.weights]
    for x, y in zip(X, Y):
        nabla_b, nabla_w = net.backprop(x.reshape(-1, 1), y.reshape(-1, 1))
        sum_b = [nb + dnb for nb, dnb in zip(sum_b, nabla_b)]
        sum_w = [nw + dnw for nw, dnw in zip(sum_w, nabla_w)]
    gb, gw = [s / len(X) for s in sum_b], [s / len(X) for s in sum_w]
    return gw[0], gb[0], gw[1], gb[1], gw[2], gb[2]
