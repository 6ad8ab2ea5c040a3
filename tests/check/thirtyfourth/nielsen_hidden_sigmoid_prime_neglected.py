"""Nielsen's network: the hidden layers' sigmoid' is neglected.

expected kind: missing-factor
wrong line: 52
correction 52: delta = np.dot(weights[-l + 1].T, delta) * sigmoid_prime(zs[-l])
what: the error of a hidden layer is only sent through the weights, without sigmoid'(z)
source: https://blog.primen.dk/numerical-gradient-checking/
said: the blogger's own pitfall, found by checking gradients: the activation's derivative was left out of the partial derivatives, and the network went on learning all the same
"""
import numpy as np

def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))

def sigmoid_prime(z):
    return sigmoid(z) * (1 - sigmoid(z))

def feedforward(x, weights, biases):
    zs, activations = [], [x]
    for w, b in zip(weights, biases):
        zs.append(np.dot(w, activations[-1]) + b)
        activations.append(sigmoid(zs[-1]))
    return zs, activations

def loss(x, y, w1, w2, w3, b1, b2, b3):
    _, activations = feedforward(x, [w1, w2, w3], [b1, b2, b3])
    return 0.5 * np.sum((activations[-1] - y) ** 2)

def right(x, y, w1, w2, w3, b1, b2, b3):
    weights, biases = [w1, w2, w3], [b1, b2, b3]
    nabla_w = [np.zeros(w.shape) for w in weights]
    nabla_b = [np.zeros(b.shape) for b in biases]
    zs, activations = feedforward(x, weights, biases)
    delta = (activations[-1] - y) * sigmoid_prime(zs[-1])
    nabla_b[-1] = delta
    nabla_w[-1] = np.dot(delta, activations[-2].T)
    for l in range(2, len(weights) + 1):
        delta = np.dot(weights[-l + 1].T, delta) * sigmoid_prime(zs[-l])
        nabla_b[-l] = delta
        nabla_w[-l] = np.dot(delta, activations[-l - 1].T)
    return (*nabla_w, *nabla_b)

def backprop(x, y, w1, w2, w3, b1, b2, b3):
    weights, biases = [w1, w2, w3], [b1, b2, b3]
    nabla_w = [np.zeros(w.shape) for w in weights]
    nabla_b = [np.zeros(b.shape) for b in biases]
    zs, activations = feedforward(x, weights, biases)
    delta = (activations[-1] - y) * sigmoid_prime(zs[-1])
    nabla_b[-1] = delta
    nabla_w[-1] = np.dot(delta, activations[-2].T)
    for l in range(2, len(weights) + 1):
        delta = np.dot(weights[-l + 1].T, delta)
        nabla_b[-l] = delta
        nabla_w[-l] = np.dot(delta, activations[-l - 1].T)
    return (*nabla_w, *nabla_b)

PARAMETERS = ["w1", "w2", "w3", "b1", "b2", "b3"]

def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(3, 1), (2, 1), (5, 3), (4, 5), (2, 4), (5, 1), (4, 1), (2, 1)]
    return [r.normal(size=s) for s in shapes]
