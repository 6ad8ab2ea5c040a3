"""Combined logicgate biases never learn and target minus output.

expected kind: detached or missing-term + sign
wrong line: 74 and 89
correction 74: self.db = np.einsum("im->i", dz)[:, None]
correction 89: grad = 2 * (out - target) / target.shape[1]
what: The gradients of the biases stay zero; the error is the target minus the output
source: https://github.com/dennybritz/nn-from-scratch/issues/11
said: the text has the delta of the output as target minus output; the other, in github.com/mattm/simple-neural-network/pull/10: the biases aren't updated
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    X, Y = r.integers(0, 2, size=(3, 9)) + 0.2 * r.normal(size=(3, 9)), r.uniform(size=(2, 9))
    return 2 * r.normal(size=(4, 3)), r.normal(size=(4, 1)), 2 * r.normal(size=(2, 4)), r.normal(size=(2, 1)), X, Y


def loss(W1, b1, W2, b2, X, Y):
    A1 = 1 / (1 + np.exp(-(W1 @ X + b1)))
    A2 = 1 / (1 + np.exp(-(W2 @ A1 + b2)))
    return np.sum((A2 - Y) ** 2) / X.shape[1]


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def query(wih, bh, who, bo, inputs):
    hidden_outputs = sigmoid(np.dot(wih, inputs) + bh)
    final_outputs = sigmoid(np.dot(who, hidden_outputs) + bo)
    return hidden_outputs, final_outputs


def train(wih, bh, who, bo, inputs, targets):
    hidden_outputs, final_outputs = query(wih, bh, who, bo, inputs)
    output_errors = 2 * (final_outputs - targets)
    output_grad = output_errors * final_outputs * (1.0 - final_outputs)
    hidden_errors = np.dot(who.T, output_grad)
    hidden_grad = hidden_errors * hidden_outputs * (1.0 - hidden_outputs)
    return {
        "W2": np.dot(output_grad, hidden_outputs.T),
        "b2": output_grad.sum(axis=1, keepdims=True),
        "W1": np.dot(hidden_grad, inputs.T),
        "b1": hidden_grad.sum(axis=1, keepdims=True),
    }


def right(W1, b1, W2, b2, X, Y):
    total = {"W1": 0, "b1": 0, "W2": 0, "b2": 0}
    for n in range(X.shape[1]):
        one = train(W1, b1, W2, b2, X[:, n : n + 1], Y[:, n : n + 1])
        for name in total:
            total[name] = total[name] + one[name] / X.shape[1]
    return total


class Gate:
    def __init__(self, w, b):
        self.w, self.b = w, b

    def forward(self, a_prev):
        self.a_prev = a_prev
        self.a = 1 / (1 + np.exp(-(self.w @ a_prev + self.b)))
        return self.a

    def backward(self, da):
        dz = self.a * (1 - self.a) * da
        self.dw = np.einsum("im,jm->ij", dz, self.a_prev)
        self.db = np.zeros_like(self.b)
        return np.einsum("ij,im->jm", self.w, dz)


class Circuit:
    def __init__(self, *gates):
        self.gates = gates

    def forward(self, x):
        for gate in self.gates:
            x = gate.forward(x)
        return x

    def backward(self, target):
        out = self.gates[-1].a
        grad = 2 * (target - out) / target.shape[1]
        for gate in self.gates[::-1]:
            grad = gate.backward(grad)


def backprop(W1, b1, W2, b2, X, Y):
    circuit = Circuit(Gate(W1, b1), Gate(W2, b2))
    circuit.forward(X)
    circuit.backward(Y)
    first, second = circuit.gates
    return first.dw, first.db, second.dw, second.db
