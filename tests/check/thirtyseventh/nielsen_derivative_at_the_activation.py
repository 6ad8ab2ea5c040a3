"""Nielsen derivative at the activation.

expected kind: wrong-point
wrong line: 64 or 65
correction 64: sp = sigmoid_prime(zs[-l])
correction 65: delta = np.dot(weights[-l + 1].transpose(), delta) * sigmoid_prime(zs[-l])
what: the derivative of the activation taken at the activation, not at the sum before it
source: https://github.com/rasbt/python-machine-learning-book-3rd-edition/issues/138
said: a figure of a book has the derivative at a where the reader expects it at z
"""

import numpy as np

PARAMETERS = ["w1", "b1", "w2", "b2"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    shapes = [(4, 1), (2, 1), (5, 4), (5, 1), (2, 5), (2, 1)]
    return [rng.normal(size=s) for s in shapes]

def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))

def sigmoid_prime(z):
    return sigmoid(z) * (1 - sigmoid(z))

def loss(x, y, w1, b1, w2, b2):
    a = sigmoid(w1 @ x + b1)
    a = sigmoid(w2 @ a + b2)
    return 0.5 * np.sum((a - y) ** 2)

def right(x, y, w1, b1, w2, b2):
    weights, biases = [w1, w2], [b1, b2]
    nabla_b, nabla_w = [np.zeros(b.shape) for b in biases], [np.zeros(w.shape) for w in weights]
    activation, activations, zs = x, [x], []
    for b, w in zip(biases, weights):
        z = np.dot(w, activation) + b
        zs.append(z)
        activation = sigmoid(z)
        activations.append(activation)
    delta = (activations[-1] - y) * sigmoid_prime(zs[-1])
    nabla_b[-1] = delta
    nabla_w[-1] = np.dot(delta, activations[-2].transpose())
    for l in range(2, 3):
        sp = sigmoid_prime(zs[-l])
        delta = np.dot(weights[-l + 1].transpose(), delta) * sp
        nabla_b[-l] = delta
        nabla_w[-l] = np.dot(delta, activations[-l - 1].transpose())
    return nabla_w[0], nabla_b[0], nabla_w[1], nabla_b[1]

def backprop(x, y, w1, b1, w2, b2):
    weights, biases = [w1, w2], [b1, b2]
    nabla_b, nabla_w = [np.zeros(b.shape) for b in biases], [np.zeros(w.shape) for w in weights]
    activation, activations, zs = x, [x], []
    for b, w in zip(biases, weights):
        z = np.dot(w, activation) + b
        zs.append(z)
        activation = sigmoid(z)
        activations.append(activation)
    delta = (activations[-1] - y) * sigmoid_prime(zs[-1])
    nabla_b[-1] = delta
    nabla_w[-1] = np.dot(delta, activations[-2].transpose())
    for l in range(2, 3):
        sp = sigmoid_prime(activations[-l])
        delta = np.dot(weights[-l + 1].transpose(), delta) * sp
        nabla_b[-l] = delta
        nabla_w[-l] = np.dot(delta, activations[-l - 1].transpose())
    return nabla_w[0], nabla_b[0], nabla_w[1], nabla_b[1]
