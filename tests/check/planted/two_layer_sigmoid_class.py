"""A two-layer network with sigmoids and mean squared error, as a class (weekend project)."""
import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(6, 4))
    Y = rng.uniform(size=(6, 2))
    return (X, Y, rng.normal(size=(4, 5)), rng.normal(size=5),
            rng.normal(size=(5, 2)), rng.normal(size=2))


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def loss(X, Y, W1, b1, W2, b2):
    hidden = sigmoid(X @ W1 + b1)
    output = sigmoid(hidden @ W2 + b2)
    return np.mean((output - Y) ** 2)


class NeuralNetwork:
    def __init__(self, W1, b1, W2, b2):
        self.W1, self.b1 = W1, b1
        self.W2, self.b2 = W2, b2
        self.lr = 0.5

    def sigmoid_prime(self, s):
        # s is already sigmoid(z)
        return s * (1 - s)

    def feedforward(self, X):
        self.z1 = np.dot(X, self.W1) + self.b1
        self.a1 = sigmoid(self.z1)
        self.z2 = np.dot(self.a1, self.W2) + self.b2
        self.a2 = sigmoid(self.z2)
        return self.a2

    def backward(self, X, Y):
        n = Y.size
        error = self.a2 - Y
        d_out = 2.0 * error / n
        delta2 = d_out * self.sigmoid_prime(self.a2)
        hidden_error = np.dot(delta2, self.W2.T)
        delta1 = hidden_error * self.sigmoid_prime(self.a1)

        self.dW2 = np.dot(self.a1.T, delta2)
        self.db2 = np.sum(delta2, axis=0)
        self.dW1 = np.dot(X.T, delta1)
        self.db1 = np.sum(delta1, axis=0)


def backprop(X, Y, W1, b1, W2, b2):
    net = NeuralNetwork(W1, b1, W2, b2)
    net.feedforward(X)
    net.backward(X, Y)
    return {name: getattr(net, "d" + name) for name in PARAMETERS}


MISTAKES = [
    ("self.sigmoid_prime(self.a2)", "self.sigmoid_prime(self.z2)", "wrong-point",
     "sigmoid_prime expects the activation, it is given the weighted sum"),
    ("self.sigmoid_prime(self.a1)", "self.sigmoid_prime(sigmoid(self.a1))", "wrong-point",
     "the sigmoid is applied a second time before its derivative"),
    ("error = self.a2 - Y", "error = Y - self.a2", "sign", "target minus output, as for += updates"),
    ("n = Y.size", "n = len(Y)", "sum-for-mean or scale", "np.mean of the loss is over all elements, here only examples"),
    ("hidden_error = np.dot(delta2, self.W2.T)", "hidden_error = np.dot(d_out, self.W2.T)", "missing-factor",
     "the error is sent back, not the delta: no sigmoid' of the output"),
    ("        hidden_error = np.dot(delta2, self.W2.T)\n",
     "        self.W2 = self.W2 - self.lr * np.dot(self.a1.T, delta2)\n        hidden_error = np.dot(delta2, self.W2.T)\n",
     "updated-parameter", "W2 is updated before the error is sent through it"),
    ("np.sum(delta1, axis=0)", "np.mean(delta1, axis=0)", "mean-for-sum", "averaged a second time"),
    ("np.sum(delta2, axis=0)", "np.sum(delta2)", "wrong-axis or wrong-shape", "no axis: one number for all biases"),
    ("return s * (1 - s)", "return 1 - s**2", "wrong-activation", "the derivative of tanh"),
    ("self.dW1 = np.dot(X.T, delta1)", "self.dW1 = np.dot(delta1.T, X).reshape(self.W1.shape)", "transpose",
     "made to fit by reshape"),
    ("delta1 = hidden_error * self.sigmoid_prime(self.a1)", "delta1 = hidden_error", "missing-factor",
     "the derivative of the hidden activation forgotten"),
    ("return s * (1 - s)", "return s * (1 + s)", "sign or wrong-activation", "1 + s for 1 - s"),
    ("self.dW2 = np.dot(self.a1.T, delta2)", "self.dW2 = np.dot(self.z1.T, delta2)", "stale-value or wrong-point",
     "input of the activation in place of its output"),
]
