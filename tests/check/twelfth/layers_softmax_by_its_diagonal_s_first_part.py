"""Layers softmax by its diagonal s first part.

expected kind: diagonal-jacobian or missing-term
wrong line: 89
correction 89: jacobian = np.diagflat(single_output) - np.dot(single_output, single_output.T)
what: The Jacobian of the softmax is the diagonal of its values, without their products
source: https://github.com/pocketpy/cTensor/pull/31
said: the backward pass of softmax didn't compute the full product with the Jacobian
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, b1, W2, b2, X = (r.normal(size=s) for s in [(3, 5), (1, 5), (5, 3), (1, 3), (8, 3)])
    return W1, b1, W2, b2, X, np.array([0, 2, 1, 1, 0, 2, 2, 1])


def loss(W1, b1, W2, b2, X, y):
    h = np.maximum(X @ W1 + b1, 0)
    z = h @ W2 + b2
    p = np.exp(z) / np.sum(np.exp(z), axis=1, keepdims=True)
    return -np.mean(np.log(p[np.arange(len(y)), y]))


class Layer_Dense:
    def __init__(self, weights, biases):
        self.weights, self.biases = weights, biases

    def forward(self, inputs):
        self.inputs = inputs
        self.output = np.dot(inputs, self.weights) + self.biases

    def backward(self, dvalues):
        self.dweights = np.dot(self.inputs.T, dvalues)
        self.dbiases = np.sum(dvalues, axis=0, keepdims=True)
        self.dinputs = np.dot(dvalues, self.weights.T)


class Activation_ReLU:
    def forward(self, inputs):
        self.inputs = inputs
        self.output = np.maximum(0, inputs)

    def backward(self, dvalues):
        self.dinputs = dvalues * (self.inputs > 0)


class Softmax_Loss_CategoricalCrossentropy:
    def forward(self, inputs):
        exp_values = np.exp(inputs - np.max(inputs, axis=1, keepdims=True))
        self.output = exp_values / np.sum(exp_values, axis=1, keepdims=True)

    def backward(self, dvalues, y_true):
        samples = len(dvalues)
        self.dinputs = dvalues.copy()
        self.dinputs[range(samples), y_true] -= 1
        self.dinputs = self.dinputs / samples


def right(W1, b1, W2, b2, X, y):
    dense1, activation1 = Layer_Dense(W1, b1), Activation_ReLU()
    dense2, loss_activation = Layer_Dense(W2, b2), Softmax_Loss_CategoricalCrossentropy()
    dense1.forward(X)
    activation1.forward(dense1.output)
    dense2.forward(activation1.output)
    loss_activation.forward(dense2.output)

    loss_activation.backward(loss_activation.output, y)
    dense2.backward(loss_activation.dinputs)
    activation1.backward(dense2.dinputs)
    dense1.backward(activation1.dinputs)
    return dense1.dweights, dense1.dbiases, dense2.dweights, dense2.dbiases


class Softmax:
    def forward(self, inputs):
        e = np.exp(inputs - inputs.max(axis=1, keepdims=True))
        self.output = e / e.sum(axis=1, keepdims=True)
        return self.output

    def backward(self, dvalues):
        self.dinputs = np.empty_like(dvalues)
        for index, (single_output, single_dvalues) in enumerate(zip(self.output, dvalues)):
            single_output = single_output.reshape(-1, 1)
            jacobian = np.diagflat(single_output)
            self.dinputs[index] = np.dot(jacobian, single_dvalues)
        return self.dinputs


class CrossEntropy:
    def backward(self, p, y):
        samples, labels = p.shape
        y_true = np.eye(labels)[y]
        return -y_true / p / samples


def backprop(W1, b1, W2, b2, X, y):
    z1 = X.dot(W1) + b1
    a1 = np.maximum(z1, 0)
    softmax, cost = Softmax(), CrossEntropy()
    p = softmax.forward(a1.dot(W2) + b2)
    dz2 = softmax.backward(cost.backward(p, y))
    dW2, db2 = a1.T.dot(dz2), dz2.sum(axis=0, keepdims=True)
    dz1 = dz2.dot(W2.T)
    dz1[z1 <= 0] = 0
    dW1, db1 = X.T.dot(dz1), dz1.sum(axis=0, keepdims=True)
    return dW1, db1, dW2, db2
