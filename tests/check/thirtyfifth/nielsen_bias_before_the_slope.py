"""The network of Nielsen's book with the quadratic cost, one example.

expected kind: missing-factor or stale-value
wrong line: 68
correction 68: nabla_b[-l] = delta * sp
what: in the hidden layers the gradient of the bias is kept before the error is multiplied by the slope
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["w1", "w2", "w3", "b1", "b2", "b3"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    shapes = [(4, 3), (5, 4), (2, 5), (4, 1), (5, 1), (2, 1)]
    return rng.normal(size=(3, 1)), rng.random((2, 1)), *[rng.normal(size=s) for s in shapes]

def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))

def sigmoid_prime(z):
    return sigmoid(z) * (1 - sigmoid(z))

def loss(x, y, w1, w2, w3, b1, b2, b3):
    a = x
    for w, b in ((w1, b1), (w2, b2), (w3, b3)):
        a = sigmoid(np.dot(w, a) + b)
    return 0.5 * np.linalg.norm(a - y) ** 2

def right(x, y, w1, w2, w3, b1, b2, b3):
    weights, biases = [w1, w2, w3], [b1, b2, b3]
    nabla_b = [np.zeros(b.shape) for b in biases]
    nabla_w = [np.zeros(w.shape) for w in weights]
    activation, activations, zs = x, [x], []
    for b, w in zip(biases, weights):
        z = np.dot(w, activation) + b
        zs.append(z)
        activation = sigmoid(z)
        activations.append(activation)
    delta = (activations[-1] - y) * sigmoid_prime(zs[-1])
    nabla_b[-1] = delta
    nabla_w[-1] = np.dot(delta, activations[-2].transpose())
    for l in range(2, len(weights) + 1):
        sp = sigmoid_prime(zs[-l])
        delta = np.dot(weights[-l + 1].transpose(), delta)
        nabla_b[-l] = delta * sp
        delta = delta * sp
        nabla_w[-l] = np.dot(delta, activations[-l - 1].transpose())
    return (*nabla_w, *nabla_b)

def backprop(x, y, w1, w2, w3, b1, b2, b3):
    weights, biases = [w1, w2, w3], [b1, b2, b3]
    nabla_b = [np.zeros(b.shape) for b in biases]
    nabla_w = [np.zeros(w.shape) for w in weights]
    activation, activations, zs = x, [x], []
    for b, w in zip(biases, weights):
        z = np.dot(w, activation) + b
        zs.append(z)
        activation = sigmoid(z)
        activations.append(activation)
    delta = (activations[-1] - y) * sigmoid_prime(zs[-1])
    nabla_b[-1] = delta
    nabla_w[-1] = np.dot(delta, activations[-2].transpose())
    for l in range(2, len(weights) + 1):
        sp = sigmoid_prime(zs[-l])
        delta = np.dot(weights[-l + 1].transpose(), delta)
        nabla_b[-l] = delta
        delta = delta * sp
        nabla_w[-l] = np.dot(delta, activations[-l - 1].transpose())
    return (*nabla_w, *nabla_b)
