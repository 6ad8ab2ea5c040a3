"""Deep elu of the sum for its value.

expected kind: wrong-point or wrong-activation or missing-factor
wrong line: 52
correction 52: return np.where(z > 0, 1.0, elu(z) + alpha)
what: The slope at the negative side is z + alpha, as if z were what the unit gives
source: https://github.com/mlpack/mlpack/pull/1540
said: the derivative adds alpha to the argument, where it should be the value of the function
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]
alpha = 1.5


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, W2, W3 = (0.7 * r.normal(size=(4, 4)) for _ in range(3))
    b1, b2, b3 = (r.normal(size=(4, 1)) for _ in range(3))
    return W1, b1, W2, b2, W3, b3, r.normal(size=(4, 6)), r.normal(size=(4, 6))


def elu(z):
    return np.where(z > 0, z, alpha * (np.exp(np.minimum(z, 0)) - 1))


def loss(W1, b1, W2, b2, W3, b3, X, Y):
    a = X
    for W, b in zip((W1, W2, W3), (b1, b2, b3)):
        a = elu(np.dot(W, a) + b)
    return 0.5 * np.sum((a - Y) ** 2)


def right(W1, b1, W2, b2, W3, b3, X, Y):
    W, b = [W1, W2, W3], [b1, b2, b3]
    grads = {}
    A = [X]
    for w, bias in zip(W, b):
        A.append(elu(w @ A[-1] + bias))
    dA = A[-1] - Y
    for l in reversed(range(3)):
        out = A[l + 1]
        dZ = dA * np.where(out > 0, 1, out + alpha)
        grads["W%d" % (l + 1)] = dZ @ A[l].T
        grads["b%d" % (l + 1)] = np.sum(dZ, axis=1).reshape(-1, 1)
        dA = W[l].T @ dZ
    return grads


def elu_prime(z):
    return np.where(z > 0, 1.0, z + alpha)


class Network:
    def __init__(self, weights, biases):
        self.weights = weights
        self.biases = biases

    def backprop(self, x, y):
        nabla_w = [np.zeros(w.shape) for w in self.weights]
        nabla_b = [np.zeros(b.shape) for b in self.biases]
        activation, activations, zs = x, [x], []
        for b, w in zip(self.biases, self.weights):
            z = np.dot(w, activation) + b
            zs.append(z)
            activation = elu(z)
            activations.append(activation)
        delta = (activations[-1] - y) * elu_prime(zs[-1])
        nabla_b[-1] = delta.sum(axis=1, keepdims=True)
        nabla_w[-1] = np.dot(delta, activations[-2].T)
        for l in range(2, len(self.weights) + 1):
            delta = np.dot(self.weights[-l + 1].T, delta) * elu_prime(zs[-l])
            nabla_b[-l] = delta.sum(axis=1, keepdims=True)
            nabla_w[-l] = np.dot(delta, activations[-l - 1].T)
        return nabla_w, nabla_b


def backprop(W1, b1, W2, b2, W3, b3, X, Y):
    (gw1, gw2, gw3), (gb1, gb2, gb3) = Network([W1, W2, W3], [b1, b2, b3]).backprop(X, Y)
    return gw1, gb1, gw2, gb2, gw3, gb3
