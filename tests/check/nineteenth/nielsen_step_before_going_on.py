"""Nielsen step before going on.

expected kind: updated-parameter
wrong line: 98 or 100
correction 98: pass
correction 100: grad = (w1, w2, w3)[i].T @ grad
what: The weights are updated before the gradient is taken back through them
source: https://github.com/VikParuchuri/zero_to_gpt/issues/12
said: the line that takes the gradient through the layer should stand before the weights' update
"""

import numpy as np

PARAMETERS = ["w1", "b1", "w2", "b2", "w3", "b3"]
LR = 0.5


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(4, 3), (4, 1), (3, 4), (3, 1), (2, 3), (2, 1), (3, 5), (2, 5)]
    return tuple(r.normal(size=shape) for shape in shapes)


def loss(w1, b1, w2, b2, w3, b3, X, Y):
    a1 = np.tanh(w1 @ X + b1)
    a2 = 1 / (1 + np.exp(-(w2 @ a1 + b2)))
    return 0.5 * np.sum((w3 @ a2 + b3 - Y) ** 2)


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def sigmoid_prime(z):
    return sigmoid(z) * (1 - sigmoid(z))


def tanh_prime(z):
    return 1 - np.tanh(z) ** 2


FUNCTIONS = [(np.tanh, tanh_prime), (sigmoid, sigmoid_prime), (lambda z: z, np.ones_like)]


class Network:
    def __init__(self, weights, biases, functions):
        self.weights, self.biases, self.functions = weights, biases, functions
        self.num_layers = len(weights) + 1

    def gradient_of_one(self, x, y):
        nabla_b = [np.zeros(b.shape) for b in self.biases]
        nabla_w = [np.zeros(w.shape) for w in self.weights]
        activations, zs = [x], []
        for w, b, (f, _) in zip(self.weights, self.biases, self.functions):
            zs.append(np.dot(w, activations[-1]) + b)
            activations.append(f(zs[-1]))
        delta = (activations[-1] - y) * self.functions[-1][1](zs[-1])
        nabla_b[-1] = delta
        nabla_w[-1] = np.dot(delta, activations[-2].T)
        for l in range(2, self.num_layers):
            prime = self.functions[-l][1]
            delta = np.dot(self.weights[-l + 1].T, delta) * prime(zs[-l])
            nabla_b[-l] = delta
            nabla_w[-l] = np.dot(delta, activations[-l - 1].T)
        return nabla_w, nabla_b


def right(w1, b1, w2, b2, w3, b3, X, Y):
    net = Network([w1, w2, w3], [b1, b2, b3], FUNCTIONS)
    total_w, total_b = [0, 0, 0], [0, 0, 0]
    for k in range(X.shape[1]):
        nabla_w, nabla_b = net.gradient_of_one(X[:, [k]], Y[:, [k]])
        total_w = [t + n for t, n in zip(total_w, nabla_w)]
        total_b = [t + n for t, n in zip(total_b, nabla_b)]
    return total_w[0], total_b[0], total_w[1], total_b[1], total_w[2], total_b[2]


def logistic(z):
    return 1 / (1 + np.exp(-z))


def backprop(w1, b1, w2, b2, w3, b3, X, Y):
    layers = [[w1, b1], [w2, b2], [w3, b3]]
    hidden = [X]
    for (w, b), f in zip(layers, (np.tanh, logistic, lambda z: z)):
        hidden.append(f(w @ hidden[-1] + b))
    grad = hidden[-1] - Y
    grads = []
    for i in (2, 1, 0):
        out, inputs = hidden[i + 1], hidden[i]
        if i == 1:
            grad = grad * out * (1 - out)
        if i == 0:
            grad = grad * (1 - out**2)
        w_grad = grad @ inputs.T
        b_grad = grad.sum(axis=1, keepdims=True)
        grads = [w_grad, b_grad] + grads
        layers[i][0] = layers[i][0] - LR * w_grad
        layers[i][1] = layers[i][1] - LR * b_grad
        grad = layers[i][0].T @ grad
    return grads
