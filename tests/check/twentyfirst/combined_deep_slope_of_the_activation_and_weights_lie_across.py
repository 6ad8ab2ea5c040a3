"""Combined deep slope of the activation and weights lie across.

expected kind: wrong-point + transpose or swapped-operands
wrong line: 78 and 81
correction 78: sp = sigma_prime(zs[-l])
correction 81: nabla_w[-l] = np.outer(activations[-l - 1], delta)
what: The slope of the sigmoid is taken at its output; the outer product of the inner weights is transposed
source: https://datascience.stackexchange.com/questions/37545/neural-network-example-not-working-with-sigmoid-activation-function
said: a network for XOR learns with tanh, but with the sigmoid it is stuck; the asker found why, the search shows not what; the other mistake is made up
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]


def data(seed=0):
    r = np.random.default_rng(seed)
    layers = []
    for n_in, n_out in ((3, 3), (3, 3), (3, 2)):
        layers += [1.2 * r.normal(size=(n_in, n_out)), r.normal(size=n_out)]
    return *layers, r.normal(size=(5, 3)), r.integers(0, 2, size=(5, 2)).astype(float)


def loss(W1, b1, W2, b2, W3, b3, X, T):
    a = 1 / (1 + np.exp(-(X @ W1 + b1)))
    a = 1 / (1 + np.exp(-(a @ W2 + b2)))
    p = 1 / (1 + np.exp(-(a @ W3 + b3)))
    return -np.mean(T * np.log(p) + (1 - T) * np.log(1 - p))


def expit(x):
    return 1 / (1 + np.exp(-x))


def right(W1, b1, W2, b2, W3, b3, X, T):
    Ws, bs = [W1, W2, W3], [b1, b2, b3]
    acts = [X]
    for W, b in zip(Ws, bs):
        acts.append(expit(acts[-1] @ W + b))
    grads = [None] * 6
    delta = (acts[-1] - T) / T.size
    for l in (2, 1, 0):
        grads[2 * l] = acts[l].T @ delta
        grads[2 * l + 1] = delta.sum(axis=0)
        if l > 0:
            delta = (delta @ Ws[l].T) * acts[l] * (1 - acts[l])
    return grads


def sigma(z):
    return 1.0 / (1.0 + np.exp(-z))


def sigma_prime(z):
    return sigma(z) * (1 - sigma(z))


class Network:
    def __init__(self, weights, biases):
        self.weights = weights
        self.biases = biases

    def backprop(self, x, y):
        nabla_w = [np.zeros(w.shape) for w in self.weights]
        nabla_b = [np.zeros(b.shape) for b in self.biases]
        activation = x
        activations, zs = [x], []
        for w, b in zip(self.weights, self.biases):
            z = np.dot(activation, w) + b
            zs.append(z)
            activation = sigma(z)
            activations.append(activation)
        delta = (activations[-1] - y) / len(y)
        nabla_b[-1] = delta
        nabla_w[-1] = np.outer(activations[-2], delta)
        for l in range(2, len(self.weights) + 1):
            sp = sigma_prime(activations[-l])
            delta = np.dot(self.weights[-l + 1], delta) * sp
            nabla_b[-l] = delta
            nabla_w[-l] = np.outer(delta, activations[-l - 1])
        return nabla_w, nabla_b


def backprop(W1, b1, W2, b2, W3, b3, X, T):
    net = Network([W1, W2, W3], [b1, b2, b3])
    total_w, total_b = [0, 0, 0], [0, 0, 0]
    for x, y in zip(X, T):
        nw, nb = net.backprop(x, y)
        total_w = [t + n / len(X) for t, n in zip(total_w, nw)]
        total_b = [t + n / len(X) for t, n in zip(total_b, nb)]
    return total_w[0], total_b[0], total_w[1], total_b[1], total_w[2], total_b[2]
